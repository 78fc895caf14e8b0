//! How long the market's figures take: salary statistics by number of rows, and the join of postings and seekers.

use chrono::{Days, NaiveDate};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rolecall::market::{
    codes::{Code, Codes},
    matching::{SkillHeld, SkillNeed},
    rates::Rates,
    salary::{PayRow, PostedPay, SalarySpec, salary_by_group, salary_statistics},
    seekers::{OpenPosting, Place, Seeker, SeekerJoin},
};
use rolecall::money::{Currency, PayPeriod, PayRange};
use std::hint::black_box;
use uuid::Uuid;

/// A fixed sequence of numbers below a bound (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[usize::try_from(self.below(items.len() as u64)).expect("an index")]
    }

    fn amount(&mut self, from: i64, width: u64) -> Option<i64> {
        from.checked_add_unsigned(self.below(width))
    }
}

fn currencies() -> [Currency; 4] {
    ["USD", "USD", "EUR", "GBP"].map(|code| Currency::parse(code).expect("a known code"))
}

fn rows(count: u64) -> Vec<PayRow> {
    let mut numbers = Numbers(1);
    let periods = [PayPeriod::Year, PayPeriod::Year, PayPeriod::Hour, PayPeriod::Month];
    let row = |_| {
        let period = numbers.pick(&periods);
        let (min, max) = match period {
            PayPeriod::Hour => (numbers.amount(1_500, 5_000), numbers.amount(6_500, 9_000)),
            PayPeriod::Month => (numbers.amount(200_000, 500_000), numbers.amount(700_000, 900_000)),
            _ => (numbers.amount(3_000_000, 6_000_000), numbers.amount(9_000_000, 15_000_000)),
        };
        let hours = numbers.pick(&[None, None, Some(4_000), Some(3_750), Some(2_000)]);
        let pay = PayRange::new(min, max, numbers.pick(&currencies()), period, hours).expect("valid");
        let published = NaiveDate::default() + Days::new(numbers.below(365));
        let employer = Uuid::from_u128(u128::from(numbers.below(20_000)));
        let pay = if numbers.below(10) == 0 { PostedPay::Withheld } else { PostedPay::Stated(pay) };
        PayRow { employer, pay, published }
    };
    (0..count).map(row).collect()
}

fn rates() -> Rates {
    let mut numbers = Numbers(2);
    let days = (0..365).map(|offset| NaiveDate::default() + Days::new(offset));
    let records =
        days.flat_map(|day| currencies()[1..].iter().map(move |currency| (*currency, day)).collect::<Vec<_>>());
    let quoted = records.filter(|(currency, _)| *currency != Currency::EUR);
    Rates::from_records(quoted.map(|(currency, day)| (currency, day, format!("1.{:04}", numbers.below(10_000)))))
        .expect("valid rates")
}

fn salaries(criterion: &mut Criterion) {
    let rates = rates();
    let mut group = criterion.benchmark_group("salary");
    group.sample_size(10);
    for count in [10_000, 100_000, 1_000_000] {
        let rows = rows(count);
        group.throughput(Throughput::Elements(count));
        let spec = SalarySpec::new(currencies()[0]);
        group.bench_with_input(BenchmarkId::new("one currency", count), &rows, |bencher, rows| {
            bencher.iter(|| salary_statistics(black_box(rows).iter().copied(), &spec, &rates));
        });
        let spec = SalarySpec { convert: true, trim: true, ..spec };
        group.bench_with_input(BenchmarkId::new("converted and trimmed", count), &rows, |bencher, rows| {
            bencher.iter(|| salary_statistics(black_box(rows).iter().copied(), &spec, &rates));
        });
        let keyed: Vec<_> = (0_u64..).zip(&rows).map(|(at, row)| (*row, [at % 400, 400 + at % 2_000])).collect();
        group.bench_with_input(BenchmarkId::new("converted, 2,400 groups", count), &keyed, |bencher, keyed| {
            bencher.iter(|| salary_by_group(black_box(keyed).iter().copied(), &spec, &rates));
        });
    }
    group.finish();
}

/// Codes of numbered things: roles, countries, regions, cities and skills share the numbers, not the meaning.
fn codes() -> Vec<Code> {
    let mut codes = Codes::default();
    (0..2_000).map(|thing| codes.code(thing)).collect()
}

fn place(numbers: &mut Numbers, codes: &[Code], is_target: bool) -> Place {
    let city = numbers.below(600);
    let at = |thing: u64| codes[usize::try_from(thing).expect("an index")];
    let named = |level: u64| !is_target || city % 3 >= level;
    Place { country: at(city % 30), region: named(1).then(|| at(city % 150)), city: named(2).then(|| at(city)) }
}

fn postings(count: u64, codes: &[Code]) -> Vec<OpenPosting> {
    let mut numbers = Numbers(3);
    let posting = |id: u64| OpenPosting {
        id: Uuid::from_u128(id.into()),
        employer: numbers.pick(&codes[..500]),
        role: Some(numbers.pick(&codes[..400])),
        is_remote: numbers.below(4) == 0,
        places: vec![place(&mut numbers, codes, false)],
        openings_left: 1,
        required: {
            let mut skills: Vec<_> = (0..numbers.below(5)).map(|_| numbers.pick(&codes[..800])).collect();
            skills.sort_unstable();
            skills.dedup();
            skills.into_iter().map(|skill| SkillNeed { skill, min_level: Some(2), min_months: None }).collect()
        },
    };
    (0..count).map(posting).collect()
}

fn seekers(count: u64, codes: &[Code]) -> Vec<Seeker> {
    let mut numbers = Numbers(4);
    let seeker = |id: u64| Seeker {
        id: Uuid::from_u128(id.into()),
        roles: vec![numbers.pick(&codes[..400]), numbers.pick(&codes[..400])],
        places: vec![place(&mut numbers, codes, true), place(&mut numbers, codes, true)],
        wishes_remote: numbers.below(2) == 0,
        skills: {
            let mut skills: Vec<_> = (0..8).map(|_| numbers.pick(&codes[..800])).collect();
            skills.sort_unstable();
            skills.dedup();
            skills.into_iter().map(|skill| SkillHeld { skill, level: Some(3), months: Some(24) }).collect()
        },
    };
    (0..count).map(seeker).collect()
}

fn join(postings: Vec<OpenPosting>, seekers: Vec<Seeker>, groups: u32) -> usize {
    let mut join = SeekerJoin::new(groups as usize);
    let mut numbers = Numbers(5);
    for (posting, own) in postings.into_iter().zip(0_u32..) {
        join.add_application(posting.id, Uuid::from_u128(u128::from(numbers.below(120_000))));
        join.add_posting(posting, if groups == 1 { [0, 0] } else { [own % groups, own / 7 % groups] });
    }
    join.count(seekers).len()
}

fn seekers_per_posting(criterion: &mut Criterion) {
    let codes = codes();
    let (postings, seekers) = (postings(40_000, &codes), seekers(120_000, &codes));
    let mut group = criterion.benchmark_group("seekers, 40,000 postings × 120,000 seekers");
    group.sample_size(10);
    for groups in [1, 400, 2_400] {
        let input = || (postings.clone(), seekers.clone());
        group.bench_function(BenchmarkId::new("groups", groups), |bencher| {
            bencher.iter_batched(input, |(postings, seekers)| join(postings, seekers, groups), BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(benches, salaries, seekers_per_posting);
criterion_main!(benches);
