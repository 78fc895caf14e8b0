//! The clock of the machine moved forward and back under a server.

use chrono::TimeDelta;
use rolecall::entities::job;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::{Actor, Socket, TestApp, on_both_databases};

const BOARD: &str = "{ postings(first: 10) { totalCount edges { node { title } } } }";

async fn runs(app: &TestApp) -> Vec<(String, i64)> {
    let jobs = job::Entity::find().all(app.app.state.db.reads()).await.expect("jobs");
    let mut runs: Vec<_> = jobs.into_iter().map(|job| (job.name, job.runs)).collect();
    runs.sort();
    runs
}

async fn board(app: &TestApp) -> Value {
    Actor::anonymous(&app.url).ask(BOARD, json!({})).await
}

on_both_databases! {
    async fn the_clock_goes_forward_and_back(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({"title": "Today"})).await;
        app.tick().await;
        let mut socket = Socket::ready(&app.url, None).await;
        socket.subscribe("one", "subscription { postingPublished { title } }", json!({})).await;
        app.until_listening(1).await;

        app.app.state.clock.advance(TimeDelta::days(3));
        let owner = owner.sign_in_again().await;
        owner.posting(&employer, json!({"title": "In Three Days"})).await;
        assert_eq!(socket.data("one").await["postingPublished"]["title"], "In Three Days");
        app.tick().await;
        let ahead = runs(app).await;

        app.app.state.clock.advance(TimeDelta::days(-3));
        // Tokens of the future do not hold; whoever signs in goes on.
        let owner = owner.sign_in_again().await;
        owner.posting(&employer, json!({"title": "Today Again"})).await;
        assert_eq!(socket.data("one").await["postingPublished"]["title"], "Today Again");
        app.tick().await;
        for ((name, before), (_, after)) in ahead.iter().zip(runs(app).await) {
            assert!(after > *before, "{name} waits for a time that will not come soon");
        }
        // What memory tells is what the database tells.
        let plain = app.twin(|settings| settings.with("engine", "false")).await;
        assert_eq!(board(app).await, board(&plain).await);
        plain.close().await;
    }
}
