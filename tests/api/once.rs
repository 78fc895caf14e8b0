//! Mutations with a key are executed once, whatever becomes of their answers.

use chrono::TimeDelta;
use futures_util::future::join_all;
use rolecall::entities::{idempotency_key, posting};
use rolecall::work;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::inputs::bases::{Board, base};
use crate::inputs::probe;
use crate::inputs::schema::Inputs;
use crate::support::{Answer, Socket, TestApp, on_both_databases, text};

const CREATE: &str = "mutation($input: PostingCreateInput!) {
    postingCreate(input: $input) { posting { id title employer { name } } userErrors { code path } } }";
const REGISTER: &str = "mutation($input: AccountRegisterInput!) {
    accountRegister(input: $input) { account { id } session { accessToken } userErrors { code path } } }";

fn draft(employer: &str, title: &str) -> Value {
    json!({"input": {"employerId": employer, "title": title, "workplace": "REMOTE", "isWorldwide": true,
        "description": "You write the services behind the board, and keep them running."}})
}

fn registration(name: &str) -> Value {
    json!({"input": {"email": "ada@example.org", "password": "correct horse battery", "name": name}})
}

async fn postings(app: &TestApp) -> u64 {
    posting::Entity::find().count(app.app.state.db.reads()).await.expect("a number")
}

fn created(answer: &Answer) -> String {
    text(&answer.data()["postingCreate"]["posting"]["id"])
}

on_both_databases! {
    async fn the_same_key_gets_the_first_answer_again(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let owner = owner.with_key("7f0c1d52-4a3b-4c5e-9a57-0d1a5f2f7a11");
        let first = owner.send(CREATE, draft(&employer, "Engineer")).await;
        let again = owner.send(CREATE, draft(&employer, "Engineer")).await;
        assert_eq!(first.body.to_string(), again.body.to_string());
        assert_eq!((first.is_replayed, again.is_replayed), (false, true));
        assert_eq!(first.data()["postingCreate"]["posting"]["employer"]["name"], "Analytical Engines");
        assert_eq!(postings(app).await, 1);

        let other = owner.send(CREATE, draft(&employer, "Nurse")).await;
        assert_eq!((other.status, other.code()), (422, "IDEMPOTENCY_MISMATCH"));
        let other = owner.send(&CREATE.replace(" title", ""), draft(&employer, "Engineer")).await;
        assert_eq!((other.status, other.code()), (422, "IDEMPOTENCY_MISMATCH"));
        assert_eq!(postings(app).await, 1);
        // Queries do not care.
        assert_eq!(owner.send("{ viewer { id } }", json!({})).await.status, 200);
    }

    async fn what_was_refused_stays_refused_and_keys_are_of_their_account(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (rival, _) = app.employer("Difference Engines").await;
        let refused = owner.with_key("one").send(CREATE, draft(&employer, "")).await;
        assert_eq!(refused.data()["postingCreate"]["userErrors"][0]["path"], json!(["input", "title"]));
        let again = owner.with_key("one").send(CREATE, draft(&employer, "")).await;
        assert!(again.is_replayed && again.body == refused.body);
        // What is hidden from somebody else does not come out by the key.
        let theirs = rival.with_key("one").send(CREATE, draft(&employer, "")).await;
        assert!(!theirs.is_replayed && theirs.body != refused.body, "{}", theirs.body);
    }

    async fn a_key_is_free_again_after_a_day(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let owner = owner.with_key("one");
        let first = created(&owner.send(CREATE, draft(&employer, "Engineer")).await);
        app.app.state.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
        let owner = owner.sign_in_again().await.with_key("one");
        assert_eq!(created(&owner.send(CREATE, draft(&employer, "Engineer")).await), first);
        app.app.state.clock.advance(TimeDelta::seconds(1));
        assert_ne!(created(&owner.send(CREATE, draft(&employer, "Engineer")).await), first);
        app.app.state.clock.advance(TimeDelta::hours(25));
        work::tick(&app.app.state).await.expect("a round");
        let kept = idempotency_key::Entity::find().count(app.app.state.db.reads()).await.expect("a number");
        assert_eq!(kept, 0);
    }

    async fn an_answer_that_was_lost_is_told_by_another_server(app: TestApp) {
        // The server was killed after the commit, before it answered: nobody heard the first answer.
        let nobody = app.anonymous().with_key("one");
        let lost = nobody.send(REGISTER, registration("Ada")).await;
        let successor = app.twin(|settings| settings).await;
        let told = nobody.at(&successor.url).send(REGISTER, registration("Ada")).await;
        assert!(told.is_replayed);
        assert_eq!(told.body, lost.body);
        let ada = app.anonymous().with_token(&told.data()["accountRegister"]["session"]["accessToken"]);
        assert!(ada.ask("{ viewer { id } }", json!({})).await["viewer"].is_object());
        // Without the key it is a second account with the same address.
        let second = app.anonymous().send(REGISTER, registration("Ada")).await;
        assert_eq!(second.data()["accountRegister"]["account"], Value::Null);
        successor.close().await;
    }

    async fn many_at_once_are_one(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let twin = app.twin(|settings| settings).await;
        let owner = owner.with_key("one");
        let there = owner.at(&twin.url);
        let sent = (0..24).map(|number| {
            let who = if number % 2 == 0 { &owner } else { &there };
            who.send(CREATE, draft(&employer, "Engineer"))
        });
        let answers = join_all(sent).await;
        let ids: std::collections::BTreeSet<_> = answers.iter().map(created).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(answers.iter().filter(|answer| !answer.is_replayed).count(), 1);
        assert_eq!(postings(app).await, 1);
        twin.close().await;
    }

    async fn a_socket_names_its_keys_in_the_document(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let query = CREATE.replace("($input: PostingCreateInput!)", "($input: PostingCreateInput!, $key: String!) @idempotent(key: $key)");
        let mut variables = draft(&employer, "Engineer");
        variables["key"] = json!("one");
        let mut socket = Socket::ready(&app.url, owner.token.as_deref()).await;
        let mut ids = Vec::new();
        for id in ["first", "second"] {
            socket.subscribe(id, &query, variables.clone()).await;
            ids.push(socket.data(id).await["postingCreate"]["posting"]["id"].clone());
            assert_eq!(socket.message().await["type"], "complete");
        }
        assert_eq!(ids[0], ids[1]);
        variables["input"]["title"] = json!("Nurse");
        socket.subscribe("third", &query, variables.clone()).await;
        assert_eq!(socket.error("third").await, "IDEMPOTENCY_MISMATCH");
        assert_eq!(postings(app).await, 1);

        let both = owner.with_key("another").send(&query, variables.clone()).await;
        assert_eq!((both.status, both.code()), (400, "BAD_USER_INPUT"));
        for bad in ["", "with blank", "ünicode", &"x".repeat(256)] {
            variables["key"] = json!(bad);
            let answer = owner.send(&query, variables.clone()).await;
            assert_eq!((answer.status, answer.code()), (400, "BAD_USER_INPUT"), "{bad}");
        }
        let answer = owner.with_key("with blank").send(CREATE, draft(&employer, "Nurse")).await;
        assert_eq!((answer.status, answer.code()), (400, "BAD_USER_INPUT"));
        let on_query = owner.send("query @idempotent(key: \"one\") { viewer { id } }", json!({})).await;
        assert_eq!(on_query.code(), "GRAPHQL_VALIDATION_FAILED");
        assert_eq!(postings(app).await, 1);
    }

    async fn every_mutation_takes_a_key(app: TestApp) {
        let inputs = Inputs::read();
        let board = Board::new(app).await;
        for (number, mutation) in inputs.mutations().into_iter().enumerate() {
            if inputs.input_of(&mutation).is_none() {
                continue;
            }
            let (who, input) = base(&board, &mutation).await;
            let who = who.with_key(&format!("key-{number}"));
            let query = probe(&inputs, &mutation);
            let first = who.send(&query, json!({"input": input})).await;
            assert_eq!(first.data()[&mutation]["userErrors"], json!([]), "{mutation}");
            let again = who.send(&query, json!({"input": input})).await;
            // Some end the session that asks.
            assert!(again.status == 401 || (again.is_replayed && again.body == first.body), "{mutation}: {}", again.body);
        }
    }
}
