//! Who wants which mail: kinds of mail that an account does not want, and the signed links that end one (RFC 8058).

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entities::sets::{Deed, NotificationKind, SearchAlerts, Subject};
use crate::entities::{mail_opt_out, saved_search};
use crate::feed;
use crate::signing::{Purpose, Signer};

/// What a mail came for, and a click on "unsubscribe" ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscription {
    /// Mails of one kind to one account.
    Notifications {
        /// The account.
        account: Uuid,
        /// The kind.
        kind: NotificationKind,
    },
    /// The alerts of one saved search.
    SavedSearch {
        /// The saved search.
        id: Uuid,
    },
}

impl Subscription {
    /// The signed text that ends it. It holds for ever: a link in an old mail must still work.
    #[must_use]
    pub fn token(self, signer: &Signer) -> String {
        let (mark, id, rest) = match &self {
            Self::Notifications { account, kind } => (b'n', account, sea_orm::ActiveEnum::to_value(kind)),
            Self::SavedSearch { id } => (b's', id, String::new()),
        };
        signer.sign(Purpose::Unsubscribe, &[&[mark][..], id.as_bytes(), rest.as_bytes()].concat())
    }

    /// What the text ends, if this server signed it.
    #[must_use]
    pub fn open(signer: &Signer, token: &str) -> Option<Self> {
        let bytes = signer.open(Purpose::Unsubscribe, token)?;
        let (mark, rest) = bytes.split_first()?;
        let (id, rest) = rest.split_at_checked(16)?;
        let id = Uuid::from_slice(id).ok()?;
        match mark {
            b'n' => Some(Self::Notifications {
                account: id,
                kind: NotificationKind::from_word(std::str::from_utf8(rest).ok()?)?,
            }),
            b's' if rest.is_empty() => Some(Self::SavedSearch { id }),
            _ => None,
        }
    }
}

/// Ends what the subscription stands for. Ending it twice changes nothing, nor does ending what is gone.
///
/// # Errors
/// The database failed.
pub async fn unsubscribe(txn: &DatabaseTransaction, which: Subscription, now: Timestamp) -> Result<(), DbErr> {
    match which {
        Subscription::Notifications { account, kind } => opt_out(txn, account, kind, now).await,
        Subscription::SavedSearch { id } => end_alerts(txn, id, now).await,
    }
}

/// Switches the alerts of a saved search off. Whoever has it open sees that it changed.
async fn end_alerts(txn: &DatabaseTransaction, id: Uuid, now: Timestamp) -> Result<(), DbErr> {
    let off =
        saved_search::ActiveModel { alerts: Set(SearchAlerts::Off), next_alert_at: Set(None), ..Default::default() };
    let update = saved_search::Entity::update_many()
        .set(off)
        .col_expr(saved_search::Column::Version, Expr::col(saved_search::Column::Version).add(1))
        .filter(saved_search::Column::Id.eq(id))
        .filter(saved_search::Column::Alerts.ne(SearchAlerts::Off));
    if update.exec(txn).await?.rows_affected == 1 {
        feed::record(txn, (Subject::SavedSearch, id), Deed::Updated, now).await?;
    }
    Ok(())
}

/// Notes that the account does not want mails of this kind.
///
/// # Errors
/// The database failed.
pub async fn opt_out(
    txn: &impl ConnectionTrait,
    account: Uuid,
    kind: NotificationKind,
    now: Timestamp,
) -> Result<(), DbErr> {
    if crate::entities::account::Entity::find_by_id(account).one(txn).await?.is_none() {
        return Ok(());
    }
    let row = mail_opt_out::ActiveModel { account_id: Set(account), kind: Set(kind), created_at: Set(now) };
    let pair = OnConflict::columns([mail_opt_out::Column::AccountId, mail_opt_out::Column::Kind]);
    let insert = mail_opt_out::Entity::insert(row).on_conflict({ pair }.do_nothing().to_owned());
    insert.exec_without_returning(txn).await.map(drop)
}

/// Notes that the account wants mails of this kind again.
///
/// # Errors
/// The database failed.
pub async fn opt_in(txn: &impl ConnectionTrait, account: Uuid, kind: NotificationKind) -> Result<(), DbErr> {
    mail_opt_out::Entity::delete_by_id((account, kind)).exec(txn).await.map(drop)
}

/// Whether the account wants mails of this kind.
///
/// # Errors
/// The database failed.
pub async fn is_wanted(db: &impl ConnectionTrait, account: Uuid, kind: NotificationKind) -> Result<bool, DbErr> {
    Ok(mail_opt_out::Entity::find_by_id((account, kind)).one(db).await?.is_none())
}

/// Whether what a mail came for goes on.
///
/// # Errors
/// The database failed.
pub async fn is_on(db: &impl ConnectionTrait, which: Subscription) -> Result<bool, DbErr> {
    match which {
        Subscription::Notifications { account, kind } => is_wanted(db, account, kind).await,
        Subscription::SavedSearch { id } => {
            let search = saved_search::Entity::find_by_id(id).one(db).await?;
            Ok(search.is_some_and(|search| search.alerts != SearchAlerts::Off))
        }
    }
}

/// The kinds of mail that the account does not want.
///
/// # Errors
/// The database failed.
pub async fn unwanted(db: &impl ConnectionTrait, account: Uuid) -> Result<Vec<NotificationKind>, DbErr> {
    let rows = mail_opt_out::Entity::find().filter(mail_opt_out::Column::AccountId.eq(account));
    let rows = rows.order_by_asc(mail_opt_out::Column::Kind).all(db).await?;
    Ok(rows.into_iter().map(|row| row.kind).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_what_it_was_made_for() {
        let signer = Signer::new(&[7; 32]);
        let id = Uuid::from_u128(42);
        for which in [
            Subscription::SavedSearch { id },
            Subscription::Notifications { account: id, kind: NotificationKind::ApplicationMoved },
            Subscription::Notifications { account: id, kind: NotificationKind::PostingExpiring },
        ] {
            assert_eq!(Subscription::open(&signer, &which.token(&signer)), Some(which));
        }
        for forged in [&b""[..], b"n", &[b's'; 18], &[b'x'; 17], b"n0123456789abcdefNEWS"] {
            assert_eq!(Subscription::open(&signer, &signer.sign(Purpose::Unsubscribe, forged)), None);
        }
        let file = signer.sign(Purpose::File, &[&b"s"[..], id.as_bytes()].concat());
        assert_eq!(Subscription::open(&signer, &file), None);
    }
}
