//! The budget of who asks, in the graph.

use async_graphql::{Context, Object, SimpleObject};
use chrono::TimeDelta;

use super::context::Ask;
use super::scalars::DateTime;

/// The budget of cost points of whoever asks: the account's, or without an account that of the address. It fills evenly,
/// and the headers `RateLimit` and `RateLimit-Policy` tell the same.
#[derive(SimpleObject)]
pub struct RateLimit {
    /// Points that this operation has cost: its price, at least 1, and what it cost to read a document that the server did
    /// not know.
    cost: i32,
    /// Points that a full budget has.
    limit: i32,
    /// Points that are left.
    remaining: i32,
    /// When the budget is full again, if nothing is asked until then.
    reset_at: DateTime,
}

/// The budget of who asks.
#[derive(Default)]
pub struct RateLimitQuery;

/// The budget of who asks.
#[Object]
impl RateLimitQuery {
    /// What whoever asks may still ask for; null where the server sets no limit.
    async fn rate_limit(&self, ctx: &Context<'_>) -> Option<RateLimit> {
        let meter = &ctx.request().meter;
        let standing = meter.standing()?;
        let number = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
        let full_in = TimeDelta::from_std(standing.full_in).unwrap_or_default();
        Some(RateLimit {
            cost: number(meter.taken()),
            limit: number(standing.limit.into()),
            remaining: number(standing.remaining.into()),
            reset_at: DateTime(crate::clock::to_micros(ctx.now() + full_in)),
        })
    }
}
