//! Currencies of ISO 4217 and the daily reference rates of the European Central Bank.

use std::io::Read;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{BundleError, CURRENCIES, ECB_RATES};

/// A currency with a minor unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CurrencyRecord {
    /// ISO 4217 letters, as in `EUR`.
    pub code: String,
    /// English name.
    pub name: String,
    /// ISO 4217 digits, as in `978`.
    pub numeric: String,
    /// Decimal places of an amount.
    pub minor_unit: u8,
    /// Month of withdrawal as `YYYY-MM`; none while in force.
    pub withdrawn: Option<String>,
}

/// The rates of one business day, in units of currency per euro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateDay {
    /// The day they were published.
    pub date: NaiveDate,
    /// Currency code and rate; a currency not quoted that day is absent.
    pub rates: Vec<(String, Decimal)>,
}

/// All bundled currencies, by code.
///
/// # Errors
/// The embedded set cannot be read.
pub fn currencies() -> Result<Vec<CurrencyRecord>, BundleError> {
    CURRENCIES.csv_rows()
}

/// The reference rates day by day, oldest first. Source: European Central Bank.
///
/// # Errors
/// The head of the embedded set cannot be read; each item can fail as well.
pub fn exchange_rates() -> Result<RateDays, BundleError> {
    let mut reader = ECB_RATES.csv_reader();
    let header = reader.headers().map_err(csv_error)?;
    let currencies = header.iter().skip(1).map(str::to_owned).collect();
    Ok(RateDays { currencies, rows: reader.into_records() })
}

/// Days of rates, read one at a time.
pub struct RateDays {
    currencies: Vec<String>,
    rows: csv::StringRecordsIntoIter<Box<dyn Read + Send>>,
}

impl Iterator for RateDays {
    type Item = Result<RateDay, BundleError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(row.map_err(csv_error).and_then(|row| self.day(&row)))
    }
}

impl RateDays {
    fn day(&self, row: &csv::StringRecord) -> Result<RateDay, BundleError> {
        let date = row.get(0).unwrap_or_default();
        let date = date.parse().map_err(|_| cell_error(date, "a date"))?;
        let quoted = self.currencies.iter().zip(row.iter().skip(1)).filter(|(_, cell)| !cell.is_empty());
        let rates = quoted.map(|(code, cell)| match cell.parse() {
            Ok(rate) if rate > Decimal::ZERO => Ok((code.clone(), rate)),
            _ => Err(cell_error(cell, "a rate above zero")),
        });
        Ok(RateDay { date, rates: rates.collect::<Result<_, _>>()? })
    }
}

impl std::fmt::Debug for RateDays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RateDays").field("currencies", &self.currencies).finish_non_exhaustive()
    }
}

fn csv_error(source: csv::Error) -> BundleError {
    BundleError::Csv { set: ECB_RATES.name, source }
}

fn cell_error(found: &str, wanted: &'static str) -> BundleError {
    BundleError::Cell { set: ECB_RATES.name, found: found.to_owned(), wanted }
}
