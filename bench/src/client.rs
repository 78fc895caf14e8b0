//! Clients that ask one question after the other over connections that stay open.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;
use serde_json::Value;

use crate::queries::Query;

/// A client with connections of its own.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

/// How long the answers to one query took.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// Of each answer, shortest first.
    sorted: Vec<Duration>,
    /// Answers that never came, or came with errors.
    pub failed: usize,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered, without errors.
    Answered,
    /// The server has too much to do, and said so.
    Refused,
    /// Anything else.
    Failed,
}

/// How long to go on with one query.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Wall time.
    pub time: Duration,
    /// Answers at the most.
    pub answers: usize,
}

impl Client {
    /// A client of a server.
    ///
    /// # Errors
    /// No client can be made on this machine.
    pub fn new(url: &str, patience: Duration) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(patience).build()?;
        Ok(Self { http, url: format!("{url}/graphql"), token: None })
    }

    /// The same client, of somebody who has signed in.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    fn request(&self, body: &str) -> reqwest::RequestBuilder {
        let request = self.http.post(&self.url).header("content-type", "application/json").body(body.to_owned());
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Asks, and refuses an answer with errors.
    ///
    /// # Errors
    /// The answer does not come, or has errors in it.
    pub async fn ask(&self, body: &str) -> anyhow::Result<Value> {
        let answer = self.request(body).send().await?.bytes().await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        if !answer["errors"].is_null() {
            bail!("{} to {body}", answer["errors"]);
        }
        Ok(answer)
    }

    /// Asks and takes the time; whether the answer is good is seen without reading all of it.
    async fn time(&self, body: &str) -> Option<Duration> {
        let began = Instant::now();
        let answer = self.request(body).send().await.ok()?;
        let is_good = answer.status().is_success();
        let bytes = answer.bytes().await.ok()?;
        let took = began.elapsed();
        (is_good && !bytes.starts_with(b"{\"errors\"") && !bytes.windows(9).any(|part| part == b"\"errors\":"))
            .then_some(took)
    }

    /// Asks once and tells what came of it, and how long that took.
    pub async fn try_once(&self, body: &str) -> (Outcome, Duration) {
        let began = Instant::now();
        let outcome = match self.request(body).send().await {
            Ok(answer) if answer.status() == 503 && answer.headers().contains_key("retry-after") => Outcome::Refused,
            Ok(answer) if answer.status().is_success() => match answer.bytes().await {
                Ok(_) => Outcome::Answered,
                Err(_) => Outcome::Failed,
            },
            _ => Outcome::Failed,
        };
        (outcome, began.elapsed())
    }

    /// Has so many clients ask a query at once, again and again.
    pub async fn drive(&self, query: &Arc<Query>, clients: usize, effort: Effort) -> Times {
        // Connections and statements are made once in the life of a server.
        for body in query.bodies.iter().take(3) {
            self.time(body).await;
        }
        let turn = Arc::new(AtomicUsize::new(0));
        let until = Instant::now() + effort.time;
        let tasks: Vec<_> = (0..clients)
            .map(|_| {
                let (client, query, turn) = (self.clone(), Arc::clone(query), Arc::clone(&turn));
                tokio::spawn(async move {
                    let mut times = Vec::new();
                    loop {
                        let at = turn.fetch_add(1, Ordering::Relaxed);
                        let is_over = Instant::now() >= until || at >= effort.answers;
                        // Each client asks once at least.
                        if is_over && !times.is_empty() {
                            return times;
                        }
                        times.push(client.time(&query.bodies[at % query.bodies.len()]).await);
                    }
                })
            })
            .collect();
        let mut all = Times::default();
        for task in tasks {
            let times = task.await.unwrap_or_default();
            all.failed += times.iter().filter(|time| time.is_none()).count();
            all.sorted.extend(times.into_iter().flatten());
        }
        all.sorted.sort_unstable();
        all
    }
}

impl Times {
    /// Adds an answer that took so long.
    pub fn add(&mut self, time: Duration) {
        let at = self.sorted.partition_point(|known| *known <= time);
        self.sorted.insert(at, time);
    }

    /// Adds one without regard to the order, which [`Times::sort`] makes.
    pub fn push(&mut self, time: Duration) {
        self.sorted.push(time);
    }

    /// Puts them in order.
    pub fn sort(&mut self) {
        self.sorted.sort_unstable();
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The time within which so many percent of the answers came: the smallest that is not below theirs.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Option<Duration> {
        let rank = (self.sorted.len() * percent).div_ceil(100).max(1);
        self.sorted.get(rank - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let times = |count: u64| Times { sorted: (1..=count).map(Duration::from_millis).collect(), failed: 0 };
        assert_eq!(times(0).percentile(50), None);
        assert_eq!(times(1).percentile(99), Some(Duration::from_millis(1)));
        assert_eq!(times(100).percentile(50), Some(Duration::from_millis(50)));
        assert_eq!(times(200).percentile(99), Some(Duration::from_millis(198)));
    }
}
