//! A client that expects the worst: an answer, or none.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::PASSWORD;

/// Somebody who asks, with or without an account.
#[derive(Clone, Default)]
pub struct Client {
    http: reqwest::Client,
    pub token: Option<String>,
    pub account: String,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    pub retry_after: Option<String>,
    pub is_replayed: bool,
    pub took: Duration,
}

impl Client {
    /// A new account, signed in.
    pub async fn register(url: &str, name: &str) -> Self {
        let stranger = Self::default();
        let email = format!("{name}-{}@example.org", uuid::Uuid::now_v7().simple());
        let input = json!({"email": email, "password": PASSWORD, "name": name});
        let query = "mutation($input: AccountRegisterInput!) { accountRegister(input: $input) {
            account { id } session { accessToken } userErrors { code path } } }";
        let reply = stranger.send(url, query, json!({ "input": input }), None).await.expect("an answer");
        let made = &reply.body["data"]["accountRegister"];
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no account: {}", reply.body)).to_owned();
        Self { token: Some(text(&made["session"]["accessToken"])), account: text(&made["account"]["id"]), ..stranger }
    }

    /// Sends an operation, perhaps with a key.
    ///
    /// # Errors
    /// No answer came.
    pub async fn send(&self, url: &str, query: &str, variables: Value, key: Option<&str>) -> reqwest::Result<Reply> {
        let mut request =
            self.http.post(format!("{url}/graphql")).json(&json!({"query": query, "variables": variables}));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        read(request).await
    }

    /// Sends a query by GET, as anonymous readers do.
    ///
    /// # Errors
    /// No answer came.
    pub async fn get(&self, url: &str, query: &str) -> reqwest::Result<Reply> {
        let mut address: reqwest::Url = format!("{url}/graphql").parse().expect("an address");
        address.query_pairs_mut().append_pair("query", query);
        read(self.http.get(address)).await
    }
}

async fn read(request: reqwest::RequestBuilder) -> reqwest::Result<Reply> {
    let asked = Instant::now();
    let response = request.send().await?;
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (status, retry_after) = (response.status().as_u16(), header("retry-after"));
    let is_replayed = header("idempotent-replayed").is_some();
    let body = response.json().await?;
    Ok(Reply { status, body, retry_after, is_replayed, took: asked.elapsed() })
}

impl Reply {
    /// `extensions.code` of the first error.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }

    /// The payload of a mutation that was done, or what stood in the way.
    pub fn payload(&self, mutation: &str) -> Result<&Value, &Value> {
        let payload = &self.body["data"][mutation];
        if payload["userErrors"] == json!([]) { Ok(payload) } else { Err(&self.body) }
    }
}
