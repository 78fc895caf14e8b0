//! Profiles of candidates.

use futures_util::future::join_all;
use rolecall::entities::active_day;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::{Actor, TestApp, on_both_databases};

const PROFILE: &str = "candidate {
    id version headline about homePlace { countryCode city } searchStatus visibility remote
    targetRoles { slug } targetPlaces { countryCode city } skills { level months skill { slug } }
    experience { title employerName startedOn endedOn description } education { institution subject level startedOn endedOn }
    expectedPay { amount { amount currency } period } viewerCanUpdate account { email }
}";

const VIEW: &str = "query($id: ID!) {
    node(id: $id) { ... on Candidate { about expectedPay { period } account { email } viewerCanUpdate } }
    viewer { candidate { id } }
}";

async fn write(actor: &Actor, input: Value) -> Value {
    actor.act("candidateUpdate", input, PROFILE).await.good()["candidate"].clone()
}

async fn mine(actor: &Actor) -> Value {
    actor.ask(&format!("{{ viewer {{ {PROFILE} }} }}"), json!({})).await["viewer"]["candidate"].clone()
}

async fn active_days(app: &TestApp) -> u64 {
    active_day::Entity::find().count(app.app.state.db.reads()).await.expect("a number")
}

/// The variables of the contract's own document.
fn engineer() -> Value {
    json!({
        "headline": "Rust engineer", "searchStatus": "ACTIVE", "targetRoles": ["backend-developer"],
        "targetPlaces": [{"countryCode": "US"}], "remote": true, "skills": [{"skill": "rust", "level": 4, "months": 36}],
    })
}

on_both_databases! {
    async fn a_profile_is_made_on_first_use(app: TestApp) {
        let ada = app.account("Ada").await;
        assert_eq!(mine(&ada).await, Value::Null);
        let made = write(&ada, engineer()).await;
        assert_eq!(made["version"], 1);
        assert_eq!(made["visibility"], "PRIVATE");
        assert_eq!(made["skills"], json!([{"level": 4, "months": 36, "skill": {"slug": "rust"}}]));
        assert_eq!(made["account"]["email"], ada.email.as_str());
        assert_eq!(mine(&ada).await, made);
        let bare = write(&app.account("Bob").await, json!({})).await;
        assert_eq!((&bare["searchStatus"], &bare["remote"]), (&json!("ACTIVE"), &json!(false)));
        let nobody = app.anonymous().act("candidateUpdate", engineer(), "").await;
        assert_eq!(nobody.answer.code(), "UNAUTHENTICATED");
    }

    async fn an_update_keeps_clears_and_replaces(app: TestApp) {
        let ada = app.account("Ada").await;
        write(&ada, engineer()).await;
        let changed = write(&ada, json!({
            "version": 1, "headline": null, "about": "Hello", "homePlace": {"countryCode": "DE", "city": "Berlin"},
            "visibility": "EMPLOYERS", "targetRoles": ["data-analyst", "backend-developer"],
            "skills": [{"skill": "graphql"}, {"skill": "rust", "level": 5}],
            "experience": [
                {"title": "Lead", "employerName": "Engines", "startedOn": "2021-01-02"},
                {"title": "Engineer", "employerName": "Engines", "startedOn": "2020-01-01", "endedOn": "2021-01-01"},
            ],
            "education": [{"institution": "University of London", "level": "MASTER"}],
            "expectedPay": {"amount": "120000", "currency": "USD", "period": "YEAR"},
        })).await;
        assert_eq!(changed["version"], 2);
        assert_eq!(changed["headline"], Value::Null);
        assert_eq!(changed["homePlace"], json!({"countryCode": "DE", "city": "Berlin"}));
        assert_eq!(changed["targetRoles"], json!([{"slug": "data-analyst"}, {"slug": "backend-developer"}]));
        assert_eq!(changed["targetPlaces"], json!([{"countryCode": "US", "city": null}]));
        assert_eq!(changed["skills"][0], json!({"level": null, "months": null, "skill": {"slug": "graphql"}}));
        assert_eq!(changed["experience"][0]["title"], "Lead");
        assert_eq!(changed["experience"][1]["endedOn"], "2021-01-01");
        assert_eq!(changed["education"][0]["level"], "MASTER");
        assert_eq!(changed["expectedPay"], json!({"amount": {"amount": "120000.00", "currency": "USD"}, "period": "YEAR"}));
        let cleared = write(&ada, json!({"skills": null, "experience": [], "expectedPay": null, "searchStatus": null})).await;
        assert_eq!((&cleared["skills"], &cleared["experience"]), (&json!([]), &json!([])));
        assert_eq!((&cleared["expectedPay"], &cleared["searchStatus"]), (&Value::Null, &json!("ACTIVE")));
        assert_eq!(cleared["education"], changed["education"]);
    }

    async fn everything_wrong_with_a_profile_is_told_at_once(app: TestApp) {
        let ada = app.account("Ada").await;
        let before = write(&ada, engineer()).await;
        let input = json!({
            "headline": "x".repeat(121),
            "targetRoles": ["no-such-role", "backend-developer", "backend-developer"],
            "targetPlaces": [{"countryCode": "ZZ"}],
            "homePlace": {"countryCode": "US", "regionCode": "US-XX", "city": "Nowhere"},
            "skills": [{"skill": "rust"}, {"skill": "rust"}, {"skill": "no-such-skill"}, {"skill": "graphql", "level": 9, "months": 999}],
            "experience": [{"title": "", "employerName": "E", "startedOn": "2020-01-02", "endedOn": "2020-01-01"}],
            "expectedPay": {"amount": "1.234", "currency": "USD", "period": "YEAR"},
        });
        assert_eq!(ada.act("candidateUpdate", input, "").await.refusals(), [
            "TOO_LONG input.headline",
            "INVALID input.expectedPay.amount",
            "NOT_FOUND input.homePlace.regionCode",
            "NOT_FOUND input.targetRoles.0",
            "DUPLICATE input.targetRoles.2",
            "NOT_FOUND input.targetPlaces.0.countryCode",
            "DUPLICATE input.skills.1.skill",
            "NOT_FOUND input.skills.2.skill",
            "INVALID input.skills.3.level",
            "INVALID input.skills.3.months",
            "REQUIRED input.experience.0.title",
            "INVALID input.experience.0.endedOn",
        ]);
        let job = json!({"title": "Engineer", "employerName": "Engines", "startedOn": "2020-01-01"});
        let long = json!({"targetRoles": vec!["backend-developer"; 21], "experience": vec![job; 51]});
        let refusals = ada.act("candidateUpdate", long, "").await.refusals();
        assert_eq!(refusals, ["TOO_LONG input.targetRoles", "TOO_LONG input.experience"]);
        assert_eq!(mine(&ada).await, before);
    }

    async fn a_version_that_is_given_is_checked(app: TestApp) {
        let ada = app.account("Ada").await;
        let early = ada.act("candidateUpdate", json!({"version": 1, "headline": "Early"}), "").await;
        assert_eq!(early.refusals(), ["STALE_VERSION input.version"]);
        assert_eq!(mine(&ada).await, Value::Null);
        write(&ada, engineer()).await;
        let before = write(&ada, json!({"version": 1, "about": "Second"})).await;
        let late = ada.act("candidateUpdate", json!({"version": 1, "about": "Late", "skills": []}), "").await;
        assert_eq!(late.refusals(), ["STALE_VERSION input.version"]);
        assert_eq!(mine(&ada).await, before);
    }

    async fn a_profile_is_seen_by_its_owner_and_its_pay_by_nobody_else(app: TestApp) {
        let ada = app.account("Ada").await;
        let pay = json!({"amount": "50", "currency": "EUR", "period": "HOUR"});
        let id = write(&ada, json!({"about": "Hello", "expectedPay": pay})).await["id"].clone();
        let own = json!({
            "about": "Hello", "expectedPay": {"period": "HOUR"}, "account": {"email": ada.email}, "viewerCanUpdate": true,
        });
        let seen = ada.ask(VIEW, json!({"id": id})).await;
        assert_eq!((&seen["node"], &seen["viewer"]["candidate"]["id"]), (&own, &id));
        let (owner, _) = app.employer("Engines").await;
        for stranger in [&app.anonymous(), &app.account("Bob").await, &owner] {
            assert_eq!(stranger.ask(VIEW, json!({"id": id})).await["node"], Value::Null);
        }
        let admin = app.administrator().await.ask(VIEW, json!({"id": id})).await;
        let without = json!({"about": "Hello", "expectedPay": null, "account": null, "viewerCanUpdate": false});
        assert_eq!(admin["node"], without);
    }

    async fn first_uses_at_the_same_time_make_one_profile_and_one_active_day(app: TestApp) {
        let ada = app.account("Ada").await;
        let inputs = (0..4).map(|number| {
            let input = json!({"headline": format!("Number {number}"), "skills": [{"skill": "rust"}], "targetRoles": ["data-analyst"]});
            write(&ada, input)
        });
        let profiles = join_all(inputs).await;
        assert!(profiles.iter().all(|profile| profile["id"] == profiles[0]["id"]));
        assert_eq!(mine(&ada).await["version"], 4);
        assert_eq!(active_days(app).await, 1);
    }
}
