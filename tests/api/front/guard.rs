//! What a document may ask for: every threshold is a setting, and what tells of the schema can be turned off.

use std::collections::BTreeSet;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use rolecall::graphql::schema::PROOFS;
use serde_json::json;

use crate::support::{Answer, TestApp, on_both_databases};

const SDL: &str = include_str!("../../../schema.graphql");

fn message(answer: &Answer) -> &str {
    answer.body["errors"][0]["message"].as_str().unwrap_or_default()
}

/// What an input has if it proves something.
const SECRETS: [&str; 4] = ["password", "currentPassword", "token", "refreshToken"];

/// A mutation that is right but for what its input says.
fn guess(number: usize) -> String {
    format!(
        r#"g{number}: sessionCreate(input: {{email: "a@example.org", password: "guess {number}"}}) {{ userErrors {{ code }} }}"#
    )
}

on_both_databases! {
    async fn every_threshold_is_a_setting(app: TestApp) {
        let strict = app.twin(|settings| {
            [
                ("max-document", "400"),
                ("max-tokens", "60"),
                ("max-selections", "14"),
                ("max-aliases", "2"),
                ("max-root-fields", "3"),
                ("max-depth", "4"),
                ("max-nesting", "6"),
                ("max-directives", "1"),
                ("max-list-items", "2"),
                ("max-cost", "30"),
            ]
            .into_iter()
            .fold(settings, |settings, (name, value)| settings.with(name, value))
        });
        let strict = strict.await;
        let nobody = strict.anonymous();
        let brackets = |count: usize| format!("{}{{ __typename }}{}", "{ ... ".repeat(count), "}".repeat(count));
        for (query, expected) in [
            ("{ __typename }".to_owned(), ""),
            (format!("{{ __typename }} # {}", "x".repeat(400)), "The document has 417 bytes, more than the 400 allowed."),
            (format!("query({}) {{ __typename }}", "$a: Int ".repeat(20)), "The document has more than the 60 tokens allowed."),
            (format!("{{ roles {{ {} }} }}", "totalCount ".repeat(14)), "The document has 15 selections, more than the 14 allowed."),
            ("{ a: __typename b: __typename c: __typename }".to_owned(), "The document has 3 aliases, more than the 2 allowed."),
            ("{ __typename __typename __typename __typename }".to_owned(), "The document has 4 fields at the root, more than the 3 allowed."),
            ("{ roles { edges { node { skills { importance } } } } }".to_owned(), "The document has 5 levels of fields, more than the 4 allowed."),
            (brackets(7), "levels of selections, more than the"),
            ("{ __typename @skip(if: false) @include(if: true) }".to_owned(), "The document has 2 directives in one place, more than the 1 allowed."),
            ("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }".to_owned(), "more than"),
            ("{ roles(first: 40) { edges { cursor } } }".to_owned(), "The operation may return 41 objects, more than the 30 allowed."),
        ] {
            let answer = nobody.send(&query, json!({})).await;
            assert!(message(&answer).contains(expected), "{query}: {:#}", answer.body);
            assert_eq!(answer.code(), if expected.is_empty() { "" } else { "COST_EXCEEDED" }, "{query}");
        }
        strict.close().await;
    }

    async fn the_schema_can_be_kept_back(app: TestApp) {
        let shut = app.twin(|settings| {
            settings.with("introspection", "false").with("suggestions", "false").with("playground", "false")
        });
        let shut = shut.await;
        let status = async |app: &TestApp, path: &str| {
            reqwest::get(format!("{}{path}", app.url)).await.expect("an answer").status().as_u16()
        };
        for path in ["/schema.graphql", "/graphiql", "/graphiql/"] {
            assert_eq!(status(&shut, path).await, 404, "{path}");
        }
        assert_eq!(status(app, "/schema.graphql").await, 200);
        for (query, code) in [
            ("{ __typename }", ""),
            ("{ __schema { queryType { name } } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ __type(name: \"Query\") { name } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ ...A } fragment A on Query { s: __schema { types { name } } }", "GRAPHQL_VALIDATION_FAILED"),
        ] {
            assert_eq!(app.anonymous().send(query, json!({})).await.code(), "", "{query}");
            let answer = shut.anonymous().send(query, json!({})).await;
            assert_eq!(answer.code(), code, "{query}");
            if !code.is_empty() {
                assert_eq!(message(&answer), "Introspection is turned off.");
            }
        }
        let misspelled = "{ posting(id: \"posting_0\") { id titel } }";
        let told = "Cannot query field \"titel\" on type \"Posting\".";
        let suggested = format!("{told} Did you mean \"title\"?");
        assert_eq!(message(&app.anonymous().send(misspelled, json!({})).await), suggested);
        assert_eq!(message(&shut.anonymous().send(misspelled, json!({})).await), told);
        shut.close().await;
    }

    async fn an_operation_proves_one_thing(app: TestApp) {
        let nobody = app.anonymous();
        let apart = format!("mutation {{ {} ...More }} fragment More on Mutation {{ {} }}", guess(1), guess(2));
        let mixed = format!(
            "mutation {{ {} passwordResetRequest(input: {{email: \"a@example.org\"}}) {{ userErrors {{ code }} }} }}",
            guess(1)
        );
        let never = format!("mutation {{ {} {} }}", guess(1), guess(2).replace(") {", ") @skip(if: true) {"));
        for query in [format!("mutation {{ {} {} }}", guess(1), guess(2)), apart, mixed, never] {
            app.heard();
            let answer = nobody.send(&query, json!({})).await;
            assert_eq!((answer.code(), app.statements()), ("COST_EXCEEDED", 0), "{query}");
            assert_eq!(message(&answer), "An operation holds one mutation like \"sessionCreate\" at the most.");
        }
        let twice = format!("mutation {{ {} {} }}", guess(1), guess(1));
        for query in [format!("mutation {{ {} }}", guess(1)), twice] {
            let made = nobody.ask(&query, json!({})).await;
            assert_eq!(made["g1"]["userErrors"], json!([{"code": "BAD_CREDENTIALS"}]), "{query}");
        }
    }
}

#[test]
fn whatever_takes_a_secret_stands_alone() {
    let schema = Schema::parse(SDL, "schema.graphql").expect("the schema");
    let Some(ExtendedType::Object(root)) = schema.types.get("Mutation") else { panic!("no mutations") };
    let takes_a_secret = |input: &str| match schema.types.get(input) {
        Some(ExtendedType::InputObject(input)) => input.fields.keys().any(|name| SECRETS.contains(&name.as_str())),
        _ => false,
    };
    let proofs: BTreeSet<&str> = PROOFS.iter().copied().collect();
    assert_eq!(proofs.len(), PROOFS.len());
    for field in root.fields.values() {
        let is_secret = field.arguments.iter().any(|argument| takes_a_secret(argument.ty.inner_named_type()));
        assert!(!is_secret || proofs.contains(field.name.as_str()), "{} is missing in PROOFS", field.name);
    }
    for proof in proofs {
        assert!(root.fields.contains_key(proof), "{proof} is no mutation");
    }
}
