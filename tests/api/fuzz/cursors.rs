//! Cursors of every list in every order, each sent to all of them: only the list and the order that made it takes it.

use apollo_compiler::Schema;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::json;

use super::config;
use crate::support::{Actor, TestApp, on_both_databases, text};

/// A list with its arguments but those of the page.
struct List {
    name: &'static str,
    arguments: String,
}

/// Every order of every public list, by the schema.
fn lists() -> Vec<List> {
    let sdl = include_str!("../../../schema.graphql");
    let schema = Schema::parse_and_validate(sdl, "schema.graphql").expect("the committed schema");
    let orders = |kind: &str| {
        let fields = schema.get_enum(kind).expect("an enum").values.keys().map(ToString::to_string);
        // Fit needs a profile to fit.
        fields.filter(|field| field != "MATCH").collect::<Vec<_>>()
    };
    let mut lists = vec![List { name: "industries", arguments: String::new() }];
    for (name, kind) in [
        ("employers", "EmployerOrderField"),
        ("places", "PlaceOrderField"),
        ("postings", "PostingOrderField"),
        ("roles", "RoleOrderField"),
        ("skills", "SkillOrderField"),
    ] {
        for field in orders(kind) {
            for direction in ["ASC", "DESC"] {
                let search = if field == "RELEVANCE" { ", search: \"developer\"" } else { "" };
                let arguments = format!(", orderBy: [{{field: {field}, direction: {direction}}}]{search}");
                lists.push(List { name, arguments });
            }
        }
    }
    lists.push(List {
        name: "postings",
        arguments: ", orderBy: [{field: PAY, direction: ASC}, {field: TITLE, direction: ASC}]".into(),
    });
    lists.push(List {
        name: "postings",
        arguments: ", orderBy: [{field: TITLE, direction: ASC}, {field: PAY, direction: ASC}]".into(),
    });
    lists
}

/// Asks a list for what is beside a cursor, and gives the code of the error, or nothing.
async fn code(who: &Actor, List { name, arguments }: &List, argument: &str, cursor: &str) -> String {
    let query =
        format!("query($at: String) {{ {name}(first: 1, {argument}: $at{arguments}) {{ edges {{ cursor }} }} }}");
    let answer = who.send(&query, json!({"at": cursor})).await;
    assert!(answer.body["errors"].is_array() || answer.body["data"][name].is_object(), "{}", answer.body);
    answer.code().to_owned()
}

/// The first cursor of each list.
async fn cursors(who: &Actor, lists: &[List]) -> Vec<String> {
    let mut cursors = Vec::new();
    for List { name, arguments } in lists {
        let page = who.ask(&format!("{{ {name}(first: 1{arguments}) {{ edges {{ cursor }} }} }}"), json!({})).await;
        cursors.push(text(&page[name]["edges"][0]["cursor"]));
    }
    cursors
}

on_both_databases! {
    async fn a_cursor_is_taken_by_the_list_and_the_order_that_made_it(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({"pay": {"min": "50000", "currency": "USD", "period": "YEAR"}})).await;
        let who = app.anonymous();
        let lists = lists();
        let cursors = cursors(&who, &lists).await;
        for (made, cursor) in cursors.iter().enumerate() {
            for (asked, list) in lists.iter().enumerate() {
                let argument = if (made + asked) % 2 == 0 { "after" } else { "before" };
                let expected = if asked == made { "" } else { "CURSOR_MISMATCH" };
                let [of, at] = [&lists[made], list].map(|list| format!("{}{}", list.name, list.arguments));
                assert_eq!(code(&who, list, argument, cursor).await, expected, "a cursor of {of} as {argument} of {at}");
            }
        }
    }

    async fn what_is_no_cursor_is_refused_by_every_list(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({})).await;
        let who = app.anonymous();
        let lists = lists();
        let good = cursors(&who, &lists[..1]).await.remove(0);
        let mut runner = TestRunner::new(config(8));
        let texts = proptest::prop_oneof!["\\PC{0,40}", "[A-Za-z0-9_-]{1,200}", "(\u{0}|\u{10ffff}|%00){1,4}"];
        for at in 0..runner.config().cases {
            let wrong = match at {
                0 => format!("{good}="),
                1 => good.to_uppercase(),
                _ => texts.new_tree(&mut runner).expect("a text").current(),
            };
            for list in &lists {
                assert_eq!(code(&who, list, "after", &wrong).await, "BAD_USER_INPUT", "{wrong:?}");
            }
        }
    }
}
