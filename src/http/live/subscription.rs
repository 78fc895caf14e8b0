//! The answers to a subscription: one execution to begin it, then one for each event.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_graphql::{Response as GraphqlResponse, ServerError};
use axum::http::StatusCode;
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::Instrument as _;
use uuid::Uuid;

use super::term::{Ended, Term, crowded, unavailable};
use crate::graphql::conformance::{Call, Refusal, RefusalKind, coded};
use crate::http::api::{Api, Caller, Session, unauthenticated};
use crate::http::graphql::{Answers, Denied, GraphqlService, Told};
use crate::http::observed;
use crate::http::unavailable::is_unavailable;
use crate::live::graphql::Occasion;
use crate::live::{Listener, Place, Topic};
use crate::metrics::{self, Channel, Held};

/// How long to wait before asking again, when the database did not answer.
const PAUSE: Duration = Duration::from_millis(500);

/// A subscription under way.
struct Subscription {
    api: Arc<Api>,
    call: Call,
    caller: Caller,
    listener: Listener,
    /// Least time between two events, and when the next may come.
    pace: Option<(Duration, Instant)>,
    is_over: bool,
    /// Counts it.
    _held: Held,
}

impl Api {
    /// Begins a subscription. A last answer that was [refused](Told::Refused) says why it ended.
    ///
    /// # Errors
    /// Why it does not begin.
    pub(in crate::http) async fn answers(
        self: &Arc<Self>,
        call: Call,
        session: Session,
    ) -> Result<Answers, Vec<ServerError>> {
        let opening = Arc::new(Occasion::Opening(OnceLock::new()));
        if let Some(response) = self.execute_live(&call, &session, opening.clone()).await
            && !response.errors.is_empty()
        {
            return Err(response.errors);
        }
        let Occasion::Opening(topic) = &*opening else { return Err(nothing()) };
        let topic = topic.get().cloned().ok_or_else(nothing)?;
        let interval = self.state().config.live.market_interval;
        let pace = matches!(topic, Topic::Market).then(|| (interval, Instant::now()));
        let listener = self.state().live.listen(topic).await;
        let listener = listener.map_err(|why| vec![unavailable(why).error(&session.caller.request_id)])?;
        let subscription = Subscription {
            api: self.clone(),
            call,
            caller: session.caller,
            listener,
            pace,
            is_over: false,
            _held: metrics::subscription(),
        };
        Ok(Box::pin(stream::unfold(subscription, |mut subscription| async {
            subscription.next().await.map(|told| (told, subscription))
        })))
    }

    /// The same for a connection of its own, which takes a place and ends with the token, the session or the server.
    ///
    /// # Errors
    /// [`Denied`] when the connection may not stay open. What is wrong with the subscription is its first answer.
    pub(in crate::http) async fn answers_apart(
        self: &Arc<Self>,
        call: Call,
        session: Session,
    ) -> Result<Answers, Denied> {
        let mut place = self.state().live.places.take().map_err(crowded)?;
        place.belong_to(session.account_id()).map_err(crowded)?;
        let (term, session) = self.stay(session.caller).await?;
        let request_id = session.caller.request_id.clone();
        Ok(match self.answers(call, session).await {
            Ok(answers) => self.until_it_ends(answers, term, place, request_id),
            Err(errors) => Box::pin(stream::iter([Told::Refused(errors)])),
        })
    }

    fn until_it_ends(&self, answers: Answers, term: Term, place: Place, request_id: String) -> Answers {
        let live = self.state().live.clone();
        let state = Some((answers, term, (place, metrics::connection(Channel::Events))));
        Box::pin(stream::unfold(state, move |state| {
            let (live, request_id) = (live.clone(), request_id.clone());
            async move {
                let (mut answers, term, place) = state?;
                tokio::select! {
                    biased;
                    () = live.closing() => None,
                    ended = term.over() => Some((Told::Refused(vec![ending(ended).error(&request_id)]), None)),
                    told = answers.next() => told.map(|told| (told, Some((answers, term, place)))),
                }
            }
        }))
    }

    /// Executes a subscription for an occasion; `None` if there is nothing to tell.
    async fn execute_live(&self, call: &Call, session: &Session, occasion: Arc<Occasion>) -> Option<GraphqlResponse> {
        let begun = std::time::Instant::now();
        let (request, gather) = self.with_session(call, session);
        let mut told = self.schema().execute_stream(request.data(occasion));
        let response = gather.drive(told.next()).instrument(observed::operation(call)).await?;
        observed::ran(call, begun);
        Some(self.finish(call, response, &session.caller.request_id))
    }
}

impl Subscription {
    /// The answer to the next event that there is something to tell of.
    async fn next(&mut self) -> Option<Told> {
        while !self.is_over {
            if let Some((_, at)) = self.pace {
                sleep_until(at).await;
            }
            let Ok(id) = self.listener.next().await else { return Some(self.end_with(behind())) };
            let told = match self.tell(id).await {
                Ok(told) => told,
                Err(denied) => return Some(self.end_with(denied.error(&self.caller.request_id))),
            };
            if let Some((interval, at)) = &mut self.pace {
                *at = Instant::now() + *interval;
            }
            if let Some(response) = told {
                return Some(Told::Executed(Box::new(response), self.call.price()));
            }
        }
        None
    }

    /// What there is to tell of an event. A database that does not answer is asked again: the event is not to be lost.
    async fn tell(&self, id: Uuid) -> Result<Option<GraphqlResponse>, Denied> {
        let limit = self.api.time_limit();
        loop {
            let told = timeout(limit, async {
                let session = self.api.session(self.caller.clone()).await?;
                Ok::<_, Denied>(self.execute(Occasion::Event(id), &session).await)
            });
            match told.await {
                Ok(Ok(told)) if !told.as_ref().is_some_and(is_unavailable) => return Ok(told),
                Ok(Err(denied)) if denied.status == StatusCode::UNAUTHORIZED => return Err(denied),
                _ => sleep(PAUSE).await,
            }
        }
    }

    /// Figures of a market are dear: however many listen, they are made one after the other.
    async fn execute(&self, event: Occasion, session: &Session) -> Option<GraphqlResponse> {
        // The semaphore is never closed.
        let _turn = if self.pace.is_some() { self.api.market_turn().await } else { None };
        self.api.execute_live(&self.call, session, Arc::new(event)).await
    }

    fn end_with(&mut self, error: ServerError) -> Told {
        self.is_over = true;
        Told::Refused(vec![error])
    }
}

fn behind() -> ServerError {
    let message =
        "Events came faster than they were taken, and some are lost: read what you show again, and subscribe anew.";
    let mut error = ServerError::new(message, None);
    error.extensions = Some(coded("RATE_LIMITED"));
    error
}

fn nothing() -> Vec<ServerError> {
    Refusal::new(RefusalKind::Input, "The subscription selects no field.", None).errors
}

fn ending(ended: Ended) -> Denied {
    match ended {
        Ended::Expired => unauthenticated(),
        Ended::Revoked => Denied::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "The session has ended."),
    }
}
