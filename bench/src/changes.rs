//! How soon a change is seen: an employer publishes postings at one server, and somebody asks another one for them.

use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};

use crate::client::{Client, Times};
use crate::server::Binary;

/// Postings that are published.
const CHANGES: usize = 100;
/// Who publishes them.
const EMAIL: &str = "bench@rolecall.invalid";
const PASSWORD: &str = "seven brass kettles hum at noon";

/// From the answer to a mutation until it is seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// In the count of a filter, at the server that wrote it; whether it was there at once, each time.
    pub own: Times,
    /// In the count of a filter, at another server.
    pub filter: Times,
    /// By a word of its text, at another server.
    pub text: Times,
    /// In the salary statistics of a filter, at another server.
    pub figures: Times,
    /// Looks that did not see it the first time.
    pub late: usize,
}

/// Publishes postings and looks for them.
///
/// # Errors
/// A server does not start, or refuses something.
pub async fn measure(binary: &Binary) -> anyhow::Result<Seen> {
    binary.make_administrator(EMAIL, PASSWORD)?;
    let (one, other) = (binary.serve(true).await?, binary.elsewhere()?.serve(true).await?);
    let writer = Client::new(&one.url, binary.patience)?;
    let signed_in =
        act(&writer, "sessionCreate", json!({"email": EMAIL, "password": PASSWORD}), "session { accessToken }");
    let token = signed_in.await?["session"]["accessToken"].as_str().context("no token")?.to_owned();
    let writer = writer.with_token(&token);
    let name = format!("Bench {}", std::process::id());
    let employer = act(&writer, "employerCreate", json!({"name": name}), "employer { id }").await?;
    let id = employer["employer"]["id"].clone();
    act(&writer, "employerVerify", json!({"id": id, "isVerified": true}), "employer { id }").await?;
    let reader = Client::new(&other.url, binary.patience)?;
    let mut seen = Seen::default();
    for number in 0..CHANGES {
        let word = format!("zyxw{}q{number}q", std::process::id());
        publish(&writer, &id, number, &word).await?;
        let count = format!("{{ postings(filter: {{employers: [{id}]}}, first: 1) {{ totalCount }} }}");
        let of = |answer: &Value| answer["data"]["postings"]["totalCount"].as_u64();
        let is_there = |answer: &Value| of(answer) == Some(number as u64 + 1);
        seen.late += until(&writer, &count, is_there, &mut seen.own).await?;
        seen.late += until(&reader, &count, is_there, &mut seen.filter).await?;
        let search = format!("{{ postings(search: \"{word}\", first: 1) {{ totalCount }} }}");
        seen.late += until(&reader, &search, |answer| of(answer) == Some(1), &mut seen.text).await?;
        let pay = format!(
            "{{ market(filter: {{employers: [{id}]}}) {{ salaryStatistics(currency: \"USD\") {{ sampleSize }} }} }}"
        );
        let sample = |answer: &Value| answer["data"]["market"]["salaryStatistics"]["sampleSize"].as_u64();
        seen.late +=
            until(&reader, &pay, |answer| sample(answer) == Some(number as u64 + 1), &mut seen.figures).await?;
    }
    one.stop().await?;
    other.stop().await?;
    Ok(seen)
}

async fn publish(writer: &Client, employer: &Value, number: usize, word: &str) -> anyhow::Result<()> {
    let draft = json!({
        "employerId": employer, "title": format!("Backend Developer {number}"), "workplace": "ONSITE",
        "description": format!("You write the services behind the board, and keep {word} running."),
        "places": [{"countryCode": "US", "regionCode": "US-NY", "city": "New York"}],
        "pay": {"min": "100000", "max": "120000", "currency": "USD", "period": "YEAR"},
    });
    let draft = act(writer, "postingCreate", draft, "posting { id version }").await?;
    let publish = json!({"id": draft["posting"]["id"], "version": draft["posting"]["version"]});
    act(writer, "postingPublish", publish, "posting { id }").await.map(drop)
}

/// Asks until the answer is as it should be; how long that took, and how many answers were not.
async fn until(
    client: &Client,
    query: &str,
    is_there: impl Fn(&Value) -> bool,
    times: &mut Times,
) -> anyhow::Result<usize> {
    let body = json!({ "query": query }).to_string();
    let (began, mut late) = (Instant::now(), 0);
    loop {
        if is_there(&client.ask(&body).await?) {
            times.add(began.elapsed());
            return Ok(late);
        }
        late += 1;
        anyhow::ensure!(began.elapsed() < Duration::from_mins(1), "a change is not seen: {query}");
    }
}

/// Runs a mutation and gives its payload.
async fn act(client: &Client, name: &str, input: Value, selection: &str) -> anyhow::Result<Value> {
    let kind: String = name[..1].to_uppercase() + &name[1..];
    let query = format!(
        "mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {selection} userErrors {{ message path }} }} }}"
    );
    let answer = client.ask(&json!({"query": query, "variables": {"input": input}}).to_string()).await?;
    let payload = answer["data"][name].clone();
    anyhow::ensure!(payload["userErrors"] == json!([]), "{name}: {}", payload["userErrors"]);
    Ok(payload)
}
