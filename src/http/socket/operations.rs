//! The operations under way on one socket.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::ServerError;
use axum::http::StatusCode;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tracing::Instrument as _;

use super::close::Close;
use super::message;
use crate::graphql::conformance::OperationType;
use crate::http::api::{Api, Caller};
use crate::http::budget;
use crate::http::graphql::{Denied, GraphqlService, Parameters, Told, out_of_time};

/// Results that may wait until the socket takes them; then their operations wait.
const WAITING: usize = 4;

/// The operations under way on one socket. Dropping them ends them.
pub(super) struct Operations {
    api: Arc<Api>,
    /// By which the handshake is found in the log.
    request_id: String,
    running: HashMap<String, Running>,
    /// Tells an operation from an earlier one with the same identifier.
    last: u64,
    results: mpsc::Receiver<Reported>,
    reporter: mpsc::Sender<Reported>,
}

struct Running {
    number: u64,
    task: AbortHandle,
}

struct Reported {
    id: String,
    number: u64,
    step: Step,
}

enum Step {
    Next(Told),
    Error(Vec<ServerError>),
    Complete,
}

/// What came of asking for an operation.
pub(super) enum Begun {
    /// It is under way.
    UnderWay,
    /// It is not, and this message says why.
    Refused(String),
}

impl Operations {
    pub(super) fn new(api: Arc<Api>, request_id: String) -> Self {
        let (reporter, results) = mpsc::channel(WAITING);
        Self { api, request_id, running: HashMap::new(), last: 0, results, reporter }
    }

    /// Begins an operation.
    ///
    /// # Errors
    /// [`Close`] with 4409 when the identifier is in use.
    pub(super) fn begin(&mut self, id: String, caller: &Caller, parameters: Parameters) -> Result<Begun, Close> {
        if self.running.contains_key(&id) {
            return Err(Close::already_exists(&id));
        }
        let most = self.api.state().config.live.operations;
        if self.running.len() >= most {
            let message = format!("At most {most} operations may be under way on one socket.");
            let denied = Denied::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message);
            return Ok(Begun::Refused(message::error(&id, &[denied.error(&self.request_id)])));
        }
        self.last += 1;
        let reporter = Reporter { id: id.clone(), number: self.last, to: self.reporter.clone() };
        let operation = Operation { api: self.api.clone(), caller: caller.clone(), parameters, reporter };
        let task = tokio::spawn(operation.run().in_current_span()).abort_handle();
        self.running.insert(id, Running { number: self.last, task });
        Ok(Begun::UnderWay)
    }

    /// Ends an operation without another word about it.
    pub(super) fn end(&mut self, id: &str) {
        if let Some(running) = self.running.remove(id) {
            running.task.abort();
        }
    }

    /// The next message, once there is one. Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> String {
        loop {
            // A sender is kept here, so the channel does not close.
            let Some(Reported { id, number, step }) = self.results.recv().await else {
                return std::future::pending().await;
            };
            // What was ended meanwhile is not told.
            if self.running.get(&id).is_none_or(|running| running.number != number) {
                continue;
            }
            if !matches!(step, Step::Next(_)) {
                self.running.remove(&id);
            }
            return match step {
                Step::Next(told) => self.result(&id, &told),
                Step::Error(errors) => message::error(&id, &errors),
                Step::Complete => message::complete(&id),
            };
        }
    }

    /// The message for a result. One that a socket does not carry ends its operation.
    fn result(&mut self, id: &str, told: &Told) -> String {
        let most = self.api.state().config.live.write_buffer;
        let error = match told.to_json() {
            Some(result) if result.len() <= most => return message::next(id, &result),
            Some(_) => {
                let message = format!("The result has more than the {most} bytes that a socket carries: ask for less.");
                Denied::new(StatusCode::PAYLOAD_TOO_LARGE, "COST_EXCEEDED", message)
            }
            None => failed("Something went wrong on the server."),
        };
        self.end(id);
        message::error(id, &[error.error(&self.request_id)])
    }
}

impl Drop for Operations {
    fn drop(&mut self) {
        for running in self.running.values() {
            running.task.abort();
        }
    }
}

struct Reporter {
    id: String,
    number: u64,
    to: mpsc::Sender<Reported>,
}

impl Reporter {
    async fn report(&self, step: Step) {
        // Without a receiver the socket is gone, and this task with it.
        let _ = self.to.send(Reported { id: self.id.clone(), number: self.number, step }).await;
    }
}

struct Operation {
    api: Arc<Api>,
    caller: Caller,
    parameters: Parameters,
    reporter: Reporter,
}

impl Operation {
    async fn run(self) {
        let last = match AssertUnwindSafe(self.perform()).catch_unwind().await {
            Ok(Ok(())) => Step::Complete,
            Ok(Err(errors)) => Step::Error(errors),
            Err(_) => {
                tracing::error!("an operation panicked");
                Step::Error(vec![failed("Something went wrong on the server.").error(&self.caller.request_id)])
            }
        };
        self.reporter.report(last).await;
    }

    /// Reports every result.
    async fn perform(&self) -> Result<(), Vec<ServerError>> {
        let Self { api, parameters, .. } = self;
        let id = &self.caller.request_id;
        let denied = |denied: Denied| vec![denied.error(id)];
        let session = api.session(self.caller.clone()).await.map_err(denied)?;
        let prepared = match api.document(parameters, &session).await {
            Ok(prepared) => prepared,
            Err(stopped) => {
                api.charge(&session, budget::LEAST).map_err(denied)?;
                return Err(stopped.errors(id));
            }
        };
        api.charge(&session, budget::LEAST).map_err(denied)?;
        let call = prepared.call(parameters.operation_name.as_deref(), &parameters.variables);
        let call = call.map_err(|refusal| refusal.errors)?;
        api.charge(&session, budget::cost_of_making(&call)).map_err(denied)?;
        if call.kind() == OperationType::Subscription {
            let mut answers = api.answers(call, session).await?;
            while let Some(told) = answers.next().await {
                match told {
                    Told::Refused(errors) => return Err(errors),
                    told @ Told::Executed(..) => self.reporter.report(Step::Next(told)).await,
                }
            }
            return Ok(());
        }
        let _place = api.flight().take().map_err(denied)?;
        let time = api.time_limit();
        let executed = tokio::time::timeout(time, api.execute(&call, &session, id)).await;
        let response = executed.unwrap_or_else(|_| Err(out_of_time(id))).map_err(denied)?;
        self.reporter.report(Step::Next(Told::Executed(Box::new(response), call.price()))).await;
        Ok(())
    }
}

fn failed(message: &'static str) -> Denied {
    Denied::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR", message)
}
