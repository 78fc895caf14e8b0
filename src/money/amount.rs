//! Decimal strings to whole minor units and back.

use super::Currency;

/// Largest magnitude of an amount, in minor units: 10¹⁸.
pub const AMOUNT_LIMIT: i64 = 1_000_000_000_000_000_000;

/// Why a decimal string is no amount of its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Empty, or anything but an optional minus, digits and one decimal point between digits.
    #[error("not a decimal number such as 1234.50")]
    NotDecimal,
    /// More decimals than the currency's minor unit has.
    #[error("at most {digits} decimals in this currency")]
    TooManyDecimals {
        /// Digits of the currency's minor unit.
        digits: u8,
    },
    /// Beyond [`AMOUNT_LIMIT`] minor units.
    #[error("amount out of range")]
    OutOfRange,
}

/// Reads a decimal string as whole minor units of `currency`, exactly.
///
/// Exponents, a plus sign, separators, blanks, `NaN` and bare points (`.5`, `5.`) are refused. A minus sign is read;
/// whether a negative amount makes sense is the caller's question.
///
/// # Errors
/// [`AmountError`]; more decimals than the currency has are refused even when they are zeros.
pub fn parse_amount(text: &str, currency: Currency) -> Result<i64, AmountError> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = unsigned.split_once('.').map_or((unsigned, None), |(w, d)| (w, Some(d)));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !decimals.is_none_or(all_digits) {
        return Err(AmountError::NotDecimal);
    }
    let decimals = decimals.unwrap_or_default();
    let digits = currency.digits();
    if decimals.len() > usize::from(digits) {
        return Err(AmountError::TooManyDecimals { digits });
    }
    let padding = usize::from(digits) - decimals.len();
    let written = whole.bytes().chain(decimals.bytes()).chain(std::iter::repeat_n(b'0', padding));
    let mut minor = 0_i64;
    for digit in written {
        // One step from within the limit cannot leave an i64 (10¹⁸ × 10 could), hence the checked product.
        minor = minor
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(i64::from(digit - b'0')))
            .filter(|sum| *sum <= AMOUNT_LIMIT)
            .ok_or(AmountError::OutOfRange)?;
    }
    Ok(if unsigned.len() < text.len() { -minor } else { minor })
}

/// Writes whole minor units of `currency` as a decimal string with exactly the currency's digits.
#[must_use]
pub fn format_amount(minor: i128, currency: Currency) -> String {
    let digits = usize::from(currency.digits());
    let sign = if minor < 0 { "-" } else { "" };
    let mut text = format!("{sign}{:0>width$}", minor.unsigned_abs(), width = digits + 1);
    if digits > 0 {
        text.insert(text.len() - digits, '.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("a known code")
    }

    #[test]
    fn amounts_are_read_to_the_last_minor_unit() {
        let read = |text, code| parse_amount(text, currency(code));
        assert_eq!(read("47.12", "USD"), Ok(4_712));
        assert_eq!(read("47.1", "USD"), Ok(4_710));
        assert_eq!(read("-0.01", "USD"), Ok(-1));
        assert_eq!(read("5000000", "JPY"), Ok(5_000_000));
        assert_eq!(read("1.234", "BHD"), Ok(1_234));
        assert_eq!(read("007", "USD"), Ok(700));
        assert_eq!(read("90071992547409.93", "USD"), Ok(9_007_199_254_740_993));
        assert_eq!(read("10000000000000000.00", "USD"), Ok(AMOUNT_LIMIT));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let usd = currency("USD");
        for text in
            ["", "-", ".", ".5", "5.", "+5", "1e3", "NaN", "inf", "1,000", " 1", "1 ", "1.2.3", "--1", "٣", "0x1"]
        {
            assert_eq!(parse_amount(text, usd), Err(AmountError::NotDecimal), "{text}");
        }
        assert_eq!(parse_amount("1.000", usd), Err(AmountError::TooManyDecimals { digits: 2 }));
        assert_eq!(parse_amount("1.0", currency("JPY")), Err(AmountError::TooManyDecimals { digits: 0 }));
        assert_eq!(parse_amount("10000000000000000.01", usd), Err(AmountError::OutOfRange));
        assert_eq!(parse_amount(&"9".repeat(400), usd), Err(AmountError::OutOfRange));
    }

    #[test]
    fn amounts_are_written_with_the_currency_digits() {
        assert_eq!(format_amount(9_800_960, currency("USD")), "98009.60");
        assert_eq!(format_amount(5, currency("USD")), "0.05");
        assert_eq!(format_amount(-5, currency("BHD")), "-0.005");
        assert_eq!(format_amount(0, currency("JPY")), "0");
        assert_eq!(format_amount(i128::from(AMOUNT_LIMIT) * 2_080, currency("USD")), "20800000000000000000.00");
    }

    proptest! {
        #[test]
        fn writing_and_reading_are_inverse(minor in -AMOUNT_LIMIT..=AMOUNT_LIMIT, code in 0_usize..174) {
            let currency = Currency::all().nth(code).expect("within the table");
            prop_assert_eq!(parse_amount(&format_amount(minor.into(), currency), currency), Ok(minor));
        }

        #[test]
        fn no_text_makes_reading_panic(text in "\\PC*") {
            let _ = parse_amount(&text, Currency::EUR);
        }
    }
}
