//! Mails about new postings that meet a saved search.

use chrono::TimeDelta;
use rolecall::entities::sets::{Deed, PostingStatus, Subject};
use rolecall::entities::{account, posting, publication, saved_search};
use rolecall::feed;
use rolecall::ids::{self, Kind};
use rolecall::mail::subscription::Subscription;
use rolecall::saved::alerts::alert;
use rolecall::work::run::tick_of;
use rolecall::work::{JOBS, Job};
use sea_orm::{ActiveModelTrait, EntityTrait, PaginatorTrait, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use super::search;
use crate::support::{Actor, TestApp, on_both_databases, text};

/// What the alerts to somebody name: for each mail the titles.
async fn told(app: &TestApp, who: &Actor) -> Vec<Vec<String>> {
    let letters = app.letters(&who.email, "SEARCH_ALERT").await;
    let titles =
        |letter: &Value| letter["matches"].as_array().expect("matches").iter().map(|one| text(&one["title"])).collect();
    letters.iter().map(titles).collect()
}

/// Lets time pass, and does the work of the alerts alone, so that the letters can be read.
async fn look_after(app: &TestApp, time: TimeDelta) {
    app.app.state.clock.advance(time);
    let alerts: Vec<Job> = JOBS.iter().filter(|job| job.name == "search-alerts").copied().collect();
    assert_eq!(alerts.len(), 1);
    tick_of(&app.app.state, &alerts).await.expect("run");
}

async fn look(app: &TestApp) {
    look_after(app, TimeDelta::seconds(31)).await;
}

async fn publish(owner: &Actor, employer: &str, title: &str) -> Value {
    owner.posting(employer, json!({"title": title})).await
}

fn id_of(kind: Kind, value: &Value) -> Uuid {
    ids::decode(kind, value.as_str().expect("an id")).expect("of this kind")
}

async fn change(app: &TestApp, who: &Actor, columns: account::ActiveModel) {
    let row = account::ActiveModel { id: Set(id_of(Kind::Account, &json!(who.id))), ..columns };
    row.update(app.app.state.db.writes()).await.expect("updated");
}

on_both_databases! {
    async fn at_once_of_each_posting_once(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        publish(&owner, &employer, "Rust Engineer before").await;
        let ada = app.account("Ada").await;
        let made = search(&ada, json!({"name": "Rust", "search": "rust", "alerts": "INSTANT"})).await;
        look(app).await;
        assert!(told(app, &ada).await.is_empty(), "what was there before is no news");
        publish(&owner, &employer, "Rust Engineer").await;
        publish(&owner, &employer, "Nurse").await;
        owner.draft(&employer, json!({"title": "Rust Draft"})).await;
        let closed = publish(&owner, &employer, "Rust, closed at once").await;
        owner.act("postingClose", json!({"id": closed["id"], "version": closed["version"], "reason": "CANCELLED"}), "posting { id }").await.good();
        look(app).await;
        assert_eq!(told(app, &ada).await, [["Rust Engineer"]]);
        let letter = app.letters(&ada.email, "SEARCH_ALERT").await.remove(0);
        assert_eq!((&letter["name"], &letter["total"]), (&json!("Rust"), &json!(1)));
        assert_eq!((&letter["matches"][0]["employer"], &letter["matches"][0]["place"]), (&json!("Analytical Engines"), &json!("New York, US")));
        look(app).await;
        look_after(app, TimeDelta::days(2)).await;
        assert_eq!(told(app, &ada).await.len(), 1, "no mail when there is nothing");
        let ada = ada.sign_in_again().await;
        let owner = owner.sign_in_again().await;
        let seen = ada.ask("query($id: ID!) { node(id: $id) { ... on SavedSearch { newMatchCount lastAlertedAt version } } }", json!({"id": made["id"]})).await;
        assert_eq!((&seen["node"]["newMatchCount"], &seen["node"]["version"]), (&json!(1), &json!(1)), "a mail is no look");
        assert!(seen["node"]["lastAlertedAt"].is_string());
        // What is paused and resumed is no news either.
        let rust = publish(&owner, &employer, "Rust again").await;
        look(app).await;
        let paused = owner.act("postingPause", json!({"id": rust["id"], "version": rust["version"]}), "posting { id version }").await.good();
        owner.act("postingResume", json!({"id": rust["id"], "version": paused["posting"]["version"]}), "posting { id }").await.good();
        look(app).await;
        assert_eq!(told(app, &ada).await[1..], [["Rust again"]]);
    }

    async fn once_a_day_and_once_a_week(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (day, week) = (app.account("Day").await, app.account("Week").await);
        search(&day, json!({"name": "All", "alerts": "DAILY"})).await;
        search(&week, json!({"name": "All", "alerts": "WEEKLY"})).await;
        publish(&owner, &employer, "First").await;
        look_after(app, TimeDelta::hours(23)).await;
        assert!(told(app, &day).await.is_empty());
        look_after(app, TimeDelta::hours(2)).await;
        assert_eq!(told(app, &day).await, [["First"]]);
        let owner = owner.sign_in_again().await;
        publish(&owner, &employer, "Second").await;
        publish(&owner, &employer, "Third").await;
        look_after(app, TimeDelta::hours(22)).await;
        assert_eq!(told(app, &day).await.len(), 1, "at the same time of the day");
        // Nobody worked for three days: one mail makes up for three.
        look_after(app, TimeDelta::days(3)).await;
        look(app).await;
        assert_eq!(told(app, &day).await[1..], [["Third", "Second"]], "newest first");
        assert!(told(app, &week).await.is_empty());
        look_after(app, TimeDelta::days(3)).await;
        assert_eq!(told(app, &week).await, [["Third", "Second", "First"]]);
        look_after(app, TimeDelta::days(8)).await;
        assert_eq!((told(app, &day).await.len(), told(app, &week).await.len()), (2, 1));
    }

    async fn one_mail_shows_ten_and_counts_the_rest(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        search(&ada, json!({"name": "All", "alerts": "INSTANT"})).await;
        for number in 0..12 {
            publish(&owner, &employer, &format!("Job {number}")).await;
        }
        look(app).await;
        let letters = app.letters(&ada.email, "SEARCH_ALERT").await;
        assert_eq!((letters.len(), &letters[0]["total"], letters[0]["matches"].as_array().map(Vec::len)), (1, &json!(12), Some(10)));
    }

    async fn what_is_seen_late_is_told(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        search(&ada, json!({"name": "All", "alerts": "INSTANT"})).await;
        app.app.state.clock.advance(TimeDelta::minutes(3));
        let slow = owner.draft(&employer, json!({"title": "Slow"})).await;
        let began = app.app.state.clock.now();
        app.app.state.clock.advance(TimeDelta::minutes(1));
        publish(&owner, &employer, "Fast").await;
        look(app).await;
        // A transaction that began before, or at a server whose clock is behind, ends now.
        let row = posting::ActiveModel {
            id: Set(id_of(Kind::Posting, &slow["id"])),
            status: Set(PostingStatus::Published),
            published_at: Set(Some(began)),
            valid_through: Set(Some(began + TimeDelta::days(60))),
            updated_at: Set(began),
            ..Default::default()
        };
        let writes = app.app.state.db.writes();
        let row = row.update(writes).await.expect("published");
        feed::record(writes, (Subject::Posting, row.id), Deed::Published, began).await.expect("recorded");
        look(app).await;
        look(app).await;
        assert_eq!(told(app, &ada).await, [["Fast"], ["Slow"]]);
    }

    async fn servers_tell_together_what_one_would(app: TestApp) {
        let other = app.twin(|settings| settings).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        let mut people = Vec::new();
        for number in 0..6 {
            let who = app.account(&format!("Reader {number}")).await;
            search(&who, json!({"name": "All", "alerts": if number % 2 == 0 { "INSTANT" } else { "DAILY" }})).await;
            people.push(who);
        }
        for round in 0..3 {
            publish(&owner, &employer, &format!("Job {round}")).await;
            for server in [app, &other] {
                server.app.state.clock.advance(TimeDelta::seconds(1));
            }
            let (one, two, three) = (&app.app.state, &other.app.state, &app.app.state);
            let all = tokio::join!(alert(one), alert(two), alert(three));
            for done in [all.0, all.1, all.2] {
                done.expect("told, or left to another");
            }
        }
        for (number, who) in people.iter().enumerate() {
            let mut titles: Vec<_> = told(app, who).await.concat();
            titles.sort();
            let expected: &[&str] = if number % 2 == 0 { &["Job 0", "Job 1", "Job 2"] } else { &[] };
            assert_eq!(titles, expected);
        }
        assert_eq!(publication::Entity::find().count(app.app.state.db.reads()).await.expect("a number"), 3);
        other.close().await;
    }

    async fn only_those_who_can_be_told_are(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (unproven, suspended) = (app.newcomer("New").await, app.account("Bad").await);
        for who in [&unproven, &suspended] {
            search(who, json!({"name": "All", "alerts": "INSTANT"})).await;
        }
        let now = app.app.state.clock.now();
        change(app, &suspended, account::ActiveModel { suspended_at: Set(Some(now)), ..Default::default() }).await;
        publish(&owner, &employer, "Before").await;
        look(app).await;
        change(app, &unproven, account::ActiveModel { email_verified_at: Set(Some(now)), ..Default::default() }).await;
        change(app, &suspended, account::ActiveModel { suspended_at: Set(None), ..Default::default() }).await;
        publish(&owner, &employer, "After").await;
        look(app).await;
        for who in [&unproven, &suspended] {
            assert_eq!(told(app, who).await, [["After"]]);
        }
    }

    async fn alerts_begin_when_they_are_switched_on(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        let made = search(&ada, json!({"name": "All"})).await;
        publish(&owner, &employer, "Before").await;
        let on = json!({"id": made["id"], "version": 1, "alerts": "INSTANT"});
        ada.act("savedSearchUpdate", on, "savedSearch { id }").await.good();
        publish(&owner, &employer, "Meanwhile").await;
        // From one kind to another nothing is lost.
        let daily = json!({"id": made["id"], "version": 2, "alerts": "DAILY"});
        ada.act("savedSearchUpdate", daily, "savedSearch { id }").await.good();
        look(app).await;
        assert!(told(app, &ada).await.is_empty());
        look_after(app, TimeDelta::days(1)).await;
        assert_eq!(told(app, &ada).await, [["Meanwhile"]]);
    }

    async fn a_click_ends_the_alerts_of_one_search(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        let ended = search(&ada, json!({"name": "Ended", "alerts": "INSTANT"})).await;
        search(&ada, json!({"name": "Kept", "alerts": "INSTANT"})).await;
        publish(&owner, &employer, "First").await;
        look(app).await;
        assert_eq!(told(app, &ada).await.len(), 2);
        let which = Subscription::SavedSearch { id: id_of(Kind::SavedSearch, &ended["id"]) };
        let url = format!("{}/unsubscribe?token={}", app.url, which.token(&app.app.state.signer));
        for _ in 0..2 {
            let done = reqwest::Client::new().post(&url).send().await.expect("an answer");
            assert_eq!(done.status().as_u16(), 200);
        }
        let shown = "{ viewer { savedSearches { edges { node { name alerts version } } } } }";
        let seen = ada.ask(shown, json!({})).await["viewer"]["savedSearches"]["edges"].clone();
        assert_eq!(seen[1]["node"], json!({"name": "Ended", "alerts": "OFF", "version": 2}));
        assert_eq!(seen[0]["node"], json!({"name": "Kept", "alerts": "INSTANT", "version": 1}));
        // Not even the mail that waits leaves.
        rolecall::mail::delivery::deliver(&app.app.state).await.expect("sent");
        let sent: Vec<_> = app.files().into_iter().filter(|mail| mail.contains("First")).collect();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert!(sent[0].contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
        publish(&owner, &employer, "Second").await;
        look(app).await;
        assert_eq!(told(app, &ada).await, [["Second"]]);
        assert_eq!(app.letters(&ada.email, "SEARCH_ALERT").await[0]["name"], "Kept");
    }

    async fn a_search_that_cannot_be_read_keeps_nobody_waiting(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (ada, bob) = (app.account("Ada").await, app.account("Bob").await);
        let strange = search(&ada, json!({"name": "Strange", "filter": {"countries": ["US"]}, "alerts": "INSTANT"})).await;
        search(&bob, json!({"name": "All", "alerts": "INSTANT"})).await;
        let id = id_of(Kind::SavedSearch, &strange["id"]);
        let kept = async |version: i32| {
            let filter = json!({"version": version, "filter": {"countries": ["US"]}});
            let row = saved_search::ActiveModel { id: Set(id), filter: Set(Some(filter)), ..Default::default() };
            row.update(app.app.state.db.writes()).await.expect("kept");
        };
        kept(2).await;
        publish(&owner, &employer, "News").await;
        look(app).await;
        assert_eq!((told(app, &ada).await.len(), told(app, &bob).await.len()), (0, 1));
        kept(1).await;
        look(app).await;
        assert_eq!((told(app, &ada).await.len(), told(app, &bob).await.len()), (1, 1));
    }
}
