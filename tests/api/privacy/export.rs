//! A copy of everything held about a person.

use chrono::TimeDelta;
use rolecall::entities::account_export_part;
use rolecall::work;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{advance, apply, asking, save, sign_in_from, write_profile};
use crate::support::{Actor, TestApp, on_both_databases};
use crate::trust::{actions_on, prove_address};

const EXPORTS: &str = "{ viewer { exports { id status requestedAt readyAt expiresAt size url } } }";

async fn request(who: &Actor) -> Value {
    let query = "mutation { accountExport { export { id status url } userErrors { code } } }";
    who.ask(query, json!({})).await["accountExport"]["export"].clone()
}

async fn exports(who: &Actor) -> Vec<Value> {
    who.ask(EXPORTS, json!({})).await["viewer"]["exports"].as_array().expect("exports").clone()
}

/// Fetches an address of this server, whatever the public address is.
async fn fetch(app: &TestApp, url: &Value) -> reqwest::Response {
    let path = url.as_str().expect("an address").split_once("/exports/").expect("a path").1.to_owned();
    reqwest::get(format!("{}/exports/{path}", app.url)).await.expect("an answer")
}

/// A new session after time has passed.
async fn back(app: &TestApp, who: &Actor) -> Actor {
    who.with_token(&sign_in_from(app, who, "Later/1.0").await)
}

on_both_databases! {
    async fn everything_held_about_a_person_is_in_it(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = asking(&owner, &employer).await;
        let ada = app.account("Ada Zymurgist").await;
        prove_address(app, &ada).await;
        write_profile(&ada).await;
        sign_in_from(app, &ada, "Brewserscope/7.7").await;
        let application = apply(&ada, &posting).await;
        let reviewed = advance(&owner, &application, "IN_REVIEW", None).await;
        advance(&owner, &reviewed, "REJECTED", Some("We wanted a vintner.")).await;
        let note = json!({"id": application["id"], "body": "Smells of hops."});
        owner.act("applicationNote", note, "note { id }").await.good();
        ada.act("postingReport", json!({"postingId": posting["id"], "reason": "OTHER", "text": "No barley."}), "report { id }").await.good();
        ada.create_employer("Ada's Brewery").await;
        save(&ada, &posting).await;

        let asked = request(&ada).await;
        assert_eq!((&asked["status"], &asked["url"]), (&json!("PENDING"), &Value::Null));
        assert_eq!(request(&ada).await["id"], asked["id"], "one at a time");
        work::tick(&app.app.state).await.expect("worked");
        let ready = exports(&ada).await;
        assert_eq!((ready.len(), &ready[0]["status"]), (1, &json!("READY")));
        let answer = fetch(app, &ready[0]["url"]).await;
        let header = |name: &str| answer.headers()[name].to_str().expect("a text").to_owned();
        assert_eq!((answer.status().as_u16(), header("cache-control"), header("x-content-type-options")),
            (200, "no-store".to_owned(), "nosniff".to_owned()));
        assert!(header("content-disposition").starts_with("attachment; filename=\"rolecall-export-"));
        let body = answer.text().await.expect("a body");
        assert_eq!(ready[0]["size"], json!(body.len()));
        let copy: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!((&copy["account"]["email"], &copy["account"]["name"]), (&json!(ada.email), &json!("Ada Zymurgist")));
        let me = &copy["candidate"];
        assert_eq!((&me["headline"], &me["targetRoles"], &me["skills"][0]["level"]), (&json!("Zymurgist of renown"), &json!(["Backend Developer"]), &json!(4)));
        assert_eq!((&me["experience"][0]["employer"], &me["education"][0]["institution"]), (&json!("Quokka Ales"), &json!("Academy of Froth")));
        assert_eq!((&me["expectedPay"]["minorUnits"], me["activeDays"].as_array().map(Vec::len)), (&json!(9_876_543), Some(1)));
        let mine = &copy["applications"][0];
        assert_eq!((&mine["coverLetter"], &mine["status"], &mine["posting"]["employer"]),
            (&json!("Flocculation is my calling."), &json!("REJECTED"), &json!("Analytical Engines")));
        assert_eq!(mine["history"].as_array().map(Vec::len), Some(3));
        assert_eq!((&mine["history"][2]["note"], &mine["answers"][0]["value"]), (&json!("We wanted a vintner."), &json!("Since the great ferment.")));
        assert_eq!(mine["postingAsAppliedTo"]["title"], "Backend Developer");
        assert_eq!(copy["memberships"][0]["employer"], "Ada's Brewery");
        assert_eq!(copy["savedPostings"][0]["posting"]["title"], "Backend Developer");
        let search = &copy["savedSearches"][0];
        assert_eq!((&search["name"], &search["search"], &search["filter"], &search["alerts"]),
            (&json!("Breweries by the sea"), &json!("barrels"), &json!({"countries": ["NZ"]}), &json!("INSTANT")));
        assert_eq!(copy["requestsWithAKey"], json!([]));
        assert!(copy["sessions"].as_array().expect("sessions").iter().any(|session| session["userAgent"] == "Brewserscope/7.7"));
        assert_eq!(copy["reports"][0]["text"], "No barley.");
        assert!(copy["auditLog"].as_array().expect("entries").iter().any(|entry| entry["action"] == "SIGNED_IN"));
        for foreign in ["Smells of hops", "argon2", &owner.email, "password_hash"] {
            assert!(!body.contains(foreign), "{foreign} is not about the person, or secret");
        }
        let mails = app.files();
        assert!(mails.iter().any(|mail| mail.contains(&ada.email) && mail.contains("Subject: Your data is ready")), "{mails:?}");
        assert_eq!(actions_on(&app.administrator().await, &json!(ada.id)).await[..2], ["EXPORT_FETCHED", "EXPORT_REQUESTED"]);
    }

    async fn a_long_copy_is_kept_and_sent_in_pieces(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        let long = "a long letter ".repeat(700);
        for _ in 0..60 {
            let posting = owner.posting(&employer, json!({})).await;
            let input = json!({"postingId": posting["id"], "coverLetter": long});
            ada.act("applicationSubmit", input, "application { id }").await.good();
        }
        request(&ada).await;
        work::tick(&app.app.state).await.expect("worked");
        let pieces = account_export_part::Entity::find().count(app.app.state.db.reads()).await.expect("a number");
        assert!(pieces > 2, "{pieces}");
        let ready = exports(&ada).await;
        let copy: Value = fetch(app, &ready[0]["url"]).await.json().await.expect("JSON");
        assert_eq!(copy["applications"].as_array().map(Vec::len), Some(60));
        let ids: std::collections::HashSet<_> =
            copy["applications"].as_array().expect("a list").iter().map(|row| row["id"].to_string()).collect();
        assert_eq!(ids.len(), 60, "each of them once");
    }

    async fn an_address_dies_within_minutes_and_the_copy_within_days(app: TestApp) {
        let ada = app.account("Ada").await;
        let asked = request(&ada).await;
        work::tick(&app.app.state).await.expect("worked");
        let url = exports(&ada).await[0]["url"].clone();
        assert_eq!(fetch(app, &url).await.status().as_u16(), 200);
        app.app.state.clock.advance(TimeDelta::minutes(6));
        assert_eq!(fetch(app, &url).await.status().as_u16(), 404);
        let ada = back(app, &ada).await;
        let url = exports(&ada).await[0]["url"].clone();
        assert_eq!(fetch(app, &url).await.status().as_u16(), 200, "a new one holds");
        let mut forged = url.as_str().expect("a text").to_owned();
        let at = forged.len() - 10;
        forged.replace_range(at..=at, if &forged[at..=at] == "A" { "B" } else { "A" });
        assert_eq!(fetch(app, &json!(forged)).await.status().as_u16(), 404);
        assert_eq!(request(&ada).await["id"], asked["id"], "within the hour it is the same");
        app.app.state.clock.advance(TimeDelta::days(6));
        let ada = back(app, &ada).await;
        let next = request(&ada).await;
        assert_ne!(next["id"], asked["id"]);
        work::tick(&app.app.state).await.expect("worked");
        let kept = exports(&ada).await;
        assert_eq!((kept.len(), &kept[0]["id"]), (1, &next["id"]), "the new copy replaces the old one");
        app.app.state.clock.advance(TimeDelta::days(8));
        assert_eq!(exports(&back(app, &ada).await).await, Vec::<Value>::new());
        work::tick(&app.app.state).await.expect("worked");
        let pieces = account_export_part::Entity::find().count(app.app.state.db.reads()).await;
        assert_eq!(pieces.expect("a number"), 0);
    }

    async fn nobody_else_gets_it(app: TestApp) {
        let (owner, _) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        let asked = request(&ada).await;
        work::tick(&app.app.state).await.expect("worked");
        let url = exports(&ada).await[0]["url"].clone();
        let node = "query($id: ID!) { node(id: $id) { ... on AccountExport { id url } } }";
        assert!(ada.ask(node, json!({"id": asked["id"]})).await["node"]["url"].is_string());
        let admin = app.administrator().await;
        for (who, actor) in [("anonymous", app.anonymous()), ("candidate", app.account("Eve").await), ("owner", owner), ("administrator", admin.clone())] {
            for id in [asked["id"].clone(), json!("accountexport_01jq0000000000000000000000")] {
                assert_eq!(actor.ask(node, json!({"id": id})).await["node"], Value::Null, "{who}");
            }
        }
        let anonymous = app.anonymous().send("mutation { accountExport { export { id } } }", json!({})).await;
        assert_eq!(anonymous.code(), "UNAUTHENTICATED");
        admin.act("accountSuspend", json!({"accountId": ada.id, "reason": "Spam."}), "account { id }").await.good();
        assert_eq!(fetch(app, &url).await.status().as_u16(), 404, "nor does a suspended person");
    }
}
