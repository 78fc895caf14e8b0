//! Which passwords are taken, and how they are kept.

use serde_json::{Value, json};

use crate::support::{Actor, PASSWORD, Payload, TestApp, on_both_databases, text};
use crate::trust::actions_on;

async fn register(app: &TestApp, email: &str, name: &str, password: &str) -> Payload {
    let input = json!({"email": email, "name": name, "password": password});
    app.anonymous().act("accountRegister", input, "account { id }").await
}

async fn sign_in(who: &Actor, email: &str, password: &str) -> Payload {
    who.act("sessionCreate", json!({"email": email, "password": password}), "session { accessToken }").await
}

/// The message of the only refusal.
fn advice(refused: &Payload) -> String {
    text(&refused.value["userErrors"][0]["message"])
}

on_both_databases! {
    async fn what_is_easy_to_guess_is_refused_with_advice(app: TestApp) {
        let weak = "TOO_WEAK input.password";
        for password in ["aaaaaaaaaaaaaaaa", "1234567890123456", "passwordpassword", "qwertyuiopasdfgh", "hopperhopperhopper"] {
            let refused = register(app, "grace@example.org", "Grace Hopper", password).await;
            assert_eq!(refused.refusals(), [weak], "{password}");
            assert!(advice(&refused).len() > 50, "{}", advice(&refused));
        }
        // The address, and the name of the board, are what a guesser tries first.
        let long = "amazing.grace.murray.hopper@example.org";
        assert_eq!(register(app, long, "G", long).await.refusals(), [weak]);
        assert_eq!(register(app, long, "G", "RolecallRolecall").await.refusals(), [weak]);
        assert_eq!(register(app, "grace@example.org", "Grace", &"x".repeat(14)).await.refusals(), ["TOO_SHORT input.password"]);
        let too_long = "correct horse battery ".repeat(12);
        assert_eq!(register(app, "grace@example.org", "Grace", &too_long).await.refusals(), ["TOO_LONG input.password"]);
        register(app, "grace@example.org", "Grace", &too_long[..256]).await.good();
        // All of it counts, and none of it has to be of a certain kind.
        assert!(!sign_in(&app.anonymous(), "grace@example.org", &too_long[..255]).await.refusals().is_empty());
        sign_in(&app.anonymous(), "grace@example.org", &too_long[..256]).await.good();
        let refused = register(app, "nobody", " ", "aaaaaaaaaaaaaaaa").await;
        assert_eq!(refused.refusals(), ["INVALID input.email", weak, "REQUIRED input.name"], "all at once");
    }

    async fn so_it_is_when_one_is_changed_or_forgotten(app: TestApp) {
        let ada = app.account("Ada").await;
        let change = json!({"currentPassword": PASSWORD, "password": ada.email.repeat(2)});
        assert_eq!(ada.act("passwordChange", change, "account { id }").await.refusals(), ["TOO_WEAK input.password"]);
        app.anonymous().act("passwordResetRequest", json!({"email": ada.email}), "email").await.good();
        let token = app.token(&ada.email, "RESET_PASSWORD").await;
        let reset = json!({"token": token, "password": ada.email.repeat(2)});
        let refused = app.anonymous().act("passwordReset", reset, "account { id }").await;
        assert_eq!(refused.refusals(), ["TOO_WEAK input.password"]);
        // The token holds on.
        let reset = json!({"token": token, "password": "another long password"});
        app.anonymous().act("passwordReset", reset, "account { id }").await.good();
    }

    async fn a_hash_of_other_parameters_is_renewed_at_the_next_sign_in(app: TestApp) {
        let ada = app.account("Ada").await;
        let hash = async || app.row_of(&ada).await.password_hash.expect("a hash");
        let before = hash().await;
        assert!(before.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{before}");
        sign_in(&app.anonymous(), &ada.email, PASSWORD).await.good();
        assert_eq!(hash().await, before);

        let stronger = app.twin(|settings| settings.with("password-passes", "3")).await;
        assert!(!sign_in(&stronger.anonymous(), &ada.email, "not the right password").await.refusals().is_empty());
        assert_eq!(hash().await, before, "who knows it alone can have it hashed again");
        sign_in(&stronger.anonymous(), &ada.email, PASSWORD).await.good();
        let after = hash().await;
        assert!(after.starts_with("$argon2id$v=19$m=19456,t=3,p=1$"), "{after}");
        let hashes = stronger.app.state.passwords.worked();
        sign_in(&stronger.anonymous(), &ada.email, PASSWORD).await.good();
        assert_eq!((hash().await, stronger.app.state.passwords.worked()), (after, hashes + 1));
        let admin = app.administrator().await;
        let actions = actions_on(&admin, &json!(ada.id)).await;
        let changes: Vec<_> = actions.iter().filter(|action| action.starts_with("PASSWORD")).collect();
        assert_eq!(changes, Vec::<&String>::new(), "no deed of anybody");
    }

    async fn a_full_queue_is_told_to_come_back(app: TestApp) {
        let narrow = app.twin(|settings| settings.with("password-workers", "1").with("password-queue", "0")).await;
        let tries = (0..12).map(|_| async {
            sign_in(&narrow.anonymous(), "nobody@example.org", "not the right password").await.answer
        });
        let answers = futures_util::future::join_all(tries).await;
        let busy: Vec<_> = answers.iter().filter(|answer| answer.body.get("errors").is_some()).collect();
        assert!(!busy.is_empty(), "twelve at once and room for one");
        for answer in busy {
            assert_eq!((answer.code(), answer.retry_after()), ("RATE_LIMITED", 5), "{}", answer.body);
            assert_eq!(answer.body["data"]["sessionCreate"], Value::Null);
        }
    }
}
