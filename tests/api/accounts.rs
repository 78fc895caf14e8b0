//! Registering, signing in, renewing and ending sessions.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::{PASSWORD, TestApp, on_both_databases};

const RENEW: &str = "session { accessToken refreshToken }";

async fn renew(app: &TestApp, refresh_token: &str) -> crate::support::Payload {
    app.anonymous().act("sessionRefresh", json!({"refreshToken": refresh_token}), RENEW).await
}

on_both_databases! {
    async fn an_account_is_made_and_signed_in(app: TestApp) {
        let ada = app.account("Ada").await;
        let seen = ada.ask("{ viewer { id email name isAdmin sessions { isCurrent } } }", json!({})).await;
        assert_eq!(seen["viewer"]["email"], ada.email.as_str());
        assert_eq!(seen["viewer"]["sessions"], json!([{"isCurrent": true}]));
        assert_eq!(app.anonymous().ask("{ viewer { id } }", json!({})).await["viewer"], json!(null));
    }

    async fn an_address_is_taken_whatever_its_case(app: TestApp) {
        let ada = app.account("Ada").await;
        let input = json!({"email": ada.email.to_uppercase(), "password": PASSWORD, "name": "Other"});
        let refused = app.anonymous().act("accountRegister", input, "account { id }").await;
        assert_eq!(refused.refusals(), ["TAKEN input.email"]);
        let input = json!({"email": "nobody", "password": "short", "name": " "});
        let refused = app.anonymous().act("accountRegister", input, "account { id }").await;
        assert_eq!(refused.refusals(), ["INVALID input.email", "TOO_SHORT input.password", "REQUIRED input.name"]);
    }

    async fn unknown_and_wrong_are_told_the_same(app: TestApp) {
        let ada = app.account("Ada").await;
        let unknown = json!({"email": "nobody@example.org", "password": PASSWORD});
        let wrong = json!({"email": ada.email, "password": "not the right password"});
        let unknown = app.anonymous().act("sessionCreate", unknown, RENEW).await;
        let wrong = app.anonymous().act("sessionCreate", wrong, RENEW).await;
        assert_eq!(unknown.value, wrong.value);
        assert_eq!(wrong.refusals(), ["BAD_CREDENTIALS input.password"]);
        let right = json!({"email": ada.email, "password": PASSWORD});
        app.anonymous().act("sessionCreate", right, RENEW).await.good();
    }

    async fn a_bad_token_is_refused_and_never_anonymous(app: TestApp) {
        let ada = app.account("Ada").await;
        for token in ["", "nonsense", "a.b.c", &format!("{}x", ada.token.clone().expect("a token"))] {
            let forger = app.anonymous().with_token(&json!(token));
            let answer = forger.send("{ __typename }", json!({})).await;
            assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"), "{token}");
        }
        app.app.state.clock.advance(TimeDelta::minutes(6));
        let answer = ada.send("{ viewer { id } }", json!({})).await;
        assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
    }

    async fn a_refresh_token_holds_once(app: TestApp) {
        let ada = app.account("Ada").await;
        let first = renew(app, &ada.refresh_token).await.good();
        let second = first["session"]["refreshToken"].as_str().expect("a token").to_owned();
        // An answer that got lost may be asked for again, as long as nobody used what it held.
        let again = renew(app, &ada.refresh_token).await.good();
        assert_eq!(renew(app, &second).await.refusals(), ["BAD_CREDENTIALS input.refreshToken"]);
        let third = again["session"]["refreshToken"].as_str().expect("a token").to_owned();
        let fourth = renew(app, &third).await.good();
        // Now the successor was used: whoever comes with the old one ends the session.
        assert_eq!(renew(app, &ada.refresh_token).await.refusals(), ["BAD_CREDENTIALS input.refreshToken"]);
        let fourth = fourth["session"]["refreshToken"].as_str().expect("a token").to_owned();
        assert_eq!(renew(app, &fourth).await.refusals(), ["BAD_CREDENTIALS input.refreshToken"]);
        assert_eq!(ada.send("{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
    }

    async fn an_old_refresh_token_is_not_forgiven_for_long(app: TestApp) {
        let ada = app.account("Ada").await;
        renew(app, &ada.refresh_token).await.good();
        app.app.state.clock.advance(TimeDelta::seconds(31));
        assert_eq!(renew(app, &ada.refresh_token).await.refusals(), ["BAD_CREDENTIALS input.refreshToken"]);
    }

    async fn sessions_end(app: TestApp) {
        let ada = app.account("Ada").await;
        let input = json!({"email": ada.email, "password": PASSWORD});
        let other = app.anonymous().act("sessionCreate", input, RENEW).await.good();
        let phone = app.anonymous().with_token(&other["session"]["accessToken"]);
        let seen = phone.ask("{ viewer { sessions { id isCurrent } } }", json!({})).await;
        let sessions = seen["viewer"]["sessions"].as_array().expect("sessions").clone();
        let laptop = sessions.iter().find(|session| session["isCurrent"] == json!(false)).expect("the other one");
        let revoked = phone.act("sessionRevoke", json!({"id": laptop["id"]}), "revokedCount").await.good();
        assert_eq!(revoked["revokedCount"], 1);
        assert_eq!(ada.send("{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
        let rival = app.account("Rival").await;
        let refused = rival.act("sessionRevoke", json!({"id": laptop["id"]}), "revokedCount").await;
        assert_eq!(refused.refusals(), ["NOT_FOUND input.id"]);
        phone.ask("mutation { sessionsRevokeAll { revokedCount userErrors { code } } }", json!({})).await;
        assert_eq!(phone.send("{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
    }

    async fn a_new_password_ends_the_other_sessions(app: TestApp) {
        let ada = app.account("Ada").await;
        let input = json!({"email": ada.email, "password": PASSWORD});
        let other = app.anonymous().act("sessionCreate", input, RENEW).await.good();
        let phone = app.anonymous().with_token(&other["session"]["accessToken"]);
        let wrong = json!({"currentPassword": "not my password at all", "password": "another long password"});
        let refused = ada.act("passwordChange", wrong, "account { id }").await;
        assert_eq!(refused.refusals(), ["BAD_CREDENTIALS input.currentPassword"]);
        let right = json!({"currentPassword": PASSWORD, "password": "another long password"});
        ada.act("passwordChange", right, "account { id }").await.good();
        assert_eq!(phone.send("{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
        let old = json!({"email": ada.email, "password": PASSWORD});
        assert_eq!(app.anonymous().act("sessionCreate", old, RENEW).await.refusals(), ["BAD_CREDENTIALS input.password"]);
        ada.ask("{ viewer { id } }", json!({})).await;
    }
}
