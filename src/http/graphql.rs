//! GraphQL over HTTP: <https://graphql.github.io/graphql-over-http/draft/>.
//!
//! [`graphql`] is the handler; mount it for every method, as it answers the wrong ones itself:
//!
//! ```ignore
//! Router::new().route("/graphql", any(graphql::<Api>)).with_state(Arc::new(api))
//! ```

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use async_graphql::{Response as GraphqlResponse, ServerError};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts},
};
use futures_util::Stream;

use crate::graphql::conformance::{Call, Documents, OperationType, Prepared, Refusal, RefusalKind};

use super::answer::Answer;
pub use super::answer::Told;
use super::caching::{Keepers, Written};
pub use super::denied::{Denied, Stopped};
pub use super::parameters::Parameters;
use super::{budget, events, negotiation, negotiation::MediaType, parameters, unavailable};

/// The answers to a subscription, as they come.
pub type Answers = Pin<Box<dyn Stream<Item = Told> + Send>>;

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

    /// The document asked for. By default its text has to be sent along; a server with persisted documents looks them
    /// up here.
    ///
    /// # Errors
    /// [`Stopped`] when there is no such document, none was named, or it is refused.
    fn document(
        &self,
        parameters: &Parameters,
        session: &Self::Session,
    ) -> impl Future<Output = Result<Arc<Prepared>, Stopped>> + Send {
        std::future::ready(match &parameters.query {
            Some(text) => self.read(text, session),
            None => Err(Denied::without_document().into()),
        })
    }

    /// Reads a document, which has to be paid for if it is not known.
    ///
    /// # Errors
    /// [`Stopped`] when it is refused, or cannot be paid for.
    fn read(&self, text: &str, session: &Self::Session) -> Result<Arc<Prepared>, Stopped> {
        self.charge(session, self.documents().cost_of_reading(text))?;
        Ok(self.documents().prepare(text)?)
    }

    /// Runs a call and [finishes](GraphqlService::finish) its answer: [`Call::request`] is what async-graphql executes;
    /// add the session to its data.
    ///
    /// # Errors
    /// [`Denied`] when the call is not to be executed.
    fn execute(
        &self,
        call: &Call,
        session: &Self::Session,
        request_id: &str,
    ) -> impl Future<Output = Result<GraphqlResponse, Denied>> + Send;

    /// The answer to a query that may be kept: by default it is made anew each time, which costs what is [left to
    /// pay](Self::charge) of its price. With it, who may keep it; those who asked, if the service cannot tell.
    ///
    /// # Errors
    /// [`Denied`] when the call is not to be executed.
    fn keepable(
        &self,
        call: &Call,
        session: &Self::Session,
        request_id: &str,
    ) -> impl Future<Output = Result<(Arc<Written>, Keepers), Denied>> + Send {
        async move {
            self.charge(session, budget::cost_of_making(call))?;
            let written = self.write(call, self.execute(call, session, request_id).await?);
            Ok((Arc::new(written), Keepers::Asker))
        }
    }

    /// Writes a finished answer.
    fn write(&self, call: &Call, mut response: GraphqlResponse) -> Written {
        let status = self.status(&response);
        let headers = unavailable::headers(status, std::mem::take(&mut response.http_headers));
        Written::new(status, headers, &Told::Executed(Box::new(response), call.price()))
    }

    /// Puts an answer of async-graphql right and takes out of it what is not told.
    fn finish(&self, call: &Call, response: GraphqlResponse, request_id: &str) -> GraphqlResponse {
        let mut response = call.complete(response);
        self.documents().mask(&mut response, request_id, |error| self.report(error, request_id));
        response
    }

    /// Begins a subscription: its answers as they come, completed and masked, until it ends. Dropping them ends it.
    /// By default there are no subscriptions.
    ///
    /// # Errors
    /// [`Denied`] when no more of them may be open.
    fn subscribe(
        self: Arc<Self>,
        call: Call,
        session: Self::Session,
    ) -> impl Future<Output = Result<Answers, Denied>> + Send {
        let _ = (call, session);
        let message = "Subscriptions are not served.";
        std::future::ready(Err(Denied::new(StatusCode::BAD_REQUEST, RefusalKind::Input.code(), message)))
    }

    /// How often a silent stream of events shows that it lives.
    fn keep_alive(&self) -> Duration {
        Duration::from_secs(15)
    }

    /// Logs an error that is not told, once.
    fn report(&self, error: &ServerError, request_id: &str);

    /// Status of an answer that was executed; a limit reached in a resolver may deserve another than 200. One that has
    /// nothing in it because something was away says so to all who stand in between.
    fn status(&self, response: &GraphqlResponse) -> StatusCode {
        if unavailable::is_unavailable(response) { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
    }

    /// Takes cost points from the budget of who asks, before what they are for is done. By default there is no budget.
    ///
    /// # Errors
    /// [`Denied`] when there are not so many.
    fn charge(&self, session: &Self::Session, points: u64) -> Result<(), Denied> {
        let _ = (session, points);
        Ok(())
    }

    /// Headers added to every answer of this session, such as the state of its budget.
    fn headers(&self, session: &Self::Session) -> HeaderMap {
        let _ = session;
        HeaderMap::new()
    }
}

/// Serves one request of GraphQL over HTTP.
pub async fn graphql<S: GraphqlService>(State(service): State<Arc<S>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let accepted =
        Accepted { json: negotiation::negotiate(&parts.headers), events: negotiation::takes_events(&parts.headers) };
    let id = service.request_id(&parts);
    let served = if accepted.json.is_none() && !accepted.events {
        Err(Denied::new(
            StatusCode::NOT_ACCEPTABLE,
            RefusalKind::Input.code(),
            "Answers are application/graphql-response+json, application/json or text/event-stream.",
        ))
    } else {
        // What is cut off is dropped, and a transaction that it had begun is rolled back.
        let served = tokio::time::timeout(service.time_limit(), serve(&service, &parts, body, accepted, &id)).await;
        served.unwrap_or_else(|_| Err(out_of_time(&id)))
    };
    match served {
        Ok(Served::Once(answer, Some(media))) => answer.write(media),
        Ok(Served::Keepable(response)) => response,
        Ok(Served::Once(answer, None)) => {
            let told = futures_util::stream::iter([answer.told]);
            events::write(Box::pin(told), answer.headers, service.keep_alive())
        }
        Ok(Served::Events(answers, headers)) => events::write(answers, headers, service.keep_alive()),
        Err(denied) => denied.into_answer(&id).write(accepted.json.unwrap_or(MediaType::Json)),
    }
}

pub(super) fn out_of_time(request_id: &str) -> Denied {
    tracing::warn!(request_id, "a request ran out of time");
    Denied::unavailable("The server did not answer in time. Try again later.")
}

/// In what an answer may be told.
#[derive(Clone, Copy)]
struct Accepted {
    json: Option<MediaType>,
    events: bool,
}

enum Served {
    /// One answer; as an event if no JSON is accepted.
    Once(Answer, Option<MediaType>),
    /// One that may be kept, or word that the client has it.
    Keepable(Response<Body>),
    /// The answers of a subscription.
    Events(Answers, HeaderMap),
}

async fn serve<S: GraphqlService>(
    service: &Arc<S>,
    parts: &Parts,
    body: Body,
    accepted: Accepted,
    id: &str,
) -> Result<Served, Denied> {
    readable(parts)?;
    let session = service.admit(parts).await?;
    let served = match ask(&**service, parts, body, accepted, &session).await {
        Ok(call) if call.kind() == OperationType::Subscription => {
            let headers = service.headers(&session);
            return Ok(Served::Events(service.clone().subscribe(call, session).await?, headers));
        }
        Ok(call) => match accepted.json {
            Some(media) if is_keepable(parts, &call) => {
                keepable(&**service, parts, media, (&call, &session, id)).await.map(Served::Keepable)
            }
            media => run(&**service, &call, &session, id).await.map(|answer| Served::Once(answer, media)),
        },
        Err(Stopped::Denied(denied)) => Err(denied),
        Err(Stopped::Refused { refusal, is_subscription }) => {
            crate::metrics::refused(refusal.kind.code());
            // Who asks for a subscription and takes events is told in events what is wrong with it.
            let media = accepted.json.filter(|_| !(is_subscription && accepted.events));
            Ok(Served::Once(refused(refusal, media.unwrap_or(MediaType::Json)), media))
        }
    };
    let headers = service.headers(&session);
    match served {
        Ok(served) => Ok(served.with(headers)),
        Err(mut denied) => {
            denied.headers.extend(headers);
            Err(denied)
        }
    }
}

impl Served {
    fn with(mut self, more: HeaderMap) -> Self {
        match &mut self {
            Self::Once(answer, _) => answer.headers.extend(more),
            Self::Keepable(response) => response.headers_mut().extend(more),
            Self::Events(_, headers) => headers.extend(more),
        }
        self
    }
}

/// Reads what is asked, and has it paid for: the document before it is read, the operation before it runs.
async fn ask<S: GraphqlService>(
    service: &S,
    parts: &Parts,
    body: Body,
    accepted: Accepted,
    session: &S::Session,
) -> Result<Call, Stopped> {
    let parameters = if parts.method == Method::GET {
        parameters::from_query(parts.uri.query())
    } else {
        parameters::from_body(&parts.headers, body, service.body_limit()).await
    };
    let parameters = match parameters {
        Ok(parameters) => parameters,
        Err(unreadable) => {
            service.charge(session, budget::UNREADABLE)?;
            return Err(Denied::from(unreadable).into());
        }
    };
    // What it costs to read a document that is not known yet is paid for where it is read.
    let called = service.document(&parameters, session).await;
    match called.and_then(|prepared| call(&prepared, parts, &parameters, accepted.events)) {
        Ok(call) => {
            let running = budget::cost_of_running(&call);
            // What is kept costs no more; what has to be made is paid for when it is.
            let is_keepable = accepted.json.is_some() && is_keepable(parts, &call);
            service.charge(session, if is_keepable { budget::LEAST } else { running })?;
            Ok(call)
        }
        Err(stopped) => {
            service.charge(session, budget::LEAST)?;
            Err(stopped)
        }
    }
}

fn is_keepable(parts: &Parts, call: &Call) -> bool {
    parts.method == Method::GET && call.freshness().is_some()
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

fn call(prepared: &Prepared, parts: &Parts, parameters: &Parameters, takes_events: bool) -> Result<Call, Stopped> {
    let name = parameters.operation_name.as_deref();
    let kind = prepared.kind(name);
    let is_subscription = kind == Some(OperationType::Subscription);
    let refused = |refusal| Stopped::Refused { refusal, is_subscription };
    let is_safe = kind.is_none_or(|kind| kind == OperationType::Query) || (is_subscription && takes_events);
    if parts.method == Method::GET && !is_safe {
        let denied = method_not_allowed("GET is for queries; send this operation by POST.", "POST");
        return Err(denied.into());
    }
    if is_subscription && !takes_events {
        let message = "Subscriptions are served over WebSocket, or as text/event-stream.";
        return Err(refused(Refusal::new(RefusalKind::Input, message, None)));
    }
    prepared.call(name, &parameters.variables).map_err(refused)
}

async fn run<S: GraphqlService>(service: &S, call: &Call, session: &S::Session, id: &str) -> Result<Answer, Denied> {
    let mut response = service.execute(call, session, id).await?;
    let status = service.status(&response);
    let headers = unavailable::headers(status, std::mem::take(&mut response.http_headers));
    Ok(Answer { status, told: Told::Executed(Box::new(response), call.price()), headers })
}

async fn keepable<S: GraphqlService>(
    service: &S,
    parts: &Parts,
    media: MediaType,
    (call, session, id): (&Call, &S::Session, &str),
) -> Result<Response<Body>, Denied> {
    let (written, keepers) = service.keepable(call, session, id).await?;
    Ok(written.answer(&parts.headers, media, keepers))
}

/// A refused document is a well-formed request: the older media type answers it with 200.
fn refused(refusal: Refusal, media: MediaType) -> Answer {
    let status = match media {
        MediaType::GraphqlResponse => StatusCode::BAD_REQUEST,
        MediaType::Json => StatusCode::OK,
    };
    Answer { status, told: refusal.into(), headers: HeaderMap::new() }
}
