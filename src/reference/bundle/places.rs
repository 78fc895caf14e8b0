//! Countries, regions and cities. Contains data from `GeoNames`, www.geonames.org (CC BY 4.0).

use serde::Deserialize;

use super::{BundleError, CITIES, COUNTRIES, REGIONS, bar_list};

/// A country of ISO 3166-1, or Kosovo (`XK`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CountryRecord {
    /// ISO 3166-1 alpha-2.
    pub alpha2: String,
    /// ISO 3166-1 alpha-3.
    pub alpha3: String,
    /// English name.
    pub name: String,
    /// ISO 4217 code of its own currency; Antarctica has none.
    pub currency: Option<String>,
}

/// A first-level region of a country.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RegionRecord {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The code `GeoNames` gives it, unique within the country.
    pub geonames_code: String,
    /// ISO 3166-2, as in `US-NY`, where it is certain.
    pub iso_code: Option<String>,
    /// English or local name.
    pub name: String,
}

/// A city of more than 15,000 people.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CityRecord {
    /// Identifier at `GeoNames`; the only thing that is unique, for names repeat even within a region.
    pub geonameid: u32,
    /// English or local name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// [`RegionRecord::geonames_code`] within the country; a few cities stand in no listed region.
    pub geonames_region: Option<String>,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// People who live there.
    pub population: u64,
    /// IANA name of the time zone.
    pub timezone: String,
    /// Other spellings people type, at most four.
    #[serde(deserialize_with = "bar_list")]
    pub other_names: Vec<String>,
}

/// All countries, by code.
///
/// # Errors
/// The embedded set cannot be read.
pub fn countries() -> Result<Vec<CountryRecord>, BundleError> {
    COUNTRIES.csv_rows()
}

/// All regions, by country and code.
///
/// # Errors
/// The embedded set cannot be read.
pub fn regions() -> Result<Vec<RegionRecord>, BundleError> {
    REGIONS.csv_rows()
}

/// All cities, by identifier.
///
/// # Errors
/// The embedded set cannot be read.
pub fn cities() -> Result<Vec<CityRecord>, BundleError> {
    CITIES.csv_rows()
}
