//! Bulk import: everything once, whatever is repeated; what is refused is told and stops nothing.

use std::collections::BTreeSet;

use rolecall::db::Database;
use rolecall::entities::change;
use rolecall::entities::sets::Subject;
use rolecall::import::load::{self, Batch, Loader, Report};
use rolecall::import::run;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, Statement};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::support::{TestApp, on_both_databases};

const EMPLOYERS: &str = r#"{"externalId": "e1", "name": "Analytical Engines", "isVerified": true}
{"externalId": "e2", "name": "Analytical Engines", "website": "https://engines.example"}"#;

const POSTINGS: &str = r#"{"externalId": "p1", "employer": "e1", "title": "Sr. Backend Engineer (Rust)", "description": "You write the services behind the board.", "workplace": "ONSITE", "employmentTypes": ["FULL_TIME"], "places": [{"countryCode": "US", "regionCode": "US-NY", "city": "New York"}], "pay": {"min": 120000, "max": "150000.50", "currency": "USD", "period": "YEAR"}, "skillRequirements": [{"skill": "rust", "importance": "REQUIRED"}, {"skill": "Punch Cards", "importance": "PREFERRED"}]}
{"externalId": "p2", "employer": "e2", "title": "Weaver", "description": "You weave algebraic patterns all day.", "workplace": "ONSITE", "employmentTypes": [], "places": [{"countryCode": "GB", "city": "Little Nowhere"}], "openings": 1}
{"externalId": "p3", "employer": "nobody", "title": "Ghost", "description": "This one is refused for several reasons.", "workplace": "MOON", "employmentTypes": [], "places": [{"countryCode": "ZZ"}]}
not JSON at all"#;

const CANDIDATES: &str = r#"{"externalId": "c1", "email": "ada@example.org", "name": "Ada", "searchStatus": "ACTIVE", "targetRoles": ["backend-developer"], "targetPlaces": [{"countryCode": "US"}], "skills": [{"skill": "rust", "level": 4}], "lastActiveAt": "2026-11-01T00:00:00Z"}
{"externalId": "c2", "email": "ADA@example.org", "searchStatus": "ACTIVE"}"#;

const APPLICATIONS: &str = r#"{"externalId": "a1", "posting": {"employer": "e2", "externalId": "p2"}, "candidate": "c1", "submittedAt": "2026-11-02T00:00:00Z", "status": "HIRED"}
{"externalId": "a2", "posting": {"employer": "e1", "externalId": "p1"}, "candidate": "c1", "submittedAt": "2026-11-03T00:00:00Z"}
{"externalId": "a3", "posting": {"employer": "e1", "externalId": "p1"}, "candidate": "c1", "submittedAt": "2026-11-04T00:00:00Z"}"#;

const DAYS: &str = r#"{"day": "2026-02-03", "role": "backend-developer", "country": "DE", "postings": 40, "openings": 50, "employers": 12, "applications": 90, "applicants": 60, "seekers": 130, "qualifiedSeekers": 40, "pay": [{"currency": "EUR", "sampleSize": 30, "employers": 10, "p10": "48000", "p25": 55000, "median": "64000.50", "p75": "72000", "p90": "81000"}]}
{"day": "2026-02-03", "postings": 400, "employers": 100, "applications": 0, "applicants": 0, "seekers": 0, "qualifiedSeekers": 0}
{"day": "2999-01-01", "postings": 1, "employers": 1, "applications": 0, "applicants": 0, "seekers": 1, "qualifiedSeekers": 2}
{"day": "2026-02-03", "role": "nobody", "country": "Germany", "postings": 1, "employers": 1, "applications": 0, "applicants": 0, "seekers": 0, "qualifiedSeekers": 0}
{"day": "2026-02-04", "postings": 1, "employers": 1, "applications": 0, "applicants": 0, "seekers": 0, "qualifiedSeekers": 0, "pay": [{"currency": "EUR", "sampleSize": 1, "employers": 1, "p10": "2", "p25": "1", "median": "3", "p75": "3", "p90": "3"}]}
{"day": "2026-02-03", "postings": 400, "employers": 100, "applications": 0, "applicants": 0, "seekers": 0, "qualifiedSeekers": 0}
{"day": "2026-02-03", "role": "nurse?", "postings": 1, "employers": 1, "applications": 0, "applicants": 0, "seekers": 0, "qualifiedSeekers": 0}"#;

/// Imports lines, and gives how the report counts them.
pub async fn import<T: DeserializeOwned>(
    app: &TestApp,
    dry: bool,
    text: impl AsRef<[u8]>,
    batch_of: fn(Vec<(u64, T)>) -> Batch,
) -> Report {
    let state = &app.app.state;
    let loader = Loader::new(&state.db, &state.reference, state.clock.clone(), dry).await;
    let mut loader = loader.expect("a loader");
    let mut total = Report::default();
    let told = |report| {
        total.add(report);
        Ok(())
    };
    run::lines(&mut loader, text.as_ref(), batch_of, told).await.expect("imported");
    total
}

/// Statements that make the indexes there are.
async fn indexes(db: &Database) -> BTreeSet<String> {
    let sql = match db.backend() {
        DbBackend::Postgres => "SELECT indexdef AS sql FROM pg_indexes WHERE schemaname = 'public'",
        _ => "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    };
    let rows = db.reads().query_all_raw(Statement::from_string(db.backend(), sql)).await.expect("a list");
    rows.iter().map(|row| row.try_get("", "sql").expect("a text")).collect()
}

async fn all(app: &TestApp) -> [Report; 4] {
    [
        import(app, false, EMPLOYERS, Batch::Employers).await,
        import(app, false, POSTINGS, Batch::Postings).await,
        import(app, false, CANDIDATES, Batch::Candidates).await,
        import(app, false, APPLICATIONS, Batch::Applications).await,
    ]
}

fn paths(report: &Report) -> Vec<(u64, &str)> {
    report.rejects.iter().map(|reject| (reject.line, reject.path.as_str())).collect()
}

on_both_databases! {
    async fn a_second_import_changes_nothing(app: TestApp) {
        let first = all(app).await;
        assert_eq!(first.each_ref().map(|report| report.created), [2, 2, 1, 2], "{first:?}");
        let second = all(app).await;
        assert_eq!(second.each_ref().map(|report| (report.created, report.updated)), [(0, 0); 4], "{second:?}");
        assert_eq!(second.each_ref().map(|report| report.unchanged), [2, 2, 1, 2], "{second:?}");
    }

    async fn what_is_refused_is_told_with_its_line_and_argument(app: TestApp) {
        let [_, postings, candidates, applications] = all(app).await;
        let mut told = paths(&postings);
        told.sort_unstable();
        assert_eq!(told, [(3, "employer"), (3, "places.0.countryCode"), (3, "workplace"), (4, ".")]);
        assert_eq!(paths(&candidates), [(2, "email")]);
        assert_eq!(paths(&applications), [(3, "posting")]);
    }

    async fn what_was_imported_is_served(app: TestApp) {
        all(app).await;
        let query = r"{ postings(orderBy: [{field: TITLE, direction: ASC}]) { edges { node {
            title role { slug } employer { slug isVerified } places { name countryCode regionCode isReviewed }
            pay { min { amount } max { amount } } skillRequirements { skill { slug isReviewed } } } } } }";
        let seen = app.anonymous().ask(query, json!({})).await;
        assert_eq!(seen["postings"]["edges"], json!([
            {"node": {"title": "Sr. Backend Engineer (Rust)", "role": {"slug": "backend-developer"},
                "employer": {"slug": "analytical-engines", "isVerified": true},
                "places": [{"name": "New York", "countryCode": "US", "regionCode": "US-NY", "isReviewed": true}],
                "pay": {"min": {"amount": "120000.00"}, "max": {"amount": "150000.50"}},
                "skillRequirements": [{"skill": {"slug": "rust", "isReviewed": true}},
                                      {"skill": {"slug": "punch-cards", "isReviewed": false}}]}},
            {"node": {"title": "Weaver", "role": seen["postings"]["edges"][1]["node"]["role"],
                "employer": {"slug": "analytical-engines-2", "isVerified": false},
                "places": [{"name": "Little Nowhere", "countryCode": "GB", "regionCode": null, "isReviewed": false}],
                "pay": null, "skillRequirements": []}}
        ]));
    }

    async fn a_change_in_the_file_is_a_change_here(app: TestApp) {
        all(app).await;
        let raised = POSTINGS.replace("120000,", "130000,");
        let report = import(app, false, &raised, Batch::Postings).await;
        assert_eq!((report.created, report.updated, report.unchanged), (0, 1, 1));
    }

    async fn what_was_taken_down_or_paused_here_stays_so(app: TestApp) {
        all(app).await;
        let admin = app.administrator().await;
        let list = "{ postings(orderBy: [{field: TITLE, direction: ASC}]) { edges { node { id version } } } }";
        let posting = admin.ask(list, json!({})).await["postings"]["edges"][0]["node"].clone();
        let take_down = json!({"id": posting["id"], "version": posting["version"], "reason": "MODERATION"});
        admin.act("postingClose", take_down, "posting { status }").await.good();
        for text in [POSTINGS.to_owned(), POSTINGS.replace("120000,", "130000,")] {
            import(app, false, &text, Batch::Postings).await;
            let shown = "query($id: ID!) { posting(id: $id) { status closeReason closedAt } }";
            let now = admin.ask(shown, json!({"id": posting["id"]})).await["posting"].clone();
            assert_eq!((&now["status"], &now["closeReason"]), (&json!("CLOSED"), &json!("MODERATION")));
            assert!(now["closedAt"].is_string());
        }
    }

    async fn who_was_active_again_has_changed(app: TestApp) {
        all(app).await;
        let changes = async || {
            let of_candidates = change::Entity::find().filter(change::Column::Subject.eq(Subject::Candidate));
            of_candidates.count(app.app.state.db.reads()).await.expect("a number")
        };
        let before = changes().await;
        let later = CANDIDATES.replace("2026-11-01T", "2026-11-05T");
        for _ in 0..2 {
            assert_eq!(import(app, false, &later, Batch::Candidates).await.updated, 0);
            assert_eq!(changes().await, before + 1);
        }
    }

    async fn indexes_rest_while_a_table_is_filled_for_the_first_time(app: TestApp) {
        let db = &app.app.state.db;
        import(app, false, EMPLOYERS, Batch::Employers).await;
        let before = indexes(db).await;
        assert_eq!(db.set_indexes_aside(&load::POSTINGS).await.expect("set aside"), 26);
        let unique = |index: &&String| index.contains("UNIQUE");
        assert_eq!(indexes(db).await.len(), before.len() - 26);
        assert_eq!(indexes(db).await.iter().filter(unique).count(), before.iter().filter(unique).count());
        let report = import(app, false, POSTINGS, Batch::Postings).await;
        assert_eq!(report.created, 2);

        // The import was cut off: two servers start.
        let (one, other) = tokio::join!(db.migrate(), db.migrate());
        one.and(other).expect("migrated");
        assert_eq!(indexes(db).await, before);
        assert_eq!(db.restore_indexes().await.expect("none left"), 0);
        // Now there is somebody who reads.
        assert_eq!(db.set_indexes_aside(&load::POSTINGS).await.expect("kept"), 0);
        assert_eq!(indexes(db).await, before);
    }

    async fn a_dry_run_writes_nothing(app: TestApp) {
        let report = import(app, true, EMPLOYERS, Batch::Employers).await;
        assert_eq!(report.created, 2);
        let seen = app.anonymous().ask("{ employers { totalCount } }", json!({})).await;
        assert_eq!(seen["employers"]["totalCount"], 0);
    }

    async fn an_application_that_begins_again_beside_another_is_refused(app: TestApp) {
        all(app).await;
        let one = r#"{"externalId": "b1", "posting": {"employer": "e1", "externalId": "p1"}, "candidate": "c1", "submittedAt": "2026-11-01T00:00:00Z", "status": "REJECTED"}"#;
        assert_eq!(import(app, false, one, Batch::Applications).await.created, 1);
        let again = one.replace("REJECTED", "IN_REVIEW");
        let report = import(app, false, &again, Batch::Applications).await;
        assert_eq!(paths(&report), [(1, "posting")], "a2 is under way");
        // Once the other has ended, it may.
        let ended = APPLICATIONS.lines().nth(1).expect("a2").replace("Z\"}", "Z\", \"status\": \"WITHDRAWN\"}");
        assert_eq!(import(app, false, &ended, Batch::Applications).await.updated, 1);
        assert_eq!(import(app, false, &again, Batch::Applications).await.updated, 1);
    }

    async fn the_past_of_a_board_comes_with_it(app: TestApp) {
        let first = import(app, false, DAYS, Batch::MarketDays).await;
        assert_eq!((first.created, first.updated, first.unchanged), (2, 0, 0), "{first:?}");
        let mut told = paths(&first);
        told.sort_unstable();
        assert_eq!(told, [(3, "day"), (3, "qualifiedSeekers"), (4, "country"), (4, "role"), (5, "pay.0.p25"), (6, "day"), (7, "role")]);
        let raised = DAYS.replace("\"postings\": 40,", "\"postings\": 41,");
        let again = import(app, false, &raised, Batch::MarketDays).await;
        assert_eq!((again.created, again.updated, again.unchanged), (0, 1, 1));
        let query = "{ market(filter: {roles: [\"backend-developer\"], countries: [\"DE\"]}) {
            history(interval: DAY, from: \"2026-01-01\", to: \"2026-03-01\") { day
                seekersPerPosting { postings openings employers seekers qualifiedSeekers }
                salary(currency: \"EUR\") { sampleSize employerCount p10 { amount } median { amount } } } } }";
        let seen = app.anonymous().ask(query, json!({})).await;
        assert_eq!(seen["market"]["history"], json!([{"day": "2026-02-03",
            "seekersPerPosting": {"postings": 41, "openings": 50, "employers": 12, "seekers": 130, "qualifiedSeekers": 40},
            "salary": {"sampleSize": 30, "employerCount": 10, "p10": {"amount": "48000.00"}, "median": {"amount": "64000.50"}}}]));
    }

    async fn past_searches_come_with_it(app: TestApp) {
        let lines = r#"{"role": "backend-developer", "month": "2026-02", "searches": 900, "candidatesSearching": 300, "employersSearching": 20}
{"role": "backend-developer", "month": "2999-01", "searches": 1, "candidatesSearching": 2, "employersSearching": 0}
{"role": "nobody", "month": "2026-2", "searches": 1, "candidatesSearching": 0, "employersSearching": 0}"#;
        let first = import(app, false, lines, Batch::SearchMonths).await;
        assert_eq!(first.created, 1);
        assert_eq!(paths(&first), [(2, "month"), (2, "candidatesSearching"), (3, "role"), (3, "month")]);
        assert_eq!(import(app, false, lines, Batch::SearchMonths).await.unchanged, 1);
        let query = "query($month: YearMonth!) { role(slug: \"backend-developer\") { searchDemand(month: $month) { searches candidatesSearching employersSearching } } }";
        let seen = app.anonymous().ask(query, json!({"month": "2026-02"})).await;
        assert_eq!(seen["role"]["searchDemand"], json!({"searches": 900, "candidatesSearching": 300, "employersSearching": 20}));
    }
}
