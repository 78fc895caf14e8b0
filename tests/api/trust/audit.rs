//! The audit log: what is in it, who reads it, and that nobody rewrites it.

use chrono::TimeDelta;
use rolecall::entities::audit_entry;
use rolecall::work;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{actions_on, outsiders};
use crate::support::{PASSWORD, TestApp, on_both_databases};

const LOG: &str = "query($filter: AuditFilter, $first: Int, $after: String) {
    auditLog(filter: $filter, first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage }
        edges { node { id action at actorId actor { email } subjectId subject { id } ipAddress requestId details { name value } } } } }";
const TOKENS: &str = "session { accessToken }";

on_both_databases! {
    async fn deeds_are_written_down_with_who_and_from_where(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let admin = app.administrator().await;
        let log = admin.ask(LOG, json!({"filter": {"subject": posting["id"]}})).await["auditLog"].clone();
        assert_eq!(log["totalCount"], 1);
        let entry = &log["edges"][0]["node"];
        assert_eq!((&entry["action"], &entry["actorId"], &entry["actor"]["email"], &entry["ipAddress"]),
            (&json!("POSTING_PUBLISHED"), &json!(owner.id), &json!(owner.email), &json!("127.0.0.1")));
        assert_eq!((&entry["subjectId"], &entry["subject"]["id"]), (&posting["id"], &posting["id"]));
        assert_eq!(entry["details"], json!([{"name": "status", "value": "PUBLISHED"}]));
        assert!(entry["requestId"].is_string());
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert_eq!(admin.ask(node, json!({"id": entry["id"]})).await["node"]["id"], entry["id"]);
        assert_eq!(owner.ask(node, json!({"id": entry["id"]})).await["node"], Value::Null);

        let again = json!({"id": posting["id"], "version": posting["version"]});
        owner.act("postingPublish", again.clone(), "posting { id }").await.good();
        let mut close = again;
        close["reason"] = json!("FILLED");
        owner.act("postingClose", close, "posting { id }").await.good();
        assert_eq!(actions_on(&admin, &posting["id"]).await, ["POSTING_CLOSED", "POSTING_PUBLISHED"], "what changes nothing is no deed");
        assert_eq!(actions_on(&admin, &json!(employer)).await, ["EMPLOYER_VERIFIED", "EMPLOYER_CREATED"]);
    }

    async fn memberships_are_written_down(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let bob = app.account("Bob").await;
        let member = json!({"employerId": employer, "email": bob.email, "role": "REVIEWER"});
        let member = owner.act("memberAdd", member, "member { id }").await.good()["member"]["id"].clone();
        owner.act("memberUpdate", json!({"id": member, "role": "RECRUITER"}), "member { id }").await.good();
        let refused = bob.act("memberUpdate", json!({"id": member, "role": "OWNER"}), "member { id }").await;
        assert_eq!(refused.answer.code(), "FORBIDDEN");
        owner.act("memberRemove", json!({"id": member}), "removedMemberId").await.good();
        let admin = app.administrator().await;
        assert_eq!(actions_on(&admin, &member).await, ["MEMBER_REMOVED", "MEMBER_CHANGED", "MEMBER_ADDED"]);
    }

    async fn sign_ins_are_written_down_good_and_bad(app: TestApp) {
        let ada = app.account("Ada").await;
        let right = json!({"email": ada.email, "password": PASSWORD});
        app.anonymous().act("sessionCreate", right, TOKENS).await.good();
        for email in [ada.email.as_str(), "nobody@example.org"] {
            let wrong = json!({"email": email, "password": "not the password at all"});
            let refused = app.anonymous().act("sessionCreate", wrong, TOKENS).await;
            assert_eq!(refused.refusals(), ["BAD_CREDENTIALS input.password"]);
        }
        let admin = app.administrator().await;
        assert_eq!(actions_on(&admin, &json!(ada.id)).await, ["SIGN_IN_FAILED", "SIGNED_IN", "ACCOUNT_REGISTERED"]);
        let failed = admin.ask(LOG, json!({"filter": {"actions": ["SIGN_IN_FAILED"]}})).await["auditLog"].clone();
        assert_eq!(failed["totalCount"], 2, "an unknown address leaves as much as a known one");
        assert_eq!((&failed["edges"][0]["node"]["subjectId"], &failed["edges"][0]["node"]["actorId"]), (&Value::Null, &Value::Null));

        let events = "{ viewer { securityEvents { totalCount edges { node { id action ipAddress } } } } }";
        let mine = ada.ask(events, json!({})).await["viewer"]["securityEvents"].clone();
        assert_eq!(mine["totalCount"], 3);
        let event = mine["edges"][0]["node"].clone();
        assert_eq!((&event["action"], &event["ipAddress"]), (&json!("SIGN_IN_FAILED"), &json!("127.0.0.1")));
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert_eq!(ada.ask(node, json!({"id": event["id"]})).await["node"]["id"], event["id"]);
        for other in [app.anonymous(), app.account("Eve").await, admin] {
            assert_eq!(other.ask(node, json!({"id": event["id"]})).await["node"], Value::Null);
        }
    }

    async fn sessions_and_passwords_leave_their_lines(app: TestApp) {
        let ada = app.account("Ada").await;
        let change = json!({"currentPassword": PASSWORD, "password": "another long password"});
        ada.act("passwordChange", change, "account { id }").await.good();
        ada.ask("mutation { sessionRevoke { revokedCount userErrors { code } } }", json!({})).await;
        let admin = app.administrator().await;
        assert_eq!(actions_on(&admin, &json!(ada.id)).await, ["SESSIONS_ENDED", "PASSWORD_CHANGED", "ACCOUNT_REGISTERED"]);
    }

    async fn the_log_is_paged_and_filtered(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        for _ in 0..5 {
            owner.posting(&employer, json!({})).await;
        }
        let admin = app.administrator().await;
        let mine = json!({"actor": owner.id, "actions": ["POSTING_PUBLISHED"]});
        let first = admin.ask(LOG, json!({"filter": mine, "first": 3})).await["auditLog"].clone();
        assert_eq!((first["totalCount"].clone(), first["pageInfo"]["hasNextPage"].clone()), (json!(5), json!(true)));
        let rest = admin.ask(LOG, json!({"filter": mine, "first": 3, "after": first["pageInfo"]["endCursor"]})).await;
        assert_eq!(rest["auditLog"]["edges"].as_array().expect("edges").len(), 2);
        let later = app.app.state.clock.now() + TimeDelta::hours(1);
        let none = admin.ask(LOG, json!({"filter": {"since": later.to_rfc3339()}})).await;
        assert_eq!(none["auditLog"]["totalCount"], 0);
        let all = admin.ask(LOG, json!({"filter": {"until": later.to_rfc3339()}})).await;
        assert!(all["auditLog"]["totalCount"].as_i64().expect("a number") > 5);
        let nothing = admin.ask(LOG, json!({"filter": {"subject": "no identifier"}})).await;
        assert_eq!(nothing["auditLog"]["totalCount"], 0);
    }

    async fn only_administrators_read_it(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        for (who, actor, code) in outsiders(app, &employer, &owner).await {
            let answer = actor.send("{ auditLog { totalCount } }", json!({})).await;
            assert_eq!(answer.code(), code, "{who}");
            assert_eq!(answer.body["data"]["auditLog"], Value::Null, "{who}");
        }
    }

    async fn nobody_rewrites_it(app: TestApp) {
        let ada = app.account("Ada").await;
        let db = app.app.state.db.writes();
        let before = audit_entry::Entity::find().count(db).await.expect("a number");
        assert!(before > 0);
        for statement in [
            "DELETE FROM audit_entry", "UPDATE audit_entry SET action = 'SIGNED_IN'", "UPDATE audit_entry SET actor_id = NULL",
            "UPDATE audit_entry SET details = '{}'", "UPDATE audit_entry SET ip_address = '192.0.2.1'",
            "UPDATE audit_entry SET ip_address = NULL, request_id = NULL",
        ] {
            let error = db.execute_unprepared(statement).await.expect_err(statement);
            assert!(error.to_string().contains("the audit log only grows"), "{statement}: {error}");
        }
        db.execute_unprepared("UPDATE audit_entry SET ip_address = NULL").await.expect("an address may go");
        assert_eq!(audit_entry::Entity::find().count(db).await.expect("a number"), before);
        ada.ask("{ viewer { id } }", json!({})).await;
    }

    async fn addresses_of_sign_ins_go_after_90_days(app: TestApp) {
        let ada = app.account("Ada").await;
        let right = json!({"email": ada.email, "password": PASSWORD});
        app.anonymous().act("sessionCreate", right.clone(), TOKENS).await.good();
        let addresses = async || {
            let rows = audit_entry::Entity::find().all(app.app.state.db.reads()).await.expect("entries");
            let signed_in = rows.iter().filter(|row| row.action == rolecall::entities::sets::AuditAction::SignedIn);
            signed_in.map(|row| row.ip_address.is_some()).collect::<Vec<_>>()
        };
        app.app.state.clock.advance(TimeDelta::days(89));
        work::tick(&app.app.state).await.expect("worked");
        assert_eq!(addresses().await, [true]);
        app.app.state.clock.advance(TimeDelta::days(2));
        work::tick(&app.app.state).await.expect("worked");
        assert_eq!(addresses().await, [false]);
    }
}
