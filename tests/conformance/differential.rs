//! The same requests to this server and to graphql-js: the same answers.

use std::collections::BTreeMap;

use apollo_compiler::Schema;
use async_graphql::Value;

use crate::{
    generator::Generator,
    oracle::{self, Answer, Case},
    server, toy,
};

const CASES: u64 = 8_000;

/// The order of types, fields and the like is free in introspection: lists are compared as sets.
fn sorted(data: &str) -> String {
    fn sort(value: &mut Value) {
        match value {
            Value::List(items) => {
                items.iter_mut().for_each(sort);
                items.sort_by_key(ToString::to_string);
            }
            Value::Object(fields) => fields.values_mut().for_each(sort),
            _ => {}
        }
    }
    let mut value: Value = serde_json::from_str(data).expect("data is JSON");
    sort(&mut value);
    serde_json::to_string(&value).expect("a value is JSON")
}

fn paths(answer: &Answer) -> Vec<String> {
    answer.errors.iter().map(|error| format!("{:?}", error.path)).collect()
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
    (paths(ours) != paths(theirs)).then_some("errors")
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
