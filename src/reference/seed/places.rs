//! Countries, regions and cities.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use anyhow::Context;
use sea_orm::{DatabaseTransaction, Set};
use uuid::Uuid;

use super::super::bundle::{self, CityRecord, CountryRecord, RegionRecord};
use super::super::resolve::place_key;
use super::{replace, upsert};
use crate::entities::sets::PlaceKind;
use crate::entities::{place, place_alias};
use crate::ids::{self, Kind};
use crate::text::fold;

/// What is to be written.
#[derive(Default)]
struct Rows {
    places: Vec<place::ActiveModel>,
    aliases: Vec<place_alias::ActiveModel>,
    ids: HashSet<Uuid>,
}

/// Writes the places with their other names.
pub async fn write(txn: &DatabaseTransaction) -> anyhow::Result<usize> {
    let (countries, regions, cities) = (bundle::countries()?, bundle::regions()?, bundle::cities()?);
    let mut rows = Rows::default();
    for country in &countries {
        rows.add_country(country);
    }
    for region in &regions {
        rows.add_region(region);
    }
    rows.add_cities(&cities, &regions)?;
    let Rows { places, aliases, ids } = rows;
    let count = places.len();
    upsert(txn, places).await?;
    replace(txn, place_alias::Column::PlaceId, &ids.into_iter().collect::<Vec<_>>(), aliases).await?;
    Ok(count)
}

impl Rows {
    /// Adds a place under its key, or under the key and `suffix` if another place has that key.
    fn add(&mut self, key: &str, suffix: &str, kind: PlaceKind, country: &str, name: &str) -> &mut place::ActiveModel {
        let mut id = ids::of_name(Kind::Place, key);
        if !self.ids.insert(id) {
            id = ids::of_name(Kind::Place, &format!("{key}/{suffix}"));
            self.ids.insert(id);
        }
        let at = self.places.len();
        self.places.push(place::ActiveModel {
            id: Set(id),
            kind: Set(kind),
            country_code: Set(country.to_owned()),
            region_code: Set(None),
            city: Set(None),
            name: Set(name.to_owned()),
            name_key: Set(fold(name)),
            latitude: Set(None),
            longitude: Set(None),
            population: Set(None),
            is_reviewed: Set(true),
        });
        &mut self.places[at]
    }

    /// Adds other names of the place that was added last.
    fn add_names<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        let Some(place) = self.places.last() else { return };
        let mut once = HashSet::from([place.name_key.clone().take().unwrap_or_default()]);
        let id = place.id.clone();
        for name in names {
            let key = fold(name);
            if once.insert(key.clone()) {
                self.aliases.push(place_alias::ActiveModel { place_id: id.clone(), alias_key: Set(key) });
            }
        }
    }

    fn add_country(&mut self, country: &CountryRecord) {
        let code = &country.alpha2;
        self.add(&place_key(code, None, None), code, PlaceKind::Country, code, &country.name);
        self.add_names([country.alpha2.as_str(), country.alpha3.as_str()]);
    }

    fn add_region(&mut self, region: &RegionRecord) {
        let key = place_key(&region.country, Some(&name_in_keys(region)), None);
        let place = self.add(&key, &region.geonames_code, PlaceKind::Region, &region.country, &region.name);
        place.region_code = Set(region.iso_code.clone());
    }

    /// Adds the cities. Of those with one name in one region, the largest gets the plain key.
    fn add_cities(&mut self, cities: &[CityRecord], regions: &[RegionRecord]) -> anyhow::Result<()> {
        let regions = regions.iter().map(|region| ((region.country.as_str(), region.geonames_code.as_str()), region));
        let regions: HashMap<_, _> = regions.collect();
        let mut cities: Vec<_> = cities.iter().collect();
        cities.sort_by_key(|city| (Reverse(city.population), city.geonameid));
        for city in cities {
            let region = city.geonames_region.as_deref().and_then(|code| regions.get(&(city.country.as_str(), code)));
            let in_key = region.map(|region| name_in_keys(region));
            let key = place_key(&city.country, in_key.as_deref(), Some(&city.name));
            let suffix = city.geonameid.to_string();
            let place = self.add(&key, &suffix, PlaceKind::City, &city.country, &city.name);
            place.region_code = Set(region.and_then(|region| region.iso_code.clone()));
            place.city = Set(Some(city.name.clone()));
            place.latitude = Set(Some(city.latitude));
            place.longitude = Set(Some(city.longitude));
            place.population = Set(Some(i64::try_from(city.population).context("a population beyond 2^63")?));
            self.add_names(city.other_names.iter().map(String::as_str));
        }
        Ok(())
    }
}

/// How a region stands in keys: by its code, or by its name if it has none.
fn name_in_keys(region: &RegionRecord) -> String {
    region.iso_code.clone().unwrap_or_else(|| fold(&region.name))
}
