//! Instants and days of the years that a board knows. What lies beyond them can be written down, and ends an import where a
//! database cannot keep it.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::de::{Deserialize, Deserializer, Error};

use crate::clock::YEARS;

fn known<T: Datelike, E: Error>(date: T) -> Result<T, E> {
    if YEARS.contains(&date.year()) { Ok(date) } else { Err(E::custom("a year from 1900 to 9999 was expected")) }
}

pub(super) fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    known(DateTime::deserialize(deserializer)?)
}

pub(super) fn maybe_instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    Option::<DateTime<Utc>>::deserialize(deserializer)?.map(known).transpose()
}

pub(super) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    known(NaiveDate::deserialize(deserializer)?)
}
