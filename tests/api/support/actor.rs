//! Who does things in a test, and what comes back.

use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::PASSWORD;

/// Somebody with or without an account.
#[derive(Clone)]
pub struct Actor {
    url: String,
    client: reqwest::Client,
    pub token: Option<String>,
    pub id: String,
    pub email: String,
    pub refresh_token: String,
    device: Option<String>,
    address: Option<String>,
    key: Option<String>,
}

/// An answer of the server.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    /// Whether it says that it is an earlier one.
    pub is_replayed: bool,
    pub headers: HeaderMap,
}

static PEOPLE: AtomicU32 = AtomicU32::new(1);

impl Actor {
    pub fn anonymous(url: &str) -> Self {
        // Nothing here speaks TLS, and reading the machine's certificates takes longer than most requests.
        let client = reqwest::Client::builder().tls_certs_only([]).build().expect("a client");
        let (id, email, refresh_token) = Default::default();
        Self {
            url: url.to_owned(),
            client,
            token: None,
            id,
            email,
            refresh_token,
            device: None,
            address: None,
            key: None,
        }
    }

    /// The same person at another server.
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// The same client with another token.
    pub fn with_token(&self, token: &Value) -> Self {
        Self { token: token.as_str().map(str::to_owned), ..self.clone() }
    }

    pub async fn register(url: &str, name: &str) -> Self {
        let mut actor = Self::anonymous(url);
        let number = PEOPLE.fetch_add(1, Ordering::Relaxed);
        actor.email = format!("{}-{number}@example.org", name.to_lowercase().replace(' ', "-"));
        let input = json!({"email": actor.email, "password": PASSWORD, "name": name});
        let answer = actor
            .send(
                "mutation($input: AccountRegisterInput!) { accountRegister(input: $input) {
                    account { id } session { accessToken refreshToken } userErrors { code } } }",
                json!({ "input": input }),
            )
            .await;
        let made = &answer.data()["accountRegister"];
        actor.id = text(&made["account"]["id"]);
        actor.token = Some(text(&made["session"]["accessToken"]));
        actor.refresh_token = text(&made["session"]["refreshToken"]);
        actor
    }

    /// The same person in a new session, as after the old one has ended.
    pub async fn sign_in_again(&self) -> Self {
        let stranger = Self { token: None, ..self.clone() };
        let input = json!({"email": self.email, "password": PASSWORD});
        let made = stranger.act("sessionCreate", input, "session { accessToken refreshToken }").await.good();
        let refresh_token = text(&made["session"]["refreshToken"]);
        Self { refresh_token, ..stranger.with_token(&made["session"]["accessToken"]) }
    }

    /// The same client under another name.
    pub fn on_device(&self, name: &str) -> Self {
        Self { device: Some(name.to_owned()), ..self.clone() }
    }

    /// The same client at this address, as a proxy says.
    pub fn at_address(&self, address: &str) -> Self {
        Self { address: Some(address.to_owned()), ..self.clone() }
    }

    /// The same person, whose mutations carry this key.
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self.clone() }
    }

    /// Sends an operation.
    pub async fn send(&self, query: &str, variables: Value) -> Answer {
        let mut request = self.client.post(format!("{}/graphql", self.url));
        if let Some(device) = &self.device {
            request = request.header("User-Agent", device);
        }
        if let Some(address) = &self.address {
            request = request.header("X-Forwarded-For", address);
        }
        if let Some(key) = &self.key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.json(&json!({"query": query, "variables": variables})).send().await.expect("an answer");
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let is_replayed = headers.get("idempotent-replayed").is_some_and(|value| value == "true");
        Answer { status, body: response.json().await.expect("JSON"), is_replayed, headers }
    }

    /// Asks, and expects data without errors.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        self.send(query, variables).await.data().clone()
    }

    /// Runs a mutation `{ name(input: $input) { selection userErrors {…} } }` and gives its payload.
    pub async fn act(&self, name: &str, input: Value, selection: &str) -> Payload {
        let mut letters = name.chars();
        let kind: String =
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
        let query = format!(
            "mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {selection} userErrors {{ message code path }} }} }}"
        );
        let answer = self.send(&query, json!({ "input": input })).await;
        Payload { value: answer.body["data"][name].clone(), answer }
    }

    pub async fn create_employer(&self, name: &str) -> String {
        let made = self.act("employerCreate", json!({"name": name}), "employer { id }").await.good();
        text(&made["employer"]["id"])
    }

    pub async fn verify(&self, employer: &str) {
        self.act("employerVerify", json!({"id": employer, "isVerified": true}), "employer { id }").await.good();
    }

    /// A draft with what every posting needs, changed by `changes`.
    pub async fn draft(&self, employer: &str, changes: Value) -> Value {
        let mut input = json!({
            "employerId": employer,
            "title": "Backend Developer",
            "description": "You write the services behind the board, and keep them running.",
            "workplace": "ONSITE",
            "places": [{"countryCode": "US", "regionCode": "US-NY", "city": "New York"}],
        });
        merge(&mut input, &changes);
        let made = self.act("postingCreate", input, "posting { id version status title }").await.good();
        made["posting"].clone()
    }

    /// A published posting.
    pub async fn posting(&self, employer: &str, changes: Value) -> Value {
        let draft = self.draft(employer, changes).await;
        let input = json!({"id": draft["id"], "version": draft["version"]});
        let made = self.act("postingPublish", input, "posting { id version status title publishedAt }").await.good();
        assert_eq!(made["posting"]["status"], "PUBLISHED");
        made["posting"].clone()
    }
}

fn merge(into: &mut Value, changes: &Value) {
    for (key, value) in changes.as_object().cloned().unwrap_or_default() {
        into[key] = value;
    }
}

/// A value that is a text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}")).to_owned()
}

impl Answer {
    /// The data of an answer without errors.
    pub fn data(&self) -> &Value {
        assert!(self.body.get("errors").is_none(), "{:#}", self.body);
        &self.body["data"]
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// The seconds that the first error tells to wait.
    pub fn retry_after(&self) -> u64 {
        self.body["errors"][0]["extensions"]["retryAfter"].as_u64().expect("seconds")
    }

    /// `extensions.code` of the first error.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }
}

/// What a mutation came to.
#[derive(Debug)]
pub struct Payload {
    pub value: Value,
    pub answer: Answer,
}

impl Payload {
    /// The payload of an action that was done.
    pub fn good(self) -> Value {
        assert!(self.answer.body.get("errors").is_none(), "{:#}", self.answer.body);
        assert_eq!(self.value["userErrors"], json!([]), "{:#}", self.value);
        self.value
    }

    /// Codes and paths of the user's errors: `NOT_FOUND input.id`.
    pub fn refusals(&self) -> Vec<String> {
        assert!(self.answer.body.get("errors").is_none(), "{:#}", self.answer.body);
        let errors = self.value["userErrors"].as_array().expect("user errors");
        let told = errors.iter().map(|error| {
            let path: Vec<_> = error["path"].as_array().expect("a path").iter().map(text).collect();
            format!("{} {}", text(&error["code"]), path.join("."))
        });
        told.collect()
    }
}
