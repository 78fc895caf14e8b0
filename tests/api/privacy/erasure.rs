//! Erasing an account: everything that is personal goes everywhere, what counts stays.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rolecall::accounts::suspension::administrators;
use rolecall::entities::sets::MemberRole;
use rolecall::entities::{
    active_day, application, application_event, candidate, idempotency_key, saved_posting, saved_search,
};
use rolecall::ids::{self, Kind};
use rolecall::mail::letter::Letter;
use rolecall::mail::outbox::{Recipient, enqueue};
use rolecall::work;
use sea_orm::{ActiveModelTrait, EntityTrait, PaginatorTrait, Set};
use serde_json::{Value, json};

use super::scan::places_of;
use super::{advance, apply, asking, save, sign_in_from, write_profile};
use crate::support::{Actor, PASSWORD, TestApp, on_both_databases};
use crate::trust::prove_address;

async fn erase(who: &Actor) -> crate::support::Payload {
    who.act("accountErase", json!({"password": PASSWORD, "confirm": true}), "erasedId").await
}

/// Mails that wait and name the person: to them, to their address, and to others.
async fn write_letters(app: &TestApp, who: &Actor, application: &Value) {
    let (state, now) = (&app.app.state, app.app.state.clock.now());
    let id = ids::decode(Kind::Account, &who.id).expect("an account");
    let account =
        rolecall::entities::account::Entity::find_by_id(id).one(state.db.reads()).await.expect("read").expect("there");
    let (me, recruiter) =
        (Recipient::of(&account), Recipient { is_proven: true, ..Recipient::stranger("recruiter@example.org") });
    let invited = |inviter: &str| Letter::MemberInvited {
        employer: "Analytical Engines".to_owned(),
        inviter: inviter.to_owned(),
        role: MemberRole::Reviewer,
        token: "a token".to_owned(),
        expires_at: now + TimeDelta::days(1),
    };
    let received = Letter::ApplicationReceived {
        application: ids::decode(Kind::Application, application["id"].as_str().expect("an id"))
            .expect("an application"),
        title: "Backend Developer".to_owned(),
        employer: "Analytical Engines".to_owned(),
        candidate: account.name.clone(),
    };
    let moved = Letter::AddressChanged { at: now };
    let shouted = Recipient::stranger(&who.email.to_uppercase());
    let db = state.db.writes();
    for (to, letter, key) in [
        (&me, &moved, "a"),
        (&shouted, &invited("Somebody"), "b"),
        (&recruiter, &received, "c"),
        (&recruiter, &invited(&account.name), "d"),
        (&recruiter, &invited("Somebody Else"), "e"),
    ] {
        enqueue(db, to, letter, key, now).await.expect("written");
    }
}

/// Keeps the answer to a request of the person that carried a key.
async fn answer_with_a_key(app: &TestApp, who: &Actor) {
    let row = idempotency_key::ActiveModel {
        account_id: Set(ids::decode(Kind::Account, &who.id).expect("an account")),
        key_hash: Set(vec![1]),
        request_hash: Set(vec![2]),
        response: Set(Some(vec![3])),
        created_at: Set(app.app.state.clock.now()),
    };
    row.insert(app.app.state.db.writes()).await.expect("kept");
}

async fn counts(app: &TestApp) -> BTreeMap<&'static str, u64> {
    let db = app.app.state.db.reads();
    BTreeMap::from([
        ("applications", application::Entity::find().count(db).await.expect("a number")),
        ("candidates", candidate::Entity::find().count(db).await.expect("a number")),
        ("active days", active_day::Entity::find().count(db).await.expect("a number")),
    ])
}

on_both_databases! {
    async fn nothing_of_a_person_remains_in_any_column(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (posting, other) = (asking(&owner, &employer).await, asking(&owner, &employer).await);
        let ada = app.account("Ferdinand Quibblewort").await;
        prove_address(app, &ada).await;
        write_profile(&ada).await;
        sign_in_from(app, &ada, "Brewserscope/7.7").await;
        let rejected = advance(&owner, &apply(&ada, &other).await, "IN_REVIEW", None).await;
        advance(&owner, &rejected, "REJECTED", Some("Dear Quibblewort, no.")).await;
        let running = advance(&owner, &apply(&ada, &posting).await, "IN_REVIEW", None).await;
        owner.act("applicationNote", json!({"id": running["id"], "body": "Quibblewort smells of hops."}), "note { id }").await.good();
        owner.act("applicationRate", json!({"id": running["id"], "stars": 2}), "application { id }").await.good();
        ada.act("postingReport", json!({"postingId": posting["id"], "reason": "OTHER", "text": "No barley, says Quibblewort."}), "report { id }").await.good();
        // The person also works for an employer, and notes something about somebody else.
        let (colleague, brewery) = app.employer("Brewery").await;
        colleague.act("memberAdd", json!({"employerId": brewery, "email": ada.email, "role": "RECRUITER"}), "member { id }").await.good();
        let opening = asking(&colleague, &brewery).await;
        let theirs = app.account("Bob").await.act("applicationSubmit", json!({"postingId": opening["id"]}), "application { id version }").await;
        let theirs = theirs.good()["application"].clone();
        ada.act("applicationNote", json!({"id": theirs["id"], "body": "Bob knows his yeast."}), "note { id }").await.good();
        advance(&ada, &theirs, "IN_REVIEW", None).await;
        save(&ada, &posting).await;
        answer_with_a_key(app, &ada).await;
        ada.ask("mutation { accountExport { export { id } } }", json!({})).await;
        work::tick(&app.app.state).await.expect("worked");
        write_letters(app, &ada, &running).await;
        let words = [
            ada.email.as_str(), "Quibblewort", "Zymurgist", "quokka", "Froth Overseer", "Academy of Froth", "9876543", "98765.43",
            "Brewserscope", "Breweries by the sea", "barrels", "Flocculation", "great ferment", "No barley", "smells of hops",
        ];
        let before = places_of(&app.app.state.db, &words).await;
        for word in words.iter().filter(|word| **word != "98765.43") {
            assert!(before.iter().any(|place| place.ends_with(&format!(": {word}"))), "{word} is found while it is there");
        }
        let counted = counts(app).await;

        assert_eq!(erase(&ada).await.good()["erasedId"], json!(ada.id));

        assert_eq!(places_of(&app.app.state.db, &words).await, Vec::<String>::new());
        assert_eq!(places_of(&app.app.state.db, &["127.0.0.1"]).await, ["audit_entry.ip_address: 127.0.0.1"], "of others");
        assert_eq!(counts(app).await, counted, "what counts stays");
        let db = app.app.state.db.reads();
        assert_eq!(saved_posting::Entity::find().count(db).await.expect("a number"), 0);
        assert_eq!(saved_search::Entity::find().count(db).await.expect("a number"), 0);
        assert_eq!(idempotency_key::Entity::find().count(db).await.expect("a number"), 0);
        assert_eq!(ada.send("{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
        let sign_in = json!({"email": ada.email, "password": PASSWORD});
        let refused = app.anonymous().act("sessionCreate", sign_in, "session { accessToken }").await;
        assert_eq!(refused.refusals(), ["BAD_CREDENTIALS input.password"]);

        let query = "query($id: ID!) { application(id: $id) { status submittedAt coverLetter reason answers { value } candidate { id }
            notes { body } ratings { stars } events { to party note } } }";
        let left = owner.ask(query, json!({"id": running["id"]})).await["application"].clone();
        assert_eq!(left["status"], "WITHDRAWN", "the employer is told");
        assert_eq!(left["events"].as_array().map(Vec::len), Some(3));
        assert_eq!((&left["candidate"], &left["coverLetter"], &left["reason"]), (&Value::Null, &Value::Null, &Value::Null));
        assert_eq!((&left["answers"], &left["notes"], &left["ratings"]), (&json!([]), &json!([]), &json!([])));
        let kept = owner.ask(query, json!({"id": rejected["id"]})).await["application"].clone();
        assert_eq!((&kept["status"], &kept["reason"]), (&json!("REJECTED"), &Value::Null));
        let all = "query($id: ID!) { posting(id: $id) { applications { totalCount } } }";
        assert_eq!(owner.ask(all, json!({"id": posting["id"]})).await["posting"]["applications"]["totalCount"], 1);
        let note = colleague.ask("query($id: ID!) { application(id: $id) { notes { body author { name } } events { to actor { name } } } }",
            json!({"id": theirs["id"]})).await["application"].clone();
        assert_eq!(note["notes"], json!([{"body": "Bob knows his yeast.", "author": null}]), "what an employer noted is its own");
        assert_eq!(note["events"][1], json!({"to": "IN_REVIEW", "actor": null}));
        let admin = app.administrator().await;
        let mine = "query($filter: AuditFilter) { auditLog(filter: $filter) { edges { node { action actorId actor { id } ipAddress } } } }";
        let log = admin.ask(mine, json!({"filter": {"actor": ada.id}})).await["auditLog"]["edges"].clone();
        let erased = json!({"node": {"action": "ACCOUNT_ERASED", "actorId": ada.id, "actor": null, "ipAddress": null}});
        assert!(log.as_array().expect("edges").contains(&erased), "{log}");
        assert!(log.as_array().expect("edges").iter().all(|edge| edge["node"]["ipAddress"].is_null()));
        assert_eq!(admin.ask("query($id: ID!) { account(id: $id) { id } }", json!({"id": ada.id})).await["account"], Value::Null);
        let again = json!({"email": ada.email, "password": PASSWORD, "name": "Ferdinand"});
        app.anonymous().act("accountRegister", again, "account { id }").await.good();
    }

    async fn an_employer_keeps_its_last_owner_or_goes_too(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.draft(&employer, json!({})).await;
        let staffed = owner.create_employer("Staffed").await;
        let bob = app.account("Bob").await;
        owner.act("memberAdd", json!({"employerId": staffed, "email": bob.email, "role": "RECRUITER"}), "member { id }").await.good();
        let empty = owner.create_employer("Empty").await;
        let query = "mutation($input: AccountEraseInput!) { accountErase(input: $input) { erasedId
            userErrors { code path ... on ConflictError { conflictsWith { id } } } } }";
        let input = json!({"input": {"password": PASSWORD, "confirm": true}});
        let refused = owner.ask(query, input).await["accountErase"].clone();
        let errors = refused["userErrors"].as_array().expect("errors");
        let mut named: Vec<_> = errors.iter().map(|error| (error["code"].clone(), error["conflictsWith"]["id"].clone())).collect();
        named.sort_by_key(|(_, id)| id.to_string());
        let mut in_the_way = [employer.clone(), staffed.clone()];
        in_the_way.sort();
        assert_eq!(named, in_the_way.map(|id| (json!("LAST_OWNER"), json!(id))));
        let seen = async |id: &str| {
            let answer = app.anonymous().ask("query($id: ID!) { employer(id: $id) { id } }", json!({"id": id})).await;
            answer["employer"]["id"].clone()
        };
        assert_eq!(seen(&empty).await, json!(empty), "nothing was half-done");
        for id in [&employer, &staffed] {
            owner.act("memberAdd", json!({"employerId": id, "email": app.account("Heir").await.email, "role": "OWNER"}), "member { id }").await.good();
        }
        erase(&owner).await.good();
        assert_eq!((seen(&employer).await, seen(&staffed).await, seen(&empty).await), (json!(employer), json!(staffed), Value::Null));
    }

    async fn two_owners_do_not_leave_an_employer_alone(app: TestApp) {
        let (one, employer) = app.employer("Analytical Engines").await;
        one.draft(&employer, json!({})).await;
        let other = app.account("Other").await;
        one.act("memberAdd", json!({"employerId": employer, "email": other.email, "role": "OWNER"}), "member { id }").await.good();
        let (first, second) = tokio::join!(erase(&one), erase(&other));
        let mut outcomes = vec![first.refusals(), second.refusals()];
        outcomes.sort();
        assert_eq!(outcomes, [Vec::<String>::new(), vec!["LAST_OWNER input".to_owned()]]);
    }

    async fn it_must_be_meant_and_proven(app: TestApp) {
        let ada = app.account("Ada").await;
        write_profile(&ada).await;
        let wrong = json!({"password": "not the password at all", "confirm": true});
        assert_eq!(ada.act("accountErase", wrong, "erasedId").await.refusals(), ["BAD_CREDENTIALS input.password"]);
        let unsure = json!({"password": PASSWORD, "confirm": false});
        assert_eq!(ada.act("accountErase", unsure.clone(), "erasedId").await.refusals(), ["INVALID input.confirm"]);
        assert_eq!(app.anonymous().act("accountErase", unsure, "erasedId").await.answer.code(), "UNAUTHENTICATED");
        let still = ada.ask("{ viewer { name candidate { headline skills { level } } } }", json!({})).await;
        assert_eq!(still["viewer"]["candidate"], json!({"headline": "Zymurgist of renown", "skills": [{"level": 4}]}));
    }

    async fn the_last_administrator_stays(app: TestApp) {
        let (one, other) = (app.administrator().await, app.administrator().await);
        erase(&one).await.good();
        assert_eq!(erase(&other).await.refusals(), ["NOT_ALLOWED input.confirm"]);
        assert_eq!(administrators(app.app.state.db.reads()).await.expect("read").len(), 1);
        assert_eq!(application_event::Entity::find().count(app.app.state.db.reads()).await.expect("a number"), 0);
    }
}
