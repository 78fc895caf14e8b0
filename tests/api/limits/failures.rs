//! After a number of wrong passwords in a row an account needs a new one, wherever they were tried; and nobody learns from
//! any of it which accounts there are.

use std::time::Instant;

use serde_json::json;

use super::{sign_in, told};
use crate::support::{PASSWORD, TestApp, on_both_databases};
use crate::trust::actions_on;

const WRONG: &str = "not the right password";
const BAD: &str = "BAD_CREDENTIALS input.password";

on_both_databases! {
    async fn an_account_that_was_tried_too_often_needs_a_new_password(app: TestApp) {
        let one = app.twin(|settings| settings.with("sign-in-failures", "5")).await;
        let other = app.twin(|settings| settings.with("sign-in-failures", "5")).await;
        let ada = app.account("Ada").await;
        for number in 0..7 {
            let server = [&one, &other][number % 2];
            let known = sign_in(&server.anonymous(), &ada.email, WRONG).await;
            let unknown = sign_in(&server.anonymous(), "nobody@example.org", WRONG).await;
            assert_eq!(known.refusals(), [BAD], "{number}");
            assert_eq!(told(&known), told(&unknown), "whoever does not know the password learns nothing");
        }
        for server in [&one, &other] {
            let right = sign_in(&server.anonymous(), &ada.email, PASSWORD).await;
            assert_eq!(right.refusals(), ["PASSWORD_RESET_REQUIRED input.password"]);
        }
        // A session that is there stays, and cannot be used to guess on.
        let erase = json!({"password": PASSWORD, "confirm": true});
        let refused = ada.at(&one.url).act("accountErase", erase, "erasedId").await;
        assert_eq!(refused.refusals(), ["PASSWORD_RESET_REQUIRED input.password"]);

        let admin = app.administrator().await;
        let actions = actions_on(&admin, &json!(ada.id)).await;
        assert_eq!(actions.iter().filter(|action| *action == "PASSWORD_RESET_FORCED").count(), 1, "{actions:?}");
        assert_eq!(actions.iter().filter(|action| *action == "SIGN_IN_FAILED").count(), 8, "{actions:?}");

        one.anonymous().act("passwordResetRequest", json!({"email": ada.email}), "email").await.good();
        let token = app.token(&ada.email, "RESET_PASSWORD").await;
        let reset = json!({"token": token, "password": "another long password"});
        one.anonymous().act("passwordReset", reset, "account { id }").await.good();
        for server in [&one, &other] {
            assert_eq!(sign_in(&server.anonymous(), &ada.email, PASSWORD).await.refusals(), [BAD]);
            sign_in(&server.anonymous(), &ada.email, "another long password").await.good();
        }
    }

    async fn failures_count_in_a_row(app: TestApp) {
        let server = app.twin(|settings| settings.with("sign-in-failures", "5")).await;
        let ada = app.account("Ada").await;
        for _ in 0..3 {
            for _ in 0..4 {
                assert_eq!(sign_in(&server.anonymous(), &ada.email, WRONG).await.refusals(), [BAD]);
            }
            assert_eq!(app.row_of(&ada).await.failed_sign_ins, 4);
            sign_in(&server.anonymous(), &ada.email, PASSWORD).await.good();
            assert_eq!(app.row_of(&ada).await.failed_sign_ins, 0);
        }
    }

    async fn the_present_password_is_not_guessed_either(app: TestApp) {
        let server = app.twin(|settings| settings.with("sign-in-failures", "5")).await;
        let ada = app.account("Ada").await.at(&server.url);
        for _ in 0..5 {
            let change = json!({"currentPassword": WRONG, "password": "another long password"});
            let refused = ada.act("passwordChange", change, "account { id }").await;
            assert_eq!(refused.refusals(), ["BAD_CREDENTIALS input.currentPassword"]);
        }
        let change = json!({"currentPassword": PASSWORD, "password": "another long password"});
        let refused = ada.act("passwordChange", change, "account { id }").await;
        assert_eq!(refused.refusals(), ["PASSWORD_RESET_REQUIRED input.currentPassword"]);
    }

    async fn nobody_is_shut_out_where_it_is_switched_off(app: TestApp) {
        let server = app.twin(|settings| settings.with("sign-in-failures", "0")).await;
        let ada = app.account("Ada").await;
        for _ in 0..12 {
            sign_in(&server.anonymous(), &ada.email, WRONG).await;
        }
        sign_in(&server.anonymous(), &ada.email, PASSWORD).await.good();
    }

    async fn unknown_and_wrong_are_the_same_work(app: TestApp) {
        let ada = app.account("Ada").await;
        let mut work = Vec::new();
        for email in [ada.email.as_str(), "nobody@example.org", "no address"] {
            let hashes = app.app.state.passwords.worked();
            app.heard();
            let refused = sign_in(&app.anonymous(), email, WRONG).await;
            assert_eq!(refused.answer.status, 200, "{email}");
            let statements: Vec<_> = app.heard().into_iter().map(|statement| statement.sql).collect();
            work.push((statements, app.app.state.passwords.worked() - hashes));
        }
        assert_eq!(work[0], work[1]);
        assert_eq!(work[0].1, 1, "one hash");
        assert!(work[0].0.len() >= 3, "{:?}", work[0].0);
        assert_eq!(work[0].0, work[2].0);
    }
}

/// Measures, and says nothing about what is enough: `cargo test --test api timing -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, of which the machine is a part"]
async fn timing_of_unknown_and_wrong() {
    let app = TestApp::sqlite().await;
    let ada = app.account("Ada").await;
    let mut times = [Vec::new(), Vec::new()];
    for number in 0..200 {
        for (which, email) in [ada.email.as_str(), &format!("nobody-{number}@example.org")].into_iter().enumerate() {
            let began = Instant::now();
            sign_in(&app.anonymous(), email, WRONG).await;
            times[which].push(began.elapsed());
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1_000.0
    });
    println!("median: {known:.2} ms for a wrong password, {unknown:.2} ms for an unknown address");
    app.close().await;
}
