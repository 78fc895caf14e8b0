//! Reports, reviews and verifications: one queue, and decisions that are told.

use chrono::TimeDelta;
use futures_util::future::join_all;
use rolecall::entities::{moderation_case, posting_report};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{actions_on, letters, outsiders, prove_address};
use crate::support::{Actor, TestApp, on_both_databases};

const QUEUE: &str = "query($filter: ModerationFilter) { moderationQueue(filter: $filter) { totalCount edges { node {
    id kind status note posting { id status } employer { name } decision reason decidedBy { id }
    reports { totalCount edges { node { reason text status reporter { id } } } } } } } }";
const CASE: &str = "case { id status decision reason posting { status closeReason } employer { isVerified } }";
const REPORT: &str = "report { id reason text status posting { id } reporter { id } }";

async fn queue(admin: &Actor) -> Vec<Value> {
    let answer = admin.ask(QUEUE, json!({})).await;
    let edges = answer["moderationQueue"]["edges"].as_array().expect("edges").clone();
    edges.into_iter().map(|edge| edge["node"].clone()).collect()
}

async fn report(who: &Actor, posting: &Value) -> Value {
    let input = json!({"postingId": posting["id"], "reason": "SCAM", "text": "It asks for money."});
    who.act("postingReport", input, REPORT).await.good()["report"].clone()
}

fn decision(case: &Value, decision: &str, reason: Option<&str>) -> Value {
    json!({"caseId": case["id"], "decision": decision, "reason": reason})
}

on_both_databases! {
    async fn reports_about_a_posting_are_one_case_until_it_is_decided(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        prove_address(app, &owner).await;
        let posting = owner.posting(&employer, json!({})).await;
        let (ada, bob) = (app.account("Ada").await, app.account("Bob").await);
        let told = report(&ada, &posting).await;
        assert_eq!((&told["status"], &told["posting"]["id"], &told["reporter"]), (&json!("OPEN"), &posting["id"], &Value::Null));
        let again = json!({"postingId": posting["id"], "reason": "SPAM"});
        assert_eq!(ada.act("postingReport", again.clone(), REPORT).await.refusals(), ["TAKEN input.postingId"]);
        report(&bob, &posting).await;

        let admin = app.administrator().await;
        let waiting = queue(&admin).await;
        assert_eq!(waiting.len(), 1);
        let case = &waiting[0];
        assert_eq!((&case["kind"], &case["posting"]["id"], &case["reports"]["totalCount"]), (&json!("POSTING_REPORTS"), &posting["id"], &json!(2)));
        assert_eq!(case["reports"]["edges"][0]["node"], json!({"reason": "SCAM", "text": "It asks for money.", "status": "OPEN", "reporter": {"id": ada.id}}));
        let wrong = admin.act("moderationDecide", decision(case, "APPROVE", None), CASE).await;
        assert_eq!(wrong.refusals(), ["INVALID input.decision"]);
        let silent = admin.act("moderationDecide", decision(case, "TAKE_DOWN", None), CASE).await;
        assert_eq!(silent.refusals(), ["REQUIRED input.reason"]);
        let down = admin.act("moderationDecide", decision(case, "TAKE_DOWN", Some("It asks for money.")), CASE).await.good();
        assert_eq!(down["case"]["posting"], json!({"status": "CLOSED", "closeReason": "MODERATION"}));
        assert_eq!((&down["case"]["status"], &down["case"]["decision"]), (&json!("CLOSED"), &json!("TAKE_DOWN")));
        let twice = admin.act("moderationDecide", decision(case, "DISMISS", None), CASE).await;
        assert_eq!(twice.refusals(), ["WRONG_STATE input.caseId"]);
        assert_eq!(queue(&admin).await, Vec::<Value>::new());
        assert_eq!(actions_on(&admin, &posting["id"]).await, ["POSTING_TAKEN_DOWN", "POSTING_REPORTED", "POSTING_REPORTED", "POSTING_PUBLISHED"]);
        let letter = letters(app, &owner).await.pop().expect("a letter");
        assert_eq!((&letter["kind"], &letter["reason"]), (&json!("POSTING_TAKEN_DOWN"), &json!("It asks for money.")));

        let node = "query($id: ID!) { node(id: $id) { ... on PostingReport { status } } }";
        assert_eq!(ada.ask(node, json!({"id": told["id"]})).await["node"]["status"], "UPHELD");
        for other in [app.anonymous(), bob, owner] {
            assert_eq!(other.ask(node, json!({"id": told["id"]})).await["node"], Value::Null);
        }
        assert_eq!(ada.act("postingReport", again, REPORT).await.refusals(), ["NOT_FOUND input.postingId"], "it is closed");
    }

    async fn reports_without_ground_are_dismissed(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let ada = app.account("Ada").await;
        report(&ada, &posting).await;
        let admin = app.administrator().await;
        let case = queue(&admin).await.remove(0);
        let kept = admin.act("moderationDecide", decision(&case, "DISMISS", Some("A real job.")), CASE).await.good();
        assert_eq!(kept["case"]["posting"]["status"], "PUBLISHED");
        report(&ada, &posting).await;
        let waiting = queue(&admin).await;
        assert_eq!((waiting.len(), &waiting[0]["reports"]["totalCount"]), (1, &json!(1)), "a new case begins");
        let closed = admin.ask(QUEUE, json!({"filter": {"statuses": ["CLOSED"], "kinds": ["POSTING_REPORTS"]}})).await;
        assert_eq!(closed["moderationQueue"]["totalCount"], 1);
    }

    async fn many_reports_at_once_make_one_case(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let mut people = Vec::new();
        for number in 0..8 {
            people.push(app.account(&format!("Reader {number}")).await);
        }
        let twice = people.iter().chain(&people).map(|who| {
            let input = json!({"postingId": posting["id"], "reason": "OTHER"});
            async move { who.act("postingReport", input, REPORT).await.refusals() }
        });
        let outcomes = join_all(twice).await;
        assert_eq!(outcomes.iter().filter(|refusals| refusals.is_empty()).count(), 8);
        let db = app.app.state.db.reads();
        assert_eq!(moderation_case::Entity::find().count(db).await.expect("a number"), 1);
        assert_eq!(posting_report::Entity::find().count(db).await.expect("a number"), 8);
    }

    async fn nobody_reports_without_end(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let eve = app.account("Eve").await;
        for _ in 0..20 {
            report(&eve, &owner.posting(&employer, json!({})).await).await;
        }
        let posting = owner.posting(&employer, json!({})).await;
        let input = json!({"postingId": posting["id"], "reason": "SPAM"});
        assert_eq!(eve.act("postingReport", input.clone(), REPORT).await.refusals(), ["NOT_ALLOWED input.postingId"]);
        assert_eq!(app.anonymous().act("postingReport", input.clone(), REPORT).await.answer.code(), "UNAUTHENTICATED");
        let draft = owner.draft(&employer, json!({})).await;
        for hidden in [draft["id"].clone(), json!("posting_01jq0000000000000000000000"), json!("nonsense")] {
            let input = json!({"postingId": hidden, "reason": "SPAM"});
            assert_eq!(app.account("Ada").await.act("postingReport", input, REPORT).await.refusals(), ["NOT_FOUND input.postingId"]);
        }
        let long = json!({"postingId": posting["id"], "reason": "SPAM", "text": "x".repeat(2_001)});
        assert_eq!(app.account("Bob").await.act("postingReport", long, REPORT).await.refusals(), ["TOO_LONG input.text"]);
    }

    async fn a_review_is_a_case_and_ends_either_way(app: TestApp) {
        let owner = app.account("Newcomer").await;
        prove_address(app, &owner).await;
        let employer = owner.create_employer("Newcomer").await;
        let admin = app.administrator().await;
        let wait = async |posting: &Value| {
            let input = json!({"id": posting["id"], "version": posting["version"]});
            owner.act("postingPublish", input, "posting { id version status }").await.good()["posting"].clone()
        };
        let first = wait(&owner.draft(&employer, json!({})).await).await;
        app.app.state.clock.advance(TimeDelta::seconds(1));
        let second = wait(&owner.draft(&employer, json!({})).await).await;
        let waiting = queue(&admin).await;
        let kinds: Vec<_> = waiting.iter().map(|case| (case["kind"].clone(), case["posting"]["id"].clone())).collect();
        assert_eq!(kinds, [(json!("POSTING_REVIEW"), first["id"].clone()), (json!("POSTING_REVIEW"), second["id"].clone())], "oldest first");
        let sent_back = admin.act("moderationDecide", decision(&waiting[0], "REJECT", Some("Say what you pay.")), CASE).await.good();
        assert_eq!(sent_back["case"]["posting"]["status"], "REJECTED");
        let mut input = json!({"id": second["id"], "version": second["version"], "decision": "APPROVE"});
        admin.act("postingReview", input.clone(), "posting { id }").await.good();
        assert_eq!(queue(&admin).await, Vec::<Value>::new(), "the older way of deciding ends the case too");
        let late = admin.act("moderationDecide", decision(&waiting[1], "REJECT", Some("Too late.")), CASE).await;
        assert_eq!(late.refusals(), ["WRONG_STATE input.caseId"]);
        input["decision"] = json!("REJECT");
        assert_eq!(admin.act("postingReview", input, "posting { id }").await.refusals(), ["REQUIRED input.reason"]);
        let told: Vec<_> = letters(app, &owner).await.iter().map(|letter| letter["rejection"].clone()).collect();
        assert_eq!(told, [json!("Say what you pay."), Value::Null]);
        assert_eq!(actions_on(&admin, &first["id"]).await, ["POSTING_REJECTED", "POSTING_PUBLISHED"]);
        assert_eq!(actions_on(&admin, &second["id"]).await, ["POSTING_APPROVED", "POSTING_PUBLISHED"]);
    }

    async fn of_two_decisions_about_a_case_one_holds(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        report(&app.account("Ada").await, &posting).await;
        let (one, other) = (app.administrator().await, app.administrator().await);
        let case = queue(&one).await.remove(0);
        let (down, kept) = tokio::join!(
            one.act("moderationDecide", decision(&case, "TAKE_DOWN", Some("Gone.")), CASE),
            other.act("moderationDecide", decision(&case, "DISMISS", None), CASE),
        );
        let mut outcomes = vec![down.refusals(), kept.refusals()];
        outcomes.sort();
        assert_eq!(outcomes, [Vec::<String>::new(), vec!["WRONG_STATE input.caseId".to_owned()]]);
        assert_eq!(actions_on(&one, &posting["id"]).await.len(), 3, "published, reported, and decided once");
    }

    async fn taking_a_posting_down_settles_its_reports(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        report(&app.account("Ada").await, &posting).await;
        let admin = app.administrator().await;
        let input = json!({"id": posting["id"], "version": posting["version"], "reason": "MODERATION"});
        admin.act("postingClose", input, "posting { id }").await.good();
        assert_eq!(queue(&admin).await, Vec::<Value>::new());
        let other = owner.posting(&employer, json!({})).await;
        report(&app.account("Bob").await, &other).await;
        let close = json!({"id": other["id"], "version": other["version"], "reason": "CANCELLED"});
        owner.act("postingClose", close, "posting { id }").await.good();
        let case = queue(&admin).await.remove(0);
        let upheld = admin.act("moderationDecide", decision(&case, "TAKE_DOWN", Some("It was a scam.")), CASE).await.good();
        assert_eq!(upheld["case"]["posting"]["closeReason"], "CANCELLED", "its employer was faster");
    }

    async fn owners_ask_to_be_verified(app: TestApp) {
        let owner = app.account("Newcomer").await;
        prove_address(app, &owner).await;
        let employer = owner.create_employer("Newcomer").await;
        let admin = app.administrator().await;
        let ask = async || {
            let input = json!({"employerId": employer, "note": "We are in the register."});
            owner.act("employerVerificationRequest", input, "employer { verificationRequestedAt }").await
        };
        assert!(ask().await.good()["employer"]["verificationRequestedAt"].is_string());
        assert_eq!(ask().await.refusals(), ["TAKEN input.employerId"]);
        let case = queue(&admin).await.remove(0);
        assert_eq!((&case["kind"], &case["note"], &case["posting"]), (&json!("EMPLOYER_VERIFICATION"), &json!("We are in the register."), &Value::Null));
        admin.act("moderationDecide", decision(&case, "REJECT", Some("Which register?")), CASE).await.good();
        ask().await.good();
        let case = queue(&admin).await.remove(0);
        let verified = admin.act("moderationDecide", decision(&case, "APPROVE", None), CASE).await.good();
        assert_eq!(verified["case"]["employer"]["isVerified"], true);
        assert_eq!(ask().await.refusals(), ["WRONG_STATE input.employerId"]);
        let told: Vec<_> = letters(app, &owner).await.iter().map(|letter| (letter["kind"].clone(), letter["rejection"].clone())).collect();
        assert_eq!(told, [(json!("EMPLOYER_REVIEWED"), json!("Which register?")), (json!("EMPLOYER_REVIEWED"), Value::Null)]);
        let stranger = app.anonymous().ask("query($id: ID!) { employer(id: $id) { verificationRequestedAt } }", json!({"id": employer})).await;
        assert_eq!(stranger["employer"]["verificationRequestedAt"], Value::Null);
        admin.act("employerVerify", json!({"id": employer, "isVerified": false}), "employer { id }").await.good();
        ask().await.good();
        admin.act("employerVerify", json!({"id": employer, "isVerified": true}), "employer { id }").await.good();
        assert_eq!(queue(&admin).await, Vec::<Value>::new(), "the older way of verifying answers the request");
        admin.act("employerVerify", json!({"id": employer, "isVerified": false}), "employer { id }").await.good();
        assert_eq!(ask().await.refusals(), ["NOT_ALLOWED input.employerId"]);
        assert_eq!(queue(&admin).await, Vec::<Value>::new(), "a refused request leaves no case");
    }

    async fn only_administrators_decide(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        report(&app.account("Ada").await, &posting).await;
        let admin = app.administrator().await;
        let case = queue(&admin).await.remove(0);
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert_eq!(admin.ask(node, json!({"id": case["id"]})).await["node"]["id"], case["id"]);
        for (who, actor, code) in outsiders(app, &employer, &owner).await {
            assert_eq!(actor.send("{ moderationQueue { totalCount } }", json!({})).await.code(), code, "{who}");
            for id in [case["id"].clone(), json!("moderationcase_01jq0000000000000000000000")] {
                let refused = actor.act("moderationDecide", decision(&json!({"id": id}), "TAKE_DOWN", Some("Mine.")), CASE).await;
                assert_eq!(refused.answer.code(), code, "{who}");
                assert_eq!(actor.ask(node, json!({"id": id})).await["node"], Value::Null, "{who}");
            }
            let asked = json!({"employerId": employer, "note": "Please."});
            let asked = actor.act("employerVerificationRequest", asked, "employer { id }").await;
            if who == "owner" {
                assert_eq!(asked.refusals(), ["WRONG_STATE input.employerId"]);
            } else {
                assert_eq!(asked.answer.code(), code, "{who}");
            }
        }
        let missing = decision(&json!({"id": "moderationcase_01jq0000000000000000000000"}), "DISMISS", None);
        assert_eq!(admin.act("moderationDecide", missing, CASE).await.refusals(), ["NOT_FOUND input.caseId"]);
        assert_eq!(queue(&admin).await, [case], "nothing was changed");
    }
}
