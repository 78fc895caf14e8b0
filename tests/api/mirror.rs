//! The market in memory: the figures of the rows, at every server and at once.

use std::time::Duration;

use chrono::TimeDelta;
use rolecall::config::Settings;
use rolecall::entities::sets::Workplace;
use rolecall::entities::{change, posting};
use rolecall::ids::{self, Kind};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Actor, TestApp, on_both_databases, text};

const MARKET: &str = "query($filter: PostingFilter) { market(filter: $filter) {
    salaryStatistics(currency: \"USD\", convert: true) { sampleSize employerCount payDisclosureRate mean { amount }
        median { amount } p90 { amount } excluded { reason count } }
    seekersPerPosting { ...seekers }
    groups(by: ROLE) { key label postings salaryStatistics(currency: \"EUR\") { sampleSize median { amount } }
        seekersPerPosting { ...seekers } }
    skills: groups(by: SKILL) { key label postings seekersPerPosting { ...seekers } }
    places: groups(by: PLACE) { key label postings }
    regions: groups(by: REGION) { key label postings seekersPerPosting { ...seekers } }
    series(interval: WEEK, from: \"2026-10-05\", to: \"2026-12-01\") { start newPostings openPostings
        seekersPerPosting { ...seekers } salaryStatistics(currency: \"USD\") { sampleSize } } }
    postings(first: 20, filter: $filter) { edges { node { id competition { applicants seekers qualifiedSeekers } } } } }
    fragment seekers on SeekerRatio { postings openings employers seekers qualifiedSeekers applicationsPerPosting
        suppressed { reason } }";

/// Nothing is withheld, so that every figure is compared.
fn frank(settings: Settings) -> Settings {
    let of_salaries = ["market-min-postings", "market-min-employers", "market-min-postings-for-tails"];
    let of_seekers = ["market-min-postings-for-seekers", "market-min-seekers"];
    of_salaries.into_iter().chain(of_seekers).fold(settings, |settings, name| settings.with(name, "1"))
}

/// Two servers with the engine, and one that asks the database.
struct Board {
    servers: [TestApp; 2],
    rows: TestApp,
}

impl Board {
    async fn over(app: &TestApp) -> Self {
        let servers = [app.twin(frank).await, app.twin(frank).await];
        let rows = app.twin(|settings| frank(settings).with("engine", "false")).await;
        Self { servers, rows }
    }

    /// Every server says what the rows say, right now.
    async fn agrees(&self) -> Value {
        let mut whole = Value::Null;
        let filters = [json!({}), json!({"countries": ["US"], "not": {"workplaces": ["REMOTE"]}})];
        for filter in filters {
            let variables = json!({ "filter": filter });
            let rows = self.rows.anonymous().ask(MARKET, variables.clone()).await;
            for server in &self.servers {
                assert!(server.app.state.mirror.is_loaded());
                let found = server.anonymous().ask(MARKET, variables.clone()).await;
                assert_eq!(found, rows, "{filter}");
            }
            if whole.is_null() {
                whole = rows["market"].clone();
            }
        }
        whole
    }

    async fn close(self) {
        for server in self.servers.into_iter().chain([self.rows]) {
            server.close().await;
        }
    }
}

async fn seeker(app: &TestApp, at: &str, name: &str, changes: Value) -> Actor {
    let who = app.newcomer(name).await.at(at);
    let mut input = json!({"headline": name, "searchStatus": "ACTIVE", "targetRoles": ["backend-developer"],
        "targetPlaces": [{"countryCode": "US"}], "skills": [{"skill": "rust", "level": 4, "months": 36}]});
    for (key, value) in changes.as_object().cloned().unwrap_or_default() {
        input[key] = value;
    }
    who.act("candidateUpdate", input, "candidate { id }").await.good();
    who
}

fn seen(thing: &Value) -> Value {
    json!({"id": thing["id"], "version": thing["version"]})
}

const APPLIED: &str = "application { id version }";
const POSTED: &str = "posting { id version }";

on_both_databases! {
    async fn every_server_says_what_the_rows_say(app: TestApp) {
        let board = Board::over(app).await;
        let [one, other] = [board.servers[0].url.clone(), board.servers[1].url.clone()];
        let (owner, employer) = app.employer("Analytical Engines").await;
        assert_eq!(board.agrees().await["seekersPerPosting"]["postings"], 0);

        let paid = json!({"payStatus": "STATED", "pay": {"min": "50000", "max": "60000", "currency": "USD", "period": "YEAR"},
            "openings": 2, "skillRequirements": [{"skill": "rust", "importance": "REQUIRED", "minLevel": 3}]});
        let first = owner.at(&one).posting(&employer, paid).await;
        assert_eq!(board.agrees().await["seekersPerPosting"]["openings"], 2);
        let remote = json!({"title": "Data Scientist", "workplace": "REMOTE", "isWorldwide": true,
            "skillRequirements": [{"skill": "python", "importance": "PREFERRED"}]});
        let second = owner.at(&other).posting(&employer, remote).await;
        assert_eq!(board.agrees().await["seekersPerPosting"]["postings"], 2);

        // Nobody counts before the address is proven, and everybody from then on.
        let ada = seeker(app, &one, "Ada", json!({})).await;
        assert_eq!(board.agrees().await["seekersPerPosting"]["seekers"], 0);
        let token = app.token(&ada.email, "VERIFY_ADDRESS").await;
        app.anonymous().at(&other).act("emailVerify", json!({"token": token}), "account { id }").await.good();
        assert_eq!(board.agrees().await["seekersPerPosting"]["qualifiedSeekers"], 1);
        let far = json!({"targetRoles": ["data-scientist"], "targetPlaces": [], "remote": true, "skills": []});
        let grace = seeker(app, &other, "Grace", far).await;
        let token = app.token(&grace.email, "VERIFY_ADDRESS").await;
        app.anonymous().act("emailVerify", json!({"token": token}), "account { id }").await.good();
        assert_eq!(board.agrees().await["seekersPerPosting"]["seekers"], 2);

        // Applying is looking for work, also for somebody without a target.
        let bob = app.account("Bob").await.at(&one);
        let applied = bob.act("applicationSubmit", json!({"postingId": first["id"]}), APPLIED).await.good();
        let mut applied = applied["application"].clone();
        assert_eq!(board.agrees().await["seekersPerPosting"]["seekers"], 3);
        ada.act("applicationSubmit", json!({"postingId": second["id"]}), APPLIED).await.good();
        board.agrees().await;
        for to in ["IN_REVIEW", "INTERVIEW", "OFFERED"] {
            let mut input = seen(&applied);
            input["to"] = json!(to);
            applied = owner.at(&other).act("applicationMove", input, APPLIED).await.good()["application"].clone();
        }
        applied = bob.act("applicationOfferAccept", seen(&applied), APPLIED).await.good()["application"].clone();
        let mut input = seen(&applied);
        input["to"] = json!("HIRED");
        owner.act("applicationMove", input, APPLIED).await.good();
        assert_eq!(board.agrees().await["seekersPerPosting"]["openings"], 2, "one of three is filled");

        let paused = owner.act("postingPause", seen(&second), POSTED).await.good()["posting"].clone();
        assert_eq!(board.agrees().await["seekersPerPosting"]["postings"], 1);
        owner.at(&one).act("postingResume", seen(&paused), POSTED).await.good();
        let away = json!({"searchStatus": "CLOSED", "version": 1});
        grace.act("candidateUpdate", away, "candidate { id }").await.good();
        board.agrees().await;
        let erase = json!({"password": crate::support::PASSWORD, "confirm": true});
        bob.act("accountErase", erase, "erasedId").await.good();
        board.agrees().await;
        let draft = owner.draft(&employer, json!({})).await;
        owner.at(&other).act("postingDelete", seen(&draft), "deletedId").await.good();
        let whole = board.agrees().await;
        assert_eq!(text(&whole["groups"][0]["label"]), "Backend Developer");
        board.close().await;
    }

    async fn the_figures_come_from_memory(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({})).await;
        let who = app.anonymous();
        let query = "{ market { salaryStatistics(currency: \"USD\") { sampleSize } seekersPerPosting { postings }
            groups(by: ROLE) { key seekersPerPosting { postings } } series(interval: DAY, from: \"2026-11-01\", to: \"2026-11-20\") { openPostings } } }";
        app.statements();
        assert_eq!(who.ask(query, json!({})).await["market"]["seekersPerPosting"]["postings"], 1);
        assert_eq!(app.statements(), 1, "the names of the groups");
        let words = "{ market(search: \"backend\") { salaryStatistics(currency: \"USD\") { sampleSize } } }";
        who.ask(words, json!({})).await;
        assert_eq!(app.statements(), 0);
    }

    async fn a_position_that_is_too_old_is_given_up(app: TestApp) {
        let board = Board::over(app).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({})).await;
        board.agrees().await;
        // Half of the time for which the log is kept.
        let servers = || board.servers.iter().chain([&board.rows]);
        servers().for_each(|server| server.app.state.clock.advance(TimeDelta::hours(13)));
        for _ in 0..3 {
            owner.posting(&employer, json!({})).await;
            board.agrees().await;
            tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        }
        assert_eq!(board.agrees().await["seekersPerPosting"]["postings"], 4);
        board.close().await;
    }

    async fn words_are_found_again_by_a_server_that_was_away(app: TestApp) {
        let folder = tempfile::tempdir().expect("a folder");
        let away = |settings: Settings| settings.with("data-dir", folder.path().display().to_string());
        let number = async |server: &TestApp, search: &str| {
            let query = "query($search: String!) { postings(search: $search) { totalCount } }";
            server.anonymous().ask(query, json!({"search": search})).await["postings"]["totalCount"].clone()
        };
        let (owner, employer) = app.employer("Analytical Engines").await;
        let kept = owner.posting(&employer, json!({"title": "Kept Weaver"})).await;
        let renamed = owner.posting(&employer, json!({"title": "Former Weaver"})).await;
        let server = app.twin(away).await;
        assert_eq!((number(&server, "weaver").await, number(&server, "former").await), (json!(2), json!(1)));
        server.close().await;

        let input = json!({"id": renamed["id"], "version": renamed["version"], "title": "Present Weaver"});
        owner.act("postingUpdate", input, "posting { id }").await.good();
        owner.posting(&employer, json!({"title": "Later Weaver"})).await;
        // A text that was written before texts had hashes is told by itself.
        let old = posting::ActiveModel { id: Set(ids::decode(Kind::Posting, &text(&kept["id"])).expect("an identifier")), search_hash: Set(None), ..Default::default() };
        old.update(app.app.state.db.writes()).await.expect("updated");
        let server = app.twin(away).await;
        for (search, postings) in [("weaver", 3), ("kept", 1), ("former", 0), ("present", 1), ("later weaver", 1)] {
            assert_eq!(number(&server, search).await, postings, "{search}");
        }
        // What it finds it finds at once, and in the words of the moment.
        let posting = owner.posting(&employer, json!({"title": "Latest Spinner"})).await;
        assert_eq!(number(&server, "latest spinners").await, 1);
        let ended = json!({"id": posting["id"], "version": posting["version"], "reason": "CANCELLED"});
        owner.act("postingClose", ended, "posting { id }").await.good();
        assert_eq!(number(&server, "latest spinners").await, 0);
        server.close().await;
    }

    async fn a_start_reads_what_an_earlier_one_kept(app: TestApp) {
        let folder = tempfile::tempdir().expect("a folder");
        let again = |settings: Settings| settings.with("data-dir", folder.path().display().to_string());
        let remote = async |server: &TestApp| {
            let query = "{ postings(filter: {workplaces: [REMOTE]}) { totalCount } }";
            server.anonymous().ask(query, json!({})).await["postings"]["totalCount"].clone()
        };
        let (owner, employer) = app.employer("Analytical Engines").await;
        let first = owner.posting(&employer, json!({"workplace": "REMOTE", "isWorldwide": true})).await;
        let second = owner.posting(&employer, json!({"workplace": "REMOTE", "isWorldwide": true})).await;
        let server = app.twin(again).await;
        assert_eq!(remote(&server).await, 2);
        server.close().await;

        // Behind the back of the log: only who asks the database sees it.
        let id = ids::decode(Kind::Posting, &text(&first["id"])).expect("an identifier");
        let onsite = posting::ActiveModel { id: Set(id), workplace: Set(Workplace::Onsite), ..Default::default() };
        onsite.update(app.app.state.db.writes()).await.expect("updated");
        let server = app.twin(again).await;
        assert_eq!(remote(&server).await, 2, "a start asks the database for everything");
        server.close().await;
        // What the log tells is seen, before the file is written anew and after.
        owner.act("postingPause", seen(&second), POSTED).await.good();
        let server = app.twin(again).await;
        assert_eq!(remote(&server).await, 1);
        let file = folder.path().join("index/facts");
        let before = std::fs::read(&file).expect("a file");
        server.app.state.clock.advance(TimeDelta::hours(7));
        let mut tries = 0;
        while std::fs::read(&file).is_ok_and(|bytes| bytes == before) {
            tries += 1;
            assert!(tries < 1_000, "it is never written anew");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.close().await;
        let server = app.twin(again).await;
        assert_eq!(remote(&server).await, 1);
        server.close().await;

        // Another log, such as that of a database that was restored: none of it counts.
        let db = app.app.state.db.writes();
        change::Entity::update_many().col_expr(change::Column::SubjectId, Expr::value(Uuid::now_v7())).exec(db).await.expect("updated");
        let server = app.twin(again).await;
        assert_eq!(remote(&server).await, 0);
        server.close().await;
    }

    async fn readiness_waits_for_the_first_load(app: TestApp) {
        let ready = reqwest::get(format!("{}/readyz", app.url)).await.expect("an answer");
        assert_eq!(ready.status(), 200);
        let without = app.twin(|settings| settings.with("engine", "false")).await;
        assert!(!without.app.state.mirror.is_loaded());
        assert_eq!(reqwest::get(format!("{}/readyz", without.url)).await.expect("an answer").status(), 200);
        without.close().await;
    }
}
