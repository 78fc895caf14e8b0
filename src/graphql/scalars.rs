//! The scalars of the contract, each with one reader that serves variables, literals and resolvers alike.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use chrono::{DateTime as ChronoDateTime, Datelike, NaiveDate, SecondsFormat};
use serde_json::Value as Json;

use super::conformance::ScalarCheck;
use crate::clock::{Timestamp, YEARS, to_micros};
use crate::money;

/// Declares a scalar over a type: how it is read from a text and written as one.
macro_rules! text_scalar {
    ($(#[$doc:meta])* $name:ident($inner:ty), $graphql:literal, $url:literal, $read:expr, $write:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl $name {
            /// Reads the scalar from a text.
            ///
            /// # Errors
            /// What was expected.
            pub fn read(text: &str) -> Result<Self, &'static str> {
                let read: fn(&str) -> Result<$inner, &'static str> = $read;
                read(text).map(Self)
            }

            fn check(value: &Json) -> Result<(), String> {
                let text = value.as_str().ok_or("expected a text")?;
                Self::read(text).map(drop).map_err(str::to_owned)
            }
        }

        $(#[$doc])*
        #[Scalar(name = $graphql, specified_by_url = $url)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                match &value {
                    Value::String(text) => Self::read(text).map_err(InputValueError::custom),
                    _ => Err(InputValueError::expected_type(value)),
                }
            }

            fn to_value(&self) -> Value {
                let write: fn(&$inner) -> String = $write;
                Value::String(write(&self.0))
            }
        }
    };
}

text_scalar! {
    /// An instant in UTC with milliseconds, as in `2026-11-21T09:30:00.000Z` (RFC 3339). On input any offset is taken.
    DateTime(Timestamp), "DateTime", "https://scalars.graphql.org/andimarek/date-time.html",
    |text| {
        let at = ChronoDateTime::parse_from_rfc3339(text).map_err(|_| "expected an instant as in 2026-11-21T09:30:00Z")?;
        if YEARS.contains(&at.year()) { Ok(to_micros(at.to_utc())) } else { Err("expected a year from 1900 to 9999") }
    },
    |at| at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
text_scalar! {
    /// A day of the calendar, as in `2026-11-21` (ISO 8601).
    LocalDate(NaiveDate), "LocalDate", "https://scalars.graphql.org/andimarek/local-date.html",
    |text| {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        day.filter(|day| YEARS.contains(&day.year())).ok_or("expected a day as in 2026-11-21")
    },
    |day| day.format("%Y-%m-%d").to_string()
}
text_scalar! {
    /// A month of the calendar, as in `2026-11` (ISO 8601).
    YearMonth(NaiveDate), "YearMonth", "https://www.rfc-editor.org/rfc/rfc3339#appendix-A",
    |text| {
        let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok().filter(|_| text.len() == 7);
        first.filter(|day| YEARS.contains(&day.year())).ok_or("expected a month as in 2026-11")
    },
    |day| day.format("%Y-%m").to_string()
}
text_scalar! {
    /// An exact decimal number, as a text so that no digit is lost: `1234.50`.
    Decimal(String), "Decimal", "https://www.rfc-editor.org/rfc/rfc8259#section-6",
    |text| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, rest) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let good = numeric(whole) && rest.is_none_or(numeric) && text.len() <= 40;
        good.then(|| text.to_owned()).ok_or("expected a decimal number in a text, as in \"1234.50\"")
    },
    Clone::clone
}
text_scalar! {
    /// The address of a web page (RFC 3986), `http` or `https`.
    Url(String), "URL", "https://www.rfc-editor.org/rfc/rfc3986",
    |text| crate::text::web_address("", text).map_err(|_| "expected an address that begins with http:// or https://"),
    Clone::clone
}
text_scalar! {
    /// An e-mail address (RFC 5321), compared without regard to case.
    EmailAddress(String), "EmailAddress", "https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2",
    |text| Ok(text.to_owned()),
    Clone::clone
}
text_scalar! {
    /// The code of a currency (ISO 4217), as in `EUR`.
    Currency(money::Currency), "Currency", "https://www.iso.org/iso-4217-currency-codes.html",
    |text| money::Currency::parse(text).map_err(|_| "expected the code of a currency (ISO 4217), as in EUR"),
    |currency| currency.code().to_owned()
}
text_scalar! {
    /// The code of a country (ISO 3166-1, two letters), as in `US`.
    CountryCode(String), "CountryCode", "https://www.iso.org/iso-3166-country-codes.html",
    |text| {
        let good = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        good.then(|| text.to_owned()).ok_or("expected the code of a country (ISO 3166-1), as in US")
    },
    Clone::clone
}
text_scalar! {
    /// A text with CommonMark formatting. Render it with HTML switched off.
    Markdown(String), "Markdown", "https://spec.commonmark.org/0.31.2/",
    |text| Ok(text.to_owned()),
    Clone::clone
}

/// The readers of all scalars, by name: a literal or a variable that one refuses never reaches a resolver.
#[must_use]
pub fn checks() -> [(&'static str, ScalarCheck); 9] {
    [
        ("DateTime", DateTime::check),
        ("LocalDate", LocalDate::check),
        ("YearMonth", YearMonth::check),
        ("Decimal", Decimal::check),
        ("URL", Url::check),
        ("EmailAddress", EmailAddress::check),
        ("Currency", Currency::check),
        ("CountryCode", CountryCode::check),
        ("Markdown", Markdown::check),
    ]
}

/// An amount of money.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(cache_control(max_age = 300))]
pub struct Money {
    /// The amount in major units, with exactly the digits of the currency's minor unit.
    amount: Decimal,
    /// The currency.
    currency: Currency,
}

impl Money {
    /// An amount given in minor units.
    #[must_use]
    pub fn new(minor: i128, currency: money::Currency) -> Self {
        Self { amount: Decimal(money::format_amount(minor, currency)), currency: Currency(currency) }
    }
}
