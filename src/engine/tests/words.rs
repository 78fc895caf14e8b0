//! Words against texts that are looked through one by one.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::terms;
use super::world::{self, DAY, Draw, NOW};
use crate::engine::filter::Filter;
use crate::engine::orders::SortField;
use crate::engine::page::{Key, Order, Window};
use crate::engine::row::{Row, State};
use crate::engine::snap::{Basis, Snap};
use crate::engine::store::{Change, Store};
use crate::engine::text::Text;
use crate::engine::text::index::Index;
use crate::engine::text::sought::{Word, Words};

/// Words that share beginnings and stems.
const VOCABULARY: [&str; 14] = [
    "develop",
    "developer",
    "developers",
    "development",
    "dev",
    "c++",
    "c",
    ".net",
    "nurse",
    "nurses",
    "nursing",
    "project",
    "manager",
    "x",
];

type Truth = BTreeMap<u32, Row>;

fn row(draw: &mut Draw, slot: u32) -> Row {
    let mut words = |most: u32| (0..=draw.below(most)).map(|_| draw.pick(&VOCABULARY)).collect::<Vec<_>>().join(" ");
    let title = words(4);
    let all = format!(" {title} {} ", words(12));
    let text =
        Text { title: format!(" {title} ").into(), words: all.into(), fingerprint: i64::from(draw.below(1_000)) };
    Row { title: title.as_str().into(), text: Some(Arc::new(text)), ..world::row(draw, slot) }
}

/// A store of these postings, whose texts are written into an index first.
fn store(truth: &Truth, index: &Arc<Index>) -> Store {
    let update = index.update(false).expect("a writer");
    for row in truth.values() {
        update.put(row.id, row.text.as_ref().expect("a text")).expect("written");
    }
    update.commit().expect("written");
    let rows: Vec<Row> = truth.values().map(|row| Row { text: None, ..row.clone() }).collect();
    Store::with_texts(&rows, terms(), index.clone()).expect("a store")
}

fn change(draw: &mut Draw, store: &Store, truth: &mut Truth, changes: u32) {
    let bound = truth.keys().last().map_or(1, |last| last + 3);
    let mut made = Vec::new();
    for _ in 0..changes {
        let slot = draw.below(bound);
        if draw.one_in(4) {
            truth.remove(&slot);
            made.push(Change::Remove(slot));
        } else {
            let row = row(draw, slot);
            truth.insert(slot, row.clone());
            made.push(Change::Put(Arc::new(row)));
        }
    }
    store.apply(made);
}

fn words(draw: &mut Draw) -> Words {
    let phrase = |draw: &mut Draw| format!("{} {}", draw.pick(&VOCABULARY), draw.pick(&VOCABULARY));
    let word = |draw: &mut Draw| {
        let text = match draw.below(6) {
            0 => phrase(draw),
            1 => draw.pick(&["devel", "dev", "nurs", "proj", "developing"]).to_owned(),
            _ => draw.pick(&VOCABULARY).to_owned(),
        };
        Word { text, skills: draw.few(1, 4) }
    };
    Words { words: (0..=draw.below(2)).map(|_| word(draw)).collect(), roles: draw.few(1, 4) }
}

fn check(draw: &mut Draw, snap: &Snap, truth: &Truth) {
    for _ in 0..12 {
        let asked = words(draw);
        let sought = snap.seek(&asked, NOW).expect("an index").expect("texts");
        let set = snap.narrow(snap.select(Basis::Open(NOW), &Filter::everything()), &sought);
        let meant: Vec<&Row> = truth.values().filter(|row| row.is_open_at(NOW) && sought.holds(row)).collect();
        let mut found = snap.slots(&set);
        found.sort_unstable();
        assert_eq!(found, meant.iter().map(|row| row.slot).collect::<Vec<_>>(), "{asked:?}");
        check_pages(draw, snap, &asked, &meant);
    }
}

/// By relevance and then by age, as all of them sorted.
fn check_pages(draw: &mut Draw, snap: &Snap, asked: &Words, meant: &[&Row]) {
    let sought = snap.seek(asked, NOW).expect("an index").expect("texts");
    let set = snap.narrow(snap.select(Basis::Open(NOW), &Filter::everything()), &sought);
    let keys = vec![(SortField::Relevance, !draw.one_in(4)), (SortField::PublishedAt, true)];
    let order = Order { keys, id_descending: true };
    let scorer = sought.scorer();
    let score = |row: &Row| if order.keys[0].1 { -scorer.score_of(row) } else { scorer.score_of(row) };
    let mut list = meant.to_vec();
    list.sort_by_key(|row| (score(row), -row.published_at, std::cmp::Reverse(row.id)));
    let list: Vec<(i64, u32)> = list.into_iter().map(|row| (scorer.score_of(row), row.slot)).collect();
    let mut window = Window { limit: 1 + draw.below(6) as usize, ..Window::default() };
    let mut walked = Vec::new();
    loop {
        let page = snap.page_of(&set, Some(&sought), &order, &window);
        for (place, slot) in &page.postings {
            let Some(Key::Number(score)) = place.keys[0] else { panic!("a score") };
            walked.push((score, *slot));
        }
        window.after = page.postings.last().map(|(place, _)| place.clone());
        if !page.has_more {
            break;
        }
    }
    assert_eq!(walked, list, "{asked:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 24 } else { 500 }))]

    #[test]
    fn words_are_found_as_by_hand(seed in any::<u64>(), number in 0_u32..150) {
        let mut draw = Draw::new(seed);
        let mut truth: Truth = (0..number).map(|slot| (slot, row(&mut draw, slot))).collect();
        let index = Arc::new(Index::in_memory().expect("an index"));
        let store = store(&truth, &index);
        check(&mut draw, &store.snap(), &truth);
        for changes in [3, 40] {
            change(&mut draw, &store, &mut truth, changes);
            check(&mut draw, &store.snap(), &truth);
        }
        let before = store.snap();
        store.compact(NOW - DAY).expect("compacted");
        check(&mut draw, &store.snap(), &truth);
        check(&mut draw, &before, &truth);
        change(&mut draw, &store, &mut truth, 30);
        check(&mut draw, &store.snap(), &truth);
        store.compact(NOW).expect("compacted");
        check(&mut draw, &store.snap(), &truth);
        let known = index.known().expect("an index");
        let texts = truth.values().map(|row| (row.id, row.text.as_ref().expect("a text").fingerprint));
        prop_assert_eq!(known, texts.collect());
    }
}

#[test]
fn a_misspelled_word_stands_for_the_nearest() {
    let mut draw = Draw::new(3);
    let truth: Truth = (0..40).map(|slot| (slot, row(&mut draw, slot))).collect();
    let index = Arc::new(Index::in_memory().expect("an index"));
    let store = store(&truth, &index);
    let one = |text: &str| Words { words: vec![Word { text: text.into(), skills: vec![] }], roles: vec![] };
    let found = |text: &str| {
        let snap = store.snap();
        let sought = snap.seek(&one(text), NOW).expect("an index").expect("texts");
        let mut slots = snap.slots(&snap.narrow(snap.select(Basis::Open(NOW), &Filter::everything()), &sought));
        slots.sort_unstable();
        slots
    };
    assert!(!found("manager").is_empty());
    assert_eq!(found("manger"), found("manager"));
    assert_eq!(found("managre"), found("manager"));
    assert_eq!(found("zmanager"), [0; 0], "another word");
    assert_eq!(found("nrse"), found("nurse"));
    // As soon as somebody writes the word, it is no misspelling any more.
    let mut row = row(&mut draw, 0);
    (row.state, row.published_at, row.valid_through) = (State::Published, NOW - 1, NOW + 1);
    row.text = Some(Arc::new(Text { title: " manger ".into(), words: " manger ".into(), fingerprint: 1 }));
    store.apply([Change::Put(Arc::new(row))]);
    assert_eq!(found("manger"), [0]);
}

#[test]
fn an_index_on_disk_is_found_again_and_a_torn_one_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = Text { title: " a ".into(), words: " a b ".into(), fingerprint: -7 };
    {
        let index = Arc::new(Index::open(folder.path()).expect("an index"));
        let update = index.update(false).expect("a writer");
        update.put(u128::MAX - 5, &text).expect("written");
        update.commit().expect("written");
        // Whoever comes second while the first is there keeps its own.
        let other = Index::open(folder.path()).expect("an index");
        assert!(other.known().expect("readable").is_empty());
    }
    let known = |index: &Index| index.known().expect("readable").into_iter().collect::<Vec<_>>();
    assert_eq!(known(&Index::open(folder.path()).expect("an index")), [(u128::MAX - 5, -7)]);
    let segment = std::fs::read_dir(folder.path().join("1")).expect("a folder").filter_map(Result::ok);
    let largest =
        segment.filter(|file| file.path().extension().is_some_and(|end| end == "idx")).map(|file| file.path());
    for path in largest {
        let mut bytes = std::fs::read(&path).expect("readable");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        std::fs::write(&path, bytes).expect("writable");
    }
    let index = Arc::new(Index::open(folder.path()).expect("an index"));
    assert!(known(&index).is_empty(), "what is torn is not read");
    let update = index.update(false).expect("a writer");
    update.put(1, &text).expect("written");
    update.commit().expect("written");
    assert_eq!(known(&index).len(), 1);
}
