//! One search over everything, and what it is found by after a change.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{TestApp, on_both_databases};

const SEARCH: &str = "query($query: String!) { search(query: $query) {
    query
    postings(first: 5) { totalCount edges { snippet node { title } } }
    employers(first: 5) { totalCount edges { node { name } } }
    roles(first: 5) { totalCount edges { cursor node { slug } } pageInfo { endCursor } }
    skills(first: 5) { totalCount edges { node { slug } } }
    places(last: 5) { totalCount edges { node { name countryCode } } }
} }";

const COUNT: &str = "query($search: String!) { postings(search: $search) { totalCount } }";

on_both_databases! {
    async fn a_search_finds_every_kind(app: TestApp) {
        let (owner, employer) = app.employer("Backend Berlin").await;
        owner.posting(&employer, json!({"title": "Backend Developer"})).await;
        let who = app.anonymous();
        let found = who.ask(SEARCH, json!({"query": "  backend "})).await["search"].clone();
        assert_eq!(found["query"], "backend");
        assert_eq!(found["postings"]["edges"][0]["node"]["title"], "Backend Developer");
        assert_eq!(found["employers"]["edges"], json!([{"node": {"name": "Backend Berlin"}}]));
        let slugs: Vec<_> = found["roles"]["edges"].as_array().expect("roles").iter().map(|edge| &edge["node"]["slug"]).collect();
        assert!(slugs.contains(&&json!("backend-developer")), "{slugs:?}");
        // It is the same list, so its cursors hold there too.
        let behind = json!({"after": found["roles"]["pageInfo"]["endCursor"], "search": "backend"});
        who.ask("query($after: String, $search: String) { roles(after: $after, search: $search) { totalCount } }", behind).await;
        let found = who.ask(SEARCH, json!({"query": "berlin"})).await["search"].clone();
        assert_eq!(found["employers"]["totalCount"], 1);
        let places = found["places"]["edges"].as_array().expect("places");
        assert!(places.iter().any(|edge| edge["node"]["countryCode"] == "DE"), "{places:?}");
    }

    async fn a_search_without_a_word_is_refused(app: TestApp) {
        for query in ["", "  ", "!?", &"x".repeat(201), "a\u{0}b"] {
            let answer = app.anonymous().send(SEARCH, json!({"query": query})).await;
            assert_eq!(answer.code(), "BAD_USER_INPUT", "{query:?}");
            assert_eq!(answer.body["errors"][0]["extensions"]["argument"], "query");
        }
    }

    async fn a_renamed_employer_is_found_by_its_new_name(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let mut statements = BTreeSet::new();
        let mut name = "Analytical Engines".to_owned();
        for (version, number) in (2..).zip([1, 7]) {
            for _ in 0..number {
                owner.posting(&employer, json!({"skillRequirements": [{"skill": "rust", "importance": "REQUIRED"}]})).await;
            }
            let all = app.anonymous().ask(COUNT, json!({"search": name})).await["postings"]["totalCount"].clone();
            let new = format!("Tabulating Machines {number}");
            app.statements();
            let input = json!({"id": employer, "version": version, "name": new});
            owner.act("employerUpdate", input, "employer { name }").await.good();
            statements.insert(app.statements());
            let count = async |search: &str| app.anonymous().ask(COUNT, json!({"search": search})).await["postings"]["totalCount"].clone();
            assert_eq!(count(&new).await, all);
            assert_eq!(count(&format!("{new} rust backend services")).await, all, "the other words stay");
            assert_eq!(count("analytical").await, 0);
            name = new;
        }
        assert_eq!(statements.len(), 1, "statements do not grow with postings: {statements:?}");
        let versions = owner.ask("query($id: ID!) { employer(id: $id) { postings { edges { node { version } } } } }",
            json!({"id": employer})).await;
        let edges = versions["employer"]["postings"]["edges"].as_array().expect("edges");
        assert!(edges.iter().all(|edge| edge["node"]["version"] == 2), "a renaming is no change of a posting");
    }

    async fn what_is_made_comes_with_its_edge(app: TestApp) {
        let owner = app.account("Ada").await;
        let made = owner.act("employerCreate", json!({"name": "Analytical Engines"}), "employer { id } edge { cursor node { id } }").await.good();
        let employer = &made["employer"]["id"];
        assert_eq!(&made["edge"]["node"]["id"], employer);
        let list = owner.ask("{ employers { edges { cursor node { id } } } }", json!({})).await;
        assert_eq!(list["employers"]["edges"], json!([made["edge"]]));

        let input = json!({"employerId": employer, "title": "Job", "description": "d".repeat(30)});
        let draft = owner.act("postingCreate", input, "edge { cursor snippet node { id } }").await.good();
        let mate = app.account("Bob").await;
        let input = json!({"employerId": employer, "email": mate.email, "role": "RECRUITER"});
        let member = owner.act("memberAdd", input.clone(), "edge { cursor node { id } }").await.good();
        let lists = owner.ask("query($id: ID!) { employer(id: $id) {
            postings { edges { cursor snippet node { id } } } members(last: 1) { edges { cursor node { id } } } } }", json!({"id": employer})).await;
        assert_eq!(lists["employer"]["postings"]["edges"], json!([draft["edge"]]));
        assert_eq!(lists["employer"]["members"]["edges"], json!([member["edge"]]));

        let (hiring, id) = app.employer("Difference Engines").await;
        let posting = hiring.posting(&id, json!({})).await;
        let applied = mate.act("applicationSubmit", json!({"postingId": posting["id"]}), "edge { cursor node { id } }").await.good();
        mate.act("candidateUpdate", json!({"visibility": "EMPLOYERS"}), "candidate { id }").await.good();
        let mine = "{ viewer { candidate { id invitations { edges { cursor node { id } } } } applications { edges { cursor node { id } } } } }";
        let found = mate.ask(mine, json!({})).await["viewer"].clone();
        assert_eq!(found["applications"]["edges"], json!([applied["edge"]]));
        let other = hiring.posting(&id, json!({})).await;
        let input_of = json!({"candidateId": found["candidate"]["id"], "postingId": other["id"]});
        let invited = hiring.act("candidateInvite", input_of, "edge { cursor node { id } }").await.good();
        let found = mate.ask(mine, json!({})).await["viewer"].clone();
        assert_eq!(found["candidate"]["invitations"]["edges"], json!([invited["edge"]]));

        let refused = owner.act("memberAdd", input, "member { id } edge { cursor }").await;
        assert_eq!((&refused.value["edge"], refused.refusals()), (&Value::Null, vec!["TAKEN input.email".to_owned()]));
    }

    async fn an_order_names_each_field_once_and_relevance_needs_a_search(app: TestApp) {
        let (_, employer) = app.employer("Analytical Engines").await;
        let query = "query($id: ID!, $orderBy: [PostingOrder!]) { employer(id: $id) { postings(orderBy: $orderBy) { totalCount } } }";
        let title = json!({"field": "TITLE", "direction": "ASC"});
        for order in [json!([{"field": "RELEVANCE", "direction": "DESC"}]), json!([title, title])] {
            let answer = app.anonymous().send(query, json!({"id": employer, "orderBy": order})).await;
            assert_eq!(answer.code(), "BAD_USER_INPUT", "{order}");
        }
    }
}
