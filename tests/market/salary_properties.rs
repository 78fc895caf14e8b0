//! Salary statistics against the naive implementation, over arbitrary postings.

use crate::naive::{self, Fraction, Quotes};
use chrono::NaiveDate;
use proptest::prelude::*;
use rolecall::market::{
    annual::{Factors, Measure},
    rates::Rates,
    release::{SalaryThresholds, SuppressionReason},
    salary::{PayRow, PostedPay, SalarySpec, salary_by_group, salary_statistics},
    sample::{ExclusionReason, SalaryStatistics},
};
use rolecall::money::{AMOUNT_LIMIT, Currency, PayPeriod, PayRange};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a known code")
}

fn day(offset: u64) -> NaiveDate {
    NaiveDate::default() + chrono::Days::new(offset)
}

fn currencies() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["EUR", "USD", "USD", "JPY", "BHD", "GBP"]).prop_map(currency)
}

fn amounts() -> impl Strategy<Value = i64> {
    prop_oneof![1_i64..50, 1_000_i64..20_000_000, (1_i64 << 53)..AMOUNT_LIMIT]
}

fn pays() -> impl Strategy<Value = PostedPay> {
    use PayPeriod::{Day, Hour, Month, Week, Year};
    let bounds = prop_oneof![
        4 => (amounts(), amounts()).prop_map(|(a, b)| (Some(a.min(b)), Some(a.max(b)))),
        1 => amounts().prop_map(|a| (Some(a), Some(a))),
        1 => amounts().prop_map(|a| (Some(0), Some(a))),
        1 => amounts().prop_map(|a| (Some(a), None)),
        1 => amounts().prop_map(|a| (None, Some(a))),
        1 => Just((None, None)),
    ];
    let hours = prop::option::of(prop_oneof![Just(3_000_i64), Just(3_750), 1_i64..=16_800]);
    let stated = (bounds, currencies(), prop::sample::select(vec![Hour, Day, Week, Month, Year]), hours).prop_map(
        |((min, max), currency, period, hours)| {
            PostedPay::Stated(PayRange::new(min, max, currency, period, hours).expect("valid"))
        },
    );
    let none = [PostedPay::Unpaid, PostedPay::Withheld, PostedPay::StatedWithoutAmount];
    prop_oneof![12 => stated, 1 => prop::sample::select(none.to_vec())]
}

fn rows(most: usize) -> impl Strategy<Value = Vec<(PayRow, Vec<u8>)>> {
    let row = (0_u128..6, pays(), 0_u64..12, prop::collection::vec(0_u8..4, 0..4));
    let row = row.prop_map(|(employer, pay, published, keys)| {
        (PayRow { employer: Uuid::from_u128(employer), pay, published: day(published) }, keys)
    });
    prop::collection::vec(row, 0..most)
}

/// Rates of three currencies on some days; the pound has none.
fn quotes() -> impl Strategy<Value = Quotes> {
    let rate = prop_oneof![
        (1_u32..3_000_000).prop_map(|rate| format!("{}.{:04}", rate / 10_000, rate % 10_000)),
        (1_u32..100).prop_map(|rate| rate.to_string()),
        (1_u32..1_000).prop_map(|rate| format!("0.{rate:08}")),
    ];
    prop::collection::btree_map((prop::sample::select(vec!["USD", "JPY", "BHD"]), 0_u64..12), rate, 0..12)
        .prop_map(|map| map.into_iter().map(|((code, on), rate)| (currency(code), day(on), rate)).collect())
}

fn specs() -> impl Strategy<Value = SalarySpec> {
    let measure = prop::sample::select(vec![Measure::Midpoint, Measure::Floor, Measure::Ceiling]);
    let thresholds = (0_u64..12, 0_u64..4, 0_u64..31);
    (currencies(), any::<bool>(), measure, any::<bool>(), thresholds).prop_map(
        |(currency, convert, measure, trim, (postings, employers, tails))| SalarySpec {
            currency,
            convert,
            measure,
            trim,
            factors: Factors::default(),
            thresholds: SalaryThresholds { postings, employers, tails },
        },
    )
}

/// What the naive implementation makes of one row.
fn outcome(row: &PayRow, spec: &SalarySpec, quotes: &Quotes) -> Result<Fraction, ExclusionReason> {
    let pay = match row.pay {
        PostedPay::Stated(pay) => pay,
        PostedPay::StatedWithoutAmount => return Err(ExclusionReason::NoAmount),
        PostedPay::Unpaid => return Err(ExclusionReason::Unpaid),
        PostedPay::Withheld => return Err(ExclusionReason::Withheld),
    };
    let value = naive::annual(&pay, spec.measure, &spec.factors).ok_or(ExclusionReason::NoAmount)?;
    if pay.currency() == spec.currency {
        return Ok(value);
    }
    if !spec.convert {
        return Err(ExclusionReason::OtherCurrency);
    }
    let converted = naive::convert(&value, pay.currency(), spec.currency, row.published, quotes);
    let converted = converted.ok_or(ExclusionReason::NoRate)?;
    if converted.compare(&Fraction::new(10_u128.pow(30), 1)).is_ge() {
        return Err(ExclusionReason::OutOfRange);
    }
    Ok(converted)
}

fn agree(rows: &[&PayRow], spec: &SalarySpec, quotes: &Quotes, ours: &SalaryStatistics) -> Result<(), TestCaseError> {
    let mut excluded: BTreeMap<ExclusionReason, u64> = BTreeMap::new();
    let mut sample = Vec::new();
    for posting in rows {
        match outcome(posting, spec, quotes) {
            Ok(value) => sample.push((value, posting.employer)),
            Err(reason) => *excluded.entry(reason).or_default() += 1,
        }
    }
    sample.sort_by(|a, b| a.0.compare(&b.0));
    let before = sample.len();
    if spec.trim {
        let sorted: Vec<_> = sample.iter().map(|(value, _)| value.clone()).collect();
        // A value of zero has no logarithm, and the naive fences are of floating point.
        let zero = sorted.first().is_some_and(|least| least.compare(&Fraction::new(0, 1)).is_eq());
        let kept = if zero { None } else { naive::trim(&sorted) };
        let Some(kept) = kept else { return Ok(()) };
        sample.retain(|(value, _)| kept.iter().any(|other| other.compare(value).is_eq()));
    }
    if before > sample.len() {
        excluded.insert(ExclusionReason::Outlier, (before - sample.len()) as u64);
    }
    let values: Vec<Fraction> = sample.iter().map(|(value, _)| value.clone()).collect();
    let employers = sample.iter().map(|(_, employer)| employer).collect::<BTreeSet<_>>().len() as u64;
    prop_assert_eq!(&ours.excluded, &excluded.into_iter().collect::<Vec<_>>());
    prop_assert_eq!((ours.postings, ours.sample_size), (rows.len() as u64, values.len() as u64));
    prop_assert_eq!(ours.employers, employers);
    let states_amount = |row: &&&PayRow| matches!(row.pay, PostedPay::Stated(pay) if pay.min().or(pay.max()).is_some());
    let stated = rows.iter().filter(states_amount).count() as u64;
    let disclosure = ours.disclosure.map(|ratio| (ratio.numerator(), ratio.denominator()));
    prop_assert_eq!(disclosure, (!rows.is_empty()).then_some((stated, rows.len() as u64)));
    let thresholds = &spec.thresholds;
    let expected = match (rows.len(), values.len() as u64) {
        (0, _) => Some(SuppressionReason::NoPostings),
        (_, size) if size == 0 || size < thresholds.postings => Some(SuppressionReason::TooFewPostings),
        _ if employers < thresholds.employers => Some(SuppressionReason::TooFewEmployers),
        _ => None,
    };
    prop_assert_eq!(ours.figures.as_ref().err().copied(), expected);
    if expected.is_none() { agree_in_figures(&values, thresholds.tails, ours) } else { Ok(()) }
}

fn agree_in_figures(values: &[Fraction], tails: u64, ours: &SalaryStatistics) -> Result<(), TestCaseError> {
    let figures = ours.figures.as_ref().expect("released");
    let at = |percent| naive::percentile(values, percent);
    let with_tails = values.len() as u64 >= tails;
    prop_assert_eq!(figures.mean, naive::mean(values));
    prop_assert_eq!((figures.min, figures.max), (values[0].rounded(), values[values.len() - 1].rounded()));
    prop_assert_eq!((figures.p25, figures.median, figures.p75), (at(25), at(50), at(75)));
    prop_assert_eq!((figures.p10, figures.p90), (with_tails.then(|| at(10)), with_tails.then(|| at(90))));
    let interval = naive::median_ranks(values.len());
    let interval = interval.map(|(low, high)| (values[low - 1].rounded(), values[high - 1].rounded()));
    prop_assert_eq!(figures.median_interval, interval);
    for bin in &figures.histogram {
        let edge = |minor: i128| Fraction::new(minor.unsigned_abs(), 1);
        let inside = |value: &&Fraction| value.compare(&edge(bin.from)).is_ge() && value.compare(&edge(bin.to)).is_lt();
        prop_assert_eq!(bin.count, values.iter().filter(inside).count() as u64);
    }
    prop_assert_eq!(figures.histogram.iter().map(|bin| bin.count).sum::<u64>(), values.len() as u64);
    prop_assert!(figures.histogram.len() <= 20);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn sets_and_groups_agree_with_the_definition(rows in rows(60), spec in specs(), quotes in quotes()) {
        let rates = Rates::from_records(quotes.iter().cloned()).expect("valid rates");
        let result = salary_by_group(rows.iter().cloned(), &spec, &rates);
        agree(&rows.iter().map(|(row, _)| row).collect::<Vec<_>>(), &spec, &quotes, &result.all)?;
        prop_assert_eq!(&result.all, &salary_statistics(rows.iter().map(|(row, _)| *row), &spec, &rates));
        let keys: BTreeSet<u8> = rows.iter().flat_map(|(_, keys)| keys).copied().collect();
        prop_assert_eq!(result.groups.keys().copied().collect::<BTreeSet<_>>(), keys);
        for (key, group) in &result.groups {
            let own: Vec<_> = rows.iter().filter(|(_, keys)| keys.contains(key)).map(|(row, _)| row).collect();
            agree(&own, &spec, &quotes, group)?;
        }
    }

    #[test]
    fn trimmed_sets_agree_with_the_definition(
        amounts in prop::collection::vec(prop_oneof![8 => 900_i64..1_100, 1 => 1_i64..900, 1 => 1_100_i64..1_000_000], 15..60),
        hours in prop::option::of(1_000_i64..4_000),
    ) {
        let spec = SalarySpec { trim: true, ..SalarySpec::new(Currency::EUR) };
        let row = |(employer, amount): (u128, &i64)| {
            let pay = PayRange::new(Some(*amount), None, Currency::EUR, PayPeriod::Month, hours).expect("valid");
            PayRow { employer: Uuid::from_u128(employer), pay: PostedPay::Stated(pay), published: day(0) }
        };
        let rows: Vec<_> = (0..).zip(&amounts).map(row).collect();
        let ours = salary_statistics(rows.iter().copied(), &spec, &Rates::default());
        agree(&rows.iter().collect::<Vec<_>>(), &spec, &Quotes::new(), &ours)?;
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(rows in rows(40), spec in specs(), quotes in quotes()) {
        let rates = Rates::from_records(quotes).expect("valid rates");
        let backwards = salary_by_group(rows.iter().rev().cloned(), &spec, &rates);
        prop_assert_eq!(salary_by_group(rows, &spec, &rates), backwards);
    }
}

#[test]
fn one_posting_has_figures_where_one_may_be_shown() {
    let pay = PayRange::new(Some(5_000_000), Some(7_000_001), currency("JPY"), PayPeriod::Year, None).expect("valid");
    let row = PayRow { employer: Uuid::nil(), pay: PostedPay::Stated(pay), published: day(0) };
    let spec = SalarySpec::new(currency("JPY"));
    let withheld = salary_statistics([row], &spec, &Rates::default());
    assert_eq!(withheld.figures, Err(SuppressionReason::TooFewPostings));
    let spec = SalarySpec { thresholds: SalaryThresholds { postings: 1, employers: 1, tails: 1 }, ..spec };
    let figures = salary_statistics([row], &spec, &Rates::default()).figures.expect("released");
    // The midpoint 6,000,000.5 yen is rounded to the even yen.
    assert_eq!([figures.mean, figures.min, figures.max, figures.median], [6_000_000; 4]);
    assert_eq!((figures.p10, figures.p90, figures.median_interval), (Some(6_000_000), Some(6_000_000), None));
}

#[test]
fn an_empty_scope_says_so_and_a_scope_without_pay_too() {
    let spec = SalarySpec::new(Currency::EUR);
    let empty = salary_statistics([], &spec, &Rates::default());
    assert_eq!((empty.figures, empty.disclosure), (Err(SuppressionReason::NoPostings), None));
    let withheld = PayRow { employer: Uuid::nil(), pay: PostedPay::Withheld, published: day(0) };
    let none = salary_statistics([withheld; 3], &spec, &Rates::default());
    assert_eq!(none.figures, Err(SuppressionReason::TooFewPostings));
    assert_eq!(none.excluded, [(ExclusionReason::Withheld, 3)]);
    assert_eq!(none.disclosure.map(|ratio| ratio.decimal(2)), Some("0.00".into()));
}

#[test]
fn figures_wait_for_ten_postings_of_three_employers_and_tails_for_thirty() {
    let statistics = |postings: u128, employers: u128| {
        let pay = PayRange::new(Some(3_000_000), None, Currency::EUR, PayPeriod::Year, None).expect("valid");
        let row =
            |at| PayRow { employer: Uuid::from_u128(at % employers), pay: PostedPay::Stated(pay), published: day(0) };
        salary_statistics((0..postings).map(row), &SalarySpec::new(Currency::EUR), &Rates::default()).figures
    };
    assert_eq!(statistics(9, 3), Err(SuppressionReason::TooFewPostings));
    assert_eq!(statistics(10, 2), Err(SuppressionReason::TooFewEmployers));
    let ten = statistics(29, 3).expect("released");
    assert_eq!((ten.p10, ten.p25, ten.p90), (None, 3_000_000, None));
    let thirty = statistics(30, 3).expect("released");
    assert_eq!((thirty.p10, thirty.p90), (Some(3_000_000), Some(3_000_000)));
    assert_eq!(thirty.histogram.len(), 1);
}
