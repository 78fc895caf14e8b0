use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::*;
use crate::graphql::conformance::{Limits, Scalars};

const SDL: &str = "type Query { title: String } type Mutation { save: String }";
const TITLE: &str = "query Title { title }";

fn documents() -> Documents {
    Documents::new(SDL, Limits::default(), Scalars::new()).expect("a schema")
}

fn persisted(path: Option<&Path>, registered: u32, trusted_only: bool) -> anyhow::Result<Persisted> {
    let config = PersistedConfig { registered, trusted: path.map(Path::to_owned), trusted_only };
    Persisted::new(&config, &documents())
}

/// What comes of a request: the document, or the code and the message of its refusal.
fn asked(persisted: &Persisted, request: Json) -> Result<String, String> {
    let Json::Object(fields) = request else { panic!("a request") };
    let parameters = crate::http::parameters::from_object(fields).expect("parameters");
    match persisted.find(&parameters, |text| Ok(documents().prepare(text)?)) {
        Ok(prepared) => Ok(prepared.text().to_owned()),
        Err(stopped) => Err(stopped.errors("")[0].message.clone()),
    }
}

fn hashed(hash: &str, text: Option<&str>) -> Json {
    json!({"query": text, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}})
}

fn error(manifest: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("client.json"), manifest).expect("written");
    format!("{:#}", persisted(Some(folder.path()), 1, false).err().expect("an error"))
}

#[test]
fn what_a_client_registers_is_found_by_its_hash() {
    let persisted = persisted(None, 1, false).expect("no manifest");
    let hash = hash_of(TITLE);
    assert_eq!(asked(&persisted, hashed(&hash, None)), Err("PersistedQueryNotFound".to_owned()));
    assert_eq!(
        asked(&persisted, hashed(&hash, Some("{ title }"))),
        Err("provided sha does not match query".to_owned())
    );
    assert_eq!(asked(&persisted, hashed(&hash, None)), Err("PersistedQueryNotFound".to_owned()));
    assert_eq!(asked(&persisted, hashed(&hash, Some(TITLE))), Ok(TITLE.to_owned()));
    assert_eq!(asked(&persisted, hashed(&hash, None)), Ok(TITLE.to_owned()));
    assert_eq!(asked(&persisted, hashed(&hash.to_uppercase(), None)), Ok(TITLE.to_owned()));
    let other = json!({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": hash}}});
    assert_eq!(asked(&persisted, other), Err("Unsupported persisted query version".to_owned()));
}

#[test]
fn what_is_not_valid_is_not_registered() {
    let persisted = persisted(None, 1, false).expect("no manifest");
    let hash = hash_of("{ nothing }");
    assert!(asked(&persisted, hashed(&hash, Some("{ nothing }"))).is_err_and(|told| told.starts_with("Cannot query")));
    assert_eq!(asked(&persisted, hashed(&hash, None)), Err("PersistedQueryNotFound".to_owned()));
}

#[test]
fn registered_documents_take_bounded_memory() {
    let persisted = persisted(None, 1, false).expect("no manifest");
    for number in 0..4_000 {
        let text = format!("query A{number} {{ title # {}\n}}", "x".repeat(1_000));
        asked(&persisted, hashed(&hash_of(&text), Some(&text))).expect("registered");
    }
    let registered = persisted.registered.expect("a cache");
    registered.run_pending_tasks();
    assert!((100..=1_024).contains(&registered.entry_count()), "{}", registered.entry_count());
    assert!(registered.weighted_size() <= 1024 * 1024, "{} bytes", registered.weighted_size());
}

#[test]
fn without_a_cache_clients_are_told_to_send_documents() {
    let persisted = persisted(None, 0, false).expect("no manifest");
    assert_eq!(asked(&persisted, hashed(&hash_of(TITLE), None)), Err("PersistedQueryNotSupported".to_owned()));
    assert_eq!(asked(&persisted, hashed(&hash_of(TITLE), Some(TITLE))), Ok(TITLE.to_owned()));
}

#[test]
fn manifests_of_all_tools_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, manifest: Json| fs::write(folder.path().join(name), manifest.to_string()).expect("written");
    write("relay.json", json!({"3be4abb81fa595e25eb725b2c6a87508": TITLE}));
    write("persisted-documents.json", json!({"1d5f": "mutation Save { save }"}));
    write(
        "apollo.json",
        json!({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [
        {"id": "dc67", "name": "Other", "type": "query", "body": "query Other { title }"}]}),
    );
    fs::write(folder.path().join("notes.txt"), "no manifest").expect("written");
    for trusted_only in [false, true] {
        let persisted = persisted(Some(folder.path()), 1, trusted_only).expect("manifests");
        for (id, text) in [
            ("3be4abb81fa595e25eb725b2c6a87508", TITLE),
            ("1d5f", "mutation Save { save }"),
            ("dc67", "query Other { title }"),
        ] {
            let hash = hash_of(text);
            for request in [
                json!({"documentId": id}),
                json!({"documentId": format!("sha256:{hash}")}),
                hashed(id, None),
                hashed(id, Some(text)),
                hashed(&hash, None),
                hashed(&hash, Some(text)),
                json!({"query": text}),
            ] {
                assert_eq!(asked(&persisted, request.clone()), Ok(text.to_owned()), "{request}");
            }
            let beside = json!({"documentId": id, "query": text});
            assert!(asked(&persisted, beside).is_err_and(|told| told.starts_with("\"documentId\" stands")));
            assert_eq!(
                asked(&persisted, hashed(id, Some("{ title }"))),
                Err("provided sha does not match query".to_owned())
            );
        }
        assert_eq!(asked(&persisted, json!({"documentId": "dc68"})), Err("PersistedQueryNotFound".to_owned()));
        let other = "{ title }";
        for request in [json!({"query": other}), hashed(&hash_of(other), Some(other)), hashed(&hash_of(other), None)] {
            let told = asked(&persisted, request.clone());
            if trusted_only {
                assert!(told.is_err_and(|told| told.starts_with("This server executes trusted")), "{request}");
            } else {
                assert_eq!(told, Ok(other.to_owned()), "{request}");
            }
        }
    }
}

#[test]
fn a_manifest_that_does_not_hold_is_told_by_file_and_id() {
    for (manifest, expected) in [
        ("{", "it is not JSON"),
        ("[]", "it is no object"),
        (r#"{"a": 1}"#, "ids and texts are expected"),
        (
            r#"{"a": "{ nothing }"}"#,
            "document \"a\": line 1, column 3: Cannot query field \"nothing\" on type \"Query\".",
        ),
        (r#"{"a": "{ title"}"#, "document \"a\": line 1, column 8: Syntax Error: Expected Name, found <EOF>."),
        (r#"{"format": "other", "version": 1, "operations": []}"#, "its format is \"other\""),
        (r#"{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}"#, "its version is 2"),
        (
            r#"{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a", "name": "B", "type": "query", "body": "{ title }"}]}"#,
            "document \"a\": it has no query \"B\"",
        ),
        (
            r#"{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a"}]}"#,
            "operations[0]",
        ),
    ] {
        let told = error(manifest);
        assert!(told.contains("client.json") && told.contains(expected), "{manifest}: {told}");
    }
}

#[test]
fn an_id_stands_for_one_document() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.json"), json!({"x": TITLE}).to_string()).expect("written");
    fs::write(folder.path().join("b.json"), json!({"x": TITLE}).to_string()).expect("written");
    assert!(persisted(Some(folder.path()), 1, true).is_ok());
    fs::write(folder.path().join("b.json"), json!({"x": "{ title }"}).to_string()).expect("written");
    let told = format!("{:#}", persisted(Some(folder.path()), 1, true).err().expect("an error"));
    assert!(told.contains("b.json") && told.contains("document \"x\""), "{told}");
    let empty = tempfile::tempdir().expect("a folder");
    let told = format!("{:#}", persisted(Some(empty.path()), 1, true).err().expect("an error"));
    assert!(told.contains("has no *.json in it"), "{told}");
}
