use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

fn seal(key: u8) -> CursorSeal {
    CursorSeal::new(&[key; 32]).expect("32 bytes")
}

#[test]
fn a_sealed_cursor_is_opened_by_its_own_key_only() {
    let cursor = Cursor {
        ordering: "postings TITLE ASC".to_owned(),
        values: vec![Some(KeyValue::Text("backend".to_owned())), None, Some(KeyValue::Integer(-7))],
        id: Uuid::from_u128(42),
    };
    let text = seal(7).close(&cursor);
    assert_eq!(seal(7).open(&text).as_ref(), Some(&cursor));
    assert_eq!(seal(8).open(&text), None);
    assert_eq!(seal(7).open("not a cursor"), None);
    assert!(CursorSeal::new(b"short").is_err());
}

fn value() -> impl Strategy<Value = Option<KeyValue>> {
    prop_oneof![
        Just(None),
        any::<i64>().prop_map(|number| Some(KeyValue::Integer(number))),
        any::<String>().prop_map(|text| Some(KeyValue::Text(text))),
        // Texts that look like values of other types.
        "-?[0-9]{1,20}|null|true|1e5|\\[\\]".prop_map(|text| Some(KeyValue::Text(text))),
        (-62_135_596_800..253_402_300_799_i64, 0..1_000_000_u32)
            .prop_filter_map("an instant", |(seconds, micros)| Timestamp::from_timestamp(seconds, micros * 1_000))
            .prop_map(|at| Some(KeyValue::instant(at))),
    ]
}

fn cursor() -> impl Strategy<Value = Cursor> {
    let parts = (any::<String>(), prop::collection::vec(value(), 0..4), any::<u128>());
    parts.prop_map(|(ordering, values, id)| Cursor { ordering, values, id: Uuid::from_u128(id) })
}

/// Every order's keys are of these kinds.
fn keyset(name: &str, kinds: &[KeyKind]) -> Keyset {
    let key = |kind: &KeyKind| SortKey { expression: Expr::cust("x"), kind: *kind, descending: false, nullable: true };
    Keyset { name: name.to_owned(), keys: kinds.iter().map(key).collect(), id: Expr::cust("id"), id_descending: false }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sealed_comes_back(cursor in cursor()) {
        prop_assert_eq!(seal(7).open(&seal(7).close(&cursor)), Some(cursor));
    }

    #[test]
    fn no_text_is_a_cursor_but_those_that_were_sealed(text in any::<String>(), letters in "[A-Za-z0-9_-]{0,200}") {
        prop_assert_eq!(seal(7).open(&text), None);
        prop_assert_eq!(seal(7).open(&letters), None);
    }

    #[test]
    fn a_cursor_of_which_one_bit_is_another_is_refused(cursor in cursor(), bit in any::<prop::sample::Index>()) {
        let mut bytes = URL_SAFE_NO_PAD.decode(seal(7).close(&cursor)).expect("base 64");
        let bit = bit.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(seal(7).open(&URL_SAFE_NO_PAD.encode(bytes)), None);
    }

    #[test]
    fn a_cursor_has_one_text(cursor in cursor(), at in any::<prop::sample::Index>(), letter in "[A-Za-z0-9_=+/ \n-]", cut in any::<prop::sample::Index>()) {
        let text = seal(7).close(&cursor);
        let at = at.index(text.len());
        let mut other = text.clone();
        other.replace_range(at..=at, &letter);
        prop_assert_eq!(seal(7).open(&other).is_some(), other == text);
        for longer in [format!("{text}{letter}"), format!("{letter}{text}"), text[..cut.index(text.len())].to_owned()] {
            prop_assert_eq!(seal(7).open(&longer), None);
        }
    }

    /// A key that a client has kept from a list whose order has changed since is refused or binds; it is never a panic.
    #[test]
    fn values_of_any_kind_make_a_condition_or_an_error(
        values in prop::collection::vec(value(), 1..4),
        kinds in prop::collection::vec(prop::sample::select(vec![KeyKind::Text, KeyKind::Integer, KeyKind::Instant]), 1..4),
        in_front in any::<bool>(),
    ) {
        let (own, other) = (keyset("a list", &kinds), keyset("another list", &kinds));
        let cursor = Cursor::new(&own, values.clone(), Uuid::nil());
        let matches = |(kind, value): (&KeyKind, &Option<KeyValue>)| match (kind, value) {
            (_, None) | (KeyKind::Text, Some(KeyValue::Text(_))) | (KeyKind::Integer, Some(KeyValue::Integer(_))) => true,
            (KeyKind::Instant, Some(value)) => value.as_instant().is_some(),
            _ => false,
        };
        prop_assert_eq!(cursor.fits(&own), values.len() == kinds.len());
        prop_assert!(!cursor.fits(&other));
        prop_assert!(beyond(&other, &cursor, in_front).is_err());
        let is_right = values.len() == kinds.len() && kinds.iter().zip(&values).all(matches);
        prop_assert_eq!(beyond(&own, &cursor, in_front).is_ok(), is_right);
    }
}
