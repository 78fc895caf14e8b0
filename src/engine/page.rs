//! Pages of a list: its postings by sort keys, from a place on.
//!
//! Postings that lack a key come last in both directions, and identifiers break ties, as in the lists of the database.

use std::cmp::Ordering;
use std::sync::Arc;

use super::columns::Columns;
use super::cores;
use super::orders::SortField;
use super::post::Post;
use super::row::{NO_AMOUNT, NO_TIME, Row};
use super::snap::{Set, Snap};
use super::text::sought::{Scorer, Sought};

/// How a list is sorted: keys, most significant first, and the direction in which identifiers break ties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Keys, each with whether the largest come first.
    pub keys: Vec<(SortField, bool)>,
    /// Whether the largest identifiers come first.
    pub id_descending: bool,
}

/// A sort key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// An amount, or an instant in microseconds.
    Number(i64),
    /// A title.
    Text(Arc<str>),
}

/// The place of a posting in a list: its sort keys and its identifier. A cursor holds one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The keys, in the order's order.
    pub keys: Vec<Option<Key>>,
    /// The identifier.
    pub id: u128,
}

/// Which postings of a list are wanted.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// How many at the most.
    pub limit: usize,
    /// Whether they are taken from the end.
    pub from_end: bool,
    /// Only those behind this place.
    pub after: Option<Place>,
    /// Only those in front of this place.
    pub before: Option<Place>,
}

/// A page: places and numbers of postings, in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The postings.
    pub postings: Vec<(Place, u32)>,
    /// Whether there are more, further in the direction in which they were taken.
    pub has_more: bool,
}

impl Order {
    /// Which of two places comes first.
    #[must_use]
    pub fn compare(&self, one: &Place, other: &Place) -> Ordering {
        let keys = one.keys.iter().zip(&other.keys).zip(&self.keys);
        let by_keys =
            keys.map(|((one, other), (_, descending))| compare_keys(one.as_ref(), other.as_ref(), *descending));
        by_keys.fold(Ordering::Equal, Ordering::then).then_with(|| directed(one.id.cmp(&other.id), self.id_descending))
    }
}

fn directed(order: Ordering, descending: bool) -> Ordering {
    if descending { order.reverse() } else { order }
}

/// What has no key comes last.
fn compare_keys<K: Ord>(one: Option<&K>, other: Option<&K>, descending: bool) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => directed(one.cmp(other), descending),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }
}

/// What the keys of postings are.
#[derive(Clone, Copy)]
struct Keys<'a> {
    columns: &'a Columns,
    scorer: Option<&'a Scorer<'a>>,
    order: &'a Order,
}

impl Keys<'_> {
    /// A key of a row as a number that has the order of the keys themselves.
    fn number(&self, field: SortField, row: u32) -> Option<i64> {
        match (field, self.scorer) {
            (SortField::Relevance, Some(scorer)) => Some(scorer.score_in(row)),
            (field, _) => field.key(self.columns, row),
        }
    }

    fn key(&self, field: SortField, row: u32) -> Option<Key> {
        match field {
            SortField::Title => Some(Key::Text(self.columns.title_text(self.columns.titles()[row as usize]).clone())),
            field => self.number(field, row).map(Key::Number),
        }
    }

    /// Which of a row whose first key is known and a place comes first in the list.
    fn compare(&self, row: u32, first: Option<i64>, place: &Place) -> Ordering {
        let keys = self.order.keys.iter().zip(&place.keys).enumerate();
        let by_keys = keys.map(|(nth, ((field, descending), key))| {
            if let Some(Key::Text(title)) = key {
                let own = self.columns.title_text(self.columns.titles()[row as usize]);
                return directed((**own).cmp(&**title), *descending);
            }
            let own = if nth == 0 { first } else { self.number(*field, row) };
            let number = key.as_ref().map(|key| if let Key::Number(number) = key { *number } else { 0 });
            compare_keys(own.as_ref(), number.as_ref(), *descending)
        });
        let id = || directed(self.columns.ids()[row as usize].cmp(&place.id), self.order.id_descending);
        by_keys.fold(Ordering::Equal, Ordering::then).then_with(id)
    }

    fn place(&self, row: u32) -> Place {
        let keys = self.order.keys.iter().map(|(field, _)| self.key(*field, row));
        Place { keys: keys.collect(), id: self.columns.ids()[row as usize] }
    }

    fn place_of_recent(&self, row: &Row) -> Place {
        let there = |key: i64, nothing: i64| (key != nothing).then_some(Key::Number(key));
        let key = |field| match field {
            SortField::PublishedAt => there(row.published_at, NO_TIME),
            SortField::ValidThrough => there(row.valid_through, NO_TIME),
            SortField::Pay => there(row.pay_rank, NO_AMOUNT),
            SortField::UpdatedAt => Some(Key::Number(row.updated_at)),
            SortField::Title => Some(Key::Text(row.title.clone())),
            SortField::Relevance => Some(Key::Number(self.scorer.map_or(0, |scorer| scorer.score_of(row)))),
        };
        Place { keys: self.order.keys.iter().map(|(field, _)| key(*field)).collect(), id: row.id }
    }
}

/// A page in the making.
struct Taking<'a> {
    keys: Keys<'a>,
    order: &'a Order,
    window: &'a Window,
    taken: Vec<(Place, u32)>,
}

impl Taking<'_> {
    /// In the direction in which the page is taken.
    fn compare(&self, one: &Place, other: &Place) -> Ordering {
        directed(self.order.compare(one, other), self.window.from_end)
    }

    /// The places from which and up to which the page is taken.
    const fn bounds(&self) -> (Option<&Place>, Option<&Place>) {
        let (after, before) = (self.window.after.as_ref(), self.window.before.as_ref());
        if self.window.from_end { (before, after) } else { (after, before) }
    }

    /// Whether a row whose first key is known lies between the places from which and up to which the page is taken.
    fn is_within(&self, row: u32, first: Option<i64>) -> bool {
        let (from, to) = self.bounds();
        let compare = |place: &Place| directed(self.keys.compare(row, first, place), self.window.from_end);
        from.is_none_or(|from| compare(from) == Ordering::Greater) && to.is_none_or(|to| compare(to) == Ordering::Less)
    }

    fn offer_row(&mut self, row: u32) {
        self.offer(self.keys.place(row), self.keys.columns.slots()[row as usize]);
    }

    fn offer(&mut self, place: Place, slot: u32) {
        let (from, to) = self.bounds();
        let is_behind = from.is_none_or(|from| self.compare(&place, from) == Ordering::Greater);
        if is_behind && to.is_none_or(|to| self.compare(&place, to) == Ordering::Less) {
            self.taken.push((place, slot));
        }
    }

    /// The first key of a row against that of a place, in the direction in which the page is taken.
    fn compare_first(&self, key: Option<&Key>, place: &Place) -> Ordering {
        let Some((_, descending)) = self.order.keys.first() else { return Ordering::Equal };
        directed(compare_keys(key, place.keys[0].as_ref(), *descending), self.window.from_end)
    }

    fn finish(mut self) -> Page {
        let (order, from_end) = (self.order, self.window.from_end);
        self.taken.sort_unstable_by(|one, other| directed(order.compare(&one.0, &other.0), from_end));
        let has_more = self.taken.len() > self.window.limit;
        self.taken.truncate(self.window.limit);
        if from_end {
            self.taken.reverse();
        }
        Page { postings: self.taken, has_more }
    }
}

impl Snap {
    /// A page of a set, in an order that does not ask how well postings fit a search. See [`Snap::page_of`].
    #[must_use]
    pub fn page(&self, set: &Set, order: &Order, window: &Window) -> Page {
        self.page_of(set, None, order, window)
    }

    /// A page of a set, which may be what was found in a search. Of a small set every posting is looked at; of a large one
    /// the rows are walked in the order of the first key, from the place of the cursor until the page is full:
    /// O(limit ÷ share of the rows that are meant). By relevance, those rows alone are looked at whose title has a word,
    /// while they fill the page.
    #[must_use]
    pub fn page_of(&self, set: &Set, sought: Option<&Sought>, order: &Order, window: &Window) -> Page {
        let columns = self.base().columns();
        let scorer = sought.map(Sought::scorer);
        let keys = Keys { columns, scorer: scorer.as_ref(), order };
        let taking = || Taking { keys, order, window, taken: Vec::new() };
        if let Some(page) = sought.and_then(|sought| self.foremost(set, sought, taking())) {
            return page;
        }
        let mut taking = taking();
        match (set.rows(), order.keys.first()) {
            (Post::Dense(bits), Some((field, descending))) if *field != SortField::Relevance => {
                self.walk_in_order(*field, *descending, &mut taking, |row| bits.contains(row));
            }
            (rows, Some((field, descending))) => pick_first(rows, *field, *descending, &mut taking),
            (rows, None) => rows.each(|row| taking.offer_row(row)),
        }
        self.offer_recent(set, &mut taking);
        taking.finish()
    }

    /// The page, if it lies among the foremost of a search.
    fn foremost(&self, set: &Set, sought: &Sought, mut taking: Taking) -> Option<Page> {
        let by_relevance = taking.order.keys.first() == Some(&(SortField::Relevance, true));
        if !by_relevance || taking.window.from_end || taking.window.before.is_some() {
            return None;
        }
        let (rows, bound) = sought.foremost(set.rows());
        if rows.len() <= taking.window.limit {
            return None;
        }
        pick_first(&rows, SortField::Relevance, true, &mut taking);
        self.offer_recent(set, &mut taking);
        let page = taking.finish();
        // Whatever was not looked at comes behind the last one, or the page is not settled.
        let last = page.postings.last().and_then(|(place, _)| place.keys[0].clone());
        (page.has_more && last >= Some(Key::Number(bound))).then_some(page)
    }

    fn offer_recent(&self, set: &Set, taking: &mut Taking) {
        for row in self.recent(set) {
            taking.offer(taking.keys.place_of_recent(row), row.slot);
        }
    }

    fn walk_in_order(
        &self,
        field: SortField,
        descending: bool,
        taking: &mut Taking,
        mut is_meant: impl FnMut(u32) -> bool,
    ) {
        let columns = self.base().columns();
        let (known, nothing) = self.base().orders().rows(field);
        // Those without the key come last; from the end of the list they come first.
        let parts = if taking.window.from_end { [nothing, known] } else { [known, nothing] };
        let is_backwards = descending != taking.window.from_end;
        // The rows lie in the order of the list itself where that has one key; otherwise those with one key are sorted.
        let is_in_order = taking.order.keys.len() == 1 && taking.order.id_descending == descending;
        for rows in parts {
            // Not before the place from which the page is taken: a search for the first row that is not before it.
            let at = |nth: usize| if is_backwards { rows[rows.len() - 1 - nth] } else { rows[nth] };
            let is_before = |nth: usize| {
                taking.bounds().0.is_some_and(|from| {
                    let place = taking.keys.place(at(nth));
                    let by_key = taking.compare_first(place.keys[0].as_ref(), from);
                    by_key == Ordering::Less || (is_in_order && taking.compare(&place, from) == Ordering::Less)
                })
            };
            let mut start = 0..rows.len();
            while !start.is_empty() {
                let middle = usize::midpoint(start.start, start.end);
                if is_before(middle) {
                    start.start = middle + 1;
                } else {
                    start.end = middle;
                }
            }
            let mut last: Option<Option<i64>> = None;
            for row in (start.start..rows.len()).map(at) {
                if !is_meant(row) {
                    continue;
                }
                // Rows with the key of the last one taken may come before it by the other keys.
                let key = field.key(columns, row);
                let is_new = is_in_order || last.is_some_and(|last| last != key);
                if taking.taken.len() > taking.window.limit && is_new {
                    return;
                }
                let place = taking.keys.place(row);
                let beyond = taking.bounds().1;
                if beyond.is_some_and(|to| taking.compare_first(place.keys[0].as_ref(), to) == Ordering::Greater) {
                    return;
                }
                last = Some(key);
                taking.offer(place, columns.slots()[row as usize]);
            }
        }
    }
}

/// Offers those rows of a small set that can be on the page. Of all rows the first key alone is looked at, of those that
/// share it with the last one of the page the second, and then the identifier.
fn pick_first(rows: &Post, field: SortField, descending: bool, taking: &mut Taking) {
    let (keys, from_end, limit) = (taking.keys, taking.window.from_end, taking.window.limit);
    let is_bounded = taking.bounds() != (None, None);
    let by_first = |one: Option<i64>, other: Option<i64>| {
        directed(compare_keys(one.as_ref(), other.as_ref(), descending), from_end)
    };
    let firsts_of = |part: &[u32]| {
        let firsts = part.iter().map(|row| (keys.number(field, *row), *row));
        let firsts = firsts.filter(|(first, row)| !is_bounded || taking.is_within(*row, *first));
        let mut firsts: Vec<(Option<i64>, u32)> = firsts.collect();
        keep_first(&mut firsts, limit, |one, other| by_first(one.0, other.0));
        firsts
    };
    let mut firsts = cores::map(cores::parts(&rows.rows()), firsts_of).concat();
    keep_first(&mut firsts, limit, |one, other| by_first(one.0, other.0));
    let (second, third) = (taking.order.keys.get(1).copied(), taking.order.keys.get(2));
    let with_next = |(first, row)| ((first, second.and_then(|(field, _)| keys.number(field, row))), row);
    let mut keyed: Vec<(Keyed, u32)> = firsts.into_iter().map(with_next).collect();
    let by_keys = |one: Keyed, other: Keyed| {
        let next = second.map_or(Ordering::Equal, |(_, d)| compare_keys(one.1.as_ref(), other.1.as_ref(), d));
        by_first(one.0, other.0).then(directed(next, from_end))
    };
    keep_first(&mut keyed, limit, |one, other| by_keys(one.0, other.0));
    // By a third key rows that have these two alike may come in any order.
    if third.is_none() {
        let (ids, id_descending) = (keys.columns.ids(), taking.order.id_descending);
        let by_id = |one: u32, other: u32| {
            directed(directed(ids[one as usize].cmp(&ids[other as usize]), id_descending), from_end)
        };
        keep_first(&mut keyed, limit, |one, other| by_keys(one.0, other.0).then_with(|| by_id(one.1, other.1)));
    }
    for (_, row) in keyed {
        taking.offer_row(row);
    }
}

/// The first two keys of a row.
type Keyed = (Option<i64>, Option<i64>);

/// Keeps the first so many and one more, and whatever comes with the last of them.
fn keep_first<T: Copy>(all: &mut Vec<T>, limit: usize, compare: impl Fn(&T, &T) -> Ordering) {
    if limit < all.len() {
        let (_, last, _) = all.select_nth_unstable_by(limit, &compare);
        let last = *last;
        all.retain(|one| compare(one, &last) != Ordering::Greater);
    }
}
