//! The same requests to this server and to graphql-js: the same answers.

use std::collections::BTreeMap;

use apollo_compiler::Schema;
use async_graphql::Value;

use crate::{
    generator::Generator,
    oracle::{self, Answer, Case},
    server, toy,
};

const CASES: u64 = 5_200;

/// The order of types, fields and the like is free in introspection: lists are compared as sets.
fn sorted(data: &str) -> String {
    /// Descriptions of what every schema has are each library's own words.
    fn own_words(fields: &async_graphql::indexmap::IndexMap<async_graphql::Name, Value>) -> bool {
        let built_in =
            ["Int", "Float", "String", "Boolean", "ID", "skip", "include", "deprecated", "specifiedBy", "oneOf"];
        matches!(fields.get("name"), Some(Value::String(name)) if name.starts_with("__") || built_in.contains(&name.as_str()))
    }
    fn forget(value: &mut Value) {
        match value {
            Value::List(items) => items.iter_mut().for_each(forget),
            Value::Object(fields) => {
                if let Some(description) = fields.get_mut("description") {
                    *description = Value::Null;
                }
                fields.values_mut().for_each(forget);
            }
            _ => {}
        }
    }
    fn sort(value: &mut Value) {
        match value {
            Value::List(items) => {
                items.iter_mut().for_each(sort);
                items.sort_by_key(ToString::to_string);
            }
            Value::Object(fields) => {
                let built_in = own_words(fields);
                fields.values_mut().for_each(sort);
                if built_in {
                    forget(value);
                }
            }
            _ => {}
        }
    }
    let mut value: Value = serde_json::from_str(data).expect("data is JSON");
    sort(&mut value);
    serde_json::to_string(&value).expect("a value is JSON")
}

/// Where the errors are; with their order and the indexes of lists only where these are not free.
fn paths(answer: &Answer, free_order: bool) -> Vec<String> {
    let place = |path: &Option<Vec<serde_json::Value>>| match path {
        Some(path) if free_order => {
            format!("{:?}", path.iter().filter(|segment| segment.is_string()).collect::<Vec<_>>())
        }
        path => format!("{path:?}"),
    };
    let mut paths: Vec<String> = answer.errors.iter().map(|error| place(&error.path)).collect();
    if free_order {
        paths.sort();
    }
    paths
}

/// What differs, if anything.
fn difference(ours: &Answer, theirs: &Answer, free_order: bool) -> Option<&'static str> {
    if ours.class != theirs.class {
        return Some("class");
    }
    let data = |answer: &Answer| match &answer.data {
        Some(data) if free_order => Some(sorted(data)),
        data => data.clone(),
    };
    if data(ours) != data(theirs) {
        return Some("data");
    }
    (paths(ours, free_order) != paths(theirs, free_order)).then_some("errors")
}

/// Shows where two long texts part.
fn first_difference(ours: &str, theirs: &str) {
    let at = ours.bytes().zip(theirs.bytes()).take_while(|(our, their)| our == their).count();
    let around = |text: &str| {
        String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(200)..text.len().min(at + 200)]).into_owned()
    };
    println!("ours   … {}\ntheirs … {}", around(ours), around(theirs));
}

async fn compare(cases: Vec<(Case, bool)>) {
    let schema = toy::schema();
    let documents = toy::documents(toy::generous());
    let (requests, free): (Vec<Case>, Vec<bool>) = cases.into_iter().unzip();
    let theirs = oracle::ask(&toy::sdl(&schema), &requests);
    let mut differing = 0;
    let mut classes: BTreeMap<String, usize> = BTreeMap::new();
    for ((case, free), theirs) in requests.iter().zip(free).zip(&theirs) {
        let ours = server::answer(&schema, &documents, case).await;
        let class = if theirs.errors.is_empty() { theirs.class.clone() } else { "Ok, with errors".into() };
        *classes.entry(class).or_default() += 1;
        if let Some(what) = difference(&ours, theirs, free) {
            differing += 1;
            if differing <= 10 {
                if let (true, Some(ours), Some(theirs)) = (free, &ours.data, &theirs.data) {
                    first_difference(&sorted(ours), &sorted(theirs));
                }
                let variables = serde_json::to_string(&case.variables).expect("variables are JSON");
                println!(
                    "--- {what} differs\n{}\nvariables {variables}, operation {:?}\nours   {ours:?}\ntheirs {theirs:?}",
                    case.query, case.operation_name
                );
            }
        }
    }
    println!("{} requests: {classes:?}", requests.len());
    assert_eq!(differing, 0, "{differing} of {} answers differ from graphql-js", requests.len());
}

#[tokio::test]
async fn generated_requests_are_answered_as_graphql_js_answers_them() {
    let sdl = toy::sdl(&toy::schema());
    let schema = Schema::parse_and_validate(sdl, "toy").expect("the toy schema is valid");
    let first = std::env::var("CONFORMANCE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let cases = (first..first + CASES)
        .map(|seed| {
            let case = Generator::new(&schema, seed).case();
            let free = case.query.contains("__schema") || case.query.contains("__type(");
            (case, free)
        })
        .collect();
    compare(cases).await;
}

/// The query every tool sends, with all its options.
pub const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description
    queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType } directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
  fragment FullType on __Type { kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef }
      isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
  fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
  fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

#[tokio::test]
async fn chosen_requests_are_answered_as_graphql_js_answers_them() {
    let plain = [
        INTROSPECTION,
        "mutation { bump { query { __schema { queryType { name } } __type(name: \"Nope\") { name } } } }",
        "{ thing { ok @skip(if: true) } }",
        "{ thing @skip(if: true) { ok } }",
        "mutation { a: bump { value } a: bump { badNull } b: bump { value } }",
        "{ ints(v: [1]) ints(v: [1, 2]) }",
        "{ thing { pets { ... on Node { narrow } ... on Cat { narrow } } nodes { ...on Pet { __typename } id } } }",
        "subscription { tick tick }",
        "subscription { tick thing { ok } }",
        "subscription { __typename }",
        "",
        "# nothing",
        "{ fine } { fine }",
        "query A { fine } query A { fine }",
        "query A { fine } type B { c: Int }",
        "\"words\" { fine }",
        "{ id(v: 123456789012345678901234567890) }",
        "{ thing { __typename: ok } }",
    ];
    let mut cases: Vec<(Case, bool)> = plain.iter().map(|query| (Case::of(query), true)).collect();
    for (query, variables) in [
        ("query($v: Int = 1) { intDefault(v: $v) fine }", serde_json::json!({ "v": null })),
        ("query($v: Boolean = true) { thing { ok @include(if: $v) } fine }", serde_json::json!({ "v": null })),
        ("query($v: Int = 1) { parcel(v: {weight: 1, count: $v}) }", serde_json::json!({ "v": null })),
        ("query($v: Int) { parcel(v: {weight: 1, count: $v, sizes: [3]}) }", serde_json::json!({})),
        ("query($v: [Int!]) { ints(v: $v) }", serde_json::json!({ "v": 5 })),
        ("query($v: Int!) { intMust(v: $v) }", serde_json::json!({})),
        ("query($v: Float) { float(v: $v) }", serde_json::json!({ "v": "1" })),
    ] {
        cases.push((Case::with(query, &variables), false));
    }
    compare(cases).await;
}
