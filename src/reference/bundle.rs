//! The reference data inside the binary: currencies, exchange rates, places, industries, skills and roles.
//!
//! The sets lie under `data/` (each with its `SOURCE.md`) and are embedded as they are; larger ones are gzip members.
//! Reading is done anew on each call, since a server needs it once, when it fills an empty database.

mod market;
mod money;
mod places;
mod roles;

use std::fmt::Write as _;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

pub use market::{CitedDemandRecord, CitedSalaryRecord, CourseRecord, HiringRegionRecord, NationalWageRecord};
pub use market::{CitedPlaceRecord, OutlookRecord, TrainingPathRecord, WeeksRecord};
pub use money::{CurrencyRecord, RateDay, RateDays, currencies, exchange_rates};
pub use places::{CityRecord, CountryRecord, RegionRecord, cities, countries, regions};
pub use roles::{IndustryRecord, RoleRecord, RoleSkillRecord, SkillRecord, YearsRecord, industries, roles, skills};

/// Why a bundled set cannot be read. With the sets of this repository it never happens; a test reads them all.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A row of a CSV file does not fit its record.
    #[error("the bundled set {set} cannot be read: {source}")]
    Csv {
        /// File name under `data/`.
        set: &'static str,
        /// What the reader found.
        source: csv::Error,
    },
    /// The JSON of a set does not fit its records.
    #[error("the bundled set {set} cannot be read: {source}")]
    Json {
        /// File name under `data/`.
        set: &'static str,
        /// What the reader found.
        source: serde_json::Error,
    },
    /// A cell holds something else than it should.
    #[error("the bundled set {set} holds {found:?} where {wanted} was expected")]
    Cell {
        /// File name under `data/`.
        set: &'static str,
        /// What stands in the cell.
        found: String,
        /// What was expected.
        wanted: &'static str,
    },
}

/// An embedded file.
#[derive(Clone, Copy, Debug)]
struct Set {
    name: &'static str,
    bytes: &'static [u8],
}

macro_rules! embedded {
    ($name:literal) => {
        Set { name: $name, bytes: include_bytes!(concat!("../../data/", $name)) }
    };
}

const CURRENCIES: Set = embedded!("currency/currencies.csv");
const ECB_RATES: Set = embedded!("currency/ecb_rates.csv.gz");
const COUNTRIES: Set = embedded!("geo/countries.csv");
const REGIONS: Set = embedded!("geo/regions.csv");
const CITIES: Set = embedded!("geo/cities.csv.gz");
const INDUSTRIES: Set = embedded!("industries/industries.csv");
const SKILLS: Set = embedded!("skills/skills.csv");
const ROLES: Set = embedded!("roles/roles.json.gz");
const ALL: [Set; 8] = [CURRENCIES, ECB_RATES, COUNTRIES, REGIONS, CITIES, INDUSTRIES, SKILLS, ROLES];

/// SHA-256 over the names and bytes of all sets, in hexadecimal: two servers with the same fingerprint bring the same
/// reference rows.
#[must_use]
pub fn fingerprint() -> &'static str {
    static FINGERPRINT: LazyLock<String> = LazyLock::new(|| {
        let mut hasher = Sha256::new();
        for set in ALL {
            hasher.update(set.name.as_bytes());
            hasher.update((set.bytes.len() as u64).to_be_bytes());
            hasher.update(set.bytes);
        }
        hasher.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    });
    &FINGERPRINT
}

impl Set {
    fn open(self) -> Box<dyn Read + Send> {
        if self.name.ends_with("gz") { Box::new(GzDecoder::new(self.bytes)) } else { Box::new(self.bytes) }
    }

    fn csv_reader(self) -> csv::Reader<Box<dyn Read + Send>> {
        csv::Reader::from_reader(self.open())
    }

    fn csv_rows<T: DeserializeOwned>(self) -> Result<Vec<T>, BundleError> {
        let rows = self.csv_reader().into_deserialize().collect::<Result<_, _>>();
        rows.map_err(|source| BundleError::Csv { set: self.name, source })
    }

    fn json<T: DeserializeOwned>(self) -> Result<T, BundleError> {
        serde_json::from_reader(self.open()).map_err(|source| BundleError::Json { set: self.name, source })
    }
}

/// Reads a cell of values separated by `|`; an empty cell has none.
fn bar_list<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let cell = <String as serde::Deserialize>::deserialize(deserializer)?;
    Ok(cell.split('|').filter(|value| !value.is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
