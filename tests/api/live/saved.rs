//! What meets a saved search, as it is published.

use serde_json::{Value, json};

use super::{drafts, publish};
use crate::support::{Socket, TestApp, on_both_databases};

const MATCHED: &str = "subscription($id: ID!) { savedSearchMatched(id: $id) { id title viewerHasSaved } }";

on_both_databases! {
    async fn what_meets_a_saved_search_is_told_to_its_owner(app: TestApp) {
        let other = app.twin(|settings| settings).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        let input = json!({"name": "Rust", "search": "rust", "filter": {"countries": ["US"]}});
        let search = ada.act("savedSearchCreate", input, "savedSearch { id version }").await.good()["savedSearch"].clone();
        let mut socket = Socket::ready(&app.url, ada.token.as_deref()).await;
        socket.subscribe("1", MATCHED, json!({"id": search["id"]})).await;
        app.until_listening(2).await;
        let there = owner.at(&other.url);
        let rust = there.posting(&employer, json!({"title": "Rust Engineer"})).await;
        let told = json!({"savedSearchMatched": {"id": rust["id"], "title": "Rust Engineer", "viewerHasSaved": false}});
        assert_eq!(socket.data("1").await, told);
        there.posting(&employer, json!({"title": "Nurse"})).await;
        there.posting(&employer, json!({"title": "Rusty Anchor Welder"})).await;
        assert_eq!(socket.data("1").await["savedSearchMatched"]["title"], "Rusty Anchor Welder", "the beginning of a word");

        // What no longer meets the search is not told, nor anything once it is gone.
        let change = json!({"id": search["id"], "version": search["version"], "search": "engineer"});
        ada.act("savedSearchUpdate", change, "savedSearch { id }").await.good();
        there.posting(&employer, json!({"title": "Rust Welder"})).await;
        let both = there.posting(&employer, json!({"title": "Engineer of Rust"})).await;
        assert_eq!(socket.data("1").await["savedSearchMatched"]["id"], both["id"]);
        ada.act("savedSearchDelete", json!({"id": search["id"]}), "deletedId").await.good();
        let last = drafts(&owner, &employer, 1).await;
        publish(&owner, &last[0]).await;
        socket.expect_silence().await;
        other.close().await;
    }

    async fn a_foreign_saved_search_is_told_like_an_absent_one(app: TestApp) {
        let ada = app.account("Ada").await;
        let made = ada.act("savedSearchCreate", json!({"name": "All"}), "savedSearch { id }").await.good();
        let bob = app.account("Bob").await;
        let mut socket = Socket::ready(&app.url, bob.token.as_deref()).await;
        let mut answers = Vec::new();
        for id in [made["savedSearch"]["id"].clone(), json!("savedsearch_01jq0000000000000000000000"), json!("nonsense")] {
            socket.subscribe("1", MATCHED, json!({"id": id})).await;
            let mut answer: Value = socket.message().await;
            assert_eq!(answer["type"], "error");
            answer["payload"][0]["locations"].take();
            answers.push(answer);
        }
        assert_eq!((&answers[0], &answers[0]), (&answers[1], &answers[2]));
        assert_eq!(answers[0]["payload"][0]["extensions"]["code"], "BAD_USER_INPUT");
        let mut nobody = Socket::ready(&app.url, None).await;
        nobody.subscribe("1", MATCHED, json!({"id": made["savedSearch"]["id"]})).await;
        assert_eq!(nobody.error("1").await, "UNAUTHENTICATED");
    }
}
