//! Who asks too much or tries too often has to wait, and nothing is done for them meanwhile.

mod budget;
mod failures;
mod mails;
mod open;
mod tries;

use serde_json::{Value, json};

use crate::support::{Actor, Payload, TestApp};

/// An operation that costs a point and is known to a server after the first time.
const SMALL: &str = "{ viewer { id } }";

/// Another server with a budget of so many points, of which one operation may cost all.
async fn poor(app: &TestApp, points: &str) -> TestApp {
    let poor = |settings: rolecall::config::Settings| {
        settings.with("max-cost", points).with("budget-per-account", points).with("budget-per-address", points)
    };
    app.twin(poor).await
}

/// Tries to sign in.
async fn sign_in(who: &Actor, email: &str, password: &str) -> Payload {
    who.act("sessionCreate", json!({"email": email, "password": password}), "session { accessToken }").await
}

/// What is told of an attempt, without how long to wait.
fn told(attempt: &Payload) -> (u16, Value, String) {
    (attempt.answer.status, attempt.answer.body["data"].clone(), attempt.answer.code().to_owned())
}

fn is_throttled(attempt: &Payload) -> bool {
    attempt.answer.code() == "RATE_LIMITED"
}
