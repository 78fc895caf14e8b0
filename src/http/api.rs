//! The API behind `/graphql`: who asks, and what is executed.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::ServerError;
use axum::Router;
use axum::http::header::{AUTHORIZATION, USER_AGENT, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::routing::any;
use tower_http::request_id::RequestId;

use super::graphql::{Denied, GraphqlService, graphql};
use super::peer;
use crate::accounts::sessions::authenticate;
use crate::accounts::viewer::Viewer;
use crate::audit::{self, Origin};
use crate::db::Reads;
use crate::graphql::conformance::{Call, Documents, Limits, Scalars};
use crate::graphql::context::Request;
use crate::graphql::loads::Loads;
use crate::graphql::scalars;
use crate::graphql::schema::{self, RolecallSchema};
use crate::state::State;

/// The schema with its documents, over the state that every request shares.
pub struct Api {
    state: State,
    schema: RolecallSchema,
    documents: Documents,
    sdl: String,
}

impl Api {
    /// Builds the schema.
    ///
    /// # Errors
    /// The schema's own definition cannot be read back.
    pub fn new(state: &State) -> anyhow::Result<Self> {
        let schema = schema::build(Some(state.clone()));
        let sdl = schema::sdl(&schema);
        let limits = Limits { cost: state.config.max_cost, ..Limits::default() };
        let scalars = scalars::checks().into_iter().fold(Scalars::new(), |all, (name, check)| all.with(name, check));
        let documents = Documents::new(&sdl, limits, scalars)?;
        Ok(Self { state: state.clone(), schema, documents, sdl })
    }

    /// The schema in the schema definition language.
    #[must_use]
    pub fn sdl(&self) -> &str {
        &self.sdl
    }

    /// `/graphql`, for every method: the wrong ones are answered there.
    pub fn routes(self) -> Router {
        Router::new().route("/graphql", any(graphql::<Self>)).with_state(Arc::new(self))
    }

    /// Who asks. No token is nobody; a token that does not hold is refused, never taken for nobody.
    async fn viewer(&self, parts: &Parts, now: crate::clock::Timestamp) -> Result<Viewer, Denied> {
        let Some(header) = parts.headers.get(AUTHORIZATION) else { return Ok(Viewer::Anonymous) };
        let token = header.to_str().ok().and_then(|header| {
            let (scheme, token) = header.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let viewer = match token {
            Some(token) => authenticate(self.state.db.reads(), &self.state.keys, token, now).await,
            None => Ok(None),
        };
        match viewer {
            Ok(Some(viewer)) => Ok(viewer),
            Ok(None) => Err(unauthenticated()),
            Err(error) => {
                tracing::error!(%error, "a token could not be checked");
                Err(Denied::unavailable("Try again in a moment."))
            }
        }
    }
}

fn unauthenticated() -> Denied {
    let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    Denied::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "The access token does not hold. Refresh the session.")
        .with(WWW_AUTHENTICATE, challenge)
}

impl GraphqlService for Api {
    type Session = Request;

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

    async fn admit(&self, parts: &Parts) -> Result<Request, Denied> {
        let now = self.state.clock.now();
        let viewer = self.viewer(parts, now).await?;
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let origin = Origin {
            account_id: viewer.account().map(|me| me.account.id),
            ip: peer::address(parts, self.state.config.trusted_proxies),
            request_id: parts
                .extensions
                .get::<RequestId>()
                .and_then(|id| audit::request_id(id.header_value().to_str().ok()?)),
        };
        Ok(Request { viewer, now, user_agent, origin, reads: Reads::Pool(self.state.db.reads().clone()) })
    }

    async fn execute(&self, _: &Call, request: async_graphql::Request, session: &Request) -> async_graphql::Response {
        let loads = Loads::loader(session.reads.clone(), self.state.db.reads().clone());
        self.schema.execute(request.data(session.clone()).data(loads)).await
    }

    fn report(&self, error: &ServerError, request_id: &str) {
        tracing::error!(request_id, path = ?error.path, message = error.message, "a resolver failed");
    }
}
