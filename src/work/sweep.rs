//! The clean-up: what has served its purpose goes, some rows at a time, so that no transaction is long.

use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, ExprTrait as _, IntoCondition as _, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};

use crate::entities::{change, mail, mail_token, member_invitation, refresh_token, session};
use crate::idempotency;
use crate::state::State;

/// Rows that one statement deletes.
const CHUNK: u64 = 1_000;
/// How long sessions, mails and invitations can still be asked about after their end.
const AFTERLIFE: TimeDelta = TimeDelta::days(30);
/// How long tokens of mails stay after their end; longer than the hour by which requests are counted.
const TOKEN_AFTERLIFE: TimeDelta = TimeDelta::days(1);

/// Deletes what has served its purpose: tokens of mails, ended sessions with their tokens, mails that left or never will,
/// invitations, and old rows of the log of changes.
///
/// # Errors
/// The database failed; what was deleted until then stays deleted.
pub async fn sweep(state: &State) -> anyhow::Result<()> {
    let now = state.clock.now();
    let (old, retention) = (now - AFTERLIFE, TimeDelta::from_std(state.config.change_retention)?);
    let either = |one: SimpleExpr, other: SimpleExpr| Condition::any().add(one).add(other);

    let left = either(mail::Column::SentAt.is_not_null(), mail::Column::FailedAt.is_not_null());
    delete::<mail::Entity>(state, mail::Column::Id, Condition::all().add(left).add(mail::Column::CreatedAt.lte(old)))
        .await?;
    let token = mail_token::Column::ExpiresAt.lte(now - TOKEN_AFTERLIFE);
    delete::<mail_token::Entity>(state, mail_token::Column::Id, token.into_condition()).await?;
    let invitation = member_invitation::Column::ExpiresAt.lte(old);
    delete::<member_invitation::Entity>(state, member_invitation::Column::Id, invitation.into_condition()).await?;
    let ended = either(session::Column::RevokedAt.lte(old), session::Column::ExpiresAt.lte(old));
    delete::<session::Entity>(state, session::Column::Id, ended).await?;
    let spent = either(refresh_token::Column::UsedAt.lte(old), refresh_token::Column::ExpiresAt.lte(old));
    delete::<refresh_token::Entity>(state, refresh_token::Column::Id, spent).await?;
    let seen = change::Column::At.lte(now - retention);
    // The last of them stays: by it a log is told from another.
    let last = Query::select().expr(change::Column::Id.max()).from(change::Entity).and_where(seen.clone()).to_owned();
    let seen = seen.into_condition().add(Expr::col(change::Column::Id).lt(SimpleExpr::from(last)));
    delete::<change::Entity>(state, change::Column::Id, seen).await?;
    idempotency::sweep(state.db.writes(), now).await?;
    Ok(())
}

/// Deletes the rows that meet the condition, [`CHUNK`] at a time.
async fn delete<E: EntityTrait>(state: &State, id: E::Column, which: Condition) -> Result<(), DbErr> {
    loop {
        let some = Query::select().column(id).from(E::default()).cond_where(which.clone()).limit(CHUNK).to_owned();
        let delete = E::delete_many().filter(id.in_subquery(some));
        if delete.exec(state.db.writes()).await?.rows_affected < CHUNK {
            return Ok(());
        }
    }
}
