//! Mutations that carry a key: executed once, and answered the same however often they are sent within a day.
//!
//! The key comes in the header `Idempotency-Key`
//! (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>) or, where there are no headers, in the
//! directive `@idempotent(key:)`. What is kept, and how, is told in [`crate::idempotency`].

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use async_graphql::{Response as GraphqlResponse, Value};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sea_orm::DatabaseTransaction;
use tokio::time::timeout;

use super::api::{Api, Session};
use super::graphql::{Denied, GraphqlService};
use super::unavailable::{self, INTERNAL, UNAVAILABLE};
use crate::db::Reads;
use crate::graphql::conformance::{Call, OperationType};
use crate::graphql::context::Request;
use crate::idempotency::{Claim, Keyed, MAX_KEY, is_key};

/// The header that a key comes in.
pub(super) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Tells that an answer is an earlier one.
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// How long others may take to let go of the transaction of an action that is done.
const WIND_DOWN: Duration = Duration::from_secs(1);

/// The key of the header, if there is one.
///
/// # Errors
/// [`Denied`] when it is none.
pub(super) fn header(headers: &HeaderMap) -> Result<Option<String>, Denied> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    match value.to_str() {
        Ok(key) if is_key(key) => Ok(Some(key.to_owned())),
        _ => Err(no_key("The header Idempotency-Key")),
    }
}

/// The key of a mutation: its directive's, or else the header's.
///
/// # Errors
/// [`Denied`] when the directive has none, or another than the header.
pub(super) fn key_of(call: &Call, header: Option<&str>) -> Result<Option<String>, Denied> {
    if call.kind() != OperationType::Mutation {
        return Ok(None);
    }
    let Some(Value::String(key)) = call.directive_argument("idempotent", "key") else {
        return Ok(header.map(str::to_owned));
    };
    if !is_key(key) {
        return Err(no_key("The key of @idempotent"));
    }
    if header.is_some_and(|header| header != key) {
        return Err(refused("The header Idempotency-Key and @idempotent name different keys."));
    }
    Ok(Some(key.clone()))
}

fn no_key(what: &str) -> Denied {
    refused(format!("{what} must have 1 to {MAX_KEY} visible ASCII characters."))
}

fn refused(message: impl Into<std::borrow::Cow<'static, str>>) -> Denied {
    Denied::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message)
}

fn failed(error: &anyhow::Error, request_id: &str) -> Denied {
    tracing::error!(request_id, error = format!("{error:#}"), "a mutation with a key failed");
    Denied::unavailable("Try again in a moment, with the same key: what was done is not done twice.")
}

fn too_slow(request_id: &str) -> Denied {
    tracing::warn!(request_id, "a mutation with a key was undone: it took too long");
    Denied::unavailable("Nothing was done: it takes too long. Ask for less in the payload, or try again in a moment.")
}

impl Api {
    /// Executes a mutation with a key, unless it was executed before.
    ///
    /// # Errors
    /// [`Denied`] when the key was used for something else, or nothing could be done.
    pub(super) async fn once(
        &self,
        key: &str,
        call: &Call,
        session: &Session,
        request_id: &str,
    ) -> Result<GraphqlResponse, Denied> {
        let failed = |error: anyhow::Error| failed(&error, request_id);
        let asked = serde_json::to_vec(&(call.text(), call.operation_name(), call.variables()));
        let asked = asked.map_err(|error| failed(error.into()))?;
        let keyed = Keyed::new(&self.state().signer, session.account_id(), key, &asked).map_err(failed)?;
        let _turn = self.keyed_turn().await;
        match keyed.claim(&self.state().db, session.request.now).await.map_err(failed)? {
            Claim::New(txn) => self.first(&keyed, txn, call, session, request_id).await,
            Claim::Answered(kept) => replay(&kept).map_err(failed),
            Claim::Mismatch => {
                let message = "This key was used for another document or other variables.";
                Err(Denied::new(StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_MISMATCH", message))
            }
        }
    }

    /// Executes a mutation in one transaction with its answer. When something fails that the client cannot mend, or comes
    /// too soon, all of it
    /// is undone and the key is free again; so it is when the payload takes too long, for until then it holds a connection,
    /// and on SQLite all who write.
    async fn first(
        &self,
        keyed: &Keyed,
        txn: DatabaseTransaction,
        call: &Call,
        session: &Session,
        request_id: &str,
    ) -> Result<GraphqlResponse, Denied> {
        let failed = |error: anyhow::Error| failed(&error, request_id);
        let whole = Arc::new(txn);
        let response = {
            let request = Request { reads: Reads::Within(whole.clone()), ..session.request.clone() };
            let session = Session { caller: session.caller.clone(), request, key: None };
            let performed = timeout(self.state().config.keyed_timeout, self.perform(call, &session)).await;
            self.finish(call, performed.map_err(|_| too_slow(request_id))?, request_id)
        };
        let txn = sole(whole).await.map_err(failed)?;
        if response.errors.iter().any(is_passing) {
            txn.rollback().await.map_err(|error| failed(error.into()))?;
            return Ok(GraphqlResponse::from_errors(response.errors));
        }
        keep(keyed, txn, &response).await.map_err(failed)?;
        Ok(response)
    }
}

async fn keep(keyed: &Keyed, txn: DatabaseTransaction, response: &GraphqlResponse) -> anyhow::Result<()> {
    keyed.keep(&txn, serde_json::to_vec(response)?).await?;
    Ok(txn.commit().await?)
}

/// Whether the same may come to something else in a moment.
fn is_passing(error: &async_graphql::ServerError) -> bool {
    [Some(INTERNAL), Some(UNAVAILABLE), Some("RATE_LIMITED")].contains(&unavailable::code(error))
}

fn replay(kept: &[u8]) -> anyhow::Result<GraphqlResponse> {
    let mut response: GraphqlResponse = serde_json::from_slice(kept)?;
    response.http_headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// The transaction, once nobody else holds it: what the action left behind lets go of it within a moment.
async fn sole(mut whole: Arc<DatabaseTransaction>) -> anyhow::Result<DatabaseTransaction> {
    let mut waited = Duration::ZERO;
    loop {
        whole = match Arc::try_unwrap(whole) {
            Ok(txn) => return Ok(txn),
            Err(shared) => shared,
        };
        if waited > WIND_DOWN {
            bail!("the transaction is still held");
        }
        let pause = Duration::from_millis(1);
        tokio::time::sleep(pause).await;
        waited += pause;
    }
}
