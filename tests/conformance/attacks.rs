//! Documents made to stall a server. Work is counted in steps, never in time.

use std::fmt::Write as _;

use rolecall::graphql::conformance::{Limits, RefusalKind};

use crate::toy;

/// Fragments that spread the next one eight times each: a few hundred bytes for 8^levels fields.
fn bomb(levels: usize) -> String {
    let mut text = "{ ...F0 }".to_owned();
    for level in 0..levels {
        let spreads = format!("...F{} ", level + 1).repeat(8);
        write!(text, " fragment F{level} on Query {{ {spreads}}}").expect("a string grows");
    }
    write!(text, " fragment F{levels} on Query {{ fine }}").expect("a string grows");
    text
}

/// The same through fields, so that every level is a level of the answer.
fn nested_bomb(levels: usize) -> String {
    let mut text = "{ thing { ...F0 } }".to_owned();
    for level in 0..levels {
        let below = level + 1;
        write!(text, " fragment F{level} on Thing {{ a: thing {{ ...F{below} }} b: thing {{ ...F{below} }} }}")
            .expect("a string grows");
    }
    write!(text, " fragment F{levels} on Thing {{ ok }}").expect("a string grows");
    text
}

fn refused(query: &str) -> RefusalKind {
    let refusal = toy::documents(Limits::default()).prepare(query).err().expect("the document is refused");
    assert_eq!(refusal.errors.len(), 1, "one error for one reason");
    refusal.kind
}

#[test]
fn fragment_bombs_cost_no_more_than_their_length() {
    let unlimited =
        Limits { selections: u64::MAX, aliases: u64::MAX, root_fields: u64::MAX, depth: u64::MAX, ..toy::generous() };
    let documents = toy::documents(unlimited);
    for (query, fields) in
        [(bomb(7), 8_u64.pow(7)), (bomb(30), u64::MAX), (nested_bomb(20), 1 << 20), (nested_bomb(150), u64::MAX)]
    {
        let measure = documents.measure(&query).expect("there is no limit");
        assert!(measure.selections >= fields, "{} of {fields}", measure.selections);
        assert!(measure.steps <= query.len() as u64 / 4, "{} steps for {} bytes", measure.steps, query.len());
        assert_eq!(refused(&query), RefusalKind::Cost);
    }
}

#[test]
fn circles_of_fragments_are_refused_at_once() {
    let circle = "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A }";
    assert_eq!(refused(circle), RefusalKind::Validation);
    assert_eq!(refused("{ fine } fragment A on Thing { thing { ...A } }"), RefusalKind::Validation);
}

#[test]
fn towers_are_refused_before_they_are_climbed() {
    for (open, close) in [("{ thing ", "}"), ("{ ... ", "}")] {
        let tower = format!("{}{{ ok }}{}", open.repeat(2_000), close.repeat(2_000));
        assert_eq!(refused(&tower), RefusalKind::Cost);
    }
    let value = format!("{{ anything(v: {}1{}) }}", "[".repeat(2_000), "]".repeat(2_000));
    assert_eq!(refused(&value), RefusalKind::Cost);
    let ty = format!("query($v: {}Int{}) {{ fine }}", "[".repeat(2_000), "]".repeat(2_000));
    assert_eq!(refused(&ty), RefusalKind::Cost);
    let deep = format!("{}{{ ok }}{}", "{ thing ".repeat(16), "}".repeat(16));
    assert_eq!(refused(&deep), RefusalKind::Cost);
}

#[test]
fn chains_of_fragments_are_refused_before_they_are_climbed() {
    let mut chain = "{ ...F0 }".to_owned();
    for link in 0..700 {
        write!(chain, " fragment F{link} on Query {{ ...F{} }}", link + 1).expect("a string grows");
    }
    chain.push_str(" fragment F700 on Query { fine }");
    assert_eq!(refused(&chain), RefusalKind::Cost);
}

#[test]
fn floods_are_refused() {
    let many = |count: usize, each: &dyn Fn(usize) -> String| {
        format!("{{ {} }}", (0..count).map(each).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(refused(&many(31, &|index| format!("a{index}: fine"))), RefusalKind::Cost);
    assert_eq!(refused(&many(21, &|_| "fine".to_owned())), RefusalKind::Cost);
    assert_eq!(refused(&format!("{{ thing {} }}", many(2_500, &|_| "ok".to_owned()))), RefusalKind::Cost);
    assert_eq!(refused(&format!("{{ fine {} }}", "@include(if: true) ".repeat(6))), RefusalKind::Cost);
    assert_eq!(refused(&format!("{{ ints(v: [{}]) }}", "1 ".repeat(101))), RefusalKind::Cost);
    assert_eq!(refused(&format!("{{ fine {} }}", " ".repeat(40_000))), RefusalKind::Cost);
    let schema = "types { fields { type { fields { type { fields { name } } } } }";
    assert_eq!(refused(&format!("{{ __schema {{ {schema} }} }} }}")), RefusalKind::Validation);
}

#[test]
fn the_query_of_every_tool_passes() {
    let documents = toy::documents(Limits::default());
    let prepared = documents.prepare(crate::differential::INTROSPECTION).map_err(|refusal| refusal.errors);
    let call = prepared.expect("it is valid").call(None, &serde_json::Map::new()).map_err(|refusal| refusal.errors);
    assert_eq!(call.expect("it is affordable").price().requested, 100);
}

#[test]
fn introspection_can_be_turned_off() {
    let documents = toy::documents(Limits { introspection: false, ..Limits::default() });
    for query in
        ["{ __schema { types { name } } }", "{ ...A } fragment A on Query { __type(name: \"Thing\") { name } }"]
    {
        let refusal = documents.prepare(query).err().expect("it is refused");
        assert_eq!(refusal.kind, RefusalKind::Validation);
    }
    assert!(documents.prepare("{ __typename }").is_ok());
}

#[test]
fn variants_take_bounded_memory() {
    let documents = toy::documents(Limits { cache_bytes: 4_000, ..Limits::default() });
    let prepared = documents.prepare("query($a: Boolean!, $b: Int) { fine @skip(if: $a) int(v: $b) }");
    let prepared = prepared.map_err(|refusal| refusal.errors).expect("it is valid");
    for variables in [r#"{"a": true}"#, r#"{"a": false}"#, r#"{"a": true, "b": 1}"#, r#"{"a": false, "b": 2}"#] {
        let variables = serde_json::from_str(variables).expect("JSON");
        assert!(prepared.call(None, &variables).is_ok());
        assert!((800..=4_000).contains(&documents.plan_bytes()), "{} bytes", documents.plan_bytes());
    }
}

#[test]
fn lists_multiply_the_price() {
    let price = |query: &str| {
        let prepared = toy::documents(Limits::default()).prepare(query).map_err(|refusal| refusal.errors)?;
        let call = prepared.call(None, &serde_json::Map::new()).map_err(|refusal| refusal.errors)?;
        Ok::<u64, Vec<async_graphql::ServerError>>(call.price().requested)
    };
    assert_eq!(price("{ fine }").ok(), Some(0));
    assert_eq!(price("{ thing { thingsMust { ok } } }").ok(), Some(6));
    assert_eq!(price("mutation { bump { value } }").ok(), Some(6));
    // An object is a dog or a cat, never both.
    assert_eq!(
        price("{ pet { ... on Dog { owner { ok } toys { ok } } ... on Cat { o: owner { ok } } } }").ok(),
        Some(7)
    );
    let dear = price(
        "{ thing { thingsMust { thingsMust { thingsMust { thingsMust { thingsMust { thingsMust { ok } } } } } } } }",
    );
    let errors = dear.expect_err("it is too dear");
    assert!(errors[0].message.contains("more than the 5000 allowed"), "{}", errors[0].message);
}

#[test]
fn prepared_documents_are_remembered_within_bounds() {
    let documents = toy::documents(Limits { cache_bytes: 50_000, ..Limits::default() });
    for index in 0..500 {
        documents.prepare(&format!("{{ a{index}: fine }}")).map_err(|refusal| refusal.errors).expect("it is valid");
    }
    let remembered = documents.remembered();
    assert!((1..100).contains(&remembered), "{remembered} documents");
}
