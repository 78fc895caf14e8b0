//! Every order of every list is read off an index, on both databases: no sort, and no table from end to end.
//!
//! `cargo test --test api plans -- --nocapture` shows the plans.

mod board;

use chrono::TimeDelta;
use rolecall::feed::tail::{Step, Tail};
use rolecall::market::snapshots;
use rolecall::saved::alerts::alert;
use rolecall::search::demand;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use serde_json::{Value, json};

use crate::support::{Actor, TestApp, on_both_databases};
use board::fill;

/// What a database means to do for a statement, line by line.
async fn plan(txn: &DatabaseTransaction, statement: &Statement) -> Vec<String> {
    let backend = statement.db_backend;
    let (explain, column) = match backend {
        DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
        _ => ("EXPLAIN", "QUERY PLAN"),
    };
    let values = statement.values.clone().map_or_else(Vec::new, |values| values.0);
    let explained = Statement::from_sql_and_values(backend, format!("{explain} {}", statement.sql), values);
    let rows = txn.query_all_raw(explained).await.expect("a plan");
    rows.iter().map(|row| row.try_get::<String>("", column).expect("a line")).collect()
}

/// Whether a line of a plan sorts, or reads a table that no index leads into.
fn is_bad(backend: DbBackend, line: &str) -> bool {
    match backend {
        DbBackend::Sqlite => line.contains("TEMP B-TREE") || (line.starts_with("SCAN") && !line.contains("INDEX")),
        _ => line.contains("Sort") || line.contains("Seq Scan"),
    }
}

/// Sends a list, its first page and the one behind it, and fails when a statement of them is badly served.
async fn check(app: &TestApp, who: &Actor, (list, path): (&str, &[&str]), variables: Value) {
    let mut variables = variables;
    for page in ["first", "second"] {
        app.heard();
        let mut found = who.ask(list, variables.clone()).await;
        let statements = app.heard();
        for field in path {
            found = found[field].take();
        }
        check_statements(app, &statements, &format!("{variables} {page} page")).await;
        let cursor = &found["pageInfo"]["endCursor"];
        assert!(statements.len() > usize::from(who.token.is_some()), "{list} was not asked for");
        if cursor.is_null() {
            return;
        }
        variables["after"] = cursor.clone();
    }
}

/// Fails when one of the statements is badly served.
async fn check_statements(app: &TestApp, statements: &[Statement], of: &str) {
    let txn = app.app.state.db.begin().await.expect("a transaction");
    if app.app.state.db.backend() == DbBackend::Postgres {
        // What the planner would choose depends on sizes; whether an index can serve at all does not.
        for habit in ["seqscan", "sort", "incremental_sort"] {
            txn.execute_unprepared(&format!("SET LOCAL enable_{habit} = off")).await.expect("set");
        }
    }
    for statement in statements {
        let plan = plan(&txn, statement).await;
        println!("{of}\n  {}\n", plan.join("\n  "));
        let bad: Vec<_> = plan.iter().filter(|line| is_bad(statement.db_backend, line)).collect();
        assert!(bad.is_empty(), "{of}: {bad:#?} of {plan:#?} for {statement}");
    }
    txn.rollback().await.expect("rolled back");
}

/// Fails when one of the statements names rows of a table by their identifiers and finds them by anything else, such as an
/// index of all that are open.
pub async fn check_keys(app: &TestApp) {
    let (db, statements) = (&app.app.state.db, app.heard());
    if db.backend() == DbBackend::Postgres {
        // It goes by the sizes of tables, which are small here.
        return;
    }
    let txn = db.begin().await.expect("a transaction");
    for statement in &statements {
        for (at, _) in statement.sql.match_indices(r#"."id" IN (?"#) {
            let table = statement.sql[..at].rsplit('"').nth(1).expect("a table");
            let plan = plan(&txn, statement).await;
            let is_found = |line: &String| line.contains(&format!(" {table} ")) && line.contains("(id=?)");
            assert!(plan.iter().any(is_found), "{table}: {plan:#?} for {statement}");
        }
    }
    txn.rollback().await.expect("rolled back");
}

fn orders(fields: &[&str]) -> Vec<Value> {
    let directions = ["ASC", "DESC"];
    let order = |field: &&str| directions.map(|direction| json!([{"field": field, "direction": direction}]));
    fields.iter().flat_map(order).collect()
}

const FIELDS: [&str; 5] = ["PUBLISHED_AT", "VALID_THROUGH", "PAY", "TITLE", "UPDATED_AT"];

on_both_databases! {
    async fn orders_of_postings_are_read_off_an_index(app: TestApp) {
        // What the engine finds in memory has no plan.
        let app = &app.twin(|settings| settings.with("engine", "false")).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        fill(app, &employer).await;
        let all = "query($after: String, $orderBy: [PostingOrder!]) {
            postings(first: 20, after: $after, orderBy: $orderBy) { pageInfo { endCursor } edges { node { id } } } }";
        let own = "query($id: ID!, $after: String, $orderBy: [PostingOrder!]) { employer(id: $id) {
            postings(first: 20, after: $after, orderBy: $orderBy) { pageInfo { endCursor } edges { node { id } } } } }";
        for order in orders(&FIELDS) {
            check(app, &app.anonymous(), (all, &["postings"]), json!({"orderBy": order})).await;
            for who in [&owner, &app.anonymous()] {
                check(app, who, (own, &["employer", "postings"]), json!({"id": employer, "orderBy": order})).await;
            }
        }
    }

    async fn filters_of_postings_are_read_off_an_index(app: TestApp) {
        // What the engine finds in memory has no plan.
        let app = &app.twin(|settings| settings.with("engine", "false")).await;
        let (_, employer) = app.employer("Analytical Engines").await;
        fill(app, &employer).await;
        let list = "query($after: String, $filter: PostingFilter) {
            postings(first: 20, after: $after, filter: $filter) { pageInfo { endCursor } edges { node { id } } } }";
        for filter in [
            json!({"roles": ["backend-developer"]}), json!({"industries": ["financial-services"]}),
            json!({"employers": [employer]}), json!({"countries": ["DE"]}), json!({"places": [{"country": "DE"}]}),
            json!({"places": [{"region": "US-NY"}]}), json!({"skills": ["rust"]}), json!({"allSkills": ["rust", "sql"]}),
            json!({"workplaces": ["REMOTE"]}), json!({"experienceLevels": ["SENIOR"]}),
            json!({"employmentTypes": ["FULL_TIME"]}), json!({"educationLevels": ["BACHELOR"]}), json!({"languages": ["en"]}),
            json!({"payStatuses": ["STATED"]}), json!({"payAtLeast": {"amount": "50000", "currency": "USD"}}),
            json!({"publishedSince": "2020-01-01T00:00:00Z"}), json!({"publishedBefore": "2099-01-01T00:00:00Z"}),
            json!({"not": {"workplaces": ["REMOTE"]}}),
        ] {
            check(app, &app.anonymous(), (list, &["postings"]), json!({"filter": filter})).await;
        }
    }

    async fn orders_of_all_other_lists_are_read_off_an_index(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = fill(app, &employer).await;
        owner.act("candidateUpdate", json!({}), "candidate { id }").await.good();
        for (list, kind, fields) in [
            ("employers", "EmployerOrder", &["NAME", "CREATED_AT"][..]), ("roles", "RoleOrder", &["TITLE"]),
            ("skills", "SkillOrder", &["NAME"]), ("places", "PlaceOrder", &["NAME", "POPULATION"]),
            ("candidates", "CandidateOrder", &["UPDATED_AT"]),
        ] {
            let query = format!("query($after: String, $orderBy: [{kind}!]) {{
                {list}(first: 20, after: $after, orderBy: $orderBy) {{ pageInfo {{ endCursor }} edges {{ node {{ id }} }} }} }}");
            for order in orders(fields) {
                check(app, &owner, (&query, &[list]), json!({"orderBy": order})).await;
            }
        }
        let applied = "query($id: ID!, $after: String, $orderBy: [ApplicationOrder!], $statuses: [ApplicationStatus!]) {
            posting(id: $id) { applications(first: 20, after: $after, orderBy: $orderBy, statuses: $statuses) {
                pageInfo { endCursor } edges { node { id } } } } }";
        for order in orders(&["SUBMITTED_AT", "UPDATED_AT"]) {
            check(app, &owner, (applied, &["posting", "applications"]), json!({"id": posting, "orderBy": order})).await;
        }
        let of_one = json!({"id": posting, "statuses": ["SUBMITTED"]});
        check(app, &owner, (applied, &["posting", "applications"]), of_one).await;
        let industries = "query($after: String) { industries(first: 20, after: $after) { pageInfo { endCursor } edges { node { id } } } }";
        check(app, &owner, (industries, &["industries"]), json!({})).await;
        let members = "query($id: ID!, $after: String) { employer(id: $id) {
            members(first: 1, after: $after) { pageInfo { endCursor } edges { node { id } } } } }";
        check(app, &owner, (members, &["employer", "members"]), json!({"id": employer})).await;
        for email in ["ada@example.org", "bob@example.org"] {
            let input = json!({"employerId": employer, "email": email, "role": "REVIEWER"});
            owner.act("memberInvite", input, "invitation { id }").await.good();
        }
        let invitations = "query($id: ID!, $after: String) { employer(id: $id) {
            invitations(first: 1, after: $after) { pageInfo { endCursor } edges { node { id } } } } }";
        check(app, &owner, (invitations, &["employer", "invitations"]), json!({"id": employer})).await;
        let applications = "query($after: String) { viewer {
            applications(first: 1, after: $after) { pageInfo { endCursor } edges { node { id } } } } }";
        check(app, &owner, (applications, &["viewer", "applications"]), json!({})).await;
    }

    async fn orders_of_what_is_saved_are_read_off_an_index(app: TestApp) {
        let (_, employer) = app.employer("Analytical Engines").await;
        fill(app, &employer).await;
        let ada = app.account("Ada").await;
        let some = ada.ask("{ postings(first: 3) { edges { node { id } } } }", json!({})).await["postings"]["edges"].clone();
        for edge in some.as_array().expect("edges") {
            ada.act("postingSave", json!({"postingId": edge["node"]["id"]}), "posting { id }").await.good();
            ada.act("savedSearchCreate", json!({"name": "All"}), "savedSearch { id }").await.good();
        }
        for list in ["savedPostings", "savedSearches"] {
            let query = format!("query($after: String) {{ viewer {{
                {list}(first: 1, after: $after) {{ pageInfo {{ endCursor }} edges {{ node {{ id }} }} }} }} }}");
            check(app, &ada, (&query, &["viewer", list]), json!({})).await;
        }
    }

    async fn who_is_to_be_told_is_read_off_an_index(app: TestApp) {
        let (_, employer) = app.employer("Analytical Engines").await;
        fill(app, &employer).await;
        let ada = app.account("Ada").await;
        ada.act("savedSearchCreate", json!({"name": "All", "alerts": "INSTANT"}), "savedSearch { id }").await.good();
        alert(&app.app.state).await.expect("told");
        app.heard();
        alert(&app.app.state).await.expect("there is nothing to tell");
        let is_planned = |statement: &Statement| statement.sql.starts_with("SELECT") || statement.sql.starts_with("INSERT");
        // The last row of a table is found by its key.
        let is_last = |statement: &Statement| statement.sql.starts_with("SELECT \"publication\"");
        let statements: Vec<_> = app.heard().into_iter().filter(|one| is_planned(one) && !is_last(one)).collect();
        assert_eq!(statements.len(), 3, "what has no number, and two kinds of searches: {statements:?}");
        check_statements(app, &statements, "alerts").await;
    }

    async fn orders_of_lists_for_administrators_are_read_off_an_index(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = fill(app, &employer).await;
        for name in ["Ada", "Bob", "Cy"] {
            let report = json!({"postingId": posting, "reason": "SPAM"});
            app.account(name).await.act("postingReport", report, "report { id }").await.good();
        }
        let admin = app.administrator().await;
        for (list, kind, filters) in [
            ("accounts", "AccountFilter", vec![
                json!({}), json!({"email": "reader"}), json!({"isSuspended": true}), json!({"isSuspended": false}),
                json!({"isAdmin": true}), json!({"isAdmin": false}),
            ]),
            ("auditLog", "AuditFilter", vec![
                json!({}), json!({"actor": owner.id}), json!({"subject": employer}), json!({"actions": ["POSTING_REPORTED"]}),
                json!({"actions": ["POSTING_REPORTED", "SIGNED_IN"]}), json!({"since": "2020-01-01T00:00:00Z"}),
            ]),
            ("moderationQueue", "ModerationFilter", vec![
                json!({}), json!({"kinds": ["POSTING_REPORTS"]}), json!({"statuses": ["OPEN", "CLOSED"]}),
            ]),
        ] {
            let query = format!("query($after: String, $filter: {kind}) {{
                {list}(first: 2, after: $after, filter: $filter) {{ pageInfo {{ endCursor }} edges {{ node {{ id }} }} }} }}");
            for filter in filters {
                check(app, &admin, (&query, &[list]), json!({"filter": filter})).await;
            }
        }
        let events = "query($after: String) { viewer {
            securityEvents(first: 1, after: $after) { pageInfo { endCursor } edges { node { id } } } } }";
        check(app, &owner, (events, &["viewer", "securityEvents"]), json!({})).await;
        let case = admin.ask("{ moderationQueue { edges { node { id } } } }", json!({})).await;
        let reports = "query($id: ID!, $after: String) { node(id: $id) { ... on ModerationCase {
            reports(first: 2, after: $after) { pageInfo { endCursor } edges { node { id } } } } } }";
        let id = &case["moderationQueue"]["edges"][0]["node"]["id"];
        check(app, &admin, (reports, &["node", "reports"]), json!({"id": id})).await;
    }

    async fn the_past_of_a_role_is_read_off_an_index(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        fill(app, &employer).await;
        owner.posting(&employer, json!({"role": "backend-developer"})).await;
        snapshots::take(&app.app.state).await.expect("taken");
        let query = "query($filter: PostingFilter, $from: LocalDate!, $to: LocalDate!) {
            market(filter: $filter) { history(interval: MONTH, from: $from, to: $to) { salary(currency: \"EUR\") { sampleSize } } } }";
        let today = app.app.state.clock.today();
        let (from, to) = (today.to_string(), (today + TimeDelta::days(1)).to_string());
        for filter in [json!({}), json!({"roles": ["backend-developer"], "countries": ["US"]})] {
            app.heard();
            app.anonymous().ask(query, json!({"filter": filter, "from": from, "to": to})).await;
            check_statements(app, &app.heard(), &format!("the past of {filter}")).await;
        }
        app.anonymous().ask("{ postings(search: \"Backend Developer\") { totalCount } }", json!({})).await;
        demand::flush(&app.app.state).await.expect("counted");
        app.heard();
        app.anonymous().ask("{ role(slug: \"backend-developer\") { searchDemandByMonth { searches } } }", json!({})).await;
        // The role, its numbers, and the marks of the month under way, which are grouped.
        check_statements(app, &app.heard()[1..2], "search demand").await;
    }

    async fn the_end_of_a_long_log_is_found_by_an_index(app: TestApp) {
        let db = &app.app.state.db;
        // The planner knows nothing of a log that has just grown.
        let rows = match db.backend() {
            DbBackend::Sqlite => "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
                INSERT INTO change (subject, subject_id, deed, at) SELECT 'POSTING', randomblob(16), 'UPDATED', 0 FROM n",
            _ => "INSERT INTO change (subject, subject_id, deed, at)
                SELECT 'POSTING', gen_random_uuid(), 'UPDATED', now() FROM generate_series(1, 50000)",
        };
        db.writes().execute_unprepared(rows).await.expect("a long log");
        let tail = Tail::new(db, 1_000);
        let is_read = |heard: &[Statement]| heard.iter().any(|statement| statement.sql.contains("FROM change"));
        // If nothing ended since, the log is not read at all. Other tests make transactions in the same cluster.
        let mut is_left_alone = db.backend() == DbBackend::Sqlite;
        for _ in 0..1_000 {
            if is_left_alone {
                break;
            }
            let position = tail.present().await.expect("a position");
            app.heard();
            assert!(matches!(tail.next(&position).await, Ok(Step::Changes(batch)) if batch.changes.is_empty()));
            is_left_alone = !is_read(&app.heard());
        }
        assert!(is_left_alone);
        let position = tail.present().await.expect("a position");
        app.account("Ada").await;
        app.heard();
        assert!(matches!(tail.next(&position).await, Ok(Step::Changes(batch)) if batch.changes.is_empty()));
        let heard = app.heard();
        let reading = heard.iter().find(|statement| statement.sql.contains("FROM change")).expect("the log is read");
        let txn = db.begin().await.expect("a transaction");
        if db.backend() == DbBackend::Postgres {
            txn.execute_unprepared("SET LOCAL enable_seqscan = off").await.expect("set");
        }
        let found = plan(&txn, reading).await;
        let index = if reading.db_backend == DbBackend::Sqlite { "INTEGER PRIMARY KEY" } else { "change_xid" };
        assert!(found.iter().any(|line| line.contains(index)), "{found:#?}");
        assert!(!found.iter().any(|line| line.contains("Seq Scan")), "{found:#?}");
        if reading.db_backend == DbBackend::Postgres {
            // Of millions of changes the planner takes the way by the transactions for the longer one. There is to be no other.
            txn.execute_unprepared("SET LOCAL enable_bitmapscan = off").await.expect("set");
            let found = plan(&txn, reading).await;
            assert!(!found.iter().any(|line| line.contains("Index Cond: (id >")), "{found:#?}");
        }
        txn.rollback().await.expect("rolled back");
    }
}
