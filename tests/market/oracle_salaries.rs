//! Statistics of published salaries, recomputed by several implementations and by `PostgreSQL`.

use rolecall::market::{
    rates::Rates,
    ratio::Ratio,
    release::SalaryThresholds,
    salary::{PayRow, PostedPay, SalarySpec, salary_by_group},
    sample::{OrderedSample, SalaryStatistics, SortedSample},
    value::Value,
};
use rolecall::money::{Currency, PayPeriod, PayRange};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use uuid::Uuid;

struct Salary {
    experience: String,
    title: String,
    country: String,
    dollars: i64,
}

fn salaries() -> Vec<Salary> {
    let mut reader = csv::Reader::from_path("tests/market/data/salaries_sample.csv").expect("the data");
    let rows: Result<Vec<_>, _> = reader.records().collect();
    let salary = |row: &csv::StringRecord| Salary {
        experience: row[1].to_owned(),
        title: row[3].to_owned(),
        dollars: row[6].parse().expect("whole dollars"),
        country: row[9].to_owned(),
    };
    rows.expect("rows").iter().map(salary).collect()
}

fn oracle() -> Json {
    let text = std::fs::read_to_string("tests/market/data/oracle_sample.json").expect("the oracle");
    serde_json::from_str(&text).expect("JSON")
}

fn usd() -> Currency {
    Currency::parse("USD").expect("known")
}

/// The n-th salary as pay with one bound, the other, or both alike; every posting of an employer of its own.
fn row(at: usize, salary: &Salary) -> PayRow {
    let amount = Some(salary.dollars * 100);
    let (min, max) = [(amount, None), (None, amount), (amount, amount)][at % 3];
    let pay = PayRange::new(min, max, usd(), PayPeriod::Year, Some(4_000)).expect("valid");
    PayRow { employer: Uuid::from_u128(at as u128), pay: PostedPay::Stated(pay), published: chrono::NaiveDate::MIN }
}

fn statistics(key: impl Fn(&Salary) -> &str) -> (SalaryStatistics, BTreeMap<String, SalaryStatistics>) {
    let thresholds = SalaryThresholds { postings: 1, employers: 1, tails: 1 };
    let spec = SalarySpec { thresholds, ..SalarySpec::new(usd()) };
    let salaries = salaries();
    let rows = salaries.iter().enumerate().map(|(at, salary)| (row(at, salary), [key(salary).to_owned()]));
    let result = salary_by_group(rows, &spec, &Rates::default());
    (result.all, result.groups)
}

/// A figure of the oracle in cents. Percentiles of whole dollars are whole cents; the mean is compared otherwise.
fn cents(figure: &Json) -> i128 {
    let text = format!("{:.6}", figure.as_f64().expect("a figure"));
    let (dollars, decimals) = text.split_once('.').expect("six decimals");
    assert!(decimals.ends_with("0000"), "{text} is a whole number of cents");
    format!("{dollars}{}", &decimals[..2]).parse().expect("a whole number")
}

fn agree(name: &str, ours: &SalaryStatistics, oracle: &Json) {
    assert_eq!(Some(ours.sample_size), oracle["count"].as_u64(), "{name}");
    assert_eq!((ours.postings, ours.employers), (ours.sample_size, ours.sample_size), "{name}");
    let figures = ours.figures.as_ref().expect("released");
    let ours = [Some(figures.min), Some(figures.max), figures.p10, Some(figures.p25), Some(figures.median)];
    let ours = ours.into_iter().chain([Some(figures.p75), figures.p90]);
    for (key, ours) in ["min", "max", "p10", "p25", "median", "p75", "p90"].into_iter().zip(ours) {
        assert_eq!(ours, Some(cents(&oracle[key])), "{name}: {key}");
    }
    let (sum, count) = (oracle["sum"].as_u64().expect("a sum"), oracle["count"].as_u64().expect("a count"));
    let mean = Ratio::new(sum, count).expect("values");
    assert_eq!(mean.decimal(6).parse(), Ok(oracle["mean"].as_f64().expect("a mean")), "{name}: mean");
    let in_cents = Ratio::new(sum * 100, count).expect("values");
    assert_eq!(in_cents.decimal(0), figures.mean.to_string(), "{name}: mean in cents");
    assert_eq!(figures.histogram.iter().map(|bin| bin.count).sum::<u64>(), count, "{name}: histogram");
}

fn agree_by(part: &str, least: u64, key: impl Fn(&Salary) -> &str) {
    let (all, groups) = statistics(key);
    let oracle = oracle();
    agree("overall", &all, &oracle["overall"]);
    let expected = oracle[part].as_object().expect("groups");
    let compared = groups.iter().filter(|(_, group)| group.sample_size >= least);
    assert_eq!(compared.clone().map(|(name, _)| name).collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, group) in compared {
        agree(name, group, &expected[name]);
    }
}

#[test]
fn titles_agree_with_the_oracle() {
    agree_by("by_title_min20", 20, |salary| &salary.title);
}

#[test]
fn experience_levels_agree_with_the_oracle() {
    agree_by("by_experience", 1, |salary| &salary.experience);
}

#[test]
fn countries_agree_with_the_oracle() {
    agree_by("by_country", 1, |salary| &salary.country);
}

#[test]
fn the_sum_is_the_oracles() {
    let sample: SortedSample =
        salaries().iter().map(|salary| (Value::whole(salary.dollars.unsigned_abs()), 0)).collect();
    let sum = sample.sum(0..sample.len()).mean(1);
    assert_eq!(sum, oracle()["overall"]["sum"].as_i64().map(i128::from));
}
