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

/// The ordering of a list. Without a wish it is by `default`, the smallest first.
///
/// # Errors
/// `BAD_USER_INPUT` when a field is named twice.
pub fn keyset<F: OrderField>(
    list: &str,
    id: impl Into<SimpleExpr>,
    wishes: &[(F, OrderDirection)],
    default: F,
) -> async_graphql::Result<Keyset> {
    let default = [(default, OrderDirection::Asc)];
    let wishes = if wishes.is_empty() { &default } else { wishes };
    let mut name = list.to_owned();
    let mut keys = Vec::with_capacity(wishes.len());
    for (position, (field, direction)) in wishes.iter().enumerate() {
        if wishes[..position].iter().any(|(earlier, _)| earlier == field) {
            return Err(bad_argument("orderBy", "name each field once."));
        }
        let (expression, kind, nullable) = field.key();
        let descending = *direction == OrderDirection::Desc;
        name = format!("{name} {field:?} {direction:?}");
        keys.push(SortKey { expression, kind, descending, nullable });
    }
    // Ties are broken in the direction of the last key, so that one index serves the whole ordering.
    let id_descending = keys.last().is_some_and(|key| key.descending);
    Ok(Keyset { name, keys, id: id.into(), id_descending })
}
