//! By what postings are grouped, and what the groups are called.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use sea_orm::sea_query::{SelectStatement, SimpleExpr};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::rows::{AskedRow, PlaceRow, PostingRow};
use super::series::SeriesInterval;
use crate::entities::sets::{EmploymentType, PlaceKind};
use crate::entities::{industry, place, posting, posting_place, role, skill, skill_requirement};
use crate::ids::{self, Kind};

/// By what postings are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Role.
    Role,
    /// Country of a place.
    Country,
    /// Region of a place.
    Region,
    /// Place of the work.
    Place,
    /// Seniority.
    ExperienceLevel,
    /// Skill asked for, must or wish.
    Skill,
    /// Where the work is done.
    Workplace,
    /// Industry.
    Industry,
    /// Form of employment.
    EmploymentType,
    /// Month of first publication (UTC).
    Month,
}

/// What the postings of a group share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKey {
    /// A row of another table.
    Thing(Uuid),
    /// A code, or a word of a closed set.
    Word(String),
    /// First day of a month.
    Month(NaiveDate),
}

/// What tells groups of one market from others: their dimension, and how many of the first are asked about if it is not every one.
pub type GroupsKey = (Dimension, Option<usize>);

/// Groups of a dimension that somebody asks about: those shown first, or every one.
#[derive(Clone, Debug)]
pub struct Groups {
    /// By what postings are grouped.
    pub by: Dimension,
    among: Option<Arc<HashSet<GroupKey>>>,
}

impl Groups {
    /// Every group.
    #[must_use]
    pub const fn every(by: Dimension) -> Self {
        Self { by, among: None }
    }

    /// Those that are shown first.
    #[must_use]
    pub fn first(by: Dimension, keys: impl IntoIterator<Item = GroupKey>) -> Self {
        Self { by, among: Some(Arc::new(keys.into_iter().collect())) }
    }

    /// The groups that are asked about; nothing for every one.
    #[must_use]
    pub fn asked(&self) -> Option<&HashSet<GroupKey>> {
        self.among.as_deref()
    }

    /// Whether somebody asks about a group.
    #[must_use]
    pub fn contain(&self, key: &GroupKey) -> bool {
        self.among.as_ref().is_none_or(|among| among.contains(key))
    }

    /// What tells these from others of one market, where groups stand in one order and the first of them are shown.
    #[must_use]
    pub fn of_one_market(&self) -> GroupsKey {
        (self.by, self.among.as_ref().map(|among| among.len()))
    }
}

/// What a group is called: a key for programs and a label for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupName {
    /// What a filter takes: a slug, a code, a word of a set or an identifier; a month as `2026-11`.
    pub key: String,
    /// For people.
    pub label: String,
}

impl Dimension {
    /// Whether the places of postings are needed.
    #[must_use]
    pub const fn needs_places(self) -> bool {
        matches!(self, Self::Country | Self::Region | Self::Place)
    }

    /// Whether the skills that postings ask for are needed.
    #[must_use]
    pub const fn needs_skills(self) -> bool {
        matches!(self, Self::Skill)
    }

    /// The groups to which a posting belongs: none where it lacks the value, several where it has several. A group may
    /// come twice.
    #[must_use]
    pub fn keys(self, row: &PostingRow, places: &[PlaceRow], asked: &[AskedRow]) -> Vec<GroupKey> {
        let thing = |id: Option<Uuid>| id.map(GroupKey::Thing).into_iter().collect();
        match self {
            Self::Role => thing(row.role),
            Self::Industry => thing(row.industry),
            Self::Workplace => vec![GroupKey::Word(row.workplace.to_value())],
            Self::ExperienceLevel => {
                row.experience_level.map(|level| GroupKey::Word(level.to_value())).into_iter().collect()
            }
            Self::EmploymentType => {
                let forms = EmploymentType::of_bits(row.employment_types).into_iter();
                forms.map(|form| GroupKey::Word(form.to_value())).collect()
            }
            Self::Month => vec![GroupKey::Month(SeriesInterval::Month.start_of(row.published_at.date_naive()))],
            Self::Country => places.iter().map(|at| GroupKey::Word(at.country.clone())).collect(),
            Self::Region => places.iter().filter_map(|at| at.region.clone()).map(GroupKey::Word).collect(),
            Self::Place => places.iter().map(|at| GroupKey::Thing(at.id)).collect(),
            Self::Skill => asked.iter().map(|asked| GroupKey::Thing(asked.skill)).collect(),
        }
    }

    /// Names of the groups that need a look-up, for postings of which `postings` are the identifiers. One statement, or
    /// none where the key tells the name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn names(
        self,
        db: &impl ConnectionTrait,
        postings: &SelectStatement,
    ) -> Result<HashMap<GroupKey, GroupName>, DbErr> {
        let of_posting = |column: posting::Column| {
            let of = posting::Entity::find().select_only().column(column);
            of.filter(posting::Column::Id.in_subquery(postings.clone())).filter(column.is_not_null()).into_query()
        };
        let of_place = |column: posting_place::Column| {
            let at = posting_place::Entity::find().select_only().column(column);
            let at = at.filter(posting_place::Column::PostingId.in_subquery(postings.clone()));
            at.filter(column.is_not_null()).into_query()
        };
        let keys = match self {
            Self::Role => of_posting(posting::Column::RoleId),
            Self::Industry => of_posting(posting::Column::IndustryId),
            Self::Skill => {
                let asked = skill_requirement::Entity::find().select_only();
                let asked = asked.column(skill_requirement::Column::SkillId);
                asked.filter(skill_requirement::Column::PostingId.in_subquery(postings.clone())).into_query()
            }
            Self::Country => of_place(posting_place::Column::CountryCode),
            Self::Region => of_place(posting_place::Column::RegionCode),
            Self::Place => of_place(posting_place::Column::PlaceId),
            Self::ExperienceLevel | Self::Workplace | Self::EmploymentType | Self::Month => return Ok(HashMap::new()),
        };
        self.names_among(db, &Among::Query(Box::new(keys))).await
    }

    /// Names of these groups, where they need a look-up. One statement for every thousand.
    ///
    /// # Errors
    /// The database failed.
    pub async fn names_of(
        self,
        db: &impl ConnectionTrait,
        keys: impl Iterator<Item = &GroupKey>,
    ) -> Result<HashMap<GroupKey, GroupName>, DbErr> {
        let (mut things, mut words) = (Vec::new(), Vec::new());
        for key in keys {
            match key {
                GroupKey::Thing(id) => things.push(*id),
                GroupKey::Word(word) if self.needs_places() => words.push(word.clone()),
                GroupKey::Word(_) | GroupKey::Month(_) => {}
            }
        }
        let mut names = HashMap::new();
        for some in things.chunks(1_000) {
            names.extend(self.names_among(db, &Among::Things(some.to_vec())).await?);
        }
        for some in words.chunks(1_000) {
            names.extend(self.names_among(db, &Among::Words(some.to_vec())).await?);
        }
        Ok(names)
    }

    async fn names_among(
        self,
        db: &impl ConnectionTrait,
        among: &Among,
    ) -> Result<HashMap<GroupKey, GroupName>, DbErr> {
        let slugged = |rows: Vec<(Uuid, String, String)>| {
            rows.into_iter().map(|(id, key, label)| (GroupKey::Thing(id), GroupName { key, label })).collect()
        };
        Ok(match self {
            Self::Role => {
                let columns = [role::Column::Id, role::Column::Slug, role::Column::Title];
                let known = role::Entity::find().select_only().columns(columns);
                slugged(known.filter(among.hold(role::Column::Id)).into_tuple().all(db).await?)
            }
            Self::Industry => {
                let columns = [industry::Column::Id, industry::Column::Slug, industry::Column::Name];
                let known = industry::Entity::find().select_only().columns(columns);
                slugged(known.filter(among.hold(industry::Column::Id)).into_tuple().all(db).await?)
            }
            Self::Skill => {
                let columns = [skill::Column::Id, skill::Column::Slug, skill::Column::Name];
                let known = skill::Entity::find().select_only().columns(columns);
                slugged(known.filter(among.hold(skill::Column::Id)).into_tuple().all(db).await?)
            }
            _ => self.names_of_places(db, among).await?,
        })
    }

    async fn names_of_places(
        self,
        db: &impl ConnectionTrait,
        among: &Among,
    ) -> Result<HashMap<GroupKey, GroupName>, DbErr> {
        let (column, kind) = match self {
            Self::Country => (place::Column::CountryCode, Some(PlaceKind::Country)),
            Self::Region => (place::Column::RegionCode, Some(PlaceKind::Region)),
            _ => (place::Column::Id, None),
        };
        let columns = [place::Column::Id, place::Column::CountryCode, place::Column::RegionCode, place::Column::Name];
        let mut known = place::Entity::find().select_only().columns(columns).filter(among.hold(column));
        if let Some(kind) = kind {
            known = known.filter(place::Column::Kind.eq(kind));
        }
        let rows: Vec<(Uuid, String, Option<String>, String)> = known.into_tuple().all(db).await?;
        let named = rows.into_iter().filter_map(|(id, country, region, label)| {
            Some(match self {
                Self::Country => (GroupKey::Word(country.clone()), GroupName { key: country, label }),
                Self::Region => (GroupKey::Word(region.clone()?), GroupName { key: region?, label }),
                _ => (GroupKey::Thing(id), GroupName { key: ids::encode(Kind::Place, id), label }),
            })
        });
        Ok(named.collect())
    }
}

/// The keys whose names are looked up.
enum Among {
    /// Those that a statement gives.
    Query(Box<SelectStatement>),
    /// These rows of another table.
    Things(Vec<Uuid>),
    /// These codes.
    Words(Vec<String>),
}

impl Among {
    fn hold(&self, column: impl ColumnTrait) -> SimpleExpr {
        match self {
            Self::Query(keys) => column.in_subquery(SelectStatement::clone(keys)),
            Self::Things(ids) => column.is_in(ids.iter().copied()),
            Self::Words(words) => column.is_in(words),
        }
    }
}

impl GroupKey {
    /// The name of a group that needs no look-up: words read as words, a month as a month.
    #[must_use]
    pub fn own_name(&self) -> GroupName {
        match self {
            Self::Thing(id) => GroupName { key: id.to_string(), label: id.to_string() },
            Self::Month(first) => {
                GroupName { key: first.format("%Y-%m").to_string(), label: first.format("%B %Y").to_string() }
            }
            Self::Word(word) => GroupName { key: word.clone(), label: readable(word) },
        }
    }
}

/// `FULL_TIME` as `Full time`; a code of two or three letters, or with a hyphen, stays as it is.
fn readable(word: &str) -> String {
    if word.len() < 4 || word.contains('-') {
        return word.to_owned();
    }
    let lower = word.replace('_', " ").to_lowercase();
    let mut letters = lower.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_months_are_readable() {
        let name = |key: GroupKey| {
            let GroupName { key, label } = key.own_name();
            (key, label)
        };
        let word = |word: &str| name(GroupKey::Word(word.into()));
        assert_eq!(word("FULL_TIME"), ("FULL_TIME".into(), "Full time".into()));
        assert_eq!(word("US"), ("US".into(), "US".into()));
        assert_eq!(word("US-NY"), ("US-NY".into(), "US-NY".into()));
        let november = NaiveDate::from_ymd_opt(2026, 11, 1).expect("a day");
        assert_eq!(name(GroupKey::Month(november)), ("2026-11".into(), "November 2026".into()));
    }
}
