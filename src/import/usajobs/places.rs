//! "City, State" as a place with ISO codes.

use std::collections::HashMap;

use crate::import::records::PlaceRecord;
use crate::reference::bundle::{self, BundleError};

/// States and countries by the names the source uses.
#[derive(Debug)]
pub(super) struct Places {
    /// ISO 3166-2 by name of a state.
    states: HashMap<String, String>,
    /// ISO 3166-1 by name of a country or an outlying area.
    countries: HashMap<String, String>,
}

/// Where an announcement is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub place: PlaceRecord,
    pub is_remote: bool,
}

impl Places {
    pub(super) fn new() -> Result<Self, BundleError> {
        let outlying = ["US-AS", "US-GU", "US-MP", "US-PR", "US-VI"];
        let states = bundle::regions()?.into_iter().filter(|region| region.country == "US");
        // Cities of the outlying areas are listed under the country codes these areas have.
        let states = states.filter_map(|region| Some((region.name, region.iso_code?)));
        let states = states.filter(|(_, code)| !outlying.contains(&code.as_str())).collect();
        let countries = bundle::countries()?.into_iter().map(|country| (country.name, country.alpha2));
        let others = [("Turkey", "TR"), ("Virgin Islands", "VI"), ("Burma", "MM"), ("Hong Kong", "HK")];
        let others = others.map(|(name, code)| (name.to_owned(), code.to_owned()));
        Ok(Self { states, countries: countries.chain(others).collect() })
    }

    /// The place of a location text. What cannot be read is the United States as a whole: the employer is its government.
    pub(super) fn find(&self, location: &str) -> Found {
        let small = location.to_lowercase();
        let is_remote = small.contains("remote") || small.starts_with("anywhere in the u");
        let somewhere = ["multiple", "negotiable", "throughout", "anywhere"].iter().any(|word| small.contains(word));
        let mut parts = location.rsplit(',').map(str::trim);
        let last = parts.next().unwrap_or_default();
        // "Pentagon, Arlington, Virginia": the city is what stands next to the state.
        let city = parts.next().filter(|city| !city.is_empty() && !is_remote && !somewhere).map(str::to_owned);
        let place = if let Some(code) = self.states.get(last) {
            PlaceRecord { country_code: "US".to_owned(), region_code: Some(code.clone()), city }
        } else if let Some(code) = self.countries.get(last) {
            PlaceRecord { country_code: code.clone(), region_code: None, city }
        } else {
            PlaceRecord { country_code: "US".to_owned(), ..PlaceRecord::default() }
        };
        Found { place, is_remote }
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    fn found(location: &str) -> (String, Option<String>, Option<String>, bool) {
        let found = Places::new().expect("names").find(location);
        (found.place.country_code, found.place.region_code, found.place.city, found.is_remote)
    }

    fn place(
        country: &str,
        region: Option<&str>,
        city: Option<&str>,
    ) -> (String, Option<String>, Option<String>, bool) {
        (country.to_owned(), region.map(str::to_owned), city.map(str::to_owned), false)
    }

    #[test]
    fn locations_become_places() {
        let dc = place("US", Some("US-DC"), Some("Washington"));
        assert_eq!(found("Washington, District of Columbia"), dc);
        assert_eq!(found("Pentagon, Arlington, Virginia"), place("US", Some("US-VA"), Some("Arlington")));
        assert_eq!(found("Camp Foster, Japan"), place("JP", None, Some("Camp Foster")));
        assert_eq!(found("San Juan, Puerto Rico"), place("PR", None, Some("San Juan")));
        assert_eq!(found("Incirlik, Turkey"), place("TR", None, Some("Incirlik")));
        assert_eq!(found("Multiple Locations"), place("US", None, None));
        assert_eq!(found("Location Negotiable After Selection, United States"), place("US", None, None));
        assert_eq!(found(""), place("US", None, None));
        assert_eq!(found("Atlantis"), place("US", None, None));
        let (country, region, city, is_remote) = found("Anywhere in the U.S. (remote job), United States");
        assert_eq!((country.as_str(), region, city, is_remote), ("US", None, None, true));
    }
}
