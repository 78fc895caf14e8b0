//! The pay of a posting, as its employer wrote it.

use super::{AMOUNT_LIMIT, Currency};

/// What an amount of pay is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PayPeriod {
    /// An hour worked.
    Hour,
    /// A day worked.
    Day,
    /// A week of employment.
    Week,
    /// A month of employment.
    Month,
    /// A year of employment.
    Year,
}

/// The amounts of a posting's pay: a range, or one of its bounds, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PayRange {
    min: Option<i64>,
    max: Option<i64>,
    currency: Currency,
    period: PayPeriod,
    hours_per_week: Option<u16>,
}

/// Pay as an employer states it: amounts, and in words what comes beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pay {
    range: PayRange,
    other: Option<String>,
}

/// The parts of a pay before they are checked against each other.
#[derive(Clone, Debug)]
pub struct PayInput {
    /// Lower bound in minor units.
    pub min: Option<i64>,
    /// Upper bound in minor units.
    pub max: Option<i64>,
    /// Currency of both bounds.
    pub currency: Currency,
    /// What the amounts are paid for.
    pub period: PayPeriod,
    /// Contracted hours a week, in hundredths of an hour: 3,750 is 37.5 hours.
    pub hours_per_week: Option<i64>,
    /// Bonus, equity, commission, in words.
    pub other: Option<String>,
}

/// Why a pay is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayError {
    /// The lower bound is below zero.
    #[error("must not be negative")]
    NegativeMin,
    /// The upper bound is below zero.
    #[error("must not be negative")]
    NegativeMax,
    /// The lower bound exceeds [`AMOUNT_LIMIT`].
    #[error("amount out of range")]
    MinOutOfRange,
    /// The upper bound exceeds [`AMOUNT_LIMIT`].
    #[error("amount out of range")]
    MaxOutOfRange,
    /// The upper bound lies below the lower.
    #[error("must not be below the minimum")]
    Inverted,
    /// No bound is above zero: that is unpaid work and has a status of its own.
    #[error("pay of zero is stated as unpaid")]
    Zero {
        /// The bound that was given (the upper one if both were).
        path: &'static str,
    },
    /// Not more than 0 and at most 168 hours a week.
    #[error("must be more than 0 and at most 168 hours")]
    HoursOutOfRange,
    /// More than [`Pay::OTHER_LIMIT`] characters, or blank.
    #[error("must have 1 to {} characters", Pay::OTHER_LIMIT)]
    OtherLength,
}

impl PayError {
    /// Name of the argument at fault, as the contract spells it.
    #[must_use]
    pub fn path(&self) -> &'static str {
        match self {
            Self::NegativeMin | Self::MinOutOfRange => "min",
            Self::NegativeMax | Self::MaxOutOfRange | Self::Inverted => "max",
            Self::Zero { path } => path,
            Self::HoursOutOfRange => "hoursPerWeek",
            Self::OtherLength => "other",
        }
    }
}

impl PayRange {
    /// Checks amounts and hours; see [`Pay::new`], which also takes the words beside them.
    ///
    /// # Errors
    /// Every [`PayError`] that applies, at least one.
    pub fn new(
        min: Option<i64>,
        max: Option<i64>,
        currency: Currency,
        period: PayPeriod,
        hours_per_week: Option<i64>,
    ) -> Result<Self, Vec<PayError>> {
        let mut errors = bound_errors(min, max);
        let hours = hours_per_week.map(|hours| u16::try_from(hours).ok().filter(|hours| (1..=16_800).contains(hours)));
        if hours == Some(None) {
            errors.push(PayError::HoursOutOfRange);
        }
        if errors.is_empty() {
            Ok(Self { min, max, currency, period, hours_per_week: hours.flatten() })
        } else {
            Err(errors)
        }
    }

    /// Lower bound in minor units.
    #[must_use]
    pub fn min(&self) -> Option<i64> {
        self.min
    }

    /// Upper bound in minor units.
    #[must_use]
    pub fn max(&self) -> Option<i64> {
        self.max
    }

    /// Currency of both bounds.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// What the amounts are paid for.
    #[must_use]
    pub fn period(&self) -> PayPeriod {
        self.period
    }

    /// Contracted hours a week in hundredths of an hour.
    #[must_use]
    pub fn hours_per_week(&self) -> Option<u16> {
        self.hours_per_week
    }
}

impl Pay {
    /// Longest description of what comes beside the amounts, in characters.
    pub const OTHER_LIMIT: usize = 500;

    /// Checks the parts of a pay against each other. Neither bound is needed: pay may be stated in words alone.
    ///
    /// # Errors
    /// Every [`PayError`] that applies, at least one.
    pub fn new(input: PayInput) -> Result<Self, Vec<PayError>> {
        let PayInput { min, max, currency, period, hours_per_week, other } = input;
        let too_long_or_blank = |text: &String| text.trim().is_empty() || text.chars().count() > Self::OTHER_LIMIT;
        let other_error = other.as_ref().is_some_and(too_long_or_blank).then_some(PayError::OtherLength);
        match (PayRange::new(min, max, currency, period, hours_per_week), other_error) {
            (Ok(range), None) => Ok(Self { range, other }),
            (Ok(_), Some(error)) => Err(vec![error]),
            (Err(errors), more) => Err(errors.into_iter().chain(more).collect()),
        }
    }

    /// The amounts.
    #[must_use]
    pub fn range(&self) -> PayRange {
        self.range
    }

    /// Bonus, equity, commission, in words.
    #[must_use]
    pub fn other(&self) -> Option<&str> {
        self.other.as_deref()
    }
}

fn bound_errors(min: Option<i64>, max: Option<i64>) -> Vec<PayError> {
    let mut errors = Vec::new();
    if min.is_some_and(i64::is_negative) {
        errors.push(PayError::NegativeMin);
    }
    if max.is_some_and(i64::is_negative) {
        errors.push(PayError::NegativeMax);
    }
    if min > Some(AMOUNT_LIMIT) {
        errors.push(PayError::MinOutOfRange);
    }
    if max > Some(AMOUNT_LIMIT) {
        errors.push(PayError::MaxOutOfRange);
    }
    if errors.is_empty() {
        match (min, max) {
            (Some(low), Some(high)) if low > high => errors.push(PayError::Inverted),
            (_, Some(0)) => errors.push(PayError::Zero { path: "max" }),
            (Some(0), None) => errors.push(PayError::Zero { path: "min" }),
            _ => {}
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pay(min: Option<i64>, max: Option<i64>, hours: Option<i64>) -> Result<PayRange, Vec<PayError>> {
        PayRange::new(min, max, Currency::EUR, PayPeriod::Year, hours)
    }

    #[test]
    fn ranges_bounds_and_words_alone_are_pay() {
        assert!(pay(Some(1), Some(1), None).is_ok());
        assert!(pay(Some(0), Some(1), Some(1)).is_ok());
        assert!(pay(None, Some(AMOUNT_LIMIT), Some(16_800)).is_ok());
        assert!(pay(Some(1), None, None).is_ok());
        assert!(pay(None, None, None).is_ok());
    }

    #[test]
    fn nonsense_is_refused_at_its_argument() {
        let paths = |result: Result<PayRange, Vec<PayError>>| {
            result.expect_err("refused").iter().map(PayError::path).collect::<Vec<_>>()
        };
        assert_eq!(paths(pay(Some(-1), Some(5), None)), ["min"]);
        assert_eq!(paths(pay(Some(-2), Some(-1), Some(0))), ["min", "max", "hoursPerWeek"]);
        assert_eq!(paths(pay(Some(6), Some(5), None)), ["max"]);
        assert_eq!(paths(pay(Some(0), None, None)), ["min"]);
        assert_eq!(paths(pay(Some(0), Some(0), None)), ["max"]);
        assert_eq!(paths(pay(None, Some(AMOUNT_LIMIT + 1), None)), ["max"]);
        for hours in [0, -1, 16_801, 65_536 + 4_000, i64::MAX] {
            assert_eq!(paths(pay(None, None, Some(hours))), ["hoursPerWeek"]);
        }
    }

    #[test]
    fn words_beside_the_amounts_are_bounded() {
        let with = |other: String| {
            let (currency, period) = (Currency::EUR, PayPeriod::Hour);
            Pay::new(PayInput { min: Some(9), max: None, currency, period, hours_per_week: None, other: Some(other) })
        };
        assert_eq!(with("0.1 % equity".into()).expect("fits").other(), Some("0.1 % equity"));
        assert_eq!(with("é".repeat(Pay::OTHER_LIMIT)).map(|pay| pay.range().min()), Ok(Some(9)));
        assert_eq!(with("é".repeat(Pay::OTHER_LIMIT + 1)), Err(vec![PayError::OtherLength]));
        assert_eq!(with(" ".into()), Err(vec![PayError::OtherLength]));
    }
}
