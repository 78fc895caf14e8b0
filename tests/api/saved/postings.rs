//! Postings that are kept for later.

use rolecall::entities::{active_day, posting, saved_posting};
use rolecall::ids::{self, Kind};
use rolecall::postings::service::draft;
use sea_orm::{EntityTrait, PaginatorTrait, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use super::save;
use crate::support::{Actor, TestApp, on_both_databases};

const SAVED: &str = "query($first: Int, $after: String) { viewer { savedPostings(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id status viewerHasSaved viewerSavedAt } } } } }";

async fn saved(who: &Actor) -> Vec<String> {
    let list = who.ask(SAVED, json!({})).await["viewer"]["savedPostings"].clone();
    let edges = list["edges"].as_array().expect("edges").clone();
    assert_eq!(list["totalCount"], json!(edges.len()));
    edges.iter().map(|edge| crate::support::text(&edge["node"]["id"])).collect()
}

fn ids_of(postings: &[&Value]) -> Vec<String> {
    postings.iter().map(|posting| crate::support::text(&posting["id"])).collect()
}

on_both_databases! {
    async fn a_posting_is_kept_until_it_is_let_go(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (one, other) = (owner.posting(&employer, json!({})).await, owner.posting(&employer, json!({"title": "Nurse"})).await);
        let ada = app.account("Ada").await;
        assert_eq!(saved(&ada).await, Vec::<String>::new());
        let shown = "posting { id viewerHasSaved viewerSavedAt } edge { cursor node { id } } query { viewer { savedPostings { totalCount } } }";
        let input = json!({"postingId": one["id"]});
        let made = ada.act("postingSave", input.clone(), shown).await.good();
        assert_eq!(made["posting"]["viewerHasSaved"], true);
        assert_eq!(made["query"]["viewer"]["savedPostings"]["totalCount"], 1);
        let list = ada.ask(SAVED, json!({})).await["viewer"]["savedPostings"]["edges"].clone();
        assert_eq!(list[0]["cursor"], made["edge"]["cursor"], "the edge is that of the list");
        app.app.state.clock.advance(chrono::TimeDelta::seconds(1));
        let again = ada.act("postingSave", input.clone(), shown).await.good();
        assert_eq!(again["posting"], made["posting"], "saving twice changes nothing");
        save(&ada, &other).await;
        assert_eq!(saved(&ada).await, ids_of(&[&other, &one]), "last saved first");
        assert_eq!(active_day::Entity::find().count(app.app.state.db.reads()).await.expect("a number"), 1, "an intent event");

        let page = ada.ask(SAVED, json!({"first": 1})).await["viewer"]["savedPostings"].clone();
        assert_eq!(page["pageInfo"]["hasNextPage"], true);
        let rest = json!({"first": 1, "after": page["pageInfo"]["endCursor"]});
        assert_eq!(ada.ask(SAVED, rest).await["viewer"]["savedPostings"]["edges"][0]["node"]["id"], one["id"]);

        for _ in 0..2 {
            let gone = ada.act("postingUnsave", input.clone(), "postingId posting { id viewerHasSaved }").await.good();
            assert_eq!((&gone["postingId"], &gone["posting"]["viewerHasSaved"]), (&one["id"], &json!(false)));
        }
        assert_eq!(saved(&ada).await, ids_of(&[&other]));
        let seen = "query($id: ID!) { posting(id: $id) { viewerHasSaved viewerSavedAt } }";
        for who in [app.anonymous(), app.account("Bob").await] {
            let seen = who.ask(seen, json!({"id": other["id"]})).await["posting"].clone();
            assert_eq!(seen, json!({"viewerHasSaved": false, "viewerSavedAt": null}));
        }
    }

    async fn what_ended_stays_and_what_was_taken_down_goes(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (filled, bad) = (owner.posting(&employer, json!({})).await, owner.posting(&employer, json!({})).await);
        let hidden = owner.draft(&employer, json!({})).await;
        let ada = app.account("Ada").await;
        save(&ada, &filled).await;
        save(&ada, &bad).await;
        let seen = |posting: &Value, reason: &str| json!({"id": posting["id"], "version": posting["version"], "reason": reason});
        owner.act("postingClose", seen(&filled, "FILLED"), "posting { id }").await.good();
        let report = json!({"postingId": bad["id"], "reason": "SCAM"});
        app.account("Bob").await.act("postingReport", report, "report { id }").await.good();
        let admin = app.administrator().await;
        let case = admin.ask("{ moderationQueue { edges { node { id } } } }", json!({})).await;
        let decision = json!({"caseId": case["moderationQueue"]["edges"][0]["node"]["id"], "decision": "TAKE_DOWN", "reason": "A scam."});
        admin.act("moderationDecide", decision, "case { id }").await.good();
        assert_eq!(saved(&ada).await, ids_of(&[&filled]));
        let list = ada.ask(SAVED, json!({})).await["viewer"]["savedPostings"]["edges"].clone();
        assert_eq!(list[0]["node"]["status"], "CLOSED");
        // It can be let go of all the same, but not saved anew.
        let gone = ada.act("postingUnsave", json!({"postingId": bad["id"]}), "postingId posting { id }").await.good();
        assert_eq!(gone["posting"], Value::Null);
        for (who, posting, refusal) in [
            (&ada, &filled, "NOT_FOUND input.postingId"), (&ada, &hidden, "NOT_FOUND input.postingId"),
            (&ada, &bad, "NOT_FOUND input.postingId"), (&owner, &hidden, "WRONG_STATE input.postingId"),
            (&owner, &filled, "WRONG_STATE input.postingId"),
        ] {
            let refused = who.act("postingSave", json!({"postingId": posting["id"]}), "posting { id }").await;
            assert_eq!(refused.refusals(), [refusal]);
        }
        let refused = ada.act("postingUnsave", json!({"postingId": hidden["id"]}), "postingId").await;
        assert_eq!(refused.refusals(), ["NOT_FOUND input.postingId"]);
    }

    async fn a_candidate_keeps_a_thousand(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        let first = owner.posting(&employer, json!({})).await;
        save(&ada, &first).await;
        fill(app, &employer, 998).await;
        let (last, too_many) = (owner.posting(&employer, json!({})).await, owner.posting(&employer, json!({})).await);
        save(&ada, &last).await;
        let refused = ada.act("postingSave", json!({"postingId": too_many["id"]}), "posting { id }").await;
        assert_eq!(refused.refusals(), ["TOO_LONG input.postingId"]);
        save(&ada, &last).await;
        ada.act("postingUnsave", json!({"postingId": first["id"]}), "postingId").await.good();
        save(&ada, &too_many).await;
    }

    async fn a_list_knows_what_is_saved_with_one_statement_more(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        for number in 0..4 {
            let posting = owner.posting(&employer, json!({"title": format!("Job {number}")})).await;
            if number % 2 == 0 {
                save(&ada, &posting).await;
            }
        }
        let mut counts = Vec::new();
        for fields in ["id", "id viewerHasSaved viewerSavedAt"] {
            app.statements();
            let list = ada.ask(&format!("{{ postings {{ edges {{ node {{ {fields} }} }} }} }}"), json!({})).await;
            counts.push(app.statements());
            let saved = list["postings"]["edges"].as_array().expect("edges").iter().filter(|edge| edge["node"]["viewerHasSaved"] == true);
            assert_eq!(saved.count(), if counts.len() == 1 { 0 } else { 2 });
        }
        assert_eq!(counts[1], counts[0] + 2, "whose profile it is, and what is saved");
    }
}

/// Postings that the only candidate keeps.
async fn fill(app: &TestApp, employer: &str, count: usize) {
    let employer = ids::decode(Kind::Employer, employer).expect("an employer");
    let now = app.app.state.clock.now();
    let txn = app.app.state.db.begin().await.expect("a transaction");
    let owner = saved_posting::Entity::find().one(&txn).await.expect("read").expect("one is kept").candidate_id;
    let ids: Vec<Uuid> = (0..count).map(|_| ids::generate(now)).collect();
    let columns = posting::ActiveModel {
        title: Set("Job".to_owned()),
        title_key: Set("job".to_owned()),
        description: Set("A description of thirty characters".to_owned()),
        ..Default::default()
    };
    for some in ids.chunks(300) {
        let postings = some.iter().map(|id| draft(*id, employer, &columns, now));
        posting::Entity::insert_many(postings).exec_without_returning(&txn).await.expect("inserted");
    }
    let row =
        |id: &Uuid| saved_posting::ActiveModel { candidate_id: Set(owner), posting_id: Set(*id), saved_at: Set(now) };
    saved_posting::Entity::insert_many(ids.iter().map(row)).exec_without_returning(&txn).await.expect("inserted");
    txn.commit().await.expect("committed");
}
