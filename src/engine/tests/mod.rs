//! The engine against the definitions, over random postings, filters and changes.

mod naive;
mod people;
mod similar;
mod words;
mod world;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use proptest::prelude::*;
use uuid::Uuid;

use super::filter::Filter;
use super::orders::SortField;
use super::page::{Key, Order, Place, Window};
use super::row::{Field, NO_AMOUNT, NO_TIME, Row};
use super::snap::{Basis, Set, Snap};
use super::store::{Change, Store};
use super::{Terms, row};
use crate::market::annual::Factors;
use crate::market::release::SalaryThresholds;
use crate::market::salary::{PayRow, PostedPay, SalarySpec, salary_by_group, salary_statistics};
use crate::money::{Currency, PayPeriod, PayRange};
use world::{DAY, Draw, NOW, rates, specs};

pub type Truth = BTreeMap<u32, Row>;

pub fn terms() -> Terms {
    Terms { factors: Factors::default(), rates: Arc::new(rates()), now: NOW - DAY }
}

/// Makes random changes to the store and to what is known to hold.
pub fn change(draw: &mut Draw, store: &Store, truth: &mut Truth, number: u32) {
    let mut changes = Vec::new();
    for _ in 0..number {
        let slot = draw.below(60 + number);
        if draw.one_in(4) {
            truth.remove(&slot);
            changes.push(Change::Remove(slot));
        } else {
            let row = world::row(draw, slot);
            changes.push(Change::Put(Arc::new(row.clone())));
            truth.insert(slot, row);
        }
    }
    store.apply(changes);
}

fn bases(draw: &mut Draw) -> [Basis; 6] {
    let (from, to) = (draw.around_now(), draw.around_now());
    let shown = draw.around_now();
    [
        Basis::All,
        Basis::Open(NOW),
        Basis::Open(NOW - 3 * DAY),
        Basis::Open(draw.around_now()),
        Basis::Published { from, to },
        Basis::Shown(shown),
    ]
}

/// The postings that are meant, by hand.
pub fn meant<'a>(truth: &'a Truth, basis: Basis, filter: &Filter) -> Vec<&'a Row> {
    truth.values().filter(|row| naive::is_in(basis, row) && naive::is_meant(filter, row)).collect()
}

fn check(draw: &mut Draw, snap: &Snap, truth: &Truth, specs: &[SalarySpec]) {
    assert_eq!(snap.len(), truth.len());
    let mut rows = snap.rows();
    rows.sort_by_key(|row| row.slot);
    assert_eq!(rows.iter().collect::<Vec<_>>(), truth.values().collect::<Vec<_>>());
    similar::check(draw, snap, truth);
    for basis in bases(draw) {
        for depth in 0..3 {
            let filter = world::filter(draw, depth);
            let (set, rows) = (snap.select(basis, &filter), meant(truth, basis, &filter));
            let slots: BTreeSet<u32> = snap.slots(&set).into_iter().collect();
            let by_hand: BTreeSet<u32> = rows.iter().map(|row| row.slot).collect();
            for most in [5, 200] {
                let some: HashSet<u32> = (0..most).map(|_| draw.below(300)).collect();
                let among = snap.select_among(basis, &filter, &some);
                let found: BTreeSet<u32> = snap.slots(&among).into_iter().collect();
                let expected: BTreeSet<u32> = by_hand.iter().copied().filter(|slot| some.contains(slot)).collect();
                assert_eq!((found, among.len()), (expected.clone(), expected.len()), "{some:?} {basis:?} {filter:?}");
            }
            assert_eq!((slots, set.len()), (by_hand, rows.len()), "{basis:?} {filter:?}");
            check_counts(snap, &set, &rows);
            check_page(draw, snap, &set, &rows);
            if matches!(basis, Basis::Published { .. } | Basis::Open(_)) {
                check_salaries(draw, snap, &set, &rows, specs);
            }
        }
    }
}

fn codes(row: &Row, field: Field) -> Vec<u32> {
    let mut codes = Vec::new();
    row.codes(field, &mut codes);
    codes
}

fn check_counts(snap: &Snap, set: &Set, rows: &[&Row]) {
    for field in Field::ALL {
        let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
        for code in rows.iter().flat_map(|row| codes(row, field)) {
            *counts.entry(code).or_default() += 1;
        }
        assert_eq!(snap.counts(set, field), counts.into_iter().collect::<Vec<_>>(), "{field:?}");
    }
}

fn pay_row(row: &Row) -> PayRow {
    let published = row::day(row.published_at).expect("published");
    PayRow { employer: Uuid::from_u128(row.employer.into()), pay: row.pay, published }
}

fn check_salaries(draw: &mut Draw, snap: &Snap, set: &Set, rows: &[&Row], specs: &[SalarySpec]) {
    let spec = draw.pick(specs);
    let by_hand = salary_statistics(rows.iter().map(|row| pay_row(row)), &spec, &rates());
    assert_eq!(snap.salaries(set, &spec), by_hand, "{spec:?}");
    let field = draw.pick(&Field::ALL);
    let keyed = rows.iter().map(|row| (pay_row(row), codes(row, field)));
    let by_hand = salary_by_group(keyed, &spec, &rates()).groups;
    let found = snap.salaries_by(set, field, None, &spec);
    assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), by_hand, "{field:?} {spec:?}");
    let only = [1, 3, 900];
    let found = snap.salaries_by(set, field, Some(&only), &spec);
    let some: BTreeMap<_, _> = by_hand.into_iter().filter(|(code, _)| only.contains(code)).collect();
    assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), some);
}

fn check_page(draw: &mut Draw, snap: &Snap, set: &Set, rows: &[&Row]) {
    let fields =
        [SortField::PublishedAt, SortField::ValidThrough, SortField::Pay, SortField::Title, SortField::UpdatedAt];
    let keys: Vec<_> = (0..draw.below(3)).map(|_| (draw.pick(&fields), draw.one_in(2))).collect();
    let order =
        Order { id_descending: keys.last().map_or(draw.one_in(2), |key| key.1 == draw.one_in(6).eq(&false)), keys };
    let mut list: Vec<(Place, u32)> = rows.iter().map(|row| (place(row, &order), row.slot)).collect();
    list.sort_by(|one, other| by_hand(&order, &one.0, &other.0));
    let limit = draw.below(12) as usize;
    let from_end = draw.one_in(2);
    let mut cursor =
        || (draw.one_in(2) && !list.is_empty()).then(|| draw.below(u32::try_from(list.len()).expect("few")) as usize);
    let (after, before) = (cursor(), cursor());
    let place_at = |at: Option<usize>| at.map(|at| list[at].0.clone());
    let window = Window { limit, from_end, after: place_at(after), before: place_at(before) };
    let (from, to) = (after.map_or(0, |at| at + 1), before.unwrap_or(list.len()));
    let range = &list[from.min(list.len())..to.max(from).min(list.len())];
    let taken = limit.min(range.len());
    let expected = if from_end { &range[range.len() - taken..] } else { &range[..taken] };
    let page = snap.page(set, &order, &window);
    assert_eq!((&*page.postings, page.has_more), (expected, range.len() > limit), "{order:?} {window:?}");
}

fn place(row: &Row, order: &Order) -> Place {
    let number = |number: i64, nothing: i64| (number != nothing).then_some(Key::Number(number));
    let keys = order.keys.iter().map(|(field, _)| match field {
        SortField::PublishedAt => number(row.published_at, NO_TIME),
        SortField::ValidThrough => number(row.valid_through, NO_TIME),
        SortField::Pay => number(row.pay_rank, NO_AMOUNT),
        SortField::Title => Some(Key::Text(row.title.clone())),
        SortField::UpdatedAt => Some(Key::Number(row.updated_at)),
        SortField::Relevance => Some(Key::Number(0)),
    });
    Place { keys: keys.collect(), id: row.id }
}

/// Nulls last, either way; then by identifier.
fn by_hand(order: &Order, one: &Place, other: &Place) -> std::cmp::Ordering {
    for (at, (_, descending)) in order.keys.iter().enumerate() {
        let by_key = match (&one.keys[at], &other.keys[at]) {
            (None, None) => std::cmp::Ordering::Equal,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(_), None) => std::cmp::Ordering::Less,
            (Some(one), Some(other)) if *descending => other.cmp(one),
            (Some(one), Some(other)) => one.cmp(other),
        };
        if by_key.is_ne() {
            return by_key;
        }
    }
    if order.id_descending { other.id.cmp(&one.id) } else { one.id.cmp(&other.id) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 48 } else { 2_000 }))]

    #[test]
    fn the_store_answers_as_by_hand(seed in any::<u64>(), number in 0_u32..300) {
        let mut draw = Draw::new(seed);
        let mut truth: Truth = (0..number).map(|slot| (slot, world::row(&mut draw, slot))).collect();
        let rows: Vec<Row> = truth.values().cloned().collect();
        let store = Store::new(&rows, terms());
        let specs = specs();
        check(&mut draw, &store.snap(), &truth, &specs);
        for changes in [3, 40, 200] {
            change(&mut draw, &store, &mut truth, changes);
            check(&mut draw, &store.snap(), &truth, &specs);
        }
        let before = store.snap();
        store.compact(NOW - 2 * DAY).expect("compacted");
        check(&mut draw, &store.snap(), &truth, &specs);
        check(&mut draw, &before, &truth, &specs);
        change(&mut draw, &store, &mut truth, 30);
        check(&mut draw, &store.snap(), &truth, &specs);
    }
}

#[test]
fn changes_during_a_compaction_are_kept() {
    let mut draw = Draw::new(7);
    let rows: Vec<Row> = (0..500).map(|slot| world::row(&mut draw, slot)).collect();
    let mut truth: Truth = rows.iter().map(|row| (row.slot, row.clone())).collect();
    let store = Store::new(&rows, terms());
    let building = std::sync::atomic::AtomicBool::new(true);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..20 {
                store.compact(NOW).expect("compacted");
            }
            building.store(false, std::sync::atomic::Ordering::Release);
        });
        while building.load(std::sync::atomic::Ordering::Acquire) {
            change(&mut draw, &store, &mut truth, 5);
            assert_eq!(store.snap().len(), truth.len());
        }
    });
    store.compact(NOW).expect("compacted");
    check(&mut draw, &store.snap(), &truth, &specs());
}

#[test]
fn countries_are_those_of_the_place_or_of_the_applicant() {
    let mut draw = Draw::new(11);
    let rows: Vec<Row> = (0..400).map(|slot| world::row(&mut draw, slot)).collect();
    let snap = Store::new(&rows, terms()).snap();
    for countries in [vec![], vec![1], vec![0, 2]] {
        let set = snap.select(Basis::All, &Filter::of_countries(&countries));
        let by_hand = rows.iter().filter(|row| {
            let is_there = row.spots.iter().any(|spot| countries.contains(&spot.country));
            let may_apply = row.is_worldwide || row.applicants.iter().any(|from| countries.contains(from));
            is_there || (row.workplace == 2 && may_apply)
        });
        assert_eq!(set.len(), by_hand.count());
    }
}

#[test]
fn a_mean_at_a_tie_is_exact_where_digits_were_cut() {
    // 4/3 + 8/3 + 1/2 is 4.5, so the mean lies between two units; cut thirds add up to less.
    let eur = Currency::parse("EUR").expect("a currency");
    let pay = |min, max, hours| {
        let range = PayRange::new(min, max, eur, PayPeriod::Year, hours).expect("a range");
        PostedPay::Stated(range)
    };
    let pays = [pay(Some(1), None, Some(3_000)), pay(Some(2), None, Some(3_000)), pay(Some(0), Some(1), None)];
    let mut draw = Draw::new(3);
    let rows = pays.into_iter().zip(0..).map(|(pay, slot)| Row {
        pay,
        published_at: NOW - DAY,
        ..world::row(&mut draw, slot)
    });
    let rows: Vec<Row> = rows.collect();
    let thresholds = SalaryThresholds { postings: 1, employers: 1, tails: 1 };
    let spec = SalarySpec { thresholds, ..SalarySpec::new(eur) };
    let snap = Store::new(&rows, terms()).snap();
    let found = snap.salaries(&snap.select(Basis::All, &Filter::everything()), &spec);
    assert_eq!(found, salary_statistics(rows.iter().map(pay_row), &spec, &rates()));
    assert_eq!(found.figures.map(|figures| figures.mean), Ok(2));
}
