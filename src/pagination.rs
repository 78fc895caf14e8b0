//! Keyset pages over a query: fast at any depth, and no row twice while others are written.
//!
//! A list is ordered by its sort keys and then by id. Nulls come last in both directions. A cursor holds the values of
//! the sort keys of one row and the name of the ordering it belongs to; it is sealed, so that a client can neither read
//! a column it may not see nor make one up.
//!
//! What is sorted and compared by is never null: where a key may be, a value behind all others stands for it, written
//! into the statement as it is written into the index that serves the ordering (`tests/api/plans.rs` holds that one
//! does). Neither database can read "nulls last" in both directions off one index of the bare column.

use anyhow::Context;
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::SecondsFormat;
use sea_orm::sea_query::{Expr, ExprTrait, Func, Order, SimpleExpr};
use sea_orm::{
    Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    QueryTrait, Select, Value,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;

/// The type of a sort key's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Text that is compared byte by byte.
    Text,
    /// A 64-bit integer.
    Integer,
    /// An instant.
    Instant,
}

/// One sort key: an expression over the row and the direction in which it is sorted.
#[derive(Clone, Debug)]
pub struct SortKey {
    /// What is sorted by.
    pub expression: SimpleExpr,
    /// The type of its values.
    pub kind: KeyKind,
    /// Whether the largest come first. Nulls come last all the same.
    pub descending: bool,
    /// Whether the expression can be null in this list.
    pub nullable: bool,
}

impl SortKey {
    /// What is sorted and compared by, never null.
    fn rank(&self) -> SimpleExpr {
        if self.nullable {
            Func::coalesce([self.expression.clone(), Expr::cust(self.behind_all())]).into()
        } else {
            self.expression.clone()
        }
    }

    /// The value that stands behind all others. Both databases read the words for the ends of time: one as instants, the
    /// other as texts that sort behind and in front of every year.
    fn behind_all(&self) -> &'static str {
        match (self.kind, self.descending) {
            (KeyKind::Text, false) => "'\u{10FFFF}'",
            (KeyKind::Text, true) => "''",
            (KeyKind::Integer, false) => "9223372036854775807",
            (KeyKind::Integer, true) => "-9223372036854775807",
            (KeyKind::Instant, false) => "'infinity'",
            (KeyKind::Instant, true) => "'-infinity'",
        }
    }

    /// What the key of a cursor is compared as.
    fn bound(&self, value: Option<&KeyValue>) -> Result<SimpleExpr, DbErr> {
        match value {
            Some(value) => bind(self.kind, value),
            None => Ok(Expr::cust(self.behind_all())),
        }
    }
}

/// An ordering of a list: a name that cursors carry, the sort keys, and the id column that breaks ties.
#[derive(Clone, Debug)]
pub struct Keyset {
    /// Names the list and the ordering, as in `postings PUBLISHED_AT DESC`.
    pub name: String,
    /// The sort keys, most significant first.
    pub keys: Vec<SortKey>,
    /// The unique column.
    pub id: SimpleExpr,
    /// Whether ties are broken from the largest id down.
    pub id_descending: bool,
}

impl Keyset {
    /// An ordering by an instant that every row has.
    #[must_use]
    pub fn by_time(name: &str, at: SimpleExpr, id: SimpleExpr, newest_first: bool) -> Self {
        let key = SortKey { expression: at, kind: KeyKind::Instant, descending: newest_first, nullable: false };
        Self { name: name.to_owned(), keys: vec![key], id, id_descending: newest_first }
    }
}

/// The place of one row in an ordering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    ordering: String,
    values: Vec<Option<KeyValue>>,
    id: Uuid,
}

/// The value of a sort key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KeyValue {
    /// A number.
    Integer(i64),
    /// A text, or an instant in words.
    Text(String),
}

impl KeyValue {
    /// An instant, to the microsecond.
    #[must_use]
    pub fn instant(at: Timestamp) -> Self {
        Self::Text(at.to_rfc3339_opts(SecondsFormat::Micros, true))
    }

    /// The instant that it says, if it is one.
    #[must_use]
    pub fn as_instant(&self) -> Option<Timestamp> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Integer(_) => None,
        }
    }
}

impl Cursor {
    /// The place of a row with these sort keys, in the ordering's order.
    #[must_use]
    pub fn new(keyset: &Keyset, values: Vec<Option<KeyValue>>, id: Uuid) -> Self {
        Self { ordering: keyset.name.clone(), values, id }
    }

    /// The sort keys of the row.
    #[must_use]
    pub fn values(&self) -> &[Option<KeyValue>] {
        &self.values
    }

    /// The row.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Whether the cursor was made by this ordering.
    #[must_use]
    pub fn fits(&self, keyset: &Keyset) -> bool {
        self.ordering == keyset.name && self.values.len() == keyset.keys.len()
    }
}

/// Which rows of the list are wanted.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// How many rows at the most.
    pub limit: u64,
    /// Whether the rows are taken from the end of the range.
    pub from_end: bool,
    /// Only rows behind this one.
    pub after: Option<Cursor>,
    /// Only rows in front of this one.
    pub before: Option<Cursor>,
}

/// A page: rows in the order of the list, each with its cursor.
#[derive(Clone, Debug)]
pub struct Page<M> {
    /// The rows.
    pub rows: Vec<(Cursor, M)>,
    /// Whether rows follow.
    pub has_next: bool,
    /// Whether rows precede.
    pub has_previous: bool,
}

/// Reads one page in one statement.
///
/// # Errors
/// The database failed, or a cursor belongs to another ordering (check with [`Cursor::fits`] first).
pub async fn fetch<E>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    keyset: &Keyset,
    window: &Window,
) -> Result<Page<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: FromQueryResult,
{
    let mut select = select.expr_as(keyset.id.clone(), "key_id");
    for (position, key) in keyset.keys.iter().enumerate() {
        select = select.expr_as(key.expression.clone(), format!("key_{position}"));
    }
    if let Some(after) = &window.after {
        select = select.filter(beyond(keyset, after, false)?);
    }
    if let Some(before) = &window.before {
        select = select.filter(beyond(keyset, before, true)?);
    }
    select = sorted(select, keyset, window.from_end).limit(window.limit + 1);
    let rows = db.query_all(select.as_query()).await?;
    let more = rows.len() as u64 > window.limit;
    let mut rows = rows
        .iter()
        .take(usize::try_from(window.limit).unwrap_or(usize::MAX))
        .map(|row| Ok((read_cursor(keyset, row)?, E::Model::from_query_result(row, "")?)))
        .collect::<Result<Vec<_>, DbErr>>()?;
    if window.from_end {
        rows.reverse();
        Ok(Page { rows, has_next: window.before.is_some(), has_previous: more })
    } else {
        Ok(Page { rows, has_next: more, has_previous: window.after.is_some() })
    }
}

fn sorted<E: EntityTrait>(mut select: Select<E>, keyset: &Keyset, reverse: bool) -> Select<E> {
    let direction = |descending: bool| if descending == reverse { Order::Asc } else { Order::Desc };
    for key in &keyset.keys {
        select = select.order_by(key.rank(), direction(key.descending));
    }
    select.order_by(keyset.id.clone(), direction(keyset.id_descending))
}

/// Rows strictly behind the cursor in the list's order, or strictly in front of it.
fn beyond(keyset: &Keyset, cursor: &Cursor, in_front: bool) -> Result<Condition, DbErr> {
    if !cursor.fits(keyset) {
        return Err(DbErr::Custom("a cursor of another ordering".to_owned()));
    }
    let mut any = Condition::any();
    let mut ties = Condition::all();
    let mut all = Condition::all();
    for (position, (key, value)) in keyset.keys.iter().zip(&cursor.values).enumerate() {
        let bound = key.bound(value.as_ref())?;
        let is_larger = key.descending == in_front;
        if position == 0 {
            // Follows from the rest, and tells the database where in the index to begin.
            all = all.add(if is_larger { key.rank().gte(bound.clone()) } else { key.rank().lte(bound.clone()) });
        }
        let strictly = if is_larger { key.rank().gt(bound.clone()) } else { key.rank().lt(bound.clone()) };
        any = any.add(ties.clone().add(strictly));
        ties = ties.add(key.rank().eq(bound));
    }
    let id = keyset.id.clone();
    let last = if keyset.id_descending == in_front { id.gt(cursor.id) } else { id.lt(cursor.id) };
    Ok(all.add(any.add(ties.add(last))))
}

fn bind(kind: KeyKind, value: &KeyValue) -> Result<SimpleExpr, DbErr> {
    let bound: Value = match (kind, value) {
        (KeyKind::Integer, KeyValue::Integer(number)) => (*number).into(),
        (KeyKind::Text, KeyValue::Text(text)) => text.clone().into(),
        (KeyKind::Instant, value) => {
            let at = value.as_instant();
            at.ok_or_else(|| DbErr::Custom("a cursor value that is no instant".to_owned()))?.into()
        }
        _ => return Err(DbErr::Custom("a cursor value of another type".to_owned())),
    };
    Ok(Expr::val(bound))
}

fn read_cursor(keyset: &Keyset, row: &QueryResult) -> Result<Cursor, DbErr> {
    let values = keyset.keys.iter().enumerate().map(|(position, key)| {
        let column = format!("key_{position}");
        Ok(match key.kind {
            KeyKind::Integer => row.try_get::<Option<i64>>("", &column)?.map(KeyValue::Integer),
            KeyKind::Text => row.try_get::<Option<String>>("", &column)?.map(KeyValue::Text),
            KeyKind::Instant => row.try_get::<Option<Timestamp>>("", &column)?.map(KeyValue::instant),
        })
    });
    let values = values.collect::<Result<_, DbErr>>()?;
    Ok(Cursor { ordering: keyset.name.clone(), values, id: row.try_get("", "key_id")? })
}

/// Seals cursors with AES-256-GCM-SIV. The nonce is fixed, so one row has one cursor and caches can merge pages; this
/// mode of the cipher reveals nothing by it but that two cursors are equal.
#[derive(Debug)]
pub struct CursorSeal(LessSafeKey);

impl CursorSeal {
    /// A seal with a key of 32 bytes.
    ///
    /// # Errors
    /// The key has another length.
    pub fn new(key: &[u8]) -> anyhow::Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM_SIV, key).ok().context("a cursor key has 32 bytes")?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// The text that a client gets.
    #[must_use]
    pub fn close(&self, cursor: &Cursor) -> String {
        let mut bytes = serde_json::to_vec(cursor).unwrap_or_default();
        match self.0.seal_in_place_append_tag(nonce(), Aad::empty(), &mut bytes) {
            Ok(()) => URL_SAFE_NO_PAD.encode(bytes),
            Err(_) => String::new(),
        }
    }

    /// The cursor that this server, or one with the same key, made; `None` for any other text.
    #[must_use]
    pub fn open(&self, text: &str) -> Option<Cursor> {
        let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = self.0.open_in_place(nonce(), Aad::empty(), &mut bytes).ok()?;
        serde_json::from_slice(plain).ok()
    }
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key(*b"rolecall\0\0\0\0")
}

#[cfg(test)]
mod tests;
