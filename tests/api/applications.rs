//! Applications from submission to their end: who may move them where, what each side sees, and what is refused.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use futures_util::future::join_all;
use rolecall::applications::lapse::lapse;
use rolecall::entities::sets::{ApplicationStatus, Party};
use rolecall::entities::{application, application_event};
use sea_orm::{ActiveEnum, EntityTrait, Iterable, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::{Actor, TestApp, on_both_databases};

const SHOWN: &str = "application { id status version reason }";

async fn apply(who: &Actor, posting: &Value) -> Value {
    let input = json!({"postingId": posting["id"], "coverLetter": "I build engines."});
    who.act("applicationSubmit", input, SHOWN).await.good()["application"].clone()
}

fn seen(application: &Value) -> Value {
    json!({"id": application["id"], "version": application["version"]})
}

async fn advance(who: &Actor, application: &Value, to: &str) -> Value {
    let mut input = seen(application);
    input["to"] = json!(to);
    if ["REJECTED", "RESCINDED"].contains(&to) {
        input["reason"] = json!("We chose someone else.");
    }
    who.act("applicationMove", input, SHOWN).await.good()["application"].clone()
}

async fn hire(owner: &Actor, candidate: &Actor, application: &Value) -> Value {
    let mut at = application.clone();
    for to in ["IN_REVIEW", "INTERVIEW", "OFFERED"] {
        at = advance(owner, &at, to).await;
    }
    at = candidate.act("applicationOfferAccept", seen(&at), SHOWN).await.good()["application"].clone();
    advance(owner, &at, "HIRED").await
}

async fn applications(app: &TestApp) -> u64 {
    application::Entity::find().count(app.app.state.db.reads()).await.expect("a number")
}

on_both_databases! {
    async fn the_last_hire_fills_the_posting(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({"openings": 2})).await;
        let (ada, bob) = (app.account("Ada").await, app.account("Bob").await);
        let first = apply(&ada, &posting).await;
        let second = apply(&bob, &posting).await;
        assert_eq!(hire(&owner, &ada, &first).await["status"], "HIRED");
        let status = "query($id: ID!) { posting(id: $id) { status closeReason closedAt } }";
        let open = owner.ask(status, json!({"id": posting["id"]})).await;
        assert_eq!(open["posting"]["status"], "PUBLISHED");
        hire(&owner, &bob, &second).await;
        let filled = owner.ask(status, json!({"id": posting["id"]})).await;
        assert_eq!((&filled["posting"]["status"], &filled["posting"]["closeReason"]), (&json!("CLOSED"), &json!("FILLED")));
        assert!(filled["posting"]["closedAt"].is_string());
    }

    async fn a_history_tells_each_side_its_own(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let ada = app.account("Ada").await;
        let submitted = apply(&ada, &posting).await;
        let reviewed = advance(&owner, &submitted, "IN_REVIEW").await;
        let rejected = advance(&owner, &reviewed, "REJECTED").await;
        assert_eq!(rejected["reason"], "We chose someone else.");
        let note = json!({"id": submitted["id"], "body": "Strong, but too far away."});
        owner.act("applicationNote", note, "note { body author { name } }").await.good();
        owner.act("applicationRate", json!({"id": submitted["id"], "stars": 4}), "application { id }").await.good();
        let query = "query($id: ID!) { application(id: $id) {
            events { from to party note actor { name } } notes { body author { name } } ratings { stars author { name } }
            coverLetter reason viewerCanMoveTo posting { title } postingCopy { title employerName places } candidate { name } } }";
        let ours = owner.ask(query, json!({"id": submitted["id"]})).await["application"].clone();
        assert_eq!(ours["events"], json!([
            {"from": null, "to": "SUBMITTED", "party": "CANDIDATE", "note": null, "actor": null},
            {"from": "SUBMITTED", "to": "IN_REVIEW", "party": "EMPLOYER", "note": null, "actor": {"name": "Analytical Engines"}},
            {"from": "IN_REVIEW", "to": "REJECTED", "party": "EMPLOYER", "note": "We chose someone else.",
             "actor": {"name": "Analytical Engines"}},
        ]));
        assert_eq!(ours["notes"], json!([{"body": "Strong, but too far away.", "author": {"name": "Analytical Engines"}}]));
        assert_eq!(ours["ratings"], json!([{"stars": 4, "author": {"name": "Analytical Engines"}}]));
        assert_eq!(ours["postingCopy"], json!({"title": "Backend Developer", "employerName": "Analytical Engines", "places": ["New York, US"]}));
        assert_eq!(ours["candidate"]["name"], "Ada");
        let hers = ada.ask(query, json!({"id": submitted["id"]})).await["application"].clone();
        assert_eq!((&hers["notes"], &hers["ratings"]), (&Value::Null, &Value::Null));
        assert!(hers["events"].as_array().expect("events").iter().all(|event| event["actor"].is_null()));
        assert_eq!(hers["reason"], "We chose someone else.");
        let rival = app.employer("Difference Engines").await.0;
        for nobody in [app.anonymous(), app.account("Eve").await, rival, app.administrator().await] {
            assert_eq!(nobody.ask(query, json!({"id": submitted["id"]})).await["application"], Value::Null);
        }
    }

    async fn of_many_identical_applications_one_is_made(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let ada = app.account("Ada").await;
        let tries = (0..200).map(|_| {
            let (ada, posting) = (ada.clone(), posting.clone());
            async move {
                let selection = "application { id } userErrors { ... on ConflictError { conflictsWith { id } } }";
                ada.act("applicationSubmit", json!({"postingId": posting["id"]}), selection).await
            }
        });
        let outcomes = join_all(tries).await;
        let made: Vec<_> = outcomes.iter().filter(|outcome| outcome.value["userErrors"] == json!([])).collect();
        assert_eq!(made.len(), 1);
        let id = &made[0].value["application"]["id"];
        for refused in outcomes.iter().filter(|outcome| outcome.value["userErrors"] != json!([])) {
            assert_eq!(refused.value["userErrors"][0]["code"], "TAKEN", "{:#}", refused.answer.body);
            assert_eq!(&refused.value["userErrors"][0]["conflictsWith"]["id"], id);
        }
        assert_eq!(applications(app).await, 1);
        let events = application_event::Entity::find().count(app.app.state.db.reads()).await;
        assert_eq!(events.expect("a number"), 1);
        assert_eq!(app.letters(&owner.email, "APPLICATION_RECEIVED").await.len(), 1);
    }

    async fn of_two_recruiters_one_moves_it(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let submitted = apply(&app.account("Ada").await, &posting).await;
        let mut input = seen(&submitted);
        input["to"] = json!("IN_REVIEW");
        let (one, other) = tokio::join!(
            owner.act("applicationMove", input.clone(), SHOWN),
            owner.act("applicationMove", input.clone(), SHOWN),
        );
        let mut outcomes = vec![one.refusals(), other.refusals()];
        outcomes.sort();
        assert_eq!(outcomes, [Vec::<String>::new(), vec!["STALE_VERSION input.version".to_owned()]]);
    }

    async fn every_move_that_the_table_lacks_is_refused_and_changes_nothing(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({"openings": 50})).await;
        let paths: [&[&str]; 4] = [&[], &["IN_REVIEW"], &["IN_REVIEW", "SHORTLISTED"], &["IN_REVIEW", "INTERVIEW", "OFFERED"]];
        for (at, path) in paths.into_iter().enumerate() {
            let mut now = apply(&app.account(&format!("Candidate {at}")).await, &posting).await;
            for to in path {
                now = advance(&owner, &now, to).await;
            }
            let from = ApplicationStatus::from_word(now["status"].as_str().expect("a status")).expect("a status");
            for to in ApplicationStatus::iter() {
                if rolecall::applications::model::allows(Party::Employer, from, to) {
                    continue;
                }
                let mut input = seen(&now);
                input["to"] = json!(to.to_value());
                input["reason"] = json!("Because.");
                assert_eq!(owner.act("applicationMove", input, SHOWN).await.refusals(), ["WRONG_STATE input.to"], "{from:?} {to:?}");
            }
            let query = "query($id: ID!) { application(id: $id) { status version viewerCanMoveTo } }";
            let after = owner.ask(query, json!({"id": now["id"]})).await["application"].clone();
            assert_eq!((&after["status"], &after["version"]), (&now["status"], &now["version"]));
            let told: BTreeSet<_> = after["viewerCanMoveTo"].as_array().expect("states").iter().map(|to| to.as_str().expect("a word").to_owned()).collect();
            let allowed = ApplicationStatus::iter().filter(|to| rolecall::applications::model::allows(Party::Employer, from, *to));
            assert_eq!(told, allowed.map(|to| to.to_value()).collect());
        }
    }

    async fn only_open_postings_take_applications(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        let refused = async |posting: &Value| {
            ada.act("applicationSubmit", json!({"postingId": posting["id"]}), SHOWN).await.refusals()
        };
        let draft = owner.draft(&employer, json!({})).await;
        assert_eq!(refused(&draft).await, ["NOT_FOUND input.postingId"]);
        assert_eq!(refused(&json!({"id": "posting_01jq0000000000000000000000"})).await, ["NOT_FOUND input.postingId"]);
        let elsewhere = json!({"applyKind": "URL", "applyTarget": "https://engines.example/jobs"});
        let elsewhere = owner.posting(&employer, elsewhere).await;
        assert_eq!(refused(&elsewhere).await, ["WRONG_STATE input.postingId"]);
        let posting = owner.posting(&employer, json!({})).await;
        let stale = json!({"postingId": posting["id"], "postingVersion": 1});
        assert_eq!(ada.act("applicationSubmit", stale, SHOWN).await.refusals(), ["STALE_VERSION input.postingVersion"]);
        owner.act("postingPause", seen(&posting), "posting { id }").await.good();
        assert_eq!(refused(&posting).await, ["NOT_FOUND input.postingId"]);
        assert_eq!(applications(app).await, 0);
    }

    async fn answers_are_held_against_the_questions(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let questions = json!([
            {"text": "May you work in the US?", "kind": "YES_NO", "isRequired": true},
            {"text": "Which shift?", "kind": "CHOICE", "choices": ["Day", "Night"], "isRequired": false},
        ]);
        let posting = owner.posting(&employer, json!({"questions": questions})).await;
        let ada = app.account("Ada").await;
        let submit = async |answers: Value| {
            let input = json!({"postingId": posting["id"], "answers": answers});
            ada.act("applicationSubmit", input, "application { answers { question kind value } }").await
        };
        assert_eq!(submit(json!([])).await.refusals(), ["REQUIRED input.answers"]);
        let noon = json!([{"question": 0, "value": {"yesNo": true}}, {"question": 1, "value": {"choice": "Noon"}}]);
        assert_eq!(submit(noon).await.refusals(), ["INVALID input.answers.1.value"]);
        let both = submit(json!([{"question": 0, "value": {"yesNo": true}}, {"question": 0, "value": {"yesNo": false}}])).await;
        assert_eq!(both.refusals(), ["DUPLICATE input.answers.1.question"]);
        let good = submit(json!([{"question": 1, "value": {"choice": "Night"}}, {"question": 0, "value": {"yesNo": true}}])).await.good();
        assert_eq!(good["application"]["answers"], json!([
            {"question": "May you work in the US?", "kind": "YES_NO", "value": "YES"},
            {"question": "Which shift?", "kind": "CHOICE", "value": "Night"},
        ]));
    }

    async fn strangers_cannot_act_on_it(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let ada = app.account("Ada").await;
        let submitted = apply(&ada, &posting).await;
        let (rival, _) = app.employer("Difference Engines").await;
        let reviewer = app.account("Rev").await;
        let member = json!({"employerId": employer, "email": reviewer.email, "role": "REVIEWER"});
        owner.act("memberAdd", member, "member { id }").await.good();
        let mut step = seen(&submitted);
        step["to"] = json!("IN_REVIEW");
        let moves = async |who: &Actor, input: Value| who.act("applicationMove", input, SHOWN).await;
        for stranger in [&rival, &app.account("Eve").await, &app.administrator().await, &ada] {
            assert_eq!(moves(stranger, step.clone()).await.refusals(), ["NOT_FOUND input.id"]);
            let note = json!({"id": submitted["id"], "body": "Mine now."});
            assert_eq!(stranger.act("applicationNote", note, "note { id }").await.refusals(), ["NOT_FOUND input.id"]);
        }
        assert_eq!(moves(&reviewer, step.clone()).await.answer.code(), "FORBIDDEN");
        assert_eq!(moves(&app.anonymous(), step.clone()).await.answer.code(), "UNAUTHENTICATED");
        for action in ["applicationWithdraw", "applicationOfferAccept", "applicationOfferDecline"] {
            assert_eq!(rival.act(action, seen(&submitted), SHOWN).await.refusals(), ["NOT_FOUND input.id"], "{action}");
            assert_eq!(owner.act(action, seen(&submitted), SHOWN).await.refusals(), ["NOT_FOUND input.id"], "{action}");
        }
        assert_eq!(ada.act("applicationOfferAccept", seen(&submitted), SHOWN).await.refusals(), ["WRONG_STATE input.id"]);
        let note = json!({"id": submitted["id"], "body": "Worth a call."});
        reviewer.act("applicationNote", note, "note { id }").await.good();
        let withdrawn = ada.act("applicationWithdraw", seen(&submitted), SHOWN).await.good();
        assert_eq!(withdrawn["application"]["status"], "WITHDRAWN");
        assert_eq!(apply(&ada, &posting).await["status"], "SUBMITTED", "one may apply again");
    }

    async fn nobody_judges_their_own_application(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let submitted = apply(&owner, &posting).await;
        let mut step = seen(&submitted);
        step["to"] = json!("IN_REVIEW");
        assert_eq!(owner.act("applicationMove", step, SHOWN).await.refusals(), ["NOT_ALLOWED input.id"]);
        let mine = owner.ask("query($id: ID!) { application(id: $id) { notes { body } viewerCanMoveTo } }", json!({"id": submitted["id"]})).await;
        assert_eq!(mine["application"], json!({"notes": null, "viewerCanMoveTo": ["WITHDRAWN"]}));
    }

    async fn many_moves_fail_one_by_one(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let mut items = Vec::new();
        for name in ["Ada", "Bob", "Cy"] {
            let mut item = seen(&apply(&app.account(name).await, &posting).await);
            item["to"] = json!("IN_REVIEW");
            items.push(item);
        }
        items[1]["version"] = json!(7);
        let query = "mutation($input: ApplicationsMoveInput!) { applicationsMove(input: $input) {
            results { application { status } userErrors { code path } } userErrors { code path } } }";
        let moved = owner.ask(query, json!({"input": {"items": items}})).await["applicationsMove"].clone();
        assert_eq!(moved["results"][0]["application"]["status"], "IN_REVIEW");
        assert_eq!(moved["results"][1]["userErrors"], json!([{"code": "STALE_VERSION", "path": ["input", "items", "1", "version"]}]));
        assert_eq!(moved["results"][2]["application"]["status"], "IN_REVIEW");
        let many = vec![items[0].clone(); 101];
        assert_eq!(owner.send(query, json!({"input": {"items": many}})).await.code(), "COST_EXCEEDED");
    }

    async fn nobody_waits_for_ever(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let waiting = apply(&app.account("Ada").await, &posting).await;
        let offered = apply(&app.account("Bob").await, &posting).await;
        let mut at = offered.clone();
        for to in ["IN_REVIEW", "INTERVIEW", "OFFERED"] {
            at = advance(&owner, &at, to).await;
        }
        let state = &app.app.state;
        let status = async |application: &Value| {
            let id = rolecall::ids::decode(rolecall::ids::Kind::Application, application["id"].as_str().expect("an id"));
            let row = application::Entity::find_by_id(id.expect("an id")).one(state.db.reads()).await;
            row.expect("read").expect("there").status
        };
        state.clock.advance(TimeDelta::days(60 + 44));
        assert_eq!(lapse(&state.db, state.clock.now()).await.expect("done"), 0);
        state.clock.advance(TimeDelta::days(2));
        assert_eq!(lapse(&state.db, state.clock.now()).await.expect("done"), 1);
        assert_eq!(status(&waiting).await, ApplicationStatus::Lapsed);
        assert_eq!(status(&offered).await, ApplicationStatus::Offered, "an offer stands");
        assert_eq!(lapse(&state.db, state.clock.now()).await.expect("done"), 0);
    }

    async fn a_pipeline_is_listed_by_fit_in_few_statements(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let requirements = json!([
            {"skill": "rust", "importance": "REQUIRED", "minLevel": 3, "weight": 5}, {"skill": "graphql", "importance": "PREFERRED"},
        ]);
        let posting = owner.posting(&employer, json!({"skillRequirements": requirements})).await;
        let skills = [
            ("None", json!([])), ("Both", json!([{"skill": "rust", "level": 4}, {"skill": "graphql"}])),
            ("Rust", json!([{"skill": "rust", "level": 3}])), ("Little", json!([{"skill": "rust", "level": 2}])),
        ];
        for (name, skills) in skills {
            let candidate = app.account(name).await;
            candidate.act("candidateUpdate", json!({"headline": name, "skills": skills}), "candidate { id }").await.good();
            apply(&candidate, &posting).await;
        }
        let query = "query($id: ID!, $first: Int, $order: [ApplicationOrder!]) { posting(id: $id) {
            applications(first: $first, orderBy: $order) { totalCount edges { node { id status version submittedAt
                match { score missing { skill { slug } } } candidate { id headline skills { skill { slug } } } notes { body author { name } } } } } } }";
        let order = json!([{"field": "MATCH", "direction": "DESC"}]);
        let ask = async |first: i32| {
            app.statements();
            let answer = owner.ask(query, json!({"id": posting["id"], "first": first, "order": order})).await;
            (answer["posting"]["applications"].clone(), app.statements())
        };
        let (two, _) = ask(2).await;
        let (all, cost) = ask(20).await;
        // A machine under load may split a batch; a statement for each row would be 30 and more.
        assert!(cost <= 15, "{cost} statements");
        assert_eq!(two["totalCount"], 4);
        let told: Vec<_> = all["edges"].as_array().expect("edges").iter()
            .map(|edge| (edge["node"]["candidate"]["headline"].clone(), edge["node"]["match"]["score"].clone())).collect();
        assert_eq!(told[..2], [(json!("Both"), json!(100)), (json!("Rust"), json!(75))]);
        assert!(told[2..].iter().all(|(_, score)| *score == json!(0)));
        let hidden = app.anonymous().ask(query, json!({"id": posting["id"], "first": 2, "order": order})).await;
        assert_eq!(hidden["posting"]["applications"], Value::Null);
    }

    async fn postings_are_listed_by_fit(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        for (title, skill) in [("Cook", "cooking"), ("Rustacean", "rust"), ("Anything", "")] {
            let asked = if skill.is_empty() { json!([]) } else { json!([{"skill": skill, "importance": "REQUIRED"}]) };
            let skills = owner.act("postingCreate", json!({
                "employerId": employer, "title": title, "description": "d".repeat(40), "workplace": "REMOTE", "isWorldwide": true,
                "skillRequirements": asked,
            }), "posting { id version }").await;
            if skills.value["posting"].is_null() {
                continue;
            }
            let draft = skills.good()["posting"].clone();
            owner.act("postingPublish", seen(&draft), "posting { id }").await.good();
        }
        let ada = app.account("Ada").await;
        let query = "{ postings(orderBy: [{field: MATCH, direction: DESC}]) { edges { node { title match { score } } } } }";
        assert_eq!(ada.send(query, json!({})).await.code(), "BAD_USER_INPUT");
        ada.act("candidateUpdate", json!({"skills": [{"skill": "rust"}]}), "candidate { id }").await.good();
        let listed = ada.ask(query, json!({})).await;
        assert_eq!(listed["postings"]["edges"][0]["node"], json!({"title": "Rustacean", "match": {"score": 100}}));
        let last = listed["postings"]["edges"].as_array().expect("edges").last().expect("one");
        assert_eq!(last["node"]["match"]["score"], Value::Null, "what asks for nothing comes last");
    }
}
