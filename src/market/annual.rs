//! Pay of any period as the pay of a full-time year.

use super::value::Value;
use crate::money::{PayPeriod, PayRange};

/// How pay of a period becomes the pay of a full-time year. Echoed beside every figure made with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factors {
    /// Hours in a full-time year.
    pub hours_per_year: u16,
    /// Working days in a year.
    pub days_per_year: u16,
    /// Paid weeks in a year.
    pub weeks_per_year: u16,
    /// Paid months in a year.
    pub months_per_year: u16,
    /// Hours of a full-time week; fewer contracted hours are scaled up to it.
    pub full_time_hours: u16,
}

impl Default for Factors {
    fn default() -> Self {
        Self { hours_per_year: 2_080, days_per_year: 260, weeks_per_year: 52, months_per_year: 12, full_time_hours: 40 }
    }
}

/// Which number stands for a posting's range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Measure {
    /// The middle of the range, or its single bound.
    #[default]
    Midpoint,
    /// The lower bound; a posting that states none has no value.
    Floor,
    /// The upper bound; a posting that states none has no value.
    Ceiling,
}

/// The full-time year's pay that the measure sees in a range, in the range's own currency.
///
/// `None` when the bound the measure asks for is not stated (MIDPOINT: neither is).
#[must_use]
pub fn annual_value(pay: &PayRange, measure: Measure, factors: &Factors) -> Option<Value> {
    let (sum, parts) = match (measure, pay.min(), pay.max()) {
        (Measure::Midpoint, Some(min), Some(max)) => (min.unsigned_abs() + max.unsigned_abs(), 2),
        (Measure::Midpoint | Measure::Floor, Some(bound), _)
        | (Measure::Midpoint | Measure::Ceiling, _, Some(bound)) => (bound.unsigned_abs(), 1),
        _ => return None,
    };
    let (times, over) = multiplier(pay, factors);
    // At most 2 × 10¹⁸ × 65,535 × 6,553,500 < 10³⁰: bounds are limited to 10¹⁸ and neither factor leaves its type.
    Value::quotient(u128::from(sum) * times, parts * over)
}

/// Both bounds of a range as full-time years, each where it is stated.
#[must_use]
pub fn annual_range(pay: &PayRange, factors: &Factors) -> (Option<Value>, Option<Value>) {
    (annual_value(pay, Measure::Floor, factors), annual_value(pay, Measure::Ceiling, factors))
}

/// The factor of a year as numerator and denominator: periods longer than a day are scaled up to full time.
fn multiplier(pay: &PayRange, factors: &Factors) -> (u128, u128) {
    let (per_year, scaled) = match pay.period() {
        PayPeriod::Hour => (factors.hours_per_year, false),
        PayPeriod::Day => (factors.days_per_year, false),
        PayPeriod::Week => (factors.weeks_per_year, true),
        PayPeriod::Month => (factors.months_per_year, true),
        PayPeriod::Year => (1, true),
    };
    let full_time = u32::from(factors.full_time_hours) * 100;
    match pay.hours_per_week() {
        Some(hours) if scaled && u32::from(hours) < full_time => {
            let shared = super::value::gcd(full_time.into(), hours.into());
            (u128::from(per_year) * u128::from(full_time) / shared, u128::from(hours) / shared)
        }
        _ => (per_year.into(), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Currency, format_amount, parse_amount};

    fn pay(min: Option<i64>, max: Option<i64>, period: PayPeriod, hours: Option<i64>) -> PayRange {
        PayRange::new(min, max, Currency::EUR, period, hours).expect("valid")
    }

    fn midpoint(pay: &PayRange) -> i128 {
        annual_value(pay, Measure::Midpoint, &Factors::default()).expect("an amount").rounded()
    }

    #[test]
    fn every_period_has_its_factor() {
        use PayPeriod::{Day, Hour, Month, Week, Year};
        for (period, factor) in [(Hour, 2_080), (Day, 260), (Week, 52), (Month, 12), (Year, 1)] {
            assert_eq!(midpoint(&pay(Some(100), None, period, None)), 100 * factor);
            assert_eq!(midpoint(&pay(Some(100), None, period, Some(4_000))), 100 * factor);
            assert_eq!(midpoint(&pay(Some(100), None, period, Some(6_000))), 100 * factor);
        }
    }

    #[test]
    fn part_time_is_scaled_up_for_weeks_months_and_years_only() {
        let half = |period| midpoint(&pay(Some(100), None, period, Some(2_000)));
        assert_eq!((half(PayPeriod::Hour), half(PayPeriod::Day)), (208_000, 26_000));
        assert_eq!((half(PayPeriod::Week), half(PayPeriod::Month), half(PayPeriod::Year)), (10_400, 2_400, 200));
        // 40 / 37.5 of 100 is 106.67 minor units.
        assert_eq!(midpoint(&pay(Some(100), None, PayPeriod::Year, Some(3_750))), 107);
    }

    #[test]
    fn the_published_hourly_rows_come_out() {
        let usd = Currency::parse("USD").expect("known");
        let amount = |text| parse_amount(text, usd).expect("an amount");
        let hourly =
            PayRange::new(Some(amount("47.12")), Some(amount("64.90")), usd, PayPeriod::Hour, None).expect("valid");
        let (low, high) = annual_range(&hourly, &Factors::default());
        let print = |value: Option<Value>| format_amount(value.expect("stated").rounded(), usd);
        assert_eq!((print(low), print(high)), ("98009.60".into(), "134992.00".into()));
    }

    #[test]
    fn each_measure_sees_the_bound_it_names() {
        let value = |pay, measure| annual_value(&pay, measure, &Factors::default()).map(|value| value.rounded());
        let both = pay(Some(1), Some(4), PayPeriod::Year, None);
        assert_eq!(value(both, Measure::Midpoint), Some(2));
        assert_eq!((value(both, Measure::Floor), value(both, Measure::Ceiling)), (Some(1), Some(4)));
        let upper = pay(None, Some(4), PayPeriod::Year, None);
        assert_eq!((value(upper, Measure::Midpoint), value(upper, Measure::Floor)), (Some(4), None));
        let lower = pay(Some(4), None, PayPeriod::Year, None);
        assert_eq!((value(lower, Measure::Midpoint), value(lower, Measure::Ceiling)), (Some(4), None));
        assert_eq!(value(pay(None, None, PayPeriod::Year, None), Measure::Midpoint), None);
    }

    #[test]
    fn the_largest_amounts_stay_exact() {
        let limit = crate::money::AMOUNT_LIMIT;
        assert_eq!(midpoint(&pay(Some(limit), Some(limit), PayPeriod::Hour, None)), i128::from(limit) * 2_080);
        assert_eq!(midpoint(&pay(Some(limit), None, PayPeriod::Week, Some(1))), i128::from(limit) * 52 * 4_000);
        assert_eq!(midpoint(&pay(Some((1 << 53) + 1), None, PayPeriod::Year, None)), (1 << 53) + 1);
    }
}
