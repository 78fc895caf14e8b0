//! Orderings of lists, as clients ask for them.

use std::fmt::Debug;

use async_graphql::Enum;
use sea_orm::sea_query::SimpleExpr;

use super::errors::bad_argument;
use crate::pagination::{KeyKind, Keyset, SortKey};

/// Which end of an ordering comes first.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderDirection {
    /// The smallest first: A to Z, oldest to newest. Nulls come last.
    Asc,
    /// The largest first: Z to A, newest to oldest. Nulls come last.
    Desc,
}

/// A field that a list can be ordered by.
pub trait OrderField: Copy + Eq + Debug {
    /// Its values: the expression over a row, their type, and whether they can be null.
    fn key(self) -> (SimpleExpr, KeyKind, bool);
}

/// Declares how clients order a list: by one of its fields, in a direction.
macro_rules! ordering {
    ($(#[$doc:meta])* $name:ident by $field:ident) => {
        $(#[$doc])*
        #[derive(async_graphql::InputObject, Clone, Copy, Debug)]
        pub struct $name {
            /// What they are ordered by.
            field: $field,
            /// Which end comes first.
            direction: $crate::graphql::order::OrderDirection,
        }

        impl From<$name> for ($field, $crate::graphql::order::OrderDirection) {
            fn from(order: $name) -> Self {
                (order.field, order.direction)
            }
        }
    };
}
pub(crate) use ordering;

/// The ordering of a list as the client wishes it; without a wish the one of [`usual`].
///
/// # Errors
/// `BAD_USER_INPUT` when a field is named twice.
pub fn keyset<F: OrderField, W: Into<(F, OrderDirection)>>(
    list: &str,
    id: impl Into<SimpleExpr>,
    order_by: Option<Vec<W>>,
    default: F,
) -> async_graphql::Result<Keyset> {
    let wishes: Vec<_> = order_by.into_iter().flatten().map(Into::into).collect();
    if wishes.is_empty() {
        return Ok(usual(list, id, default));
    }
    for (position, (field, _)) in wishes.iter().enumerate() {
        if wishes[..position].iter().any(|(earlier, _)| earlier == field) {
            return Err(bad_argument("orderBy", "name each field once."));
        }
    }
    Ok(by(list, id, &wishes))
}

/// The ordering that a list has by itself: one field, the smallest first.
pub fn usual<F: OrderField>(list: &str, id: impl Into<SimpleExpr>, field: F) -> Keyset {
    by(list, id, &[(field, OrderDirection::Asc)])
}

/// The ordering of a list by these fields, most significant first.
pub fn by<F: OrderField>(list: &str, id: impl Into<SimpleExpr>, wishes: &[(F, OrderDirection)]) -> Keyset {
    let mut name = list.to_owned();
    let mut keys = Vec::with_capacity(wishes.len());
    for (field, direction) in wishes {
        let (expression, kind, nullable) = field.key();
        let descending = *direction == OrderDirection::Desc;
        name = format!("{name} {field:?} {direction:?}");
        keys.push(SortKey { expression, kind, descending, nullable });
    }
    // Ties are broken in the direction of the last key, so that one index serves the whole ordering.
    let id_descending = keys.last().is_some_and(|key| key.descending);
    Keyset { name, keys, id: id.into(), id_descending }
}
