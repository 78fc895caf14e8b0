//! Figures that publishers print about the back-end developer, recomputed.

use rolecall::market::{
    annual::{Factors, annual_range},
    ratio::Ratio,
    release::SeekerThresholds,
    seekers::SeekerCounts,
};
use rolecall::money::{Currency, PayPeriod, PayRange, format_amount, parse_amount};

#[test]
fn seekers_per_posting_is_the_printed_thirty() {
    let counts = SeekerCounts { postings: 2_924, openings: 2_924, seekers: 86_504, ..SeekerCounts::default() };
    let figures = counts.release(&SeekerThresholds::default()).figures.expect("released");
    assert_eq!(figures.seekers_per_posting.decimal(2), "29.58");
    assert_eq!(figures.seekers_per_posting.decimal(0), "30");
}

#[test]
fn hourly_pay_is_the_printed_yearly_pay() {
    let usd = Currency::parse("USD").expect("known");
    let minor = |text| parse_amount(text, usd).ok();
    let pay = PayRange::new(minor("47.12"), minor("64.90"), usd, PayPeriod::Hour, None).expect("valid");
    let (low, high) = annual_range(&pay, &Factors::default());
    let printed = [low, high].map(|value| format_amount(value.expect("stated").rounded(), usd));
    assert_eq!(printed, ["98009.60", "134992.00"]);
}

#[test]
fn the_rates_behind_a_publishers_rows_come_out() {
    assert_eq!(Ratio::new(50_098, 38_293).map(|rate| rate.decimal(4)), Some("1.3083".into()));
    assert_eq!(Ratio::new(62_914, 85_227).map(|rate| rate.decimal(4)), Some("0.7382".into()));
}
