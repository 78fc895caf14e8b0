//! The other end of the outbox: mails are taken from it by conditional writes, and it is noted what became of them.

use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Set,
};

use crate::clock::Timestamp;
use crate::entities::mail;

/// How long a mail is held by whoever sends it: longer than a batch of them can take.
const HOLD: TimeDelta = TimeDelta::minutes(10);
/// The first pause after a failure; it doubles with every further one.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// The longest pause after a failure.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// How old a mail is when it is given up.
const PATIENCE: TimeDelta = TimeDelta::days(3);
/// Characters of an error that are kept.
const ERROR_LENGTH: usize = 500;

/// What became of a mail.
#[derive(Debug)]
pub enum Fate {
    /// It has left.
    Sent,
    /// It did not leave, and is tried again unless it is too old.
    Later(String),
    /// It never will, or need not.
    Never(String),
}

/// Mails that wait, and that nobody is sending.
fn waiting(now: Timestamp) -> Condition {
    let hold = mail::Column::ClaimedUntil;
    open().add(mail::Column::SendAt.lte(now)).add(Condition::any().add(hold.is_null()).add(hold.lte(now)))
}

fn open() -> Condition {
    Condition::all().add(mail::Column::SentAt.is_null()).add(mail::Column::FailedAt.is_null())
}

/// Whether a mail waits.
///
/// # Errors
/// The database failed.
pub async fn is_any_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool, DbErr> {
    let first = mail::Entity::find().select_only().column(mail::Column::Id).filter(waiting(now)).limit(1);
    Ok(first.into_tuple::<uuid::Uuid>().one(db).await?.is_some())
}

/// The mails that have not left and are not given up.
#[derive(Debug, FromQueryResult)]
pub struct Backlog {
    /// How many.
    pub count: i64,
    /// When the oldest of them was written.
    pub oldest: Option<Timestamp>,
}

/// What waits in the outbox, for whoever watches over it.
///
/// # Errors
/// The database failed.
pub async fn backlog(db: &impl ConnectionTrait) -> Result<Backlog, DbErr> {
    let waiting = mail::Entity::find().select_only().filter(open());
    let waiting =
        waiting.column_as(mail::Column::Id.count(), "count").column_as(mail::Column::CreatedAt.min(), "oldest");
    let found = waiting.into_model::<Backlog>().one(db).await?;
    Ok(found.unwrap_or(Backlog { count: 0, oldest: None }))
}

/// Takes up to `limit` mails, longest waiting first, and holds them. Two that take at once take different ones: the
/// condition stands outside of the choice too, where the database asks it again after waiting for the other's write.
///
/// # Errors
/// The database failed.
pub async fn claim(db: &impl ConnectionTrait, limit: u64, now: Timestamp) -> Result<Vec<mail::Model>, DbErr> {
    use sea_orm::sea_query::ExprTrait as _;
    let longest_waiting = Query::select()
        .column(mail::Column::Id)
        .from(mail::Entity)
        .cond_where(waiting(now))
        .order_by(mail::Column::SendAt, sea_orm::Order::Asc)
        .order_by(mail::Column::Id, sea_orm::Order::Asc)
        .limit(limit)
        .to_owned();
    let update = mail::Entity::update_many()
        .col_expr(mail::Column::ClaimedUntil, Expr::value(now + HOLD))
        .col_expr(mail::Column::Attempts, Expr::col(mail::Column::Attempts).add(1))
        .filter(mail::Column::Id.in_subquery(longest_waiting))
        .filter(waiting(now));
    update.exec_with_returning(db).await
}

/// Notes what became of a mail that was taken. What it says is erased once it has left, or never will.
///
/// # Errors
/// The database failed.
pub async fn settle(db: &impl ConnectionTrait, taken: &mail::Model, fate: Fate, now: Timestamp) -> Result<(), DbErr> {
    let fate = match fate {
        Fate::Later(error) if now - taken.created_at >= PATIENCE => Fate::Never(error),
        other => other,
    };
    let over = || mail::ActiveModel {
        letter: Set(None),
        recipient_name: Set(None),
        claimed_until: Set(None),
        ..Default::default()
    };
    let columns = match fate {
        Fate::Sent => mail::ActiveModel { sent_at: Set(Some(now)), last_error: Set(None), ..over() },
        Fate::Never(error) => {
            mail::ActiveModel { failed_at: Set(Some(now)), last_error: Set(Some(short(&error))), ..over() }
        }
        Fate::Later(error) => mail::ActiveModel {
            send_at: Set(now + pause(taken.attempts)),
            claimed_until: Set(None),
            last_error: Set(Some(short(&error))),
            ..Default::default()
        },
    };
    // Only as long as nobody else has taken it since: the number of tries tells.
    let mine = open().add(mail::Column::Id.eq(taken.id)).add(mail::Column::Attempts.eq(taken.attempts));
    mail::Entity::update_many().set(columns).filter(mine).exec(db).await.map(drop)
}

/// Gives up the mails that are too old, when none can leave.
///
/// # Errors
/// The database failed.
pub async fn give_up(db: &impl ConnectionTrait, error: &str, now: Timestamp) -> Result<(), DbErr> {
    let columns = mail::ActiveModel {
        letter: Set(None),
        recipient_name: Set(None),
        failed_at: Set(Some(now)),
        last_error: Set(Some(short(error))),
        ..Default::default()
    };
    let too_old = waiting(now).add(mail::Column::CreatedAt.lte(now - PATIENCE));
    mail::Entity::update_many().set(columns).filter(too_old).exec(db).await.map(drop)
}

fn short(error: &str) -> String {
    error.chars().take(ERROR_LENGTH).collect()
}

/// How long a mail rests after so many tries.
fn pause(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).clamp(0, 16);
    std::cmp::min(FIRST_PAUSE * 2_i32.pow(doublings), LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_does_not_leave_rests_longer_and_longer() {
        let pauses: Vec<_> = (1..=9).map(|attempts| pause(attempts).num_seconds()).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        assert_eq!(pause(i32::MAX), LONGEST_PAUSE);
    }
}
