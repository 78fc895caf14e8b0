//! Applications that came to nothing lose what is about a person in time.

use chrono::TimeDelta;
use rolecall::entities::{application, application_event, application_note, application_rating};
use rolecall::ids::{self, Kind};
use rolecall::work;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::scan::places_of;
use super::{advance, apply, asking};
use crate::support::{TestApp, on_both_databases};

async fn row(app: &TestApp, shown: &Value) -> application::Model {
    let id = ids::decode(Kind::Application, shown["id"].as_str().expect("an id")).expect("an application");
    application::Entity::find_by_id(id).one(app.app.state.db.reads()).await.expect("read").expect("there")
}

on_both_databases! {
    async fn rejected_applications_are_forgotten_after_half_a_year(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = asking(&owner, &employer).await;
        let mut people = Vec::new();
        for name in ["Rejected", "Withdrawn", "Running", "Hired"] {
            let who = app.account(name).await;
            let application = apply(&who, &posting).await;
            people.push((who, application));
        }
        let reviewed = advance(&owner, &people[0].1, "IN_REVIEW", None).await;
        advance(&owner, &reviewed, "REJECTED", Some("Too much froth.")).await;
        owner.act("applicationNote", json!({"id": reviewed["id"], "body": "Smells of hops."}), "note { id }").await.good();
        owner.act("applicationRate", json!({"id": reviewed["id"], "stars": 1}), "application { id }").await.good();
        let (withdrawing, withdrawn) = &people[1];
        withdrawing.act("applicationWithdraw", json!({"id": withdrawn["id"], "version": 1}), "application { id }").await.good();
        let (hired_one, mut hired) = (people[3].0.clone(), people[3].1.clone());
        for to in ["IN_REVIEW", "INTERVIEW", "OFFERED"] {
            hired = advance(&owner, &hired, to, None).await;
        }
        let accepted = json!({"id": hired["id"], "version": hired["version"]});
        let accepted = hired_one.act("applicationOfferAccept", accepted, "application { id version }").await.good();
        advance(&owner, &accepted["application"], "HIRED", None).await;
        let db = app.app.state.db.reads();
        let before = application::Entity::find().count(db).await.expect("a number");
        let events = application_event::Entity::find().count(db).await.expect("a number");

        app.app.state.clock.advance(TimeDelta::days(179));
        work::tick(&app.app.state).await.expect("worked");
        assert!(row(app, &people[0].1).await.cover_letter.is_some(), "not yet");
        app.app.state.clock.advance(TimeDelta::days(2));
        work::tick(&app.app.state).await.expect("worked");

        let forgotten = row(app, &people[0].1).await;
        assert_eq!((forgotten.cover_letter, forgotten.answers, forgotten.reason), (None, None, None));
        assert_eq!(forgotten.candidate_id, row(app, &people[1].1).await.candidate_id, "nobody, whom they share");
        for kept in [&people[2].1, &people[3].1] {
            assert!(row(app, kept).await.cover_letter.is_some(), "{kept}");
        }
        assert_eq!(application_note::Entity::find().count(db).await.expect("a number"), 0);
        assert_eq!(application_rating::Entity::find().count(db).await.expect("a number"), 0);
        assert_eq!(application::Entity::find().count(db).await.expect("a number"), before);
        let lapsed = 1;
        assert_eq!(application_event::Entity::find().count(db).await.expect("a number"), events + lapsed);
        assert_eq!(places_of(&app.app.state.db, &["Too much froth", "Smells of hops"]).await, Vec::<String>::new());
        work::tick(&app.app.state).await.expect("worked twice");
    }

    async fn who_was_forgotten_is_seen_by_neither_side(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = asking(&owner, &employer).await;
        let ada = app.account("Ada").await;
        let reviewed = advance(&owner, &apply(&ada, &posting).await, "IN_REVIEW", None).await;
        advance(&owner, &reviewed, "REJECTED", Some("No.")).await;
        app.app.state.clock.advance(TimeDelta::days(181));
        work::tick(&app.app.state).await.expect("worked");
        let (ada, owner) = (again(app, &ada).await, again(app, &owner).await);
        let mine = "{ viewer { applications { totalCount } candidate { id } } }";
        let mine = ada.ask(mine, json!({})).await["viewer"].clone();
        assert_eq!(mine["applications"]["totalCount"], 0);
        let theirs = "query($id: ID!, $who: ID!) { application(id: $id) { status candidate { id } events { to } } node(id: $who) { id } }";
        let seen = owner.ask(theirs, json!({"id": reviewed["id"], "who": mine["candidate"]["id"]})).await;
        assert_eq!((&seen["application"]["status"], &seen["application"]["candidate"], &seen["node"]), (&json!("REJECTED"), &Value::Null, &Value::Null));
        assert_eq!(ada.ask("query($id: ID!) { application(id: $id) { id } }", json!({"id": reviewed["id"]})).await["application"], Value::Null);
    }
}

async fn again(app: &TestApp, who: &crate::support::Actor) -> crate::support::Actor {
    who.with_token(&super::sign_in_from(app, who, "Later/1.0").await)
}
