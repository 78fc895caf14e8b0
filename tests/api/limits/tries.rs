//! How often somebody may try a password or a token.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{is_throttled, sign_in, told};
use crate::support::{Actor, PASSWORD, TestApp, on_both_databases};
use crate::trust::actions_on;

const WRONG: &str = "not the right password";

/// A server behind a proxy with the default limits.
async fn usual(app: &TestApp) -> TestApp {
    let usual = |settings: rolecall::config::Settings| {
        settings.with("tries-per-address", "10").with("sign-in-tries", "10").with("trusted-proxies", "1")
    };
    app.twin(usual).await
}

on_both_databases! {
    async fn an_address_tries_ten_times_a_minute(app: TestApp) {
        let server = usual(app).await;
        let ada = app.account("Ada").await;
        let here = server.anonymous().at_address("192.0.2.7");
        for number in 0..10 {
            let attempt = sign_in(&here, &format!("nobody-{number}@example.org"), WRONG).await;
            assert_eq!(attempt.refusals(), ["BAD_CREDENTIALS input.password"]);
        }
        let hashes = server.app.state.passwords.worked();
        let refused = sign_in(&here, &ada.email, PASSWORD).await;
        assert!(is_throttled(&refused) && refused.value.is_null(), "{}", refused.answer.body);
        assert!((1..=6).contains(&refused.answer.retry_after()));
        assert_eq!(server.app.state.passwords.worked(), hashes, "nothing is hashed for who has to wait");
        sign_in(&here.at_address("192.0.2.8"), &ada.email, PASSWORD).await.good();
        server.app.state.clock.advance(TimeDelta::seconds(6));
        sign_in(&here, &ada.email, PASSWORD).await.good();
        assert!(is_throttled(&sign_in(&here, &ada.email, PASSWORD).await), "one for six seconds");
    }

    async fn a_name_is_tried_ten_times_and_then_twice_a_minute(app: TestApp) {
        let server = usual(app).await;
        let ada = app.account("Ada").await;
        let from = |number: usize| server.anonymous().at_address(&format!("192.0.2.{number}"));
        for number in 0..12 {
            // Case and spaces make no other name of it.
            let known = [&ada.email, &ada.email.to_uppercase(), &format!(" {} ", ada.email)][number % 3].clone();
            let known = sign_in(&from(number), &known, WRONG).await;
            let unknown = sign_in(&from(100 + number), "nobody@example.org", WRONG).await;
            assert_eq!(told(&known), told(&unknown), "{number}");
            assert_eq!(is_throttled(&known), number >= 10, "{number}");
        }
        assert!(is_throttled(&sign_in(&from(50), &ada.email, PASSWORD).await), "nor does the right one help");
        let bob = app.account("Bob").await;
        sign_in(&from(50), &bob.email, PASSWORD).await.good();
        server.app.state.clock.advance(TimeDelta::seconds(30));
        assert!(!is_throttled(&sign_in(&from(51), &ada.email, WRONG).await));
        assert!(is_throttled(&sign_in(&from(51), &ada.email, PASSWORD).await));
        server.app.state.clock.advance(TimeDelta::seconds(30));
        sign_in(&from(52), &ada.email, PASSWORD).await.good();
        // Whoever knows it need not guess.
        for number in 0..8 {
            sign_in(&from(60 + number), &ada.email, PASSWORD).await.good();
        }
    }

    async fn passwords_and_tokens_are_tried_ten_times_a_minute_whatever_they_are_for(app: TestApp) {
        let server = usual(app).await;
        let ada = app.account("Ada").await.at(&server.url);
        let (nobody, token) = (server.anonymous(), json!({"token": "nonsense"}));
        let reset = json!({"token": "nonsense", "password": PASSWORD});
        let present = json!({"currentPassword": WRONG, "password": "another long password"});
        let erase = json!({"password": WRONG, "confirm": true});
        let change = json!({"currentPassword": WRONG, "email": "other@example.org"});
        let cases: [(&str, &Actor, Value, &str); 7] = [
            ("emailVerify", &nobody, token.clone(), "account { id }"),
            ("emailChange", &nobody, token.clone(), "account { id }"),
            ("passwordReset", &nobody, reset, "account { id }"),
            ("memberInvitationAccept", &ada, token, "member { id }"),
            ("passwordChange", &ada, present, "account { id }"),
            ("emailChangeRequest", &ada, change, "email"),
            ("accountErase", &ada, erase, "erasedId"),
        ];
        for (number, (name, who, input, selection)) in cases.into_iter().enumerate() {
            let here = who.at_address(&format!("192.0.2.{number}"));
            for _ in 0..10 {
                assert!(!here.act(name, input.clone(), selection).await.refusals().is_empty(), "{name}");
                server.app.state.limits.forgive(&ada.email);
            }
            assert!(is_throttled(&here.act(name, input, selection).await), "{name}");
        }
        ada.ask("{ viewer { id } }", json!({})).await;
    }

    async fn sessions_are_renewed_as_often_as_it_holds(app: TestApp) {
        let server = usual(app).await;
        let mut ada = app.account("Ada").await.at(&server.url).at_address("192.0.2.7");
        let renew = async |who: &Actor, token: &str| {
            who.act("sessionRefresh", json!({"refreshToken": token}), "session { refreshToken }").await
        };
        for _ in 0..15 {
            let renewed = renew(&ada, &ada.refresh_token).await.good();
            ada.refresh_token = crate::support::text(&renewed["session"]["refreshToken"]);
        }
        for _ in 0..10 {
            assert_eq!(renew(&ada, "nonsense").await.refusals(), ["BAD_CREDENTIALS input.refreshToken"]);
        }
        assert!(is_throttled(&renew(&ada, "nonsense").await));
        assert!(is_throttled(&renew(&ada, &ada.refresh_token).await));
        renew(&ada.at_address("192.0.2.8"), &ada.refresh_token).await.good();
    }

    async fn an_operation_tries_once(app: TestApp) {
        let ada = app.account("Ada").await;
        let query = "mutation($input: SessionCreateInput!) {
            a: sessionCreate(input: $input) { session { accessToken } } b: sessionCreate(input: $input) { session { accessToken } } }";
        let input = json!({"input": {"email": ada.email, "password": PASSWORD}});
        let hashes = app.app.state.passwords.worked();
        let refused = app.anonymous().send(query, input.clone()).await;
        assert_eq!(refused.code(), "COST_EXCEEDED");
        assert_eq!(app.app.state.passwords.worked(), hashes);
        let mixed = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) { session { accessToken } }
            emailVerify(input: {token: \"x\"}) { account { id } } }";
        assert_eq!(app.anonymous().send(mixed, input.clone()).await.code(), "COST_EXCEEDED");
        let twice_skipped = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) { session { accessToken } }
            b: sessionCreate(input: $input) @skip(if: true) { session { accessToken } } }";
        assert_eq!(app.anonymous().send(twice_skipped, input).await.code(), "COST_EXCEEDED", "whether it is skipped or not");
    }

    async fn who_had_to_wait_is_written_down_once(app: TestApp) {
        let server = usual(app).await;
        let ada = app.account("Ada").await;
        for number in 0..14 {
            sign_in(&server.anonymous().at_address(&format!("192.0.2.{number}")), &ada.email, WRONG).await;
        }
        let admin = app.administrator().await;
        let actions = actions_on(&admin, &json!(ada.id)).await;
        assert_eq!(actions.iter().filter(|action| *action == "SIGN_IN_THROTTLED").count(), 1, "{actions:?}");
        assert_eq!(actions.iter().filter(|action| *action == "SIGN_IN_FAILED").count(), 10, "{actions:?}");
        let events = "{ viewer { securityEvents(first: 1) { edges { node { action ipAddress } } } } }";
        let mine = ada.ask(events, json!({})).await["viewer"]["securityEvents"]["edges"][0]["node"].clone();
        assert_eq!(mine, json!({"action": "SIGN_IN_THROTTLED", "ipAddress": "192.0.2.10"}));
        server.app.state.clock.advance(TimeDelta::minutes(11));
        for number in 0..12 {
            sign_in(&server.anonymous().at_address(&format!("192.0.2.{number}")), &ada.email, WRONG).await;
        }
        let actions = actions_on(&admin, &json!(ada.id)).await;
        assert_eq!(actions.iter().filter(|action| *action == "SIGN_IN_THROTTLED").count(), 2, "{actions:?}");
    }

    async fn a_key_is_free_again_when_its_mutation_came_too_soon(app: TestApp) {
        let server = usual(app).await;
        let ada = app.account("Ada").await;
        let here = server.anonymous().at_address("192.0.2.7").with_key("one");
        for number in 0..10 {
            sign_in(&here.with_key(&format!("before-{number}")), "nobody@example.org", WRONG).await;
        }
        assert!(is_throttled(&sign_in(&here, &ada.email, PASSWORD).await));
        server.app.state.clock.advance(TimeDelta::seconds(60));
        let done = sign_in(&here, &ada.email, PASSWORD).await;
        assert!(!done.answer.is_replayed);
        let first = done.good();
        let again = sign_in(&here, &ada.email, PASSWORD).await;
        assert!(again.answer.is_replayed);
        assert_eq!(again.good(), first);
    }
}
