//! The postings of a scope at one moment.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;
use sea_orm::{ActiveEnum, Iterable};
use uuid::Uuid;

use super::image::{Image, Vocabulary};
use crate::clock::Timestamp;
use crate::engine::filter::Filter;
use crate::engine::row::{Field, month_of_day, month_start};
use crate::engine::snap::{Basis, Set, Snap};
use crate::engine::text::sought::Sought;
use crate::entities::sets::{EducationLevel, EmploymentType, ExperienceLevel, PayStatus, Workplace};
use crate::postings::filter::Scope;

/// The postings of one moment, and which of them are meant.
#[derive(Clone, Debug)]
pub struct View {
    image: Arc<Image>,
    postings: Arc<Snap>,
    filter: Filter,
    sought: Option<Sought>,
}

/// A value that postings share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// Something with an identifier.
    Id(Uuid),
    /// A code, or a word of a set.
    Word(String),
    /// The first day of a month.
    Month(NaiveDate),
}

impl View {
    /// The postings that an image has now, and which of them a scope means; `None` if words are asked for and cannot be
    /// found. It waits for whoever changes the image.
    #[must_use]
    pub fn of(image: Arc<Image>, scope: &Scope, now: Timestamp) -> Option<Self> {
        let (filter, words) = {
            let people = image.people();
            (people.names.filter(&scope.filter), scope.search.as_ref().map(|search| people.names.words(search)))
        };
        let postings = image.postings();
        let sought = match words.map(|words| postings.seek(&words, now.timestamp_micros())) {
            None => None,
            Some(Ok(sought)) => Some(sought?),
            Some(Err(error)) => {
                tracing::warn!(%error, "the index of words cannot be read");
                return None;
            }
        };
        Some(Self { image, postings, filter, sought })
    }

    /// The image.
    #[must_use]
    pub const fn image(&self) -> &Arc<Image> {
        &self.image
    }

    /// All postings of the moment.
    #[must_use]
    pub const fn postings(&self) -> &Arc<Snap> {
        &self.postings
    }

    /// What is searched for, if anything is.
    #[must_use]
    pub const fn sought(&self) -> Option<&Sought> {
        self.sought.as_ref()
    }

    /// The postings that are meant.
    #[must_use]
    pub fn select(&self, basis: Basis) -> Set {
        self.narrow(self.postings.select(basis, &self.filter))
    }

    /// Those of some postings that are meant.
    #[must_use]
    pub fn select_among(&self, basis: Basis, postings: &[Uuid]) -> Set {
        let slots: HashSet<u32> = {
            let people = self.image.people();
            postings.iter().filter_map(|id| people.names.postings.get(id)).collect()
        };
        self.narrow(self.postings.select_among(basis, &self.filter, &slots))
    }

    fn narrow(&self, set: Set) -> Set {
        match &self.sought {
            Some(sought) => self.postings.narrow(set, sought),
            None => set,
        }
    }
}

impl Vocabulary {
    /// The code of a thing in a field; nothing if no row ever had it.
    #[must_use]
    pub fn code(&self, field: Field, thing: &Thing) -> Option<u32> {
        match (thing, field) {
            (Thing::Id(id), Field::Role) => self.roles.get(id),
            (Thing::Id(id), Field::Industry) => self.industries.get(id),
            (Thing::Id(id), Field::Employer) => self.employers.get(id),
            (Thing::Id(id), Field::Skill) => self.skills.get(id),
            (Thing::Id(id), Field::Place) => self.places.get(id),
            (Thing::Word(word), Field::Country | Field::Applicant) => self.countries.get(word),
            (Thing::Word(word), Field::Region) => self.regions.get(word),
            (Thing::Word(word), Field::Language) => self.languages.get(word),
            (Thing::Word(word), Field::Workplace) => in_set::<Workplace>(word),
            (Thing::Word(word), Field::EmploymentType) => in_set::<EmploymentType>(word),
            (Thing::Word(word), Field::Level) => in_set::<ExperienceLevel>(word),
            (Thing::Word(word), Field::Education) => in_set::<EducationLevel>(word),
            (Thing::Word(word), Field::PayStatus) => in_set::<PayStatus>(word),
            (Thing::Month(first), Field::Month) => month_of_day(*first),
            _ => None,
        }
    }

    /// What a code of a field stands for.
    #[must_use]
    pub fn thing(&self, field: Field, code: u32) -> Option<Thing> {
        let id = |id: Option<&Uuid>| id.copied().map(Thing::Id);
        let word = |word: Option<&String>| word.cloned().map(Thing::Word);
        match field {
            Field::Role => id(self.roles.thing(code)),
            Field::Industry => id(self.industries.thing(code)),
            Field::Employer => id(self.employers.thing(code)),
            Field::Skill => id(self.skills.thing(code)),
            Field::Place => id(self.places.thing(code)),
            Field::Country | Field::Applicant => word(self.countries.thing(code)),
            Field::Region => word(self.regions.thing(code)),
            Field::Language => word(self.languages.thing(code)),
            Field::Workplace => of_set::<Workplace>(code),
            Field::EmploymentType => of_set::<EmploymentType>(code),
            Field::Level => of_set::<ExperienceLevel>(code),
            Field::Education => of_set::<EducationLevel>(code),
            Field::PayStatus => of_set::<PayStatus>(code),
            Field::Month => month_start(code).map(Thing::Month),
            Field::Worldwide => None,
        }
    }
}

/// The position of a word in its set.
fn in_set<T: Iterable + ActiveEnum<Value = String>>(word: &str) -> Option<u32> {
    T::iter().zip(0..).find_map(|(member, at)| (member.to_value() == word).then_some(at))
}

/// The word at a position of its set.
fn of_set<T: Iterable + ActiveEnum<Value = String>>(code: u32) -> Option<Thing> {
    T::iter().nth(code as usize).map(|word| Thing::Word(word.to_value()))
}
