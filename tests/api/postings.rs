//! The life of a posting, who may act on it, and what is refused.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Actor, TestApp, on_both_databases};

const SHOWN: &str = "posting { id status version publishedAt closeReason title }";

fn seen(posting: &Value) -> Value {
    json!({"id": posting["id"], "version": posting["version"]})
}

async fn status(who: &Actor, posting: &Value) -> Value {
    let answer = who.ask("query($id: ID!) { posting(id: $id) { status } }", json!({"id": posting["id"]})).await;
    answer["posting"]["status"].clone()
}

on_both_databases! {
    async fn a_posting_lives_from_draft_to_closed(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let draft = owner.draft(&employer, json!({"openings": 2})).await;
        assert_eq!((&draft["status"], &draft["version"]), (&json!("DRAFT"), &json!(1)));
        assert_eq!(status(&app.anonymous(), &draft).await, Value::Null, "nobody else sees a draft");

        let published = owner.act("postingPublish", seen(&draft), SHOWN).await.good()["posting"].clone();
        assert_eq!(published["status"], "PUBLISHED");
        let again = owner.act("postingPublish", seen(&draft), SHOWN).await.good()["posting"].clone();
        assert_eq!(again, published, "publishing twice changes nothing");
        assert_eq!(status(&app.anonymous(), &draft).await, "PUBLISHED");

        let paused = owner.act("postingPause", seen(&published), SHOWN).await.good()["posting"].clone();
        assert_eq!(status(&app.anonymous(), &draft).await, Value::Null);
        let resumed = owner.act("postingResume", seen(&paused), SHOWN).await.good()["posting"].clone();
        assert_eq!(resumed["publishedAt"], published["publishedAt"], "the first publication never moves");

        let mut input = seen(&resumed);
        input["reason"] = json!("FILLED");
        let closed = owner.act("postingClose", input, SHOWN).await.good()["posting"].clone();
        assert_eq!((&closed["status"], &closed["closeReason"]), (&json!("CLOSED"), &json!("FILLED")));
        assert_eq!(owner.act("postingPublish", seen(&closed), SHOWN).await.refusals(), ["WRONG_STATE input.id"]);
        let mut update = seen(&closed);
        update["title"] = json!("Another");
        assert_eq!(owner.act("postingUpdate", update, SHOWN).await.refusals(), ["WRONG_STATE input.id"]);
    }

    async fn an_unverified_employer_waits_for_review(app: TestApp) {
        let owner = app.account("Newcomer").await;
        let employer = owner.create_employer("Newcomer").await;
        let draft = owner.draft(&employer, json!({})).await;
        let waiting = owner.act("postingPublish", seen(&draft), SHOWN).await.good()["posting"].clone();
        assert_eq!((&waiting["status"], &waiting["publishedAt"]), (&json!("PENDING_REVIEW"), &Value::Null));
        let admin = app.administrator().await;
        let mut input = seen(&waiting);
        input["decision"] = json!("REJECT");
        assert_eq!(admin.act("postingReview", input.clone(), SHOWN).await.refusals(), ["REQUIRED input.reason"]);
        input["reason"] = json!("Say what you pay.");
        let rejected = admin.act("postingReview", input.clone(), SHOWN).await.good()["posting"].clone();
        assert_eq!(rejected["status"], "REJECTED");
        let mut change = seen(&rejected);
        change["title"] = json!("Engineer, 90k");
        let draft = owner.act("postingUpdate", change, SHOWN).await.good()["posting"].clone();
        assert_eq!(draft["status"], "DRAFT");
        let waiting = owner.act("postingSubmit", seen(&draft), SHOWN).await.good()["posting"].clone();
        let mut input = seen(&waiting);
        input["decision"] = json!("APPROVE");
        assert_eq!(owner.act("postingReview", input.clone(), SHOWN).await.answer.code(), "FORBIDDEN");
        assert_eq!(admin.act("postingReview", input, SHOWN).await.good()["posting"]["status"], "PUBLISHED");
    }

    async fn a_rival_cannot_act_on_it(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (rival, _) = app.employer("Difference Engines").await;
        let draft = owner.draft(&employer, json!({})).await;
        for action in ["postingPublish", "postingPause", "postingResume", "postingSubmit", "postingDelete"] {
            let selection = if action == "postingDelete" { "deletedId" } else { SHOWN };
            let refused = rival.act(action, seen(&draft), selection).await;
            assert_eq!(refused.refusals(), ["NOT_FOUND input.id"], "{action}");
            let anonymous = app.anonymous().act(action, seen(&draft), selection).await;
            assert_eq!(anonymous.answer.code(), "UNAUTHENTICATED", "{action}");
            let missing = json!({"id": "posting_01jq0000000000000000000000", "version": 1});
            assert_eq!(rival.act(action, missing, selection).await.refusals(), ["NOT_FOUND input.id"], "{action}");
        }
        assert_eq!(status(&owner, &draft).await, "DRAFT");
        let input = json!({"employerId": employer, "title": "Mine", "description": "d".repeat(30)});
        assert_eq!(rival.act("postingCreate", input, SHOWN).await.refusals(), ["NOT_FOUND input.employerId"]);
    }

    async fn of_two_changes_to_one_version_one_wins(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let draft = owner.draft(&employer, json!({})).await;
        let change = |title: &str| {
            let mut input = seen(&draft);
            input["title"] = json!(title);
            let owner = owner.clone();
            async move { owner.act("postingUpdate", input, SHOWN).await }
        };
        let (one, other) = tokio::join!(change("One"), change("Other"));
        let mut outcomes = vec![one.refusals(), other.refusals()];
        outcomes.sort();
        assert_eq!(outcomes, [Vec::<String>::new(), vec!["STALE_VERSION input.version".to_owned()]]);
    }

    async fn everything_wrong_is_told_at_its_argument(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let input = json!({
            "employerId": employer, "title": "x".repeat(121), "description": "short", "role": "no-such-role",
            "language": "English", "openings": 0, "experienceMonths": -1,
            "places": [{"countryCode": "ZZ"}, {"countryCode": "US", "regionCode": "US-ZZ"}],
            "pay": {"min": "2", "max": "1", "currency": "USD", "period": "YEAR"},
            "skillRequirements": [
                {"skill": "rust", "importance": "REQUIRED", "minLevel": 6, "weight": 11},
                {"skill": "rust", "importance": "PREFERRED"}, {"skill": "no such skill", "importance": "REQUIRED"}
            ],
            "applyKind": "URL", "questions": [{"text": "?", "kind": "CHOICE"}],
            "validThrough": "2020-01-01T00:00:00Z"
        });
        let refused = owner.act("postingCreate", input, SHOWN).await;
        let mut told = refused.refusals();
        told.sort();
        assert_eq!(told, [
            "DUPLICATE input.skillRequirements.1.skill", "INVALID input.experienceMonths", "INVALID input.language",
            "INVALID input.openings", "INVALID input.pay.max", "INVALID input.questions.0.choices",
            "INVALID input.skillRequirements.0.minLevel", "INVALID input.skillRequirements.0.weight",
            "INVALID input.validThrough", "NOT_FOUND input.places.0.countryCode", "NOT_FOUND input.places.1.regionCode",
            "NOT_FOUND input.role", "NOT_FOUND input.skillRequirements.2.skill",
            "REQUIRED input.applyTarget", "TOO_LONG input.title", "TOO_SHORT input.description",
        ]);
        let mine = owner.ask(
            "query($id: ID!) { employer(id: $id) { postings { totalCount } } }", json!({"id": employer})).await;
        assert_eq!(mine["employer"]["postings"]["totalCount"], 0, "nothing was half-done");
    }

    async fn a_posting_expires_without_a_write(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let refresh = owner.refresh_token.clone();
        app.app.state.clock.advance(TimeDelta::days(13));
        let renewed = app.anonymous().act("sessionRefresh", json!({"refreshToken": refresh}), "session { refreshToken }").await;
        let refresh = renewed.good()["session"]["refreshToken"].clone();
        assert_eq!(status(&app.anonymous(), &posting).await, "PUBLISHED");
        app.app.state.clock.advance(TimeDelta::days(48));
        assert_eq!(status(&app.anonymous(), &posting).await, Value::Null);
        let open = app.anonymous().ask("{ postings { totalCount } }", json!({})).await;
        assert_eq!(open["postings"]["totalCount"], 0);
        assert!(refresh.is_string());
    }

    async fn a_title_finds_its_role(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        for title in ["Back-End Developer", "Sr. Backend Engineer (Rust)", "Backend Web Developer"] {
            let draft = owner.draft(&employer, json!({"title": title})).await;
            let seen = owner.ask("query($id: ID!) { posting(id: $id) { role { slug } } }", json!({"id": draft["id"]})).await;
            assert_eq!(seen["posting"]["role"]["slug"], "backend-developer", "{title}");
        }
    }

    async fn what_is_absent_stays_and_what_is_null_is_cleared(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let pay = json!({"min": "120000", "max": "150000", "currency": "USD", "period": "YEAR"});
        let draft = owner.draft(&employer, json!({"pay": pay, "language": "en", "experienceLevel": "SENIOR"})).await;
        let mut change = seen(&draft);
        change["language"] = Value::Null;
        owner.act("postingUpdate", change, SHOWN).await.good();
        let query = "query($id: ID!) { posting(id: $id) { language experienceLevel payStatus
            pay { min { amount currency } max { amount } annualised { amount } } places { city regionCode } } }";
        let seen = owner.ask(query, json!({"id": draft["id"]})).await;
        assert_eq!(seen["posting"], json!({
            "language": null, "experienceLevel": "SENIOR", "payStatus": "STATED",
            "pay": {"min": {"amount": "120000.00", "currency": "USD"}, "max": {"amount": "150000.00"},
                    "annualised": {"amount": "135000.00"}},
            "places": [{"city": "New York", "regionCode": "US-NY"}]
        }));
    }

    async fn items_of_a_sync_fail_one_by_one(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let item = |id: &str, title: &str| json!({"externalId": id, "title": title, "description": "d".repeat(40)});
        let query = "mutation($input: PostingsSyncInput!) { postingsSync(input: $input) {
            results { externalId posting { id version title } userErrors { code path } } userErrors { code } } }";
        let items = json!([item("A-1", "One"), item("A-2", ""), item("A-3", "Three")]);
        let sync = |items: Value| {
            let input = json!({"input": {"employerId": employer, "items": items}});
            let owner = owner.clone();
            async move { owner.ask(query, input).await["postingsSync"]["results"].clone() }
        };
        let results = sync(items).await;
        assert_eq!(results[0]["posting"]["title"], "One");
        assert_eq!(results[1]["userErrors"], json!([{"code": "REQUIRED", "path": ["input", "items", "1", "title"]}]));
        assert_eq!(results[2]["posting"]["title"], "Three");
        let again = sync(json!([item("A-1", "One, changed")])).await;
        assert_eq!(again[0]["posting"]["id"], results[0]["posting"]["id"]);
        assert_eq!(again[0]["posting"]["title"], "One, changed");
    }
}
