//! Which accounts an administrator looks for.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use crate::entities::account;

/// Which accounts are meant: those that meet every part that is given.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// The beginning of an e-mail address; case does not matter.
    pub email: Option<String>,
    /// Whether they are suspended.
    pub is_suspended: Option<bool>,
    /// Whether they may administer the board.
    pub is_admin: Option<bool>,
}

/// The accounts that meet the filter. Erased ones are no accounts any more.
#[must_use]
pub fn select(filter: &AccountFilter) -> Select<account::Entity> {
    let mut select = account::Entity::find().filter(account::Column::ErasedAt.is_null());
    if let Some(email) = &filter.email {
        // A range rather than LIKE: it reads the index, and needs nothing escaped.
        let from = email.trim().to_lowercase();
        let until = format!("{from}\u{10FFFF}");
        select = select.filter(account::Column::EmailKey.gte(from)).filter(account::Column::EmailKey.lt(until));
    }
    select = match filter.is_suspended {
        Some(true) => select.filter(account::Column::SuspendedAt.is_not_null()),
        Some(false) => select.filter(account::Column::SuspendedAt.is_null()),
        None => select,
    };
    let is_admin = Expr::col((account::Entity, account::Column::IsAdmin));
    match filter.is_admin {
        Some(true) => select.filter(is_admin),
        Some(false) => select.filter(is_admin.not()),
        None => select,
    }
}
