//! Lists: every row once, in both directions, whatever happens meanwhile; and how many statements they cost.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Actor, TestApp, on_both_databases};

const LIST: &str = "query($first: Int, $after: String, $last: Int, $before: String, $orderBy: [PostingOrder!]) {
    postings(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { node { id title } } } }";

/// Postings with ties in title and pay, and without pay.
async fn fill(app: &TestApp, count: usize) -> (Actor, String) {
    let (owner, employer) = app.employer("Analytical Engines").await;
    for number in 0..count {
        let pay = (number % 3 != 0)
            .then(|| json!({"min": format!("{}", 50_000 + 1_000 * (number % 4)), "currency": "USD", "period": "YEAR"}));
        owner.posting(&employer, json!({"title": format!("Job {}", number % 5), "pay": pay})).await;
    }
    (owner, employer)
}

/// Ids of a walk through the whole list.
async fn walk(who: &Actor, order: &Value, forwards: bool, size: i32) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let page = if forwards {
            json!({"first": size, "after": cursor, "orderBy": order})
        } else {
            json!({"last": size, "before": cursor, "orderBy": order})
        };
        let page = who.ask(LIST, page).await["postings"].clone();
        let some: Vec<String> = page["edges"]
            .as_array()
            .expect("edges")
            .iter()
            .map(|edge| edge["node"]["id"].as_str().expect("an id").to_owned())
            .collect();
        if forwards {
            ids.extend(some);
        } else {
            ids.splice(0..0, some);
        }
        let (more, end) = if forwards { ("hasNextPage", "endCursor") } else { ("hasPreviousPage", "startCursor") };
        if page["pageInfo"][more] == json!(false) {
            return ids;
        }
        cursor = page["pageInfo"][end].clone();
    }
}

on_both_databases! {
    async fn every_order_gives_each_row_once_in_both_directions(app: TestApp) {
        fill(app, 23).await;
        let who = app.anonymous();
        for field in ["PUBLISHED_AT", "VALID_THROUGH", "PAY", "TITLE", "UPDATED_AT"] {
            for direction in ["ASC", "DESC"] {
                let order = json!([{"field": field, "direction": direction}]);
                let forwards = walk(&who, &order, true, 4).await;
                assert_eq!(forwards.iter().collect::<BTreeSet<_>>().len(), 23, "{order}");
                assert_eq!(walk(&who, &order, false, 5).await, forwards, "{order}");
                assert_eq!(walk(&who, &order, true, 100).await, forwards, "{order}");
            }
        }
    }

    async fn rows_written_meanwhile_move_nothing(app: TestApp) {
        let (owner, employer) = fill(app, 12).await;
        let who = app.anonymous();
        let order = json!([{"field": "TITLE", "direction": "ASC"}]);
        let before = walk(&who, &order, true, 100).await;
        let mut seen = Vec::new();
        let mut cursor = Value::Null;
        for round in 0.. {
            let page = who.ask(LIST, json!({"first": 3, "after": cursor, "orderBy": order})).await["postings"].clone();
            seen.extend(page["edges"].as_array().expect("edges").iter().map(|edge| edge["node"]["id"].as_str().expect("id").to_owned()));
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
            cursor = page["pageInfo"]["endCursor"].clone();
            owner.posting(&employer, json!({"title": format!("Job {}", round % 5)})).await;
        }
        let old: Vec<_> = seen.iter().filter(|id| before.contains(id)).cloned().collect();
        assert_eq!(old, before, "each row that was there comes once");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len());
    }

    async fn arguments_that_make_no_sense_are_errors(app: TestApp) {
        fill(app, 3).await;
        let who = app.anonymous();
        for (variables, code) in [
            (json!({"first": 0}), "BAD_USER_INPUT"), (json!({"first": 101}), "BAD_USER_INPUT"),
            (json!({"first": -1}), "BAD_USER_INPUT"), (json!({"first": 1, "last": 1}), "BAD_USER_INPUT"),
            (json!({"after": "nonsense"}), "BAD_USER_INPUT"),
            (json!({"orderBy": [{"field": "RELEVANCE", "direction": "DESC"}]}), "BAD_USER_INPUT"),
        ] {
            assert_eq!(who.send(LIST, variables.clone()).await.code(), code, "{variables}");
        }
        let page = who.ask(LIST, json!({"first": 1})).await;
        let cursor = page["postings"]["pageInfo"]["endCursor"].clone();
        let other = json!({"after": cursor, "orderBy": [{"field": "TITLE", "direction": "ASC"}]});
        assert_eq!(who.send(LIST, other).await.code(), "CURSOR_MISMATCH");
    }

    async fn a_page_costs_the_same_statements_whatever_its_size(app: TestApp) {
        fill(app, 12).await;
        let query = "query($first: Int) { postings(first: $first) { totalCount edges { node {
            id employer { name } role { slug } places { name } skillRequirements { skill { slug } } } } } }";
        let (mut first_time, mut again) = (BTreeSet::new(), BTreeSet::new());
        for first in [2, 12] {
            // Loads that come a millisecond apart are two: on a busy machine a page now and then takes one more.
            let (mut fewest, mut fewest_again) = (usize::MAX, usize::MAX);
            for _ in 0..3 {
                // A server that has shown nothing yet.
                let fresh = app.twin(|settings| settings).await;
                for fewest in [&mut fewest, &mut fewest_again] {
                    fresh.statements();
                    fresh.anonymous().ask(query, json!({"first": first})).await;
                    *fewest = (*fewest).min(fresh.statements());
                }
                fresh.close().await;
            }
            first_time.insert(fewest);
            again.insert(fewest_again);
        }
        assert_eq!(first_time.len(), 1, "{first_time:?}");
        assert!(first_time.iter().all(|count| *count <= 7), "{first_time:?}");
        assert_eq!(again, BTreeSet::from([1]), "the rows of the page alone");
    }

    async fn a_page_shows_what_an_employer_is_called_now(app: TestApp) {
        let (owner, employer) = fill(app, 3).await;
        let other = app.twin(|settings| settings).await;
        let names = async |app: &TestApp| {
            let page = app.anonymous().ask("{ postings(first: 3) { edges { node { employer { name version } } } } }", json!({})).await;
            let edges = page["postings"]["edges"].as_array().expect("edges").clone();
            edges.iter().map(|edge| edge["node"]["employer"].clone()).collect::<Vec<_>>()
        };
        for round in 1..4 {
            let before = names(app).await;
            assert_eq!(names(&other).await, before, "{round}");
            let name = format!("Engines {round}");
            let renamed = json!({"id": employer, "version": before[0]["version"], "name": name});
            owner.act("employerUpdate", renamed, "employer { id }").await.good();
            for server in [&other, app] {
                let now = names(server).await;
                assert!(now.len() == 3 && now.iter().all(|employer| employer["name"] == json!(name)), "{round}: {now:?}");
            }
        }
        other.close().await;
    }

    async fn filters_mean_what_they_say(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let pay = |amount: &str, period: &str| json!({"min": amount, "currency": "USD", "period": period});
        for changes in [
            json!({"title": "Backend Developer", "pay": pay("120000", "YEAR"), "experienceLevel": "SENIOR"}),
            json!({"title": "Accountant", "pay": pay("30", "HOUR"), "places": [{"countryCode": "DE", "city": "Berlin"}]}),
            json!({"title": "Nurse", "workplace": "REMOTE", "places": [], "applicantCountries": ["US", "CA"]}),
        ] {
            owner.posting(&employer, changes).await;
        }
        let titles = async |filter: Value| {
            let query = "query($filter: PostingFilter) { postings(filter: $filter, orderBy: [{field: TITLE, direction: ASC}]) {
                edges { node { title } } } }";
            let page = app.anonymous().ask(query, json!({"filter": filter})).await;
            let edges = page["postings"]["edges"].as_array().expect("edges").clone();
            edges.iter().map(|edge| edge["node"]["title"].as_str().expect("a title").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(titles(json!({"roles": ["backend-developer"]})).await, ["Backend Developer"]);
        assert_eq!(titles(json!({"countries": ["US"]})).await, ["Backend Developer", "Nurse"]);
        assert_eq!(titles(json!({"workplaces": ["REMOTE"]})).await, ["Nurse"]);
        let floor = |amount: &str| json!({"payAtLeast": {"amount": amount, "currency": "USD"}});
        assert_eq!(titles(floor("62400")).await, ["Accountant", "Backend Developer"]);
        assert_eq!(titles(floor("62400.01")).await, ["Backend Developer"]);
        let none = titles(json!({"not": {"experienceLevels": ["SENIOR"]}})).await;
        assert_eq!(none, ["Accountant", "Nurse"], "what is null is not SENIOR");
        let either = json!({"or": [{"roles": ["backend-developer"]}, {"workplaces": ["REMOTE"]}]});
        assert_eq!(titles(either).await, ["Backend Developer", "Nurse"]);
        let near = json!({"places": [{"near": {"latitude": 52.5, "longitude": 13.4, "km": 30.0}}]});
        assert_eq!(titles(near).await, ["Accountant"]);
        assert_eq!(titles(json!({"roles": []})).await, Vec::<String>::new());
    }
}
