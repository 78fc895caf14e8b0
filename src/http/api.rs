//! The API behind `/graphql`: who asks, and what is executed.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use axum::Router;
use axum::http::header::{AUTHORIZATION, USER_AGENT, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::any;
use tokio::sync::{Semaphore, SemaphorePermit};
use tower_http::request_id::RequestId;
use tracing::Instrument as _;
use uuid::Uuid;

use super::caching::{Keepers, Written};
use super::graphql::{Answers, Denied, GraphqlService, Parameters, Stopped};
use super::kept::Kept;
use super::persisted::Persisted;
use super::shedding::Flight;
use super::{budget, observed, once, peer, socket};
use crate::accounts::keys::Credentials;
use crate::accounts::sessions::holder;
use crate::accounts::viewer::Viewer;
use crate::audit::{self, Origin};
use crate::config::GuardConfig;
use crate::db::Reads;
use crate::graphql::caching;
use crate::graphql::conformance::{Call, Documents, Limits, OperationType, Prepared, Scalars};
use crate::graphql::context::Request;
use crate::graphql::gather::Gather;
use crate::graphql::loads::Loads;
use crate::graphql::scalars;
use crate::graphql::schema::{self, RolecallSchema};
use crate::limits::{Meter, Payer};
use crate::metrics;
use crate::state::State;

/// The schema with its documents, over the state that every request shares.
pub struct Api {
    state: State,
    schema: RolecallSchema,
    documents: Documents,
    /// Documents that clients name.
    persisted: Persisted,
    /// Requests under way.
    flight: Flight,
    /// Answers to nobody in particular.
    kept: Option<Kept>,
    sdl: String,
    /// Whose turn it is to have the figures of a market made for a subscription.
    market: Semaphore,
    /// Mutations with a key hold a connection from beginning to end, and may need another: half of them is left for that.
    keyed: Semaphore,
}

/// Who sends a request, or keeps a connection open, as far as they said.
#[derive(Clone)]
pub struct Caller {
    /// The token, if one was sent; it held then.
    pub(super) credentials: Option<Credentials>,
    user_agent: Option<String>,
    /// The address of the client.
    ip: Option<IpAddr>,
    /// The id of the request, or of the one that opened the connection.
    pub(super) request_id: String,
}

/// What is known of who asks, at the instant of asking.
pub struct Session {
    /// Who it was that asked.
    pub(super) caller: Caller,
    /// What resolvers know of it.
    pub(super) request: Request,
    /// The key of its header, if a mutation is to be executed once.
    pub(super) key: Option<String>,
}

impl Session {
    /// The account, if there is one.
    pub(super) fn account_id(&self) -> Option<Uuid> {
        self.request.viewer.account().map(|me| me.account.id)
    }
}

impl Api {
    /// Builds the schema, and reads the documents that clients name.
    ///
    /// # Errors
    /// The schema's own definition cannot be read back, or a trusted document does not hold.
    pub fn new(state: &State, flight: Flight) -> anyhow::Result<Self> {
        let schema = schema::build(Some(state.clone()));
        let sdl = schema::sdl(&schema);
        let documents = documents(&sdl, &state.config.guard)?;
        let persisted = Persisted::new(&state.config.front.persisted, &documents)?;
        let kept = Kept::new(state.config.answer_cache);
        let keyed = Semaphore::new((state.config.database.max_connections as usize / 2).max(1));
        let (state, market) = (state.clone(), Semaphore::new(1));
        Ok(Self { state, schema, documents, persisted, flight, kept, sdl, market, keyed })
    }

    /// The schema in the schema definition language.
    #[must_use]
    pub fn sdl(&self) -> &str {
        &self.sdl
    }

    /// `/graphql`, for every method: the wrong ones are answered there.
    pub fn routes(self) -> Router {
        Router::new().route("/graphql", any(socket::graphql)).with_state(Arc::new(self))
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    pub(super) fn flight(&self) -> &Flight {
        &self.flight
    }

    pub(super) fn kept(&self) -> Option<&Kept> {
        self.kept.as_ref()
    }

    pub(super) fn schema(&self) -> &RolecallSchema {
        &self.schema
    }

    /// Waits for the turn to make the figures of a market.
    pub(super) async fn market_turn(&self) -> Option<SemaphorePermit<'_>> {
        self.market.acquire().await.ok()
    }

    /// Waits for the turn to run a mutation with a key.
    pub(super) async fn keyed_turn(&self) -> Option<SemaphorePermit<'_>> {
        self.keyed.acquire().await.ok()
    }

    /// Who sends a request, by its headers. No token is nobody; a token that does not hold is refused, never taken for
    /// nobody, and is paid for by the address.
    pub(super) fn caller(&self, parts: &Parts) -> Result<Caller, Denied> {
        let ip = peer::address(parts, self.state.config.trusted_proxies);
        let credentials = match parts.headers.get(AUTHORIZATION) {
            None => None,
            Some(header) => {
                let held = self.credentials(bearer(header.to_str().unwrap_or_default()));
                Some(held.map_err(|denied| self.unpaid(ip).unwrap_or(denied))?)
            }
        };
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Caller { credentials, user_agent, ip, request_id: self.request_id(parts) })
    }

    /// Takes what a token costs that does not hold; if the address cannot pay for it, why.
    fn unpaid(&self, ip: Option<IpAddr>) -> Option<Denied> {
        budget::charge(&Meter::new(&self.state.limits, Payer::Address(ip)), budget::LEAST).err()
    }

    /// What a token says, if it holds now.
    pub(super) fn credentials(&self, token: Option<&str>) -> Result<Credentials, Denied> {
        let now = self.state.clock.now();
        token.and_then(|token| self.state.keys.verify(token, now)).ok_or_else(unauthenticated)
    }

    /// Who asks, as things are now.
    pub(super) async fn session(&self, caller: Caller) -> Result<Session, Denied> {
        let now = self.state.clock.now();
        let viewer = match &caller.credentials {
            None => Viewer::Anonymous,
            Some(credentials) => match holder(self.state.db.reads(), credentials.claims, now).await {
                Ok(Some(viewer)) => viewer,
                Ok(None) => return Err(self.unpaid(caller.ip).unwrap_or_else(unauthenticated)),
                Err(error) => {
                    tracing::error!(%error, "a token could not be checked");
                    return Err(Denied::unavailable("Try again in a moment."));
                }
            },
        };
        let account_id = viewer.account().map(|me| me.account.id);
        let payer = account_id.map_or(Payer::Address(caller.ip), Payer::Account);
        let meter = Arc::new(Meter::new(&self.state.limits, payer));
        let user_agent = caller.user_agent.clone();
        let reads = Reads::Pool(self.state.db.reads().clone());
        let origin = Origin { account_id, ip: caller.ip, request_id: audit::request_id(&caller.request_id) };
        Ok(Session { caller, request: Request { viewer, now, user_agent, origin, reads, meter }, key: None })
    }

    /// Executes a query or mutation for a session.
    pub(super) async fn perform(&self, call: &Call, session: &Session) -> GraphqlResponse {
        self.perform_with(call, session, std::convert::identity).await
    }

    /// The same with more for its resolvers.
    pub(super) async fn perform_with(
        &self,
        call: &Call,
        session: &Session,
        add: impl FnOnce(async_graphql::Request) -> async_graphql::Request,
    ) -> GraphqlResponse {
        let began = Instant::now();
        let (request, gather) = self.with_session(call, session);
        let response = gather.drive(self.schema.execute(add(request))).await;
        self.flight.answered(began.elapsed());
        response
    }

    /// Gives a request what its resolvers ask for; with what has to be read for them.
    pub(super) fn with_session(&self, call: &Call, session: &Session) -> (async_graphql::Request, Gather) {
        let asked = &session.request;
        let request = Request { reads: self.reads(call, asked), ..asked.clone() };
        let (loads, gather) = Loads::loader(request.reads.clone(), &self.state);
        (call.request().data(request).data(loads), gather)
    }

    /// Where an operation reads. Who has an account sees at once what they wrote, and so does whoever writes.
    fn reads(&self, call: &Call, request: &Request) -> Reads {
        match (&request.reads, &request.viewer) {
            (Reads::Pool(_), Viewer::Anonymous) if call.kind() != OperationType::Mutation => {
                self.state.db.reads_apart()
            }
            (reads, _) => reads.clone(),
        }
    }
}

/// The documents of the schema, within these limits.
///
/// # Errors
/// The schema's own definition cannot be read back.
pub(super) fn documents(sdl: &str, guard: &GuardConfig) -> anyhow::Result<Documents> {
    let limits = Limits {
        cost: guard.cost,
        document_bytes: guard.document_bytes,
        tokens: guard.tokens,
        selections: guard.selections,
        aliases: guard.aliases,
        root_fields: guard.root_fields,
        depth: guard.depth,
        nesting: guard.nesting,
        directives: guard.directives,
        list_items: guard.list_items,
        introspection: guard.introspection,
        suggestions: guard.suggestions,
        proofs: schema::PROOFS,
        ..Limits::default()
    };
    let scalars = scalars::checks().into_iter().fold(Scalars::new(), |all, (name, check)| all.with(name, check));
    Ok(Documents::with_hints(sdl, limits, scalars, caching::hints())?)
}

/// The token of an `Authorization` with the scheme `Bearer`.
pub(super) fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The token does not hold, or its session has ended.
pub(super) fn unauthenticated() -> Denied {
    let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    Denied::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "The access token does not hold. Refresh the session.")
        .with(WWW_AUTHENTICATE, challenge)
}

impl GraphqlService for Api {
    type Session = Session;

    fn documents(&self) -> &Documents {
        &self.documents
    }

    fn body_limit(&self) -> usize {
        self.state.config.max_body
    }

    fn time_limit(&self) -> Duration {
        self.state.config.request_timeout
    }

    fn request_id(&self, parts: &Parts) -> String {
        let id = parts.extensions.get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
        id.unwrap_or_default().to_owned()
    }

    async fn admit(&self, parts: &Parts) -> Result<Session, Denied> {
        let key = once::header(&parts.headers)?;
        Ok(Session { key, ..self.session(self.caller(parts)?).await? })
    }

    async fn document(&self, parameters: &Parameters, session: &Session) -> Result<Arc<Prepared>, Stopped> {
        self.persisted.find(parameters, |text| self.read(text, session))
    }

    fn charge(&self, session: &Session, points: u64) -> Result<(), Denied> {
        budget::charge(&session.request.meter, points)
    }

    fn headers(&self, session: &Session) -> HeaderMap {
        budget::headers(&session.request.meter)
    }

    async fn execute(&self, call: &Call, session: &Session, request_id: &str) -> Result<GraphqlResponse, Denied> {
        let begun = Instant::now();
        let response = async {
            match once::key_of(call, session.key.as_deref())? {
                Some(key) => self.once(&key, call, session, request_id).await,
                None => Ok(self.finish(call, self.perform(call, session).await, request_id)),
            }
        };
        let response = response.instrument(observed::operation(call)).await?;
        observed::ran(call, begun);
        // All that it did is committed by now.
        if call.kind() == OperationType::Mutation {
            self.state.live.hub.wake();
        }
        Ok(response)
    }

    async fn keepable(
        &self,
        call: &Call,
        session: &Session,
        request_id: &str,
    ) -> Result<(Arc<Written>, Keepers), Denied> {
        if session.caller.credentials.is_none() {
            let begun = Instant::now();
            let given = self.for_anybody(call, session, request_id).instrument(observed::operation(call)).await;
            observed::ran(call, begun);
            return given;
        }
        self.charge(session, budget::cost_of_making(call))?;
        let written = self.write(call, self.execute(call, session, request_id).await?);
        Ok((Arc::new(written), Keepers::Asker))
    }

    async fn subscribe(self: Arc<Self>, call: Call, session: Session) -> Result<Answers, Denied> {
        self.answers_apart(call, session).await
    }

    fn keep_alive(&self) -> Duration {
        self.state.config.live.keep_alive
    }

    fn finish(&self, call: &Call, response: GraphqlResponse, request_id: &str) -> GraphqlResponse {
        let mut response = call.complete(response);
        self.documents.mask(&mut response, request_id, |error| self.report(error, request_id));
        for error in &response.errors {
            let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
            if let Some(Value::String(code)) = code {
                metrics::graphql_error(code);
            }
        }
        response
    }

    fn report(&self, error: &ServerError, request_id: &str) {
        tracing::error!(request_id, path = ?error.path, error = error.message, "a resolver failed");
    }
}
