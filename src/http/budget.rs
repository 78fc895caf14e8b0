//! What operations cost, taken from the budget of whoever sends them before anything runs.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::graphql::Denied;
use crate::graphql::conformance::Call;
use crate::limits::{Meter, Standing, Wait};

/// What is left of a budget.
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// What the budget is.
pub(super) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What is asked costs so much at least; so does a token that does not hold.
pub(super) const LEAST: u64 = 1;
/// What a body costs that is no request.
pub(super) const UNREADABLE: u64 = 10;

/// What running an operation costs.
pub(super) fn cost_of_running(call: &Call) -> u64 {
    call.price().requested.max(LEAST)
}

/// What is left to pay of that for an answer that is not kept, once [`LEAST`] was paid for asking.
pub(super) fn cost_of_making(call: &Call) -> u64 {
    cost_of_running(call) - LEAST
}

/// Takes points from a budget.
///
/// # Errors
/// [`Denied`] with 429 when there are not so many.
pub(super) fn charge(meter: &Meter, points: u64) -> Result<(), Denied> {
    meter.take(points).map_err(spent)
}

fn spent(wait: Wait) -> Denied {
    let seconds = wait.seconds();
    let message = format!("The budget of this minute is spent. Try again in {seconds} s.");
    Denied::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message).with(RETRY_AFTER, HeaderValue::from(seconds))
}

/// The state of a budget, in the structured fields of
/// <https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>. The draft lets requests count by weight, so
/// no unit is named. Nothing is told where there is no limit.
pub(super) fn headers(meter: &Meter) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let Some(Standing { limit, remaining, period, full_in }) = meter.standing() else { return headers };
    let (name, window) = (meter.name(), period.as_secs());
    let until_full = full_in.as_secs() + u64::from(full_in.subsec_nanos() > 0);
    for (header, value) in [
        (RATE_LIMIT_POLICY, format!("\"{name}\";q={limit};w={window}")),
        (RATE_LIMIT, format!("\"{name}\";r={remaining};t={until_full}")),
    ] {
        headers.extend(HeaderValue::try_from(value).ok().map(|value| (header, value)));
    }
    headers
}
