//! What may be kept of an answer, by whom and for how long; and what the server keeps itself.

use apollo_compiler::Schema;
use apollo_compiler::schema::{ExtendedType, FieldDefinition, Type};
use chrono::TimeDelta;
use reqwest::Response;
use reqwest::header::HeaderMap;
use rolecall::graphql::caching::hints;
use rolecall::search::demand::flush;
use serde_json::{Value, json};

use crate::support::{Actor, TestApp, on_both_databases, text};

const SDL: &str = include_str!("../../schema.graphql");

const TITLES: &str = "{ postings(first: 5) { edges { node { title } } totalCount } }";
const SEEKERS: &str = "{ seekersPerPosting { postings seekers } }";

/// Sends a query by GET, with headers.
async fn get_with(who: &Actor, url: &str, query: &str, variables: &Value, headers: &[(&str, &str)]) -> Response {
    let variables = variables.to_string();
    let address = url::Url::parse_with_params(&format!("{url}/graphql"), [("query", query), ("variables", &variables)]);
    let mut request = reqwest::Client::new().get(address.expect("an address"));
    request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    if let Some(token) = &who.token {
        request = request.bearer_auth(token);
    }
    request.send().await.expect("an answer")
}

async fn get(app: &TestApp, query: &str) -> Response {
    get_with(&app.anonymous(), &app.url, query, &json!({}), &[]).await
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

/// The words of all headers of a name.
fn words(headers: &HeaderMap, name: &str) -> Vec<String> {
    let all = headers.get_all(name).iter().flat_map(|value| value.to_str().expect("text").split(','));
    all.map(|word| word.trim().to_lowercase()).collect()
}

/// The data, and how many statements it took.
async fn data(app: &TestApp, query: &str) -> (Value, usize) {
    app.heard();
    let body: Value = get(app, query).await.json().await.expect("JSON");
    assert!(body.get("errors").is_none(), "{body:#}");
    (body["data"].clone(), app.statements())
}

fn titles(data: &Value) -> Vec<String> {
    let edges = data["postings"]["edges"].as_array().expect("edges");
    edges.iter().map(|edge| text(&edge["node"]["title"])).collect()
}

/// A field of the root with arguments that it takes.
fn asked(schema: &Schema, field: &FieldDefinition) -> String {
    let value = |name: &str, of: &Type| match (name, of.inner_named_type().as_str()) {
        ("ids", _) => "[\"role_0\"]".to_owned(),
        ("first", _) => "5".to_owned(),
        ("from", _) => "\"2026-01-01\"".to_owned(),
        ("to", _) => "\"2026-02-01\"".to_owned(),
        (_, "SeriesInterval") => "MONTH".to_owned(),
        (_, "Currency") => "\"USD\"".to_owned(),
        (_, "ID" | "String") => "\"rust\"".to_owned(),
        (name, of) => panic!("{}({name}: {of}) needs a value in this test", field.name),
    };
    // Objects are found by exactly one of their names.
    let is_given = |name: &str, of: &Type| of.is_non_null() || name == "slug";
    let given = field.arguments.iter().filter(|argument| argument.default_value.is_none());
    let given = given.filter(|argument| is_given(&argument.name, &argument.ty));
    let given: Vec<_> =
        given.map(|argument| format!("{}: {}", argument.name, value(&argument.name, &argument.ty))).collect();
    let given = if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) };
    let is_leaf = matches!(
        schema.types.get(field.ty.inner_named_type()),
        Some(ExtendedType::Scalar(_) | ExtendedType::Enum(_)) | None
    );
    format!("{}{given}{}", field.name, if is_leaf { "" } else { " { __typename }" })
}

on_both_databases! {
    async fn only_public_root_fields_may_be_kept(app: TestApp) {
        let schema = Schema::parse(SDL, "schema.graphql").expect("the schema");
        let Some(ExtendedType::Object(root)) = schema.types.get("Query") else { panic!("no root") };
        let (hints, who) = (hints(), app.account("Somebody").await);
        let mut public = Vec::new();
        for field in root.fields.values() {
            let query = format!("{{ {} }}", asked(&schema, field));
            let answer = get(app, &query).await;
            let (told, tag) = (header(&answer, "cache-control").to_owned(), header(&answer, "etag").to_owned());
            let body: Value = answer.json().await.expect("JSON");
            match hints.of("Query", &field.name) {
                Some(freshness) => {
                    assert!(body.get("errors").is_none(), "{query} {body:#}");
                    assert_eq!(told, format!("public, max-age={}", freshness.seconds), "{query}");
                    assert!(tag.starts_with('"'), "{query}");
                    public.push(field.name.as_str());
                }
                None => assert_eq!((told.as_str(), tag.as_str()), ("no-store", ""), "{query}"),
            }
            let own = get_with(&who, &app.url, &query, &json!({}), &[]).await;
            let told = header(&own, "cache-control");
            let expected = if hints.of("Query", &field.name).is_some() { "private, no-cache" } else { "no-store" };
            assert_eq!(told, expected, "{query}");
            // Together with something private, nothing may be kept.
            let together = get(app, &format!("{{ {} viewer {{ id }} }}", asked(&schema, field))).await;
            assert_eq!(header(&together, "cache-control"), "no-store", "{query}");
        }
        public.sort_unstable();
        assert_eq!(
            public,
            [
                "employer", "employers", "industries", "industry", "market", "marketSeries", "node", "nodes", "place",
                "places", "posting", "postings", "role", "roles", "salaryStatistics", "search", "seekersPerPosting",
                "skill", "skills", "suggest",
            ]
        );
    }

    async fn who_asks_and_how_decides_who_may_keep_it(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({})).await;
        let posting = "{ postings(first: 1) { edges { node { viewerCanUpdate } } } }";
        let slow = "{ roles(first: 1) { edges { node { slug } } } }";
        let mixed = "{ roles(first: 1) { edges { node { slug market { id } } } } }";
        for (query, anonymous, signed_in) in [
            (TITLES, "public, max-age=60", "private, no-cache"),
            (slow, "public, max-age=300", "private, no-cache"),
            (mixed, "public, max-age=60", "private, no-cache"),
            ("{ __typename __schema { queryType { name } } }", "public, max-age=300", "private, no-cache"),
            (posting, "no-store", "no-store"),
            ("{ postings(first: 1) { edges { node { match { score } } } } }", "no-store", "no-store"),
            ("{ postings(first: 1) { edges { node { applications { totalCount } } } } }", "no-store", "no-store"),
            ("{ employers(first: 1) { edges { node { members { totalCount } } } } }", "no-store", "no-store"),
            ("{ viewer { id } }", "no-store", "no-store"),
            ("{ postings(first: 1) { edges { node { viewerApplication { __typename } } } } }", "no-store", "no-store"),
            ("{ node(id: \"role_0\") { __typename id ... on Role { title } } }", "public, max-age=60", "private, no-cache"),
            ("{ node(id: \"role_0\") { __typename id ... on Account { name } } }", "no-store", "no-store"),
            ("{ postings(first: 1000) { totalCount } }", "no-store", "no-store"),
            ("{ postings(orderBy: [{field: MATCH, direction: DESC}]) { totalCount } }", "no-store", "no-store"),
            ("{ postings { nothing } }", "no-store", "no-store"),
            ("{ postings { ", "no-store", "no-store"),
            ("mutation { sessionsRevokeAll { query { __typename } } }", "no-store", "no-store"),
        ] {
            for (who, expected) in [(app.anonymous(), anonymous), (owner.clone(), signed_in)] {
                let answer = get_with(&who, &app.url, query, &json!({}), &[]).await;
                assert_eq!(header(&answer, "cache-control"), expected, "{query}");
                assert_eq!(answer.headers().contains_key("etag"), expected != "no-store", "{query}");
                if expected != "no-store" {
                    let vary = words(answer.headers(), "vary");
                    for name in ["accept", "accept-encoding", "authorization", "origin"] {
                        assert_eq!(vary.iter().filter(|word| *word == name).count(), 1, "{query}: {vary:?}");
                    }
                }
                let mut posted = reqwest::Client::new().post(format!("{}/graphql", app.url)).json(&json!({ "query": query }));
                if query.starts_with('{') && let Some(token) = &who.token {
                    posted = posted.bearer_auth(token);
                }
                let posted = posted.send().await.expect("an answer");
                assert_eq!(header(&posted, "cache-control"), "no-store", "POST {query}");
                assert!(!posted.headers().contains_key("etag"), "POST {query}");
            }
        }
        let stale = owner.with_token(&json!("no.token.at.all"));
        let refused = get_with(&stale, &app.url, TITLES, &json!({}), &[]).await;
        assert_eq!((refused.status().as_u16(), header(&refused, "cache-control")), (401, "no-store"));
        let head = reqwest::Client::new().head(format!("{}/graphql?query={{__typename}}", app.url)).send().await.expect("an answer");
        assert_eq!((head.status().as_u16(), header(&head, "allow")), (405, "GET, POST"));
    }

    async fn a_client_that_has_the_answer_is_told_so(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        for number in 0..5 {
            owner.posting(&employer, json!({"title": format!("Backend Developer {number} of a long list")})).await;
        }
        for who in [app.anonymous(), owner.clone()] {
            let whole = get_with(&who, &app.url, TITLES, &json!({}), &[]).await;
            let tag = header(&whole, "etag").to_owned();
            let policy = header(&whole, "cache-control").to_owned();
            let weak = format!("W/{tag}");
            for (asked, expected) in [
                (tag.clone(), &tag),
                (weak.clone(), &weak),
                ("*".to_owned(), &tag),
                (format!("\"other\", W/\"that,one\",{tag}"), &tag),
            ] {
                let same = get_with(&who, &app.url, TITLES, &json!({}), &[("if-none-match", &asked)]).await;
                assert_eq!(same.status(), 304, "{asked}");
                assert_eq!((header(&same, "etag"), header(&same, "cache-control")), (expected.as_str(), policy.as_str()));
                assert_eq!(words(same.headers(), "vary"), words(whole.headers(), "vary"));
                assert!(!same.headers().contains_key("content-type"));
                assert!(same.bytes().await.expect("a body").is_empty());
            }
            for other in ["\"other\"", "W/\"other\"", "nonsense", &tag[1..]] {
                let whole = get_with(&who, &app.url, TITLES, &json!({}), &[("if-none-match", other)]).await;
                assert_eq!((whole.status().as_u16(), header(&whole, "etag")), (200, tag.as_str()), "{other}");
            }
            // The other media type is another representation, and a packed one has no bytes in common with it.
            let typed = [("accept", "application/graphql-response+json"), ("if-none-match", &tag)];
            let typed = get_with(&who, &app.url, TITLES, &json!({}), &typed).await;
            assert_eq!(typed.status(), 200);
            assert_ne!(header(&typed, "etag"), tag);
            let packed = get_with(&who, &app.url, TITLES, &json!({}), &[("accept-encoding", "gzip")]).await;
            assert_eq!((header(&packed, "content-encoding"), header(&packed, "etag")), ("gzip", weak.as_str()));
            assert_eq!(words(packed.headers(), "vary"), words(whole.headers(), "vary"));
            let packed = [("accept-encoding", "gzip"), ("if-none-match", &weak)];
            assert_eq!(get_with(&who, &app.url, TITLES, &json!({}), &packed).await.status(), 304);
        }
        // What is not to be kept is never taken for what the client has.
        let private = get_with(&owner, &app.url, "{ viewer { id } }", &json!({}), &[("if-none-match", "*")]).await;
        assert_eq!(private.status(), 200);
        let wrong = get_with(&owner, &app.url, "{ postings(first: 1000) { totalCount } }", &json!({}), &[("if-none-match", "*")]).await;
        assert_eq!(wrong.status(), 200);
        owner.posting(&employer, json!({"title": "Something new"})).await;
        let tag = header(&get(app, SEEKERS).await, "etag").to_owned();
        let changed = get_with(&owner, &app.url, TITLES, &json!({}), &[("if-none-match", &tag)]).await;
        assert_eq!(changed.status(), 200);
    }

    async fn an_answer_is_made_once_until_the_board_changes(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({"title": "Backend Developer"})).await;
        let twin = app.twin(|settings| settings).await;
        let (first, took) = data(app, TITLES).await;
        assert!(took > 0);
        let (again, took) = data(app, TITLES).await;
        assert_eq!((&again, took), (&first, 0));
        // White space and comments, and the media type, do not make another question of it; variables do.
        let spaced = TITLES.replace("{ ", "{\n\t# of all\n  ");
        assert_eq!(data(app, &spaced).await, (first.clone(), 0));
        app.heard();
        let typed = [("accept", "application/graphql-response+json")];
        let typed = get_with(&app.anonymous(), &app.url, TITLES, &json!({}), &typed).await;
        assert_eq!(header(&typed, "content-type"), "application/graphql-response+json; charset=utf-8");
        assert_eq!(app.statements(), 0);
        let query = "query($first: Int) { postings(first: $first) { totalCount edges { node { title } } } }";
        for first in [1, 2] {
            let answer = get_with(&app.anonymous(), &app.url, query, &json!({"first": first}), &[]).await;
            assert_eq!(answer.status(), 200);
            assert!(app.statements() > 0, "{first}");
        }
        // Whoever says who they are, or sends by POST, is answered anew.
        app.heard();
        get_with(&owner, &app.url, TITLES, &json!({}), &[]).await;
        assert!(app.statements() > 0);
        assert_eq!(app.anonymous().ask(TITLES, json!({})).await, first);
        assert!(app.statements() > 0);

        // The next question sees what was just published, at every server.
        data(&twin, TITLES).await;
        let new = owner.posting(&employer, json!({"title": "Data Scientist"})).await;
        for server in [app, &twin] {
            let (found, took) = data(server, TITLES).await;
            assert_eq!(titles(&found), ["Data Scientist", "Backend Developer"]);
            assert!(took > 0);
            assert_eq!(found, server.anonymous().ask(TITLES, json!({})).await);
            assert_eq!(data(server, TITLES).await, (found, 0));
        }
        let seen = json!({"id": new["id"], "version": new["version"]});
        owner.at(&twin.url).act("postingPause", seen, "posting { id }").await.good();
        for server in [app, &twin] {
            assert_eq!(titles(&data(server, TITLES).await.0), ["Backend Developer"]);
        }
        let changed = json!({"id": employer, "version": 2, "name": "Difference Engines"});
        let names = "{ employers { edges { node { name } } } }";
        let before = data(app, names).await.0;
        let changed = owner.act("employerUpdate", changed, "employer { name }").await;
        assert!(changed.answer.body.get("errors").is_none(), "{:?}", changed.answer.body);
        let after = data(app, names).await.0;
        assert_eq!(before != after, changed.refusals().is_empty());
        twin.close().await;
    }

    async fn people_change_only_what_is_made_of_them(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({"title": "Backend Developer"})).await;
        let frank = app.twin(|settings| settings.with("market-min-postings-for-seekers", "1").with("market-min-seekers", "1")).await;
        let (board, ratio) = (data(&frank, TITLES).await.0, data(&frank, SEEKERS).await.0);
        assert_eq!(ratio["seekersPerPosting"]["seekers"], 0);
        assert_eq!(data(&frank, SEEKERS).await, (ratio, 0));
        let ada = app.account("Ada").await;
        let input = json!({"searchStatus": "ACTIVE", "targetRoles": ["backend-developer"], "targetPlaces": [{"countryCode": "US"}]});
        ada.act("candidateUpdate", input, "candidate { id }").await.good();
        assert_eq!(data(&frank, SEEKERS).await.0["seekersPerPosting"]["seekers"], 1);
        assert_eq!(data(&frank, TITLES).await, (board.clone(), 0), "nothing of it has to do with Ada");
        ada.sign_in_again().await.act("sessionsRevokeAll", json!({}), "userErrors { code }").await;
        assert_eq!(data(&frank, TITLES).await, (board, 0));
        frank.close().await;
    }

    async fn nothing_is_older_than_its_hint(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let soon = app.app.state.clock.now() + TimeDelta::seconds(90);
        owner.posting(&employer, json!({"validThrough": soon.format("%Y-%m-%dT%H:%M:%S.000Z").to_string()})).await;
        assert_eq!(titles(&data(app, TITLES).await.0).len(), 1);
        app.app.state.clock.advance(TimeDelta::seconds(30));
        app.heard();
        let kept = get(app, TITLES).await;
        assert_eq!(app.statements(), 0);
        let age: u32 = header(&kept, "age").parse().expect("seconds");
        assert!((30..60).contains(&age), "{age}");
        assert_eq!(header(&kept, "cache-control"), "public, max-age=60");
        app.app.state.clock.advance(TimeDelta::seconds(61));
        let ended = get(app, TITLES).await;
        assert!(!ended.headers().contains_key("age"));
        assert_eq!(titles(&ended.json::<Value>().await.expect("JSON")["data"]).len(), 0);
    }

    async fn errors_are_not_kept(app: TestApp) {
        let wrong = "{ postings(first: 1000) { totalCount } roles(first: 1) { totalCount } }";
        for _ in 0..2 {
            app.heard();
            let answer = get(app, wrong).await;
            assert_eq!(header(&answer, "cache-control"), "no-store");
            let body: Value = answer.json().await.expect("JSON");
            assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{body:#}");
        }
        let many = (0..8).map(|_| get(app, wrong));
        for answer in futures_util::future::join_all(many).await {
            assert_eq!(header(&answer, "cache-control"), "no-store");
        }
    }

    async fn an_answer_that_is_kept_counts_as_a_search(app: TestApp) {
        let query = "{ postings(filter: {roles: [\"backend-developer\"]}) { totalCount } }";
        for _ in 0..3 {
            data(app, query).await;
        }
        let tag = header(&get(app, query).await, "etag").to_owned();
        assert_eq!(get_with(&app.anonymous(), &app.url, query, &json!({}), &[("if-none-match", &tag)]).await.status(), 304);
        flush(&app.app.state).await.expect("counted");
        let month = app.app.state.clock.today().format("%Y-%m").to_string();
        let counted = format!("{{ role(slug: \"backend-developer\") {{ searchDemand(month: \"{month}\") {{ searches }} }} }}");
        assert_eq!(data(app, &counted).await.0["role"]["searchDemand"]["searches"], 5);
        // What the log does not tell of is asked of the database each time.
        data(app, query).await;
        flush(&app.app.state).await.expect("counted");
        assert_eq!(data(app, &counted).await.0["role"]["searchDemand"]["searches"], 6);
    }

    async fn those_who_ask_together_wait_for_one(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({})).await;
        let query = "{ postings(filter: {roles: [\"backend-developer\"]}) { totalCount edges { node { employer { name } } } } }";
        let alone = app.twin(|settings| settings.with("answer-cache", "0")).await;
        let (expected, took) = data(&alone, query).await;
        let (again, took_again) = data(&alone, query).await;
        assert!(again == expected && took_again > 0, "it keeps no answer");
        app.heard();
        let all = futures_util::future::join_all((0..16).map(|_| get(app, query))).await;
        assert_eq!(app.statements(), took);
        for answer in all {
            assert_eq!(answer.json::<Value>().await.expect("JSON")["data"], expected);
        }
        flush(&app.app.state).await.expect("counted");
        let month = app.app.state.clock.today().format("%Y-%m").to_string();
        let counted = format!("{{ role(slug: \"backend-developer\") {{ searchDemand(month: \"{month}\") {{ searches }} }} }}");
        assert_eq!(data(app, &counted).await.0["role"]["searchDemand"]["searches"], 16);
        alone.close().await;
    }

    async fn without_the_engine_nothing_is_kept(app: TestApp) {
        let plain = app.twin(|settings| settings.with("engine", "false")).await;
        for _ in 0..2 {
            assert!(data(&plain, TITLES).await.1 > 0);
        }
        let answer = get(&plain, TITLES).await;
        assert_eq!(header(&answer, "cache-control"), "public, max-age=60", "others may keep it all the same");
        let tag = header(&answer, "etag");
        let same = get_with(&plain.anonymous(), &plain.url, TITLES, &json!({}), &[("if-none-match", tag)]).await;
        assert_eq!(same.status(), 304);
        plain.close().await;
    }
}

/// Every field that tells of the viewer says that it is never kept, whatever its object says.
#[test]
fn no_field_of_the_viewer_may_be_kept() {
    let schema = Schema::parse(SDL, "schema.graphql").expect("the schema");
    let hints = hints();
    let mut found = 0;
    for kind in schema.types.values() {
        let ExtendedType::Object(object) = kind else { continue };
        for field in object.fields.keys().filter(|field| field.starts_with("viewer")) {
            assert_eq!(hints.of(&object.name, field), None, "{}.{field}", object.name);
            found += 1;
        }
    }
    assert!(found > 8, "{found}");
}
