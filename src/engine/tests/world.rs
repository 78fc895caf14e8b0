//! Random postings, changes and filters over few values, so that everything meets.

use std::sync::Arc;

use crate::engine::filter::Filter;
use crate::engine::row::{Asked, Field, NO_AMOUNT, NO_CODE, NO_TIME, Row, Spot, State};
use crate::market::annual::{Factors, Measure, annual_value};
use crate::market::rates::Rates;
use crate::market::release::SalaryThresholds;
use crate::market::salary::{PostedPay, SalarySpec};
use crate::money::{AMOUNT_LIMIT, Currency, PayPeriod, PayRange};

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;
/// The instant of all tests.
pub const NOW: i64 = 1_790_000_000_000_000;

/// xorshift64*: the same numbers everywhere.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        u32::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % u64::from(bound)).expect("small")
    }

    pub fn one_in(&mut self, of: u32) -> bool {
        self.below(of) == 0
    }

    pub fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(u32::try_from(items.len()).expect("few")) as usize].clone()
    }

    pub fn small(&mut self, bound: u32) -> u8 {
        u8::try_from(self.below(bound)).expect("small")
    }

    pub fn some<T>(&mut self, item: T) -> Option<T> {
        (!self.one_in(4)).then_some(item)
    }

    /// Up to `most` different numbers below a bound.
    pub fn few(&mut self, most: u32, bound: u32) -> Vec<u32> {
        let mut numbers: Vec<u32> = (0..self.below(most + 1)).map(|_| self.below(bound)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    pub fn around_now(&mut self) -> i64 {
        // Often the very instant.
        let days = i64::from(self.below(80)) - 60;
        if self.one_in(10) { NOW } else { NOW + days * DAY + i64::from(self.below(3)) }
    }
}

pub fn currencies() -> [Currency; 4] {
    ["EUR", "USD", "JPY", "BHD"].map(|code| Currency::parse(code).expect("a currency"))
}

/// Rates that miss a currency, and the first days.
pub fn rates() -> Rates {
    let [_, usd, jpy, _] = currencies();
    let day = |ago: i64| crate::engine::row::day(NOW - ago * DAY).expect("a day");
    let records = [(usd, day(40), "1.1"), (usd, day(20), "1.2345"), (jpy, day(45), "151.37"), (jpy, day(10), "150")];
    Rates::from_records(records).expect("rates")
}

pub fn specs() -> Vec<SalarySpec> {
    let mut specs = Vec::new();
    let thresholds = SalaryThresholds { postings: 2, employers: 1, tails: 5 };
    for currency in currencies() {
        for measure in [Measure::Midpoint, Measure::Floor, Measure::Ceiling] {
            for convert in [false, true] {
                let plain = SalarySpec { convert, measure, thresholds, ..SalarySpec::new(currency) };
                specs.extend([plain, SalarySpec { trim: true, ..plain }]);
            }
        }
    }
    specs
}

pub fn spot(number: u32) -> Spot {
    let region = number % 6;
    Spot { country: region % 3, region: if region == 5 { NO_CODE } else { region }, place: number }
}

fn pay(draw: &mut Draw) -> PostedPay {
    let amount = |draw: &mut Draw| match draw.below(12) {
        0 => AMOUNT_LIMIT - i64::from(draw.below(2)),
        1 => 1,
        _ => 10_000 * i64::from(1 + draw.below(12)) + i64::from(draw.below(4)),
    };
    let periods = [PayPeriod::Hour, PayPeriod::Day, PayPeriod::Week, PayPeriod::Month, PayPeriod::Year];
    match draw.below(12) {
        0 => PostedPay::Unpaid,
        1 => PostedPay::Withheld,
        2 => PostedPay::StatedWithoutAmount,
        _ => {
            let (one, other) = (amount(draw), amount(draw));
            let (min, max) = (draw.some(one.min(other)), draw.some(one.max(other)));
            let period = draw.pick(&periods);
            let hours = draw.pick(&[None, Some(4_000), Some(3_750), Some(2_100), Some(1_300)]);
            let range = PayRange::new(min, max, draw.pick(&currencies()), period, hours);
            range.map_or(PostedPay::StatedWithoutAmount, PostedPay::Stated)
        }
    }
}

pub fn row(draw: &mut Draw, slot: u32) -> Row {
    let pay = pay(draw);
    let annual = match &pay {
        PostedPay::Stated(range) => {
            let best = annual_value(range, Measure::Ceiling, &Factors::default());
            let best = best.or_else(|| annual_value(range, Measure::Floor, &Factors::default()));
            best.map(|best| (range.currency(), i64::try_from(best.rounded()).unwrap_or(i64::MAX - 1)))
        }
        _ => None,
    };
    let times = [draw.around_now(), draw.around_now(), draw.around_now(), draw.around_now()];
    let time = |at: usize, draw: &mut Draw| if draw.one_in(6) { NO_TIME } else { times[at] };
    let asked = draw.few(4, 9).into_iter().map(|skill| Asked {
        skill,
        min_months: if draw.one_in(2) { None } else { Some(12) },
        min_level: if draw.one_in(2) { None } else { Some(draw.small(4)) },
        is_required: draw.one_in(2),
    });
    let asked = asked.collect();
    let code = |draw: &mut Draw, bound| if draw.one_in(5) { NO_CODE } else { draw.below(bound) };
    Row {
        slot,
        // Identifiers in another order than the numbers.
        id: u128::from(slot.wrapping_mul(0x9E37_79B9)),
        employer: draw.below(9),
        role: code(draw, 5),
        industry: code(draw, 4),
        language: code(draw, 3),
        spots: draw.few(3, 14).into_iter().map(spot).collect(),
        applicants: draw.few(2, 3).into(),
        is_worldwide: draw.one_in(4),
        asked,
        employment_types: draw.small(256),
        workplace: draw.small(3),
        level: if draw.one_in(3) { None } else { Some(draw.small(6)) },
        education: if draw.one_in(3) { None } else { Some(draw.small(7)) },
        pay,
        pay_annual: annual,
        pay_rank: annual.filter(|_| !draw.one_in(5)).map_or(NO_AMOUNT, |annual| annual.1 / 1_000),
        openings_left: draw.below(4),
        state: draw.pick(&[State::Published, State::Published, State::Published, State::Halted, State::Unseen]),
        published_at: time(0, draw),
        valid_through: time(1, draw),
        closed_at: if draw.one_in(2) { NO_TIME } else { time(2, draw) },
        updated_at: times[3],
        title: Arc::from(draw.pick(&["", "a", "ab", "b", "é", "z"])),
        text: None,
    }
}

pub fn filter(draw: &mut Draw, depth: u32) -> Filter {
    let forms = if depth == 0 { 3 } else { 6 };
    let below = |draw: &mut Draw| (0..draw.below(4)).map(|_| filter(draw, depth - 1)).collect::<Vec<_>>();
    match draw.below(forms) {
        0 => Filter::Has(draw.pick(&Field::ALL), draw.few(3, 10)),
        1 => {
            let floor = |draw: &mut Draw| (draw.pick(&currencies()), i64::from(draw.below(2_000)) * 1_000);
            Filter::PayAtLeast((0..draw.below(4)).map(|_| floor(draw)).collect())
        }
        2 => {
            let (since, before) = (draw.around_now(), draw.around_now());
            Filter::Published { since: draw.some(since), before: draw.some(before) }
        }
        3 => Filter::All(below(draw)),
        4 => Filter::Any(below(draw)),
        _ => Filter::Not(Box::new(filter(draw, depth - 1))),
    }
}
