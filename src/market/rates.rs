//! Dated exchange rates, exact as they were published.

use super::value::{Value, gcd};
use crate::money::Currency;
use chrono::{Datelike, NaiveDate};
use std::collections::HashMap;
use std::sync::Arc;

/// Reference rates of the euro by currency and day: units of the currency for one euro.
///
/// Days are kept sorted per currency, 20 bytes a rate; a look-up is a binary search in each leg.
#[derive(Clone, Debug, Default)]
pub struct Rates {
    series: HashMap<Currency, Series>,
}

/// Exchange rates that threads can share.
pub type SharedRates = Arc<dyn AsRef<Rates> + Send + Sync>;

impl AsRef<Rates> for Rates {
    fn as_ref(&self) -> &Rates {
        self
    }
}

/// Rates of one currency in ascending order of their days.
#[derive(Clone, Debug, Default)]
struct Series {
    days: Vec<i32>,
    rates: Vec<Rate>,
}

/// `mantissa × 10^−scale` units for one euro.
#[derive(Clone, Copy, Debug)]
struct Rate {
    mantissa: u64,
    scale: u8,
}

/// Largest mantissa and scale of a rate. They keep the product of two rates, a shift between minor units and the
/// denominator of an annualised amount (2 × 16,800) within 128 bits: 10¹⁰ × 10¹⁰ × 10¹² × 33,600 < 2¹²⁸.
const MANTISSA_LIMIT: u64 = 10_000_000_000;
const SCALE_LIMIT: u8 = 8;

/// Why a set of rates is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Not a positive decimal of at most ten significant digits and eight decimals.
    #[error("{currency} on {day}: not a positive decimal of at most ten digits and eight decimals")]
    NotARate {
        /// Currency of the record.
        currency: Currency,
        /// Day of the record.
        day: NaiveDate,
    },
    /// A second rate of the same currency and day.
    #[error("{currency} on {day}: given twice")]
    Duplicate {
        /// Currency of the record.
        currency: Currency,
        /// Day of the record.
        day: NaiveDate,
    },
    /// The euro itself, which is 1 on every day.
    #[error("the euro has no rate against itself")]
    Euro,
}

/// An exact factor between two currencies, in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExchangeFactor {
    /// Units of the target currency …
    pub numerator: u128,
    /// … for this many of the source currency.
    pub denominator: u128,
}

impl ExchangeFactor {
    /// The value in the target currency; `None` beyond [`super::value::VALUE_LIMIT`].
    #[must_use]
    pub fn apply(&self, value: Value) -> Option<Value> {
        value.times(self.numerator, self.denominator)
    }
}

impl Rates {
    /// Rates from records in any order: currency, day of publication, units of the currency for one euro as a decimal.
    ///
    /// # Errors
    /// [`RateError`] of the first record that cannot be taken.
    pub fn from_records<S: AsRef<str>>(
        records: impl IntoIterator<Item = (Currency, NaiveDate, S)>,
    ) -> Result<Self, RateError> {
        let mut unsorted: HashMap<Currency, Vec<(NaiveDate, Rate)>> = HashMap::new();
        for (currency, day, text) in records {
            if currency == Currency::EUR {
                return Err(RateError::Euro);
            }
            let rate = Rate::parse(text.as_ref()).ok_or(RateError::NotARate { currency, day })?;
            unsorted.entry(currency).or_default().push((day, rate));
        }
        let mut series = HashMap::with_capacity(unsorted.len());
        for (currency, mut records) in unsorted {
            records.sort_unstable_by_key(|(day, _)| *day);
            if let Some(pair) = records.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                return Err(RateError::Duplicate { currency, day: pair[0].0 });
            }
            let (days, rates) = records.into_iter().map(|(day, rate)| (day.num_days_from_ce(), rate)).unzip();
            series.insert(currency, Series { days, rates });
        }
        Ok(Self { series })
    }

    /// Units of `to` for one unit of `from` on `day`: for each leg the rate of that day or else the latest earlier one.
    ///
    /// A currency against itself is 1 on every day. `None` when a leg has no rate on or before the day.
    #[must_use]
    pub fn rate(&self, from: Currency, to: Currency, day: NaiveDate) -> Option<ExchangeFactor> {
        self.shifted(from, to, day, 0)
    }

    /// As [`Self::rate`], between minor units: cents of `to` for one cent of `from`.
    #[must_use]
    pub fn minor_factor(&self, from: Currency, to: Currency, day: NaiveDate) -> Option<ExchangeFactor> {
        self.shifted(from, to, day, i32::from(to.digits()) - i32::from(from.digits()))
    }

    /// The value in minor units of `to`, at the rate of `day`. `None` when a rate is missing or the result out of
    /// range; nothing is ever converted at 1.
    #[must_use]
    pub fn convert(&self, value: Value, from: Currency, to: Currency, day: NaiveDate) -> Option<Value> {
        self.minor_factor(from, to, day)?.apply(value)
    }

    fn shifted(&self, from: Currency, to: Currency, day: NaiveDate, shift: i32) -> Option<ExchangeFactor> {
        if from == to {
            return Some(ExchangeFactor { numerator: 1, denominator: 1 });
        }
        let (from, to) = (self.per_euro(from, day)?, self.per_euro(to, day)?);
        let exponent = i32::from(from.scale) - i32::from(to.scale) + shift;
        let power = 10_u128.pow(exponent.unsigned_abs());
        let (mut numerator, mut denominator) = (u128::from(to.mantissa), u128::from(from.mantissa));
        if exponent < 0 {
            denominator *= power;
        } else {
            numerator *= power;
        }
        let shared = gcd(numerator, denominator);
        Some(ExchangeFactor { numerator: numerator / shared, denominator: denominator / shared })
    }

    fn per_euro(&self, currency: Currency, day: NaiveDate) -> Option<Rate> {
        if currency == Currency::EUR {
            return Some(Rate { mantissa: 1, scale: 0 });
        }
        let series = self.series.get(&currency)?;
        let later = series.days.partition_point(|quoted| *quoted <= day.num_days_from_ce());
        later.checked_sub(1).map(|latest| series.rates[latest])
    }
}

impl Rate {
    fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(decimals) {
            return None;
        }
        let decimals = decimals.trim_end_matches('0');
        let scale = u8::try_from(decimals.len()).ok().filter(|scale| *scale <= SCALE_LIMIT)?;
        let mantissa: u64 = format!("{whole}{decimals}").parse().ok()?;
        (1..MANTISSA_LIMIT).contains(&mantissa).then_some(Self { mantissa, scale })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("a known code")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn rates() -> Rates {
        let records = [
            ("USD", "2026-01-05", "1.1000"),
            ("USD", "2026-01-02", "1.0"),
            ("JPY", "2026-01-02", "150.5"),
            ("BHD", "2026-01-02", "0.4"),
        ];
        Rates::from_records(records.map(|(code, on, rate)| (currency(code), day(on), rate))).expect("valid rates")
    }

    fn rate(from: &str, to: &str, on: &str) -> Option<(u128, u128)> {
        rates().rate(currency(from), currency(to), day(on)).map(|factor| (factor.numerator, factor.denominator))
    }

    #[test]
    fn the_latest_rate_on_or_before_the_day_counts() {
        assert_eq!(rate("EUR", "USD", "2026-01-01"), None);
        assert_eq!(rate("EUR", "USD", "2026-01-02"), Some((1, 1)));
        assert_eq!(rate("EUR", "USD", "2026-01-04"), Some((1, 1)));
        assert_eq!(rate("EUR", "USD", "2026-01-05"), Some((11, 10)));
        assert_eq!(rate("USD", "EUR", "2027-01-05"), Some((10, 11)));
        assert_eq!(rate("USD", "JPY", "2026-01-05"), Some((1_505, 11)));
    }

    #[test]
    fn a_missing_leg_is_no_rate_and_itself_is_one() {
        assert_eq!(rate("USD", "GBP", "2026-01-05"), None);
        assert_eq!(rate("GBP", "USD", "2026-01-05"), None);
        assert_eq!(rate("GBP", "GBP", "1990-01-01"), Some((1, 1)));
        assert_eq!(rate("EUR", "EUR", "1990-01-01"), Some((1, 1)));
    }

    #[test]
    fn minor_units_are_shifted_between_currencies() {
        let convert = |minor, from, to| {
            let value = rates().convert(Value::whole(minor), currency(from), currency(to), day("2026-01-02"));
            value.map(|value| value.rounded())
        };
        assert_eq!(convert(1_00, "EUR", "JPY"), Some(150));
        assert_eq!(convert(301, "JPY", "EUR"), Some(2_00));
        assert_eq!(convert(1_00, "USD", "BHD"), Some(400));
        assert_eq!(convert(400, "BHD", "JPY"), Some(150));
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in ["", "0", "0.00", "-1", "1e3", "NaN", ".5", "5.", "12345678901", "0.123456789"] {
            let refused = Rates::from_records([(currency("USD"), day("2026-01-02"), text)]).err();
            assert!(matches!(refused, Some(RateError::NotARate { .. })), "{text}");
        }
        let twice = [(currency("USD"), day("2026-01-02"), "1"), (currency("USD"), day("2026-01-02"), "1")];
        assert!(matches!(Rates::from_records(twice), Err(RateError::Duplicate { .. })));
        assert_eq!(Rates::from_records([(Currency::EUR, day("2026-01-02"), "1")]).err(), Some(RateError::Euro));
    }
}
