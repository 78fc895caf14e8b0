//! Unemployed persons per job opening in the United States, as the Bureau of Labor Statistics counts both.

use rolecall::market::{ratio::Ratio, release::SeekerThresholds, seekers::SeekerCounts};
use serde_json::Value as Json;

struct Month {
    start: String,
    openings: u64,
    seekers: Option<u64>,
    printed: [String; 2],
}

fn months() -> Vec<Month> {
    let mut reader = csv::Reader::from_path("tests/market/data/us_openings_unemployed_monthly.csv").expect("the data");
    let rows: Result<Vec<_>, _> = reader.records().collect();
    let month = |row: &csv::StringRecord| Month {
        start: row[0].to_owned(),
        openings: row[1].parse().expect("a count"),
        seekers: row[2].parse().ok(),
        printed: [row[3].to_owned(), row[4].to_owned()],
    };
    rows.expect("rows").iter().map(month).collect()
}

fn oracle() -> Json {
    let text = std::fs::read_to_string("tests/market/data/jolts_oracle.json").expect("the oracle");
    serde_json::from_str(&text).expect("JSON")
}

/// Six decimals, as the oracle prints them; nothing for a missing count.
fn six(seekers: Option<u64>, openings: Option<u64>) -> Option<String> {
    seekers.zip(openings).and_then(|(seekers, openings)| Ratio::new(seekers, openings)).map(|ratio| ratio.decimal(6))
}

fn printed(figure: &Json) -> Option<String> {
    figure.as_f64().map(|figure| format!("{figure:.6}"))
}

#[test]
fn every_month_comes_out_to_the_last_digit() {
    let months = months();
    assert_eq!(Some(months.len() as u64), oracle()["rows"].as_u64());
    for month in &months {
        let expected =
            month.printed.each_ref().map(|text| text.parse::<f64>().ok().map(|figure| format!("{figure:.6}")));
        let openings = Some(month.openings);
        assert_eq!([six(month.seekers, openings), six(openings, month.seekers)], expected, "{}", month.start);
    }
    assert_eq!(months.iter().filter(|month| month.seekers.is_none()).count(), 1, "the month without a survey");
}

#[test]
fn the_oracles_months_and_windows_come_out() {
    let (months, oracle) = (months(), oracle());
    for key in ["first", "last", "max_seekers_per_opening", "min_seekers_per_opening"] {
        let expected = &oracle[key];
        let month = months.iter().find(|month| expected["month"] == *month.start).expect("the month");
        assert_eq!(expected["job_openings_k"].as_u64(), Some(month.openings));
        assert_eq!(printed(&expected["seekers_per_opening"]), six(month.seekers, Some(month.openings)), "{key}");
        assert_eq!(printed(&expected["openings_per_seeker"]), six(Some(month.openings), month.seekers), "{key}");
    }
    for window in oracle["windows"].as_array().expect("windows") {
        let text = |key: &str| window[key].as_str().expect("a day").to_owned();
        let within: Vec<_> = months.iter().filter(|m| m.start >= text("from") && m.start <= text("to")).collect();
        assert_eq!(Some(within.len() as u64), window["months"].as_u64());
        let seekers = within.iter().filter_map(|month| month.seekers).sum();
        let openings = within.iter().map(|month| month.openings).sum();
        assert_eq!(six(Some(seekers), Some(openings)), printed(&window["ratio_of_sums"]), "{}", text("from"));
    }
    let more_openings = months.iter().filter(|month| month.seekers.is_some_and(|seekers| seekers < month.openings));
    assert_eq!(Some(more_openings.count() as u64), oracle["months_with_more_openings_than_seekers"].as_u64());
}

#[test]
fn the_bureaus_own_ratio_comes_out_but_for_the_revised_month() {
    let months = months();
    let mut reader = csv::Reader::from_path("tests/market/data/bls_published_ratio_2021_2025.csv").expect("the data");
    let mut other = Vec::new();
    for row in reader.records() {
        let row = row.expect("a row");
        let month = months.iter().find(|month| month.start == row[0]).expect("the month");
        let ratio = month.seekers.and_then(|seekers| Ratio::new(seekers, month.openings)).expect("counts");
        if ratio.decimal(1) != row[1] {
            other.push(row[0].to_owned());
        }
    }
    assert_eq!(other, ["2023-06-01"]);
}

#[test]
fn counts_of_millions_are_released_as_they_are() {
    for month in months() {
        let (openings, seekers) = (month.openings * 1_000, month.seekers.unwrap_or(0) * 1_000);
        let counts = SeekerCounts { postings: openings, openings, seekers, ..SeekerCounts::default() };
        let figures = counts.release(&SeekerThresholds::default()).figures.expect("released");
        assert_eq!(Some(figures.seekers_per_posting), figures.seekers_per_opening);
        let expected = six(month.seekers, Some(month.openings)).unwrap_or_else(|| "0.000000".into());
        assert_eq!(figures.seekers_per_posting.decimal(6), expected);
    }
}
