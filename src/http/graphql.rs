//! GraphQL over HTTP: <https://graphql.github.io/graphql-over-http/draft/>.
//!
//! [`graphql`] is the handler; mount it for every method, as it answers the wrong ones itself:
//!
//! ```ignore
//! Router::new().route("/graphql", any(graphql::<Api>)).with_state(Arc::new(api))
//! ```

use std::{borrow::Cow, future::Future, sync::Arc, time::Duration};

use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts},
};
use serde::Serialize;

use crate::graphql::conformance::{Call, Documents, OperationType, Price, Refusal, RefusalKind};

pub use super::parameters::Parameters;
use super::{negotiation, negotiation::MediaType, parameters};

/// What the handler serves.
pub trait GraphqlService: Send + Sync + 'static {
    /// What is known of who asks: the viewer, loaders, the request's id. Made once for each request.
    type Session: Send + Sync;

    /// The documents of the schema.
    fn documents(&self) -> &Documents;

    /// The largest body accepted, in bytes.
    fn body_limit(&self) -> usize {
        256 * 1024
    }

    /// How long a request may take, from its head to the last resolver.
    fn time_limit(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// The id by which a request, and what it fails with, is found in the log.
    fn request_id(&self, parts: &Parts) -> String;

    /// Finds out who asks, before the body is read.
    ///
    /// # Errors
    /// [`Denied`] for a bad token, a limit reached, and the like.
    fn admit(&self, parts: &Parts) -> impl Future<Output = Result<Self::Session, Denied>> + Send;

    /// The text of the document asked for. By default it has to be sent along; a server with persisted documents
    /// looks them up here.
    ///
    /// # Errors
    /// [`Denied`] when there is no such document, or none was named.
    fn document<'p>(
        &self,
        parameters: &'p Parameters,
        session: &Self::Session,
    ) -> impl Future<Output = Result<Cow<'p, str>, Denied>> + Send {
        let _ = session;
        let text = parameters.query.as_deref().map(Cow::Borrowed);
        std::future::ready(text.ok_or_else(|| {
            Denied::new(StatusCode::BAD_REQUEST, RefusalKind::Input.code(), "The request has no \"query\".")
        }))
    }

    /// Runs a call: `request` comes from [`Call::request`]; add the session to its data and execute it. The answer
    /// is completed and masked afterwards.
    fn execute(
        &self,
        call: &Call,
        request: async_graphql::Request,
        session: &Self::Session,
    ) -> impl Future<Output = GraphqlResponse> + Send;

    /// Logs an error that is not told, once.
    fn report(&self, error: &ServerError, request_id: &str);

    /// Status of an answer that was executed; a limit reached in a resolver may deserve another than 200.
    fn status(&self, response: &GraphqlResponse) -> StatusCode {
        let _ = response;
        StatusCode::OK
    }

    /// Headers added to every answer of this session, such as the state of a rate limit.
    fn headers(&self, session: &Self::Session, call: Option<&Call>) -> HeaderMap {
        let _ = (session, call);
        HeaderMap::new()
    }
}

/// A request turned away before it is executed.
#[derive(Debug, Clone)]
pub struct Denied {
    /// Status of the answer.
    pub status: StatusCode,
    /// `extensions.code` of its error.
    pub code: &'static str,
    /// The error's message.
    pub message: Cow<'static, str>,
    /// Further headers, `Retry-After` for example.
    pub headers: Box<HeaderMap>,
}

impl Denied {
    /// Without further headers.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), headers: Box::default() }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The server cannot answer now; why is in the log.
    #[must_use]
    pub fn unavailable(message: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, INTERNAL, message)
            .with(header::RETRY_AFTER, HeaderValue::from_static("5"))
    }

    fn into_answer(self, request_id: &str) -> Answer {
        let mut error = ServerError::new(self.message, None);
        let mut extensions = crate::graphql::conformance::coded(self.code);
        if self.code == INTERNAL {
            extensions.set("requestId", request_id);
        }
        error.extensions = Some(extensions);
        Answer { status: self.status, told: Told::Refused(vec![error]), headers: *self.headers }
    }
}

impl From<parameters::Unreadable> for Denied {
    fn from((status, message): parameters::Unreadable) -> Self {
        Self::new(status, RefusalKind::Input.code(), message)
    }
}

/// The code of what only we can mend.
const INTERNAL: &str = "INTERNAL_SERVER_ERROR";

/// What is told, before it is written.
enum Told {
    /// Request errors: no `data`.
    Refused(Vec<ServerError>),
    Executed(Box<GraphqlResponse>, Price),
}

struct Answer {
    status: StatusCode,
    told: Told,
    headers: HeaderMap,
}

/// Serves one request of GraphQL over HTTP.
pub async fn graphql<S: GraphqlService>(State(service): State<Arc<S>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let media = negotiation::negotiate(&parts.headers);
    let id = service.request_id(&parts);
    let answer = match media {
        None => Err(Denied::new(
            StatusCode::NOT_ACCEPTABLE,
            RefusalKind::Input.code(),
            "Answers are application/graphql-response+json or application/json.",
        )),
        // What is cut off is dropped, and a transaction that it had begun is rolled back.
        Some(media) => tokio::time::timeout(service.time_limit(), serve(&*service, &parts, body, media, &id))
            .await
            .unwrap_or_else(|_| {
                tracing::warn!(request_id = id, "a request ran out of time");
                Err(Denied::unavailable("The server did not answer in time. Try again later."))
            }),
    };
    let answer = answer.unwrap_or_else(|denied| denied.into_answer(&id));
    write(answer, media.unwrap_or(MediaType::Json))
}

async fn serve<S: GraphqlService>(
    service: &S,
    parts: &Parts,
    body: Body,
    media: MediaType,
    id: &str,
) -> Result<Answer, Denied> {
    readable(parts)?;
    let session = service.admit(parts).await?;
    let parameters = if parts.method == Method::GET {
        parameters::from_query(parts.uri.query())?
    } else {
        parameters::from_body(&parts.headers, body, service.body_limit()).await?
    };
    let text = service.document(&parameters, &session).await?;
    let mut call = None;
    let mut answer = match prepare(service, parts, &parameters, &text) {
        Ok(ready) => {
            let answer = run(service, &ready, &session, id).await;
            call = Some(ready);
            answer
        }
        Err(Stopped::Denied(denied)) => denied.into_answer(id),
        Err(Stopped::Refused(refusal)) => refused(refusal, media),
    };
    answer.headers.extend(service.headers(&session, call.as_ref()));
    Ok(answer)
}

/// Refuses a wrong method and a body that is not JSON, before anything is read.
fn readable(parts: &Parts) -> Result<(), Denied> {
    match parts.method {
        Method::GET => Ok(()),
        Method::POST if negotiation::is_json(&parts.headers) => Ok(()),
        Method::POST => Err(Denied::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            RefusalKind::Input.code(),
            "The body must be application/json in UTF-8.",
        )),
        _ => Err(method_not_allowed("GraphQL is served by GET and POST.", "GET, POST")),
    }
}

fn method_not_allowed(message: &'static str, allowed: &'static str) -> Denied {
    Denied::new(StatusCode::METHOD_NOT_ALLOWED, RefusalKind::Input.code(), message)
        .with(header::ALLOW, HeaderValue::from_static(allowed))
}

enum Stopped {
    Denied(Denied),
    Refused(Refusal),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn prepare<S: GraphqlService>(
    service: &S,
    parts: &Parts,
    parameters: &Parameters,
    text: &str,
) -> Result<Call, Stopped> {
    let prepared = service.documents().prepare(text)?;
    let name = parameters.operation_name.as_deref();
    let kind = prepared.kind(name);
    if parts.method == Method::GET && kind.is_some_and(|kind| kind != OperationType::Query) {
        let denied = method_not_allowed("GET is for queries; send this operation by POST.", "POST");
        return Err(Stopped::Denied(denied));
    }
    if kind == Some(OperationType::Subscription) {
        let message = "Subscriptions are not served by a plain request.";
        return Err(Refusal::new(RefusalKind::Input, message, None).into());
    }
    Ok(prepared.call(name, &parameters.variables)?)
}

async fn run<S: GraphqlService>(service: &S, call: &Call, session: &S::Session, id: &str) -> Answer {
    let response = service.execute(call, call.request(), session).await;
    let mut response = call.complete(response);
    service.documents().mask(&mut response, id, |error| service.report(error, id));
    let mut headers = std::mem::take(&mut response.http_headers);
    if response.errors.is_empty()
        && let Some(policy) = response.cache_control.value()
        && let Ok(policy) = HeaderValue::from_str(&policy)
    {
        headers.insert(header::CACHE_CONTROL, policy);
    }
    let status = service.status(&response);
    Answer { status, told: Told::Executed(Box::new(response), call.price()), headers }
}

/// A refused document is a well-formed request: the older media type answers it with 200.
fn refused(refusal: Refusal, media: MediaType) -> Answer {
    let status = match media {
        MediaType::GraphqlResponse => StatusCode::BAD_REQUEST,
        MediaType::Json => StatusCode::OK,
    };
    Answer { status, told: Told::Refused(refusal.errors), headers: HeaderMap::new() }
}

#[derive(Serialize)]
struct Written<'r> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'r [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'r Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Extensions<'r>>,
}

#[derive(Serialize)]
struct Extensions<'r> {
    cost: Cost,
    #[serde(flatten)]
    others: &'r std::collections::BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct Cost {
    requested: u64,
    limit: u64,
}

fn write(answer: Answer, media: MediaType) -> Response<Body> {
    let written = match &answer.told {
        Told::Refused(errors) => Written { errors, data: None, extensions: None },
        Told::Executed(response, Price { requested, limit }) => Written {
            errors: &response.errors,
            data: Some(&response.data),
            extensions: Some(Extensions {
                cost: Cost { requested: *requested, limit: *limit },
                others: &response.extensions,
            }),
        },
    };
    let (status, body) = match serde_json::to_vec(&written) {
        Ok(body) => (answer.status, Body::from(body)),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            (StatusCode::INTERNAL_SERVER_ERROR, Body::from(r#"{"errors":[{"message":"Internal error."}]}"#))
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = answer.headers;
    response.headers_mut().insert(header::CONTENT_TYPE, media.header());
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
    response
}
