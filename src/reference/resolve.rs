//! From names that clients and files use to identifiers: slugs of roles, skills and industries, and named places.
//!
//! Identifiers of bundled records are made of their names, so most names need no look-up but a proof of existence.
//! What was found is remembered, which lets an import of a million lines ask once for each name.

use std::collections::HashMap;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::entities::sets::PlaceKind;
use crate::entities::{industry, place, place_alias, role, skill, skill_alias};
use crate::ids::{self, Kind};
use crate::text::{fold, slug};

/// A place as clients and files name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlaceName {
    /// ISO 3166-1, two letters.
    pub country_code: String,
    /// ISO 3166-2, as in `US-NY`.
    pub region_code: Option<String>,
    /// Name of a city.
    pub city: Option<String>,
}

/// A place that was found, with the codes that filters go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPlace {
    /// Identifier of the place.
    pub id: Uuid,
    /// ISO 3166-1.
    pub country_code: String,
    /// ISO 3166-2, where known.
    pub region_code: Option<String>,
}

/// The key of which a place's identifier is made: `US`, `US/US-NY`, `US/US-NY/new york`.
#[must_use]
pub fn place_key(country_code: &str, region: Option<&str>, city: Option<&str>) -> String {
    match (region, city) {
        (None, None) => country_code.to_owned(),
        (Some(region), None) => format!("{country_code}/{region}"),
        (region, Some(city)) => format!("{country_code}/{}/{}", region.unwrap_or_default(), fold(city)),
    }
}

/// What was found, or found to be missing, by name.
#[derive(Debug, Default)]
pub struct Known {
    named: HashMap<(Kind, String), Option<Uuid>>,
    places: HashMap<PlaceName, Option<FoundPlace>>,
}

impl Known {
    /// How many names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.named.len() + self.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Finds identifiers by name, through one connection or transaction.
#[derive(Debug)]
pub struct Resolver<'a, C> {
    db: &'a C,
    /// Whether a skill that nobody knows is added, unreviewed.
    adds_skills: bool,
    known: Known,
}

impl<'a, C: ConnectionTrait> Resolver<'a, C> {
    /// A resolver for which an unknown skill is nothing.
    pub fn new(db: &'a C) -> Self {
        Self { db, adds_skills: false, known: Known::default() }
    }

    /// A resolver that adds unknown skills, unreviewed. Its connection must be allowed to write.
    pub fn adding_skills(db: &'a C) -> Self {
        Self::recalling(db, Known::default())
    }

    /// The same, with what another one knew. Its transaction must have been committed, or be this one.
    pub fn recalling(db: &'a C, known: Known) -> Self {
        Self { db, adds_skills: true, known }
    }

    /// All that it knows.
    #[must_use]
    pub fn known(self) -> Known {
        self.known
    }

    /// Goes on through another connection with what is known so far.
    pub fn through<D: ConnectionTrait>(self, db: &D) -> Resolver<'_, D> {
        Resolver { db, adds_skills: self.adds_skills, known: self.known }
    }

    /// Roles by slug, `None` for those that do not exist.
    ///
    /// # Errors
    /// The database failed.
    pub async fn roles(&mut self, slugs: &[String]) -> Result<Vec<Option<Uuid>>, DbErr> {
        let missing = self.missing(Kind::Role, slugs);
        if !missing.is_empty() {
            let found = role::Entity::find().select_only().column(role::Column::Id);
            let found = found.filter(role::Column::Id.is_in(missing.values().copied()));
            let found: Vec<Uuid> = found.into_tuple().all(self.db).await?;
            self.learn(Kind::Role, missing, &found);
        }
        Ok(self.answers(Kind::Role, slugs))
    }

    /// Industries by slug, `None` for those that do not exist.
    ///
    /// # Errors
    /// The database failed.
    pub async fn industries(&mut self, slugs: &[String]) -> Result<Vec<Option<Uuid>>, DbErr> {
        let missing = self.missing(Kind::Industry, slugs);
        if !missing.is_empty() {
            let found = industry::Entity::find().select_only().column(industry::Column::Id);
            let found = found.filter(industry::Column::Id.is_in(missing.values().copied()));
            let found: Vec<Uuid> = found.into_tuple().all(self.db).await?;
            self.learn(Kind::Industry, missing, &found);
        }
        Ok(self.answers(Kind::Industry, slugs))
    }

    /// Skills by slug, or else by another spelling (`C++`), `None` for those that do not exist and are not added.
    ///
    /// # Errors
    /// The database failed.
    pub async fn skills(&mut self, names: &[String]) -> Result<Vec<Option<Uuid>>, DbErr> {
        let missing = self.missing(Kind::Skill, names);
        if !missing.is_empty() {
            let found = skill::Entity::find().select_only().column(skill::Column::Id);
            let found = found.filter(skill::Column::Id.is_in(missing.values().copied()));
            let found: Vec<Uuid> = found.into_tuple().all(self.db).await?;
            self.learn(Kind::Skill, missing, &found);
            self.skills_by_alias(names).await?;
        }
        if self.adds_skills {
            self.add_skills(names).await?;
        }
        Ok(self.answers(Kind::Skill, names))
    }

    async fn skills_by_alias(&mut self, names: &[String]) -> Result<(), DbErr> {
        let unknown: HashMap<_, _> = self.unknown(Kind::Skill, names).map(|name| (fold(name), name.clone())).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let aliases = skill_alias::Entity::find().filter(skill_alias::Column::AliasKey.is_in(unknown.keys()));
        for alias in aliases.order_by_desc(skill_alias::Column::Position).all(self.db).await? {
            if let Some(name) = unknown.get(&alias.alias_key) {
                self.known.named.insert((Kind::Skill, name.clone()), Some(alias.skill_id));
            }
        }
        Ok(())
    }

    async fn add_skills(&mut self, names: &[String]) -> Result<(), DbErr> {
        let unknown: Vec<_> = self.unknown(Kind::Skill, names).filter(|name| !slug(name).is_empty()).cloned().collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let rows = unknown.iter().map(|name| skill::ActiveModel {
            id: Set(ids::of_name(Kind::Skill, &slug(name))),
            slug: Set(slug(name)),
            name: Set(name.chars().take(100).collect()),
            name_key: Set(fold(name)),
            kind: Set(None),
            is_reviewed: Set(false),
        });
        // Somebody else may add the same one at the same time: the identifier is the same, so either row will do.
        let added = skill::Entity::insert_many(rows).on_conflict(OnConflict::new().do_nothing().to_owned());
        added.exec_without_returning(self.db).await?;
        for name in unknown {
            let id = ids::of_name(Kind::Skill, &slug(&name));
            self.known.named.insert((Kind::Skill, name), Some(id));
        }
        Ok(())
    }

    /// Places by name. A country or region that does not exist is `None`; a city that nobody knows is kept as it is
    /// written, under its country (and region), unreviewed. Its connection must be allowed to write.
    ///
    /// # Errors
    /// The database failed.
    pub async fn places(&mut self, names: &[PlaceName]) -> Result<Vec<Option<FoundPlace>>, DbErr> {
        for name in names {
            if !self.known.places.contains_key(name) {
                let found = self.place(name).await?;
                self.known.places.insert(name.clone(), found);
            }
        }
        Ok(names.iter().map(|name| self.known.places.get(name).cloned().flatten()).collect())
    }

    async fn place(&self, name: &PlaceName) -> Result<Option<FoundPlace>, DbErr> {
        let region = name.region_code.as_deref();
        let id = ids::of_name(Kind::Place, &place_key(&name.country_code, region, name.city.as_deref()));
        if let Some(row) = place::Entity::find_by_id(id).one(self.db).await? {
            return Ok(Some(row.into()));
        }
        let Some(city) = name.city.as_deref() else { return Ok(None) };
        if let Some(row) = self.city(name, &fold(city)).await? {
            return Ok(Some(row.into()));
        }
        let above = ids::of_name(Kind::Place, &place_key(&name.country_code, region, None));
        match place::Entity::find_by_id(above).one(self.db).await? {
            Some(above) => self.add_city(id, city, above).await.map(Some),
            None => Ok(None),
        }
    }

    /// The largest city of that name, or with that other name, in the country (and region).
    async fn city(&self, name: &PlaceName, key: &str) -> Result<Option<place::Model>, DbErr> {
        let cities = || {
            let cities = place::Entity::find()
                .filter(place::Column::CountryCode.eq(&name.country_code))
                .filter(place::Column::Kind.eq(PlaceKind::City));
            let cities = match &name.region_code {
                Some(region) => cities.filter(place::Column::RegionCode.eq(region)),
                None => cities,
            };
            cities.order_by_desc(place::Column::Population).order_by_asc(place::Column::Id)
        };
        if let Some(city) = cities().filter(place::Column::NameKey.eq(key)).one(self.db).await? {
            return Ok(Some(city));
        }
        let aliases = place_alias::Entity::find().select_only().column(place_alias::Column::PlaceId);
        let aliases: Vec<Uuid> =
            aliases.filter(place_alias::Column::AliasKey.eq(key)).into_tuple().all(self.db).await?;
        if aliases.is_empty() {
            return Ok(None);
        }
        cities().filter(place::Column::Id.is_in(aliases)).one(self.db).await
    }

    async fn add_city(&self, id: Uuid, city: &str, above: place::Model) -> Result<FoundPlace, DbErr> {
        let city: String = city.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect();
        let row = place::ActiveModel {
            id: Set(id),
            kind: Set(PlaceKind::City),
            country_code: Set(above.country_code.clone()),
            region_code: Set(above.region_code.clone()),
            city: Set(Some(city.clone())),
            name_key: Set(fold(&city)),
            name: Set(city),
            latitude: Set(None),
            longitude: Set(None),
            population: Set(None),
            is_reviewed: Set(false),
        };
        let added = place::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
        added.exec_without_returning(self.db).await?;
        Ok(FoundPlace { id, country_code: above.country_code, region_code: above.region_code })
    }

    /// Names never asked for, with the identifiers that they would have.
    fn missing(&self, kind: Kind, names: &[String]) -> HashMap<String, Uuid> {
        let missing = names.iter().filter(|name| !self.known.named.contains_key(&(kind, (*name).clone())));
        missing.map(|name| (name.clone(), ids::of_name(kind, name))).collect()
    }

    fn learn(&mut self, kind: Kind, asked: HashMap<String, Uuid>, found: &[Uuid]) {
        for (name, id) in asked {
            self.known.named.insert((kind, name), found.contains(&id).then_some(id));
        }
    }

    fn unknown<'n>(&self, kind: Kind, names: &'n [String]) -> impl Iterator<Item = &'n String> {
        let is_unknown = move |name: &&String| matches!(self.known.named.get(&(kind, (*name).clone())), Some(None));
        // A name with characters that cannot be seen is nobody's.
        names.iter().filter(is_unknown).filter(|name| !name.chars().any(char::is_control))
    }

    fn answers(&self, kind: Kind, names: &[String]) -> Vec<Option<Uuid>> {
        names.iter().map(|name| self.known.named.get(&(kind, name.clone())).copied().flatten()).collect()
    }
}

impl From<place::Model> for FoundPlace {
    fn from(row: place::Model) -> Self {
        Self { id: row.id, country_code: row.country_code, region_code: row.region_code }
    }
}
