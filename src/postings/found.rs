//! The open postings of a scope, found in memory: how many there are, how they are spread, and pages of them. The
//! database is asked for the rows of a page alone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::DateTime;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::filter::{Order, OrderField, Scope};
use super::model::is_open;
use crate::clock::Timestamp;
use crate::engine::orders::SortField;
use crate::engine::page::{self, Key, Place};
use crate::engine::row::Field;
use crate::engine::snap::{Basis, Set};
use crate::entities::posting;
use crate::mirror::image::Image;
use crate::mirror::view::{Thing, View};
use crate::mirror::{Mirror, Ticket};
use crate::pagination::{Cursor, KeyKind, KeyValue, Keyset, Page, Window};

/// Scopes that are looked at in one go.
const AT_ONCE: usize = 100;

/// The open postings of a scope.
#[derive(Debug)]
pub struct Found {
    view: View,
    set: Set,
}

/// A page of postings whose rows are still to be read.
#[derive(Debug)]
pub struct Places {
    postings: Vec<(Cursor, Uuid)>,
    has_next: bool,
    has_previous: bool,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Which postings.
    pub scope: &'a Scope,
    /// These alone, if any are named; then all that was committed before must be known.
    pub among: Option<Vec<Uuid>>,
    /// Sort keys of the list.
    pub orders: &'a [Order],
    /// The same ordering as cursors know it.
    pub keyset: &'a Keyset,
    /// Which part of the list.
    pub window: &'a Window,
}

/// The order of a list as the engine takes it; `None` for one that it does not know.
fn order(orders: &[Order], keyset: &Keyset) -> Option<page::Order> {
    let key = |order: &Order| {
        let field = match order.field {
            OrderField::Relevance => SortField::Relevance,
            OrderField::PublishedAt => SortField::PublishedAt,
            OrderField::ValidThrough => SortField::ValidThrough,
            OrderField::Pay => SortField::Pay,
            OrderField::Title => SortField::Title,
            OrderField::UpdatedAt => SortField::UpdatedAt,
            // The skills of candidates are not kept with the postings.
            OrderField::Match => return None,
        };
        Some((field, order.descending))
    };
    let keys = orders.iter().map(key).collect::<Option<_>>()?;
    Some(page::Order { keys, id_descending: keyset.id_descending })
}

impl Found {
    /// The open postings of a scope with whatever was committed before the ticket was taken, and a page of them in the
    /// given order; `None` while nothing is in memory, or for an order that is not known there.
    pub async fn page(mirror: &Mirror, since: Ticket, asked: Asked<'_>, now: Timestamp) -> Option<(Arc<Self>, Places)> {
        let order = order(asked.orders, asked.keyset)?;
        let image = if asked.among.is_some() { mirror.as_of(since).await? } else { mirror.current(since).await? };
        let (scope, keyset, window) = (asked.scope.clone(), asked.keyset.clone(), asked.window.clone());
        let look = move || {
            let found = Self::new(image, &scope, asked.among.as_deref(), now)?;
            let places = found.places(&order, &keyset, &window)?;
            Some((Arc::new(found), places))
        };
        mirror.compute(look).await.flatten()
    }

    /// How many open postings of a scope there are, as [`Found::page`] finds them.
    pub async fn number(mirror: &Mirror, since: Ticket, scope: &Scope, now: Timestamp) -> Option<u64> {
        let image = mirror.current(since).await?;
        let scope = scope.clone();
        let look = move || Self::new(image, &scope, None, now).map(|found| found.count());
        mirror.compute(look).await.flatten()
    }

    /// Which of some postings are open and of each scope, with whatever was committed before the ticket was taken; `None`
    /// while nothing is in memory or it is behind.
    pub async fn meeting(
        mirror: &Mirror,
        since: Ticket,
        scopes: &[Arc<Scope>],
        postings: &[Uuid],
        now: Timestamp,
    ) -> Option<Vec<HashSet<Uuid>>> {
        let image = mirror.as_of(since).await?;
        let postings: Arc<[Uuid]> = postings.into();
        let mut met = Vec::with_capacity(scopes.len());
        // A few at a time, so that others are not kept waiting.
        for scopes in scopes.chunks(AT_ONCE) {
            let (image, scopes, postings) = (image.clone(), scopes.to_vec(), postings.clone());
            let look = move || {
                let met = scopes.iter().map(|scope| Self::new(image.clone(), scope, Some(&postings), now)?.ids());
                met.collect::<Option<Vec<_>>>()
            };
            met.extend(mirror.compute(look).await.flatten()?);
        }
        Some(met)
    }

    fn ids(&self) -> Option<HashSet<Uuid>> {
        let people = self.view.image().people();
        let slots = self.view.postings().slots(&self.set);
        slots.into_iter().map(|slot| people.names.postings.thing(slot).copied()).collect()
    }

    fn new(image: Arc<Image>, scope: &Scope, among: Option<&[Uuid]>, now: Timestamp) -> Option<Self> {
        let view = View::of(image, scope, now)?;
        let basis = Basis::Open(now.timestamp_micros());
        let set = among.map_or_else(|| view.select(basis), |among| view.select_among(basis, among));
        Some(Self { view, set })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.set.len() as u64
    }

    /// How many have each value of a field, by falling count and then by value; `None` if it could not be computed.
    pub async fn counts(self: &Arc<Self>, mirror: &Mirror, field: Field) -> Option<Vec<(Thing, u64)>> {
        let found = self.clone();
        let count = move || {
            let counts = found.view.postings().counts(&found.set, field);
            let people = found.view.image().people();
            let named = counts.into_iter().filter_map(|(code, count)| Some((people.names.thing(field, code)?, count)));
            let mut named: Vec<_> = named.collect();
            named.sort_unstable_by(|(one, many), (other, more)| more.cmp(many).then_with(|| one.cmp(other)));
            named
        };
        mirror.compute(count).await
    }

    fn places(&self, order: &page::Order, keyset: &Keyset, window: &Window) -> Option<Places> {
        let place = |cursor: &Option<Cursor>| match cursor {
            Some(cursor) => place(cursor, keyset).map(Some),
            None => Some(None),
        };
        let (after, before) = (place(&window.after)?, place(&window.before)?);
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        let taken = page::Window { limit, from_end: window.from_end, after, before };
        let page = self.view.postings().page_of(&self.set, self.view.sought(), order, &taken);
        let people = self.view.image().people();
        let known = |(place, slot): (Place, u32)| Some((cursor(&place, keyset), *people.names.postings.thing(slot)?));
        let (is_first, is_last) = (window.after.is_none(), window.before.is_none());
        let (has_next, has_previous) =
            if window.from_end { (!is_last, page.has_more) } else { (page.has_more, !is_first) };
        Some(Places { postings: page.postings.into_iter().filter_map(known).collect(), has_next, has_previous })
    }
}

impl Places {
    /// The page with its rows. What has been closed since it was found is left out. One statement, none for no posting.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rows(self, db: &impl ConnectionTrait, now: Timestamp) -> Result<Page<posting::Model>, DbErr> {
        let Self { postings, has_next, has_previous } = self;
        if postings.is_empty() {
            return Ok(Page { rows: Vec::new(), has_next, has_previous });
        }
        let mut rows = open_among(db, postings.iter().map(|(_, id)| *id), now).await?;
        let rows = postings.into_iter().filter_map(|(cursor, id)| Some((cursor, rows.remove(&id)?))).collect();
        Ok(Page { rows, has_next, has_previous })
    }
}

/// Those of some postings that are open. One statement, which names them by nothing but their identifiers: SQLite would
/// rather walk an index of all open ones.
///
/// # Errors
/// The database failed.
pub async fn open_among(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
    now: Timestamp,
) -> Result<HashMap<Uuid, posting::Model>, DbErr> {
    let rows = posting::Entity::find().filter(posting::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().filter(|row| is_open(row, now)).map(|row| (row.id, row)).collect())
}

/// The cursor of a place.
fn cursor(place: &Place, keyset: &Keyset) -> Cursor {
    let value = |(key, sorted): (&Option<Key>, KeyKind)| {
        key.as_ref().and_then(|key| match (key, sorted) {
            (Key::Number(micros), KeyKind::Instant) => DateTime::from_timestamp_micros(*micros).map(KeyValue::instant),
            (Key::Number(number), _) => Some(KeyValue::Integer(*number)),
            (Key::Text(text), _) => Some(KeyValue::Text(text.to_string())),
        })
    };
    let kinds = keyset.keys.iter().map(|key| key.kind);
    Cursor::new(keyset, place.keys.iter().zip(kinds).map(value).collect(), Uuid::from_u128(place.id))
}

/// The place of a cursor of this ordering.
fn place(cursor: &Cursor, keyset: &Keyset) -> Option<Place> {
    let key = |(value, kind): (&Option<KeyValue>, KeyKind)| match (value, kind) {
        (None, _) => Some(None),
        (Some(value), KeyKind::Instant) => Some(Some(Key::Number(value.as_instant()?.timestamp_micros()))),
        (Some(KeyValue::Integer(number)), _) => Some(Some(Key::Number(*number))),
        (Some(KeyValue::Text(text)), _) => Some(Some(Key::Text(text.as_str().into()))),
    };
    let kinds = keyset.keys.iter().map(|key| key.kind);
    let keys = cursor.values().iter().zip(kinds).map(key).collect::<Option<_>>()?;
    Some(Place { keys, id: cursor.id().as_u128() })
}
