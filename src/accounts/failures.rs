//! Wrong passwords in a row. After a number of them an account needs a new password, by mail: then guessing on is of no
//! use. That is kept beside the account, so that all servers agree, and told to nobody who does not know the password.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::entities::account;
use crate::entities::sets::AuditAction;
use crate::error::{Code, Failure};
use crate::ids::Kind;
use crate::limits::By;

/// After how many wrong passwords in a row an account needs a new one; 0 is never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most(pub u32);

impl Most {
    /// Whether no password is taken from the account any more.
    #[must_use]
    pub fn is_reached(self, account: &account::Model) -> bool {
        self.0 > 0 && u32::try_from(account.failed_sign_ins).unwrap_or(0) >= self.0
    }
}

/// Writes down that a password was wrong for an account, or for an address that no account has. Both run the same
/// statements.
///
/// # Errors
/// The database failed.
pub async fn note(
    txn: &impl ConnectionTrait,
    known: Option<Uuid>,
    cause: &str,
    most: Most,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), DbErr> {
    let one_more = Expr::col(account::Column::FailedSignIns).add(1);
    let update = account::Entity::update_many()
        .col_expr(account::Column::FailedSignIns, one_more)
        .filter(account::Column::Id.eq(known.unwrap_or_default()));
    let counted = update.exec_with_returning(txn).await?.into_iter().next();
    let entry = match counted {
        None => Entry::without_subject(AuditAction::SignInFailed),
        Some(account) => {
            let in_a_row = u32::try_from(account.failed_sign_ins).unwrap_or(0);
            let is_last = most.0 > 0 && in_a_row == most.0;
            let action = if is_last { AuditAction::PasswordResetForced } else { AuditAction::SignInFailed };
            Entry::new(action, Kind::Account, account.id).with("inARow", in_a_row)
        }
    };
    audit::record(txn, origin, entry.with("cause", cause), now).await
}

/// Writes down that somebody tries too often: by the address, or under a name that an account may have.
///
/// # Errors
/// The database failed.
pub async fn note_throttled(
    txn: &impl ConnectionTrait,
    by: By,
    email_key: Option<&str>,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), DbErr> {
    let named = account::Entity::find().filter(account::Column::EmailKey.eq(email_key.unwrap_or_default()));
    let entry = match named.one(txn).await? {
        Some(account) => Entry::new(AuditAction::SignInThrottled, Kind::Account, account.id),
        None => Entry::without_subject(AuditAction::SignInThrottled),
    };
    let by = match by {
        By::Address => "ADDRESS",
        By::Identifier => "IDENTIFIER",
    };
    audit::record(txn, origin, entry.with("by", by), now).await
}

/// What somebody is told who knows the password of an account that needs a new one.
#[must_use]
pub fn reset_required(path: &str) -> Failure {
    let message = "Too many wrong passwords were tried for this account. Set a new one: ask for a mail that lets you.";
    Failure::refused(Code::PasswordResetRequired, path, message)
}
