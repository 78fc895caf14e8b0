//! What people prove by mail: addresses, forgotten passwords, new addresses; and sign-ins they are told of.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Actor, PASSWORD, Payload, TestApp, on_both_databases};

const NEW_PASSWORD: &str = "another long password";

async fn verify(app: &TestApp, token: &str) -> Payload {
    app.anonymous().act("emailVerify", json!({"token": token}), "account { id isEmailVerified }").await
}

async fn verify_again(actor: &Actor) {
    let query = "mutation { emailVerificationRequest { account { id } userErrors { code } } }";
    assert_eq!(actor.ask(query, json!({})).await["emailVerificationRequest"]["userErrors"], json!([]));
}

async fn forget(app: &TestApp, email: &str) -> Payload {
    app.anonymous().act("passwordResetRequest", json!({"email": email}), "email").await
}

async fn reset(app: &TestApp, token: &str, password: &str) -> Payload {
    let input = json!({"token": token, "password": password});
    app.anonymous().act("passwordReset", input, "account { id isEmailVerified }").await
}

async fn ask_change(actor: &Actor, email: &str, password: &str) -> Payload {
    actor.act("emailChangeRequest", json!({"email": email, "currentPassword": password}), "email").await
}

async fn change(app: &TestApp, token: &str) -> Payload {
    app.anonymous().act("emailChange", json!({"token": token}), "account { email isEmailVerified }").await
}

async fn sign_in(app: &TestApp, email: &str, password: &str, device: &str) -> Payload {
    let input = json!({"email": email, "password": password});
    app.anonymous().on_device(device).act("sessionCreate", input, "session { accessToken }").await
}

async fn is_verified(actor: &Actor) -> Value {
    actor.ask("{ viewer { isEmailVerified } }", json!({})).await["viewer"]["isEmailVerified"].clone()
}

on_both_databases! {
    async fn an_address_is_proven_once(app: TestApp) {
        let ada = app.newcomer("Ada").await;
        assert_eq!(is_verified(&ada).await, json!(false));
        let token = app.token(&ada.email, "VERIFY_ADDRESS").await;
        let proven = verify(app, &token).await.good();
        assert_eq!(proven["account"], json!({"id": ada.id, "isEmailVerified": true}));
        assert_eq!(is_verified(&ada).await, json!(true));
        assert_eq!(verify(app, &token).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        // Who has proven the address is sent no further token.
        verify_again(&ada).await;
        assert_eq!(app.letters(&ada.email, "VERIFY_ADDRESS").await.len(), 1);
    }

    async fn a_newer_token_ends_the_older_ones(app: TestApp) {
        let ada = app.newcomer("Ada").await;
        let older = app.token(&ada.email, "VERIFY_ADDRESS").await;
        verify_again(&ada).await;
        let newer = app.token(&ada.email, "VERIFY_ADDRESS").await;
        assert_ne!(older, newer);
        assert_eq!(verify(app, &older).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        assert_eq!(is_verified(&ada).await, json!(false));
        verify(app, &newer).await.good();
    }

    async fn more_than_five_requests_an_hour_come_to_nothing(app: TestApp) {
        let ada = app.newcomer("Ada").await;
        for _ in 0..6 {
            verify_again(&ada).await;
        }
        let letters = app.letters(&ada.email, "VERIFY_ADDRESS").await;
        assert_eq!(letters.len(), 5, "one of the registration and four more");
        // The last one that was sent holds all the same.
        verify(app, letters[4]["token"].as_str().expect("a token")).await.good();
        for _ in 0..7 {
            forget(app, &ada.email).await.good();
            forget(app, "nobody@example.org").await.good();
        }
        assert_eq!(app.letters(&ada.email, "RESET_PASSWORD").await.len(), 5);
        app.app.state.clock.advance(TimeDelta::minutes(61));
        forget(app, &ada.email).await.good();
        assert_eq!(app.letters(&ada.email, "RESET_PASSWORD").await.len(), 6);
    }

    async fn tokens_hold_for_their_time_and_purpose(app: TestApp) {
        let ada = app.newcomer("Ada").await;
        let address = app.token(&ada.email, "VERIFY_ADDRESS").await;
        forget(app, &ada.email).await.good();
        let password = app.token(&ada.email, "RESET_PASSWORD").await;
        for wrong in [&*password, "", "nonsense", ada.token.as_deref().expect("a token")] {
            assert_eq!(verify(app, wrong).await.refusals(), ["BAD_CREDENTIALS input.token"], "{wrong}");
        }
        assert_eq!(change(app, &address).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        assert_eq!(reset(app, &address, NEW_PASSWORD).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        app.app.state.clock.advance(TimeDelta::minutes(31));
        assert_eq!(reset(app, &password, NEW_PASSWORD).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        app.app.state.clock.advance(TimeDelta::hours(24));
        assert_eq!(verify(app, &address).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        sign_in(app, &ada.email, PASSWORD, "laptop").await.good();
    }

    async fn a_forgotten_password_is_replaced(app: TestApp) {
        let ada = app.newcomer("Ada").await;
        forget(app, &ada.email.to_uppercase()).await.good();
        let token = app.token(&ada.email, "RESET_PASSWORD").await;
        assert_eq!(reset(app, &token, "short").await.refusals(), ["TOO_SHORT input.password"]);
        assert_eq!(reset(app, "nonsense", "short").await.refusals(), ["BAD_CREDENTIALS input.token"]);
        let done = reset(app, &token, NEW_PASSWORD).await.good();
        // Whoever reads the mail of the address has proven it.
        assert_eq!(done["account"], json!({"id": ada.id, "isEmailVerified": true}));
        assert_eq!(ada.send("{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
        let renewed = json!({"refreshToken": ada.refresh_token});
        let renewed = app.anonymous().act("sessionRefresh", renewed, "session { accessToken }").await;
        assert_eq!(renewed.refusals(), ["BAD_CREDENTIALS input.refreshToken"]);
        assert_eq!(sign_in(app, &ada.email, PASSWORD, "laptop").await.refusals(), ["BAD_CREDENTIALS input.password"]);
        sign_in(app, &ada.email, NEW_PASSWORD, "laptop").await.good();
        assert_eq!(reset(app, &token, PASSWORD).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        sign_in(app, &ada.email, NEW_PASSWORD, "laptop").await.good();
    }

    async fn a_token_that_is_used_twice_at_once_holds_once(app: TestApp) {
        let ada = app.account("Ada").await;
        forget(app, &ada.email).await.good();
        let token = app.token(&ada.email, "RESET_PASSWORD").await;
        let (one, other) = tokio::join!(reset(app, &token, NEW_PASSWORD), reset(app, &token, "a third long password"));
        let mut refusals = [one.refusals(), other.refusals()].concat();
        assert_eq!(refusals.pop().as_deref(), Some("BAD_CREDENTIALS input.token"));
        assert!(refusals.is_empty(), "{refusals:?}");
    }

    async fn unknown_addresses_are_told_and_cost_the_same(app: TestApp) {
        let ada = app.account("Ada").await;
        let before = app.mails().await.len();
        app.statements();
        let known = forget(app, &ada.email).await;
        let for_known = app.statements();
        let unknown = forget(app, "nobody@example.org").await;
        let for_unknown = app.statements();
        assert_eq!(known.refusals(), unknown.refusals());
        assert_eq!(known.value["userErrors"], json!([]));
        assert_eq!(unknown.value["email"], "nobody@example.org");
        assert_eq!(for_known, for_unknown);
        let mails = app.mails().await;
        assert_eq!(mails.len(), before + 2);
        let (known, unknown) = (&mails[before], &mails[before + 1]);
        assert!(known.letter.is_some() && known.recipient == ada.email);
        // What is left of the other names nobody and never leaves.
        assert!(unknown.letter.is_none() && unknown.recipient.is_empty() && unknown.failed_at.is_some());
        app.tick().await;
        assert_eq!(app.files().len(), before + 1);
        assert_eq!(forget(app, "nonsense").await.refusals(), ["INVALID input.email"]);
    }

    async fn an_account_takes_a_new_address(app: TestApp) {
        let (ada, bob) = (app.account("Ada").await, app.account("Bob").await);
        let new = format!("new-{}", ada.email);
        assert_eq!(ask_change(&ada, &new, "not my password at all").await.refusals(), ["BAD_CREDENTIALS input.currentPassword"]);
        assert_eq!(ask_change(&ada, &bob.email.to_uppercase(), PASSWORD).await.refusals(), ["TAKEN input.email"]);
        assert_eq!(ask_change(&ada, &ada.email, PASSWORD).await.refusals(), ["INVALID input.email"]);
        let query = "mutation { emailChangeRequest(input: {email: \"a@example.org\", currentPassword: \"x\"}) { email } }";
        assert_eq!(app.anonymous().send(query, json!({})).await.code(), "UNAUTHENTICATED");

        forget(app, &ada.email).await.good();
        let of_old_address = app.token(&ada.email, "RESET_PASSWORD").await;
        ask_change(&ada, &new, PASSWORD).await.good();
        assert_eq!(app.row_of(&ada).await.email, ada.email);
        let token = app.token(&new, "CHANGE_ADDRESS").await;
        let changed = change(app, &token).await.good();
        assert_eq!(changed["account"], json!({"email": new, "isEmailVerified": true}));
        assert_eq!(change(app, &token).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        // The old address is told, and what went there holds no more.
        assert_eq!(app.letters(&ada.email, "ADDRESS_CHANGED").await.len(), 1);
        assert_eq!(reset(app, &of_old_address, NEW_PASSWORD).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        assert_eq!(sign_in(app, &ada.email, PASSWORD, "laptop").await.refusals(), ["BAD_CREDENTIALS input.password"]);
        sign_in(app, &new, PASSWORD, "laptop").await.good();
    }

    async fn an_address_that_was_taken_meanwhile_stays_taken(app: TestApp) {
        let ada = app.account("Ada").await;
        ask_change(&ada, "wanted@example.org", PASSWORD).await.good();
        let token = app.token("wanted@example.org", "CHANGE_ADDRESS").await;
        let input = json!({"email": "wanted@example.org", "password": PASSWORD, "name": "Faster"});
        app.anonymous().act("accountRegister", input, "account { id }").await.good();
        assert_eq!(change(app, &token).await.refusals(), ["TAKEN input.token"]);
        assert_eq!(app.row_of(&ada).await.email, ada.email);
        assert!(app.letters(&ada.email, "ADDRESS_CHANGED").await.is_empty());
    }

    async fn a_token_proves_the_address_it_went_to(app: TestApp) {
        let ada = app.newcomer("Ada").await;
        let of_old_address = app.token(&ada.email, "VERIFY_ADDRESS").await;
        ask_change(&ada, "new@example.org", PASSWORD).await.good();
        change(app, &app.token("new@example.org", "CHANGE_ADDRESS").await).await.good();
        assert_eq!(verify(app, &of_old_address).await.refusals(), ["BAD_CREDENTIALS input.token"]);
    }

    async fn a_new_device_is_told_of(app: TestApp) {
        let ada = app.account("Ada").await;
        sign_in(app, &ada.email, PASSWORD, "laptop").await.good();
        sign_in(app, &ada.email, PASSWORD, "laptop").await.good();
        sign_in(app, &ada.email, "not the right password", "thief").await;
        let letters = app.letters(&ada.email, "NEW_SIGN_IN").await;
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0]["device"], "laptop");
        // Nobody has proven this address, so it may be a stranger's.
        let bob = app.newcomer("Bob").await;
        sign_in(app, &bob.email, PASSWORD, "laptop").await.good();
        assert!(app.letters(&bob.email, "NEW_SIGN_IN").await.is_empty());
    }
}
