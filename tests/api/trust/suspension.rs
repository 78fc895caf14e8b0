//! Suspending accounts, and what administrators see of accounts.

use rolecall::entities::{change, sets};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::{actions_on, letters, outsiders, prove_address};
use crate::support::{Actor, PASSWORD, TestApp, on_both_databases};

const ACCOUNT: &str = "account { id suspendedAt suspensionReason }";

async fn suspend(admin: &Actor, who: &Actor) -> Value {
    let input = json!({"accountId": who.id, "reason": "You sent spam."});
    admin.act("accountSuspend", input, ACCOUNT).await.good()["account"].clone()
}

on_both_databases! {
    async fn a_suspended_person_is_out_at_once(app: TestApp) {
        let ada = app.account("Ada").await;
        prove_address(app, &ada).await;
        let admin = app.administrator().await;
        let suspended = suspend(&admin, &ada).await;
        assert!(suspended["suspendedAt"].is_string());
        assert_eq!(suspend(&admin, &ada).await, suspended, "twice changes nothing");
        assert_eq!(ada.send("{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
        let renewed = app.anonymous().act("sessionRefresh", json!({"refreshToken": ada.refresh_token}), "session { accessToken }").await;
        assert_eq!(renewed.refusals(), ["BAD_CREDENTIALS input.refreshToken"]);
        let sign_in = async |password: &str| {
            let input = json!({"email": ada.email, "password": password});
            app.anonymous().act("sessionCreate", input, "session { accessToken }").await
        };
        assert_eq!(sign_in("not the password at all").await.refusals(), ["BAD_CREDENTIALS input.password"], "told to nobody else");
        let refused = sign_in(PASSWORD).await;
        assert_eq!(refused.refusals(), ["SUSPENDED input.email"]);
        assert!(refused.value["userErrors"][0]["message"].as_str().expect("a message").contains("You sent spam."));
        let ended = change::Entity::find()
            .filter(change::Column::Subject.eq(sets::Subject::Session))
            .filter(change::Column::Deed.eq(sets::Deed::Ended));
        assert_eq!(ended.count(app.app.state.db.reads()).await.expect("a number"), 1, "open connections learn of it");
        assert_eq!(letters(app, &ada).await, [json!({"kind": "ACCOUNT_SUSPENDED", "reason": "You sent spam."})]);
        assert_eq!(actions_on(&admin, &json!(ada.id)).await,
            ["SIGN_IN_FAILED", "SIGN_IN_FAILED", "ACCOUNT_SUSPENDED", "ACCOUNT_REGISTERED"]);

        let back = admin.act("accountReinstate", json!({"accountId": ada.id}), ACCOUNT).await.good();
        assert_eq!(back["account"], json!({"id": ada.id, "suspendedAt": null, "suspensionReason": null}));
        let token = sign_in(PASSWORD).await.good()["session"]["accessToken"].clone();
        let events = "{ viewer { securityEvents { edges { node { action ipAddress } } } } }";
        let mine = ada.with_token(&token).ask(events, json!({})).await["viewer"]["securityEvents"]["edges"].clone();
        let by_admin = mine.as_array().expect("edges").iter().find(|edge| edge["node"]["action"] == "ACCOUNT_SUSPENDED");
        assert_eq!(by_admin.expect("it is told")["node"]["ipAddress"], Value::Null, "from where an administrator acted is not");
    }

    async fn a_suspended_person_is_not_found(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        let shown = json!({"headline": "Rust", "visibility": "EMPLOYERS", "searchStatus": "ACTIVE"});
        let profile = ada.act("candidateUpdate", shown, "candidate { id }").await.good()["candidate"]["id"].clone();
        let seen = async || {
            let query = "query($id: ID!) { candidates { totalCount } node(id: $id) { id } }";
            let answer = owner.ask(query, json!({"id": profile})).await;
            (answer["candidates"]["totalCount"].clone(), answer["node"].is_null())
        };
        assert_eq!(seen().await, (json!(1), false));
        let admin = app.administrator().await;
        suspend(&admin, &ada).await;
        assert_eq!(seen().await, (json!(0), true));
        let posting = owner.posting(&employer, json!({})).await;
        suspend(&admin, &owner).await;
        let open = app.anonymous().ask("query($id: ID!) { posting(id: $id) { status } }", json!({"id": posting["id"]})).await;
        assert_eq!(open["posting"]["status"], "PUBLISHED", "what a suspended owner published is decided by itself");
    }

    async fn no_administrator_suspends_themselves(app: TestApp) {
        let (one, other) = (app.administrator().await, app.administrator().await);
        let itself = json!({"accountId": one.id, "reason": "Enough."});
        assert_eq!(one.act("accountSuspend", itself, ACCOUNT).await.refusals(), ["NOT_ALLOWED input.accountId"]);
        let at = |who: &Actor| json!({"accountId": who.id, "reason": "You first."});
        let (first, second) = tokio::join!(
            one.act("accountSuspend", at(&other), ACCOUNT), other.act("accountSuspend", at(&one), ACCOUNT));
        let done = [&first, &second].iter().filter(|payload| payload.value["userErrors"] == json!([])).count();
        assert_eq!(done, 1, "of two who suspend each other one stays: {first:?} {second:?}");
    }

    async fn accounts_are_listed_for_administrators(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        let admin = app.administrator().await;
        suspend(&admin, &ada).await;
        let query = "query($filter: AccountFilter) { accounts(filter: $filter) { totalCount edges { node { id email isAdmin suspendedAt
            sessions { id } applications { totalCount } securityEvents { totalCount } exports { id } employers { role } } } } }";
        let list = async |filter: Value| admin.ask(query, json!({"filter": filter})).await["accounts"].clone();
        let suspended = list(json!({"isSuspended": true})).await;
        assert_eq!(suspended["totalCount"], 1);
        assert_eq!(suspended["edges"][0]["node"]["id"], json!(ada.id));
        assert_eq!(list(json!({"isAdmin": true})).await["totalCount"], 2);
        assert_eq!(list(json!({"isAdmin": true, "isSuspended": true})).await["totalCount"], 0);
        let found = list(json!({"email": owner.email.to_uppercase()})).await;
        let node = &found["edges"][0]["node"];
        assert_eq!(found["totalCount"], 1);
        assert_eq!(node["employers"], json!([{"role": "OWNER"}]));
        assert_eq!((&node["sessions"], &node["securityEvents"], &node["exports"]), (&json!([]), &Value::Null, &json!([])));
        assert_eq!(list(json!({"email": "%"})).await["totalCount"], 0);
        let one = "query($id: ID!) { account(id: $id) { id email } node(id: $id) { id } }";
        assert_eq!(admin.ask(one, json!({"id": ada.id})).await["account"]["email"], json!(ada.email));
        assert_eq!(admin.ask(one, json!({"id": "account_01jq0000000000000000000000"})).await["account"], Value::Null);
        for (who, actor, code) in outsiders(app, &employer, &owner).await {
            for id in [ada.id.as_str(), "account_01jq0000000000000000000000"] {
                assert_eq!(actor.send("query($id: ID!) { account(id: $id) { id } }", json!({"id": id})).await.code(), code, "{who}");
                assert_eq!(actor.ask("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await["node"], Value::Null, "{who}");
                let input = json!({"accountId": id, "reason": "Mine."});
                assert_eq!(actor.act("accountSuspend", input, ACCOUNT).await.answer.code(), code, "{who}");
                assert_eq!(actor.act("accountReinstate", json!({"accountId": id}), ACCOUNT).await.answer.code(), code, "{who}");
            }
            assert_eq!(actor.send("{ accounts { totalCount } }", json!({})).await.code(), code, "{who}");
        }
        let missing = json!({"accountId": "account_01jq0000000000000000000000", "reason": "Who?"});
        assert_eq!(admin.act("accountSuspend", missing, ACCOUNT).await.refusals(), ["NOT_FOUND input.accountId"]);
    }
}
