//! What is held about a person: copied for them, erased for them, and forgotten in time.

mod erasure;
mod export;
mod retention;
mod scan;

use serde_json::{Value, json};

use crate::support::{Actor, PASSWORD, TestApp};

/// A session of an account on a device of that name.
pub async fn sign_in_from(app: &TestApp, who: &Actor, device: &str) -> Value {
    let client = reqwest::Client::builder().user_agent(device).build().expect("a client");
    let query = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) { session { accessToken } } }";
    let body = json!({"query": query, "variables": {"input": {"email": who.email, "password": PASSWORD}}});
    let answer = client.post(format!("{}/graphql", app.url)).json(&body).send().await.expect("an answer");
    let answer: Value = answer.json().await.expect("JSON");
    answer["data"]["sessionCreate"]["session"]["accessToken"].clone()
}

/// A profile with words that nobody else uses.
pub async fn write_profile(who: &Actor) {
    let profile = json!({
        "headline": "Zymurgist of renown", "about": "I brewed for the quokkas.", "searchStatus": "ACTIVE",
        "targetRoles": ["backend-developer"], "targetPlaces": [{"countryCode": "US"}], "remote": true,
        "skills": [{"skill": "rust", "level": 4, "months": 36}],
        "experience": [{"title": "Froth Overseer", "employerName": "Quokka Ales", "startedOn": "2019-01-01", "description": "Vats."}],
        "education": [{"institution": "Academy of Froth", "subject": "Bubbles"}],
        "expectedPay": {"amount": "98765.43", "currency": "USD", "period": "YEAR"},
    });
    who.act("candidateUpdate", profile, "candidate { id }").await.good();
}

/// A saved posting and a saved search, with words that nobody else uses.
pub async fn save(who: &Actor, posting: &Value) {
    who.act("postingSave", json!({"postingId": posting["id"]}), "posting { id }").await.good();
    let search = json!({"name": "Breweries by the sea", "search": "barrels", "filter": {"countries": ["NZ"]}, "alerts": "INSTANT"});
    who.act("savedSearchCreate", search, "savedSearch { id }").await.good();
}

/// An application with words that nobody else uses.
pub async fn apply(who: &Actor, posting: &Value) -> Value {
    let input = json!({
        "postingId": posting["id"], "coverLetter": "Flocculation is my calling.",
        "answers": [{"question": 0, "value": {"text": "Since the great ferment."}}],
    });
    let made = who.act("applicationSubmit", input, "application { id version status }").await.good();
    made["application"].clone()
}

/// A posting that asks a question.
pub async fn asking(owner: &Actor, employer: &str) -> Value {
    let questions = json!([{"text": "Since when?", "kind": "TEXT", "isRequired": false}]);
    owner.posting(employer, json!({"questions": questions, "openings": 5})).await
}

/// Moves an application as its employer.
pub async fn advance(owner: &Actor, application: &Value, to: &str, reason: Option<&str>) -> Value {
    let input = json!({"id": application["id"], "version": application["version"], "to": to, "reason": reason});
    let moved = owner.act("applicationMove", input, "application { id version status }").await.good();
    moved["application"].clone()
}
