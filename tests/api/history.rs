//! The market as it was: a snapshot of every scope cell a day.

use chrono::{NaiveDate, TimeDelta};
use rolecall::entities::{market_snapshot, market_snapshot_pay};
use rolecall::market::snapshots;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::{Actor, TestApp, on_both_databases};

const HISTORY: &str = "query($filter: PostingFilter, $interval: SeriesInterval!, $from: LocalDate!, $to: LocalDate!) {
    market(filter: $filter) {
        seekersPerPosting { seekersPerPosting seekersPerOpening applicationsPerPosting seekers qualifiedSeekers postings openings employers }
        history(interval: $interval, from: $from, to: $to) {
            start day takenAt
            seekersPerPosting { seekersPerPosting seekersPerOpening applicationsPerPosting seekers qualifiedSeekers postings openings employers }
            salary(currency: \"USD\") { currency sampleSize employerCount p10 { amount } p25 { amount } median { amount currency } p75 { amount } p90 { amount } suppressed { reason } }
        } } }";

/// A server over the same board that shows every figure.
async fn open_handed(app: &TestApp) -> TestApp {
    let least = [
        "market-min-postings",
        "market-min-employers",
        "market-min-postings-for-tails",
        "market-min-postings-for-seekers",
        "market-min-seekers",
    ];
    app.twin(|settings| least.iter().fold(settings, |settings, name| settings.with(name, "1"))).await
}

async fn take(app: &TestApp) {
    snapshots::take(&app.app.state).await.expect("taken");
}

async fn rows(app: &TestApp) -> (u64, u64) {
    let db = app.app.state.db.reads();
    let (cells, pay) = (market_snapshot::Entity::find().count(db), market_snapshot_pay::Entity::find().count(db));
    (cells.await.expect("a number"), pay.await.expect("a number"))
}

/// The market of a filter with its history over 60 days around today.
async fn market(app: &TestApp, filter: &Value, interval: &str, today: NaiveDate) -> Value {
    let (from, to) = (today - TimeDelta::days(30), today + TimeDelta::days(30));
    let variables = json!({"filter": filter, "interval": interval, "from": from.to_string(), "to": to.to_string()});
    app.anonymous().ask(HISTORY, variables).await["market"].clone()
}

async fn seeker(app: &TestApp, name: &str, country: &str) -> Actor {
    let seeker = app.account(name).await;
    let profile = json!({"searchStatus": "ACTIVE", "targetRoles": ["backend-developer"], "targetPlaces": [{"countryCode": country}], "remote": true});
    seeker.act("candidateUpdate", profile, "candidate { id }").await.good();
    seeker
}

on_both_databases! {
    async fn each_day_is_kept_as_it_was(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let role = json!({"role": "backend-developer", "openings": 2, "pay": {"min": "90000", "max": "110000", "currency": "USD", "period": "YEAR"}});
        let in_office = owner.posting(&employer, role).await;
        let remote = json!({"role": "backend-developer", "workplace": "REMOTE", "places": [], "isWorldwide": true});
        owner.posting(&employer, remote).await;
        owner.posting(&employer, json!({"title": "Registered Nurse", "role": "registered-nurse"})).await;
        let ada = seeker(app, "Ada", "US").await;
        ada.act("applicationSubmit", json!({"postingId": in_office["id"]}), "application { id }").await.good();
        seeker(app, "Bob", "DE").await;
        let twin = open_handed(app).await;
        let today = twin.app.state.clock.today();
        take(&twin).await;
        let taken = rows(app).await;
        take(&twin).await;
        take(app).await;
        assert_eq!(rows(app).await, taken, "once a day, whoever does it");
        let scopes = [
            json!({}), json!({"roles": ["backend-developer"]}), json!({"countries": ["US"]}), json!({"countries": ["JP"]}),
            json!({"roles": ["backend-developer"], "countries": ["US"]}), json!({"roles": ["backend-developer"], "countries": ["JP"]}),
            json!({"roles": ["registered-nurse"]}), json!({"roles": ["registered-nurse"], "countries": ["JP"]}),
        ];
        let mut first = Vec::new();
        for scope in &scopes {
            let found = market(&twin, scope, "DAY", today).await;
            let history = found["history"].as_array().expect("a history").clone();
            assert_eq!(history.len(), 1, "{scope}");
            assert_eq!((&history[0]["start"], &history[0]["day"]), (&json!(today.to_string()), &json!(today.to_string())));
            assert_eq!(history[0]["seekersPerPosting"], found["seekersPerPosting"], "{scope}");
            first.push(history[0].clone());
        }
        assert_eq!(first[4]["seekersPerPosting"]["postings"], 2);
        assert_eq!((&first[5]["seekersPerPosting"]["postings"], &first[5]["seekersPerPosting"]["seekers"]), (&json!(1), &json!(2)), "open to the world");
        assert_eq!(first[7]["seekersPerPosting"]["postings"], 0);
        let paid = json!({"currency": "USD", "sampleSize": 1, "employerCount": 1, "p10": {"amount": "100000.00"}, "p25": {"amount": "100000.00"},
            "median": {"amount": "100000.00", "currency": "USD"}, "p75": {"amount": "100000.00"}, "p90": {"amount": "100000.00"}, "suppressed": null});
        assert_eq!(first[4]["salary"], paid);
        assert_eq!(first[5]["salary"]["suppressed"]["reason"], "TOO_FEW_POSTINGS");
        assert_eq!(first[7]["salary"]["suppressed"]["reason"], "NO_POSTINGS");

        // The next day a posting and a seeker are gone; then nobody takes a snapshot for two days.
        let close = json!({"id": in_office["id"], "version": in_office["version"], "reason": "CANCELLED"});
        owner.act("postingClose", close, "posting { id }").await.good();
        twin.app.state.clock.advance(TimeDelta::days(1));
        take(&twin).await;
        twin.app.state.clock.advance(TimeDelta::days(3));
        take(&twin).await;
        let day = |days: i64| today + TimeDelta::days(days);
        for (scope, first) in scopes.iter().zip(&first) {
            let found = market(&twin, scope, "DAY", today).await;
            let history = found["history"].as_array().expect("a history").clone();
            let days: Vec<_> = history.iter().map(|at| at["day"].clone()).collect();
            assert_eq!(days, [json!(day(0).to_string()), json!(day(1).to_string()), json!(day(4).to_string())], "{scope}");
            assert_eq!(history[0], *first, "{scope}");
            assert_eq!(history[2]["seekersPerPosting"], found["seekersPerPosting"], "{scope}");
        }
        let months = market(&twin, &scopes[4], "MONTH", today).await["history"].as_array().expect("a history").clone();
        let last = &months[months.len() - 1];
        assert_eq!((&last["day"], &last["seekersPerPosting"]["postings"]), (&json!(day(4).to_string()), &json!(1)));
        assert!(last["start"].as_str().expect("a day").ends_with("-01"));
        let weeks = market(&twin, &scopes[0], "WEEK", today).await["history"].as_array().expect("a history").clone();
        assert!(weeks.len() <= 2 && weeks.iter().all(|week| week["start"].as_str() <= week["day"].as_str()), "{weeks:?}");
    }

    async fn small_figures_stay_hidden_for_ever(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let pay = json!({"role": "backend-developer", "pay": {"min": "90000", "currency": "USD", "period": "YEAR"}});
        owner.posting(&employer, pay).await;
        seeker(app, "Ada", "US").await;
        take(app).await;
        let today = app.app.state.clock.today();
        let found = market(app, &json!({"roles": ["backend-developer"]}), "DAY", today).await;
        let kept = &found["history"][0];
        assert_eq!(kept["seekersPerPosting"]["postings"], 1);
        assert_eq!((&kept["seekersPerPosting"]["seekers"], &kept["seekersPerPosting"]["seekersPerPosting"]), (&Value::Null, &Value::Null));
        assert_eq!((&kept["salary"]["median"], &kept["salary"]["suppressed"]["reason"]), (&Value::Null, &json!("TOO_FEW_POSTINGS")));
        assert_eq!(open_handed(app).await.anonymous().ask("{ market { history(interval: DAY, from: \"2020-01-01\", to: \"2020-12-31\") { day } } }",
            json!({})).await["market"]["history"], json!([]), "nothing was kept then");
    }

    async fn a_scope_that_is_no_cell_has_no_history(app: TestApp) {
        take(app).await;
        let today = app.app.state.clock.today().to_string();
        let later = (app.app.state.clock.today() + TimeDelta::days(1)).to_string();
        for filter in [json!({"workplaces": ["REMOTE"]}), json!({"roles": ["nurse", "backend-developer"]}), json!({"not": {"roles": ["nurse"]}})] {
            let variables = json!({"filter": filter, "interval": "DAY", "from": today, "to": later});
            let answer = app.anonymous().send(HISTORY, variables).await;
            assert_eq!(answer.code(), "BAD_USER_INPUT", "{filter}");
            assert_eq!(answer.body["data"]["market"]["history"], Value::Null);
            assert_eq!(answer.body["data"]["market"]["seekersPerPosting"]["postings"], 0, "what is computed is there");
        }
        for (from, to) in [(&later, &today), (&"1990-01-01".to_owned(), &today)] {
            let variables = json!({"filter": {}, "interval": "DAY", "from": from, "to": to});
            assert_eq!(app.anonymous().send(HISTORY, variables).await.code(), "BAD_USER_INPUT");
        }
        // Two statements for any number of steps: the days, and what they say of pay; and those of the market of today.
        app.heard();
        let query = "query($from: LocalDate!, $to: LocalDate!) { market { history(interval: DAY, from: $from, to: $to) {
            seekersPerPosting { postings } usd: salary(currency: \"USD\") { sampleSize } eur: salary(currency: \"EUR\") { sampleSize } } } }";
        let kept = app.anonymous().ask(query, json!({"from": today, "to": later})).await;
        assert_eq!((kept["market"]["history"].as_array().map(Vec::len), app.statements()), (Some(1), 2));
    }
}
