//! A currency that ISO 4217 knows.

use super::iso4217::MINOR_UNITS;
use std::{fmt, str::FromStr};

/// An ISO 4217 currency that has a minor unit, by its alphabetic code (`EUR`, `JPY`, `BHD`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The text is not the upper-case alphabetic code of a currency that can carry an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 currency code with a minor unit")]
pub struct UnknownCurrency;

impl Currency {
    /// The euro, in which the European Central Bank's reference rates are expressed.
    pub const EUR: Self = Self(*b"EUR");

    /// Accepts exactly the three upper-case letters of a code in the ISO 4217 table.
    ///
    /// # Errors
    /// [`UnknownCurrency`] for anything else, lower case included.
    pub fn parse(code: &str) -> Result<Self, UnknownCurrency> {
        let code: [u8; 3] = code.as_bytes().try_into().map_err(|_| UnknownCurrency)?;
        position(code).map(|_| Self(code)).ok_or(UnknownCurrency)
    }

    /// Every known currency in the order of its code.
    pub fn all() -> impl Iterator<Item = Self> {
        MINOR_UNITS.iter().map(|&(code, _)| Self(code))
    }

    /// The alphabetic code.
    #[must_use]
    pub fn code(&self) -> &str {
        // The codes of the table are ASCII, so there always is one.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Decimal digits of the minor unit: 2 for USD, 0 for JPY, 3 for BHD.
    #[must_use]
    pub fn digits(self) -> u8 {
        position(self.0).map_or(0, |at| MINOR_UNITS[at].1)
    }

    /// Minor units in one major unit: 100 for USD, 1 for JPY, 1,000 for BHD.
    #[must_use]
    pub fn minor_per_major(self) -> u64 {
        10_u64.pow(self.digits().into())
    }
}

fn position(code: [u8; 3]) -> Option<usize> {
    MINOR_UNITS.binary_search_by_key(&code, |entry| entry.0).ok()
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::parse(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_without_repetition() {
        assert!(MINOR_UNITS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(MINOR_UNITS.iter().all(|(code, digits)| code.iter().all(u8::is_ascii_uppercase) && *digits <= 4));
        assert_eq!(Currency::all().count(), MINOR_UNITS.len());
    }

    #[test]
    fn minor_units_are_those_of_iso_4217() {
        let digits = |code| Currency::parse(code).map(Currency::digits);
        assert_eq!(digits("USD"), Ok(2));
        assert_eq!(digits("JPY"), Ok(0));
        assert_eq!(digits("BHD"), Ok(3));
        assert_eq!(digits("CLF"), Ok(4));
        assert_eq!(digits("BGN"), Ok(2));
    }

    #[test]
    fn what_is_not_a_code_is_refused() {
        for text in ["", "US", "usd", "USDX", "XXX", "XAU", "ABC", "€€€", " USD"] {
            assert_eq!(Currency::parse(text), Err(UnknownCurrency), "{text}");
        }
    }
}
