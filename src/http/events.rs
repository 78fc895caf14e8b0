//! Answers as server-sent events, by the distinct connections mode of
//! <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>: `next` for each, then `complete`.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, header};
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::graphql::{Answers, Told};

/// A line that says nothing, so that whoever stands between sees the connection in use.
const COMMENT: &str = ":\n\n";

const COMPLETE: &str = "event: complete\ndata:\n\n";

pub(super) fn write(answers: Answers, headers: HeaderMap, keep_alive: Duration) -> Response<Body> {
    let mut response = Response::new(Body::from_stream(text(answers, keep_alive)));
    *response.headers_mut() = headers;
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache, no-transform"),
        // Proxies of nginx's kind would gather the events otherwise.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
        (header::VARY, "Accept"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The text of a stream of events. It begins with a comment, which tells the client that it is heard.
fn text(
    answers: Answers,
    keep_alive: Duration,
) -> impl futures_util::Stream<Item = Result<Bytes, std::convert::Infallible>> + Send + 'static {
    enum State {
        Beginning(Answers),
        Running(Answers, Instant),
        Over,
    }
    stream::unfold(State::Beginning(answers), move |state| async move {
        match state {
            State::Beginning(answers) => Some((COMMENT.into(), State::Running(answers, Instant::now() + keep_alive))),
            State::Running(mut answers, until) => match tokio::time::timeout_at(until, answers.next()).await {
                Ok(Some(told)) => Some((next(&told), State::Running(answers, Instant::now() + keep_alive))),
                Ok(None) => Some((COMPLETE.into(), State::Over)),
                Err(_) => Some((COMMENT.into(), State::Running(answers, Instant::now() + keep_alive))),
            },
            State::Over => None,
        }
    })
    .map(Ok)
}

/// JSON has no line ends of its own, so the data is one line.
fn next(told: &Told) -> Bytes {
    told.to_json().map_or_else(Bytes::new, |json| format!("event: next\ndata: {json}\n\n").into())
}
