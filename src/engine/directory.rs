//! Between the rows of the database and the codes of the engine: what postings, filters and candidates name.
//!
//! This is the engine's border; nothing behind it knows an identifier of the contract or a word of its sets.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::filter::Filter;
use super::names::Names;
use super::row::{Asked, Field, NO_AMOUNT, NO_CODE, NO_TIME, Row, Spot, State, month_start};
use super::seekers::Target;
use crate::entities::sets::{
    EducationLevel, EmploymentType, ExperienceLevel, Importance, PayPeriod, PayStatus, PlaceKind, PostingStatus,
    Workplace,
};
use crate::entities::{posting, posting_country, posting_place, skill_requirement};
use crate::market::dimension::{Dimension, GroupKey};
use crate::market::rows::{level, months};
use crate::market::salary::PostedPay;
use crate::money::{Currency, PayRange};
use crate::postings::filter::{PlaceFilter, PostingFilter};

/// The columns of a posting that the engine holds.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Stored {
    id: Uuid,
    employer_id: Uuid,
    status: PostingStatus,
    title_key: String,
    language: Option<String>,
    role_id: Option<Uuid>,
    industry_id: Option<Uuid>,
    employment_types: i32,
    workplace: Workplace,
    is_worldwide: bool,
    experience_level: Option<ExperienceLevel>,
    education: Option<EducationLevel>,
    openings: i32,
    hired: i32,
    pay_status: PayStatus,
    pay_min: Option<i64>,
    pay_max: Option<i64>,
    pay_currency: Option<String>,
    pay_period: Option<PayPeriod>,
    pay_hours_per_week: Option<i32>,
    pay_annual: Option<i64>,
    pay_rank: Option<i64>,
    published_at: Option<DateTime<Utc>>,
    valid_through: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
}

impl Stored {
    /// What to select.
    pub const COLUMNS: [posting::Column; 26] = {
        use posting::Column as C;
        [
            C::Id,
            C::EmployerId,
            C::Status,
            C::TitleKey,
            C::Language,
            C::RoleId,
            C::IndustryId,
            C::EmploymentTypes,
            C::Workplace,
            C::IsWorldwide,
            C::ExperienceLevel,
            C::Education,
            C::Openings,
            C::Hired,
            C::PayStatus,
            C::PayMin,
            C::PayMax,
            C::PayCurrency,
            C::PayPeriod,
            C::PayHoursPerWeek,
            C::PayAnnual,
            C::PayRank,
            C::PublishedAt,
            C::ValidThrough,
            C::ClosedAt,
            C::UpdatedAt,
        ]
    };

    /// The posting.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    fn currency(&self) -> Option<Currency> {
        Currency::parse(self.pay_currency.as_deref()?).ok()
    }

    fn pay(&self) -> PostedPay {
        let range = || {
            let hours = self.pay_hours_per_week.map(i64::from);
            PayRange::new(self.pay_min, self.pay_max, self.currency()?, self.pay_period?.into(), hours).ok()
        };
        match self.pay_status {
            PayStatus::Unpaid => PostedPay::Unpaid,
            PayStatus::Withheld => PostedPay::Withheld,
            PayStatus::Stated => range().map_or(PostedPay::StatedWithoutAmount, PostedPay::Stated),
        }
    }
}

/// Codes of everything that is named.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    postings: Names<Uuid>,
    candidates: Names<Uuid>,
    employers: Names<Uuid>,
    roles: Names<Uuid>,
    industries: Names<Uuid>,
    skills: Names<Uuid>,
    places: Names<Uuid>,
    countries: Names<Box<str>>,
    regions: Names<Box<str>>,
    languages: Names<Box<str>>,
}

impl Directory {
    /// The number of a posting, if it has appeared.
    #[must_use]
    pub fn posting(&self, id: &Uuid) -> Option<u32> {
        self.postings.get(id)
    }

    /// The posting of a number.
    #[must_use]
    pub fn posting_id(&self, slot: u32) -> Option<Uuid> {
        self.postings.thing(slot).copied()
    }

    /// The number of a candidate, a new one at the first appearance.
    pub fn candidate(&mut self, id: &Uuid) -> u32 {
        self.candidates.code(id)
    }

    /// The code of a role, a new one at its first appearance.
    pub fn role(&mut self, id: &Uuid) -> u32 {
        self.roles.code(id)
    }

    /// The code of a skill, a new one at its first appearance.
    pub fn skill(&mut self, id: &Uuid) -> u32 {
        self.skills.code(id)
    }

    /// What a target place is to the engine.
    pub fn target(&mut self, id: &Uuid, kind: PlaceKind, country: &str, region: Option<&str>) -> Target {
        match (kind, region) {
            (PlaceKind::City, _) => Target::Place(self.places.code(id)),
            (PlaceKind::Region, Some(region)) => Target::Region(self.regions.code(&region.into())),
            (PlaceKind::Region | PlaceKind::Country, _) => Target::Country(self.countries.code(&country.into())),
        }
    }

    /// A posting as the engine holds it, with what belongs to it.
    pub fn row(
        &mut self,
        stored: &Stored,
        places: &[posting_place::Model],
        countries: &[posting_country::Model],
        requirements: &[skill_requirement::Model],
    ) -> Row {
        let time = |at: Option<DateTime<Utc>>| at.map_or(NO_TIME, |at| at.timestamp_micros());
        let spot = |at: &posting_place::Model| Spot {
            country: self.countries.code(&at.country_code.as_str().into()),
            region: at.region_code.as_deref().map_or(NO_CODE, |region| self.regions.code(&region.into())),
            place: self.places.code(&at.place_id),
        };
        let spots = places.iter().map(spot).collect();
        let asked = |need: &skill_requirement::Model| Asked {
            skill: self.skills.code(&need.skill_id),
            min_months: need.min_months.map(months),
            min_level: need.min_level.map(level),
            is_required: need.importance == Importance::Required,
        };
        Row {
            slot: self.postings.code(&stored.id),
            id: stored.id.as_u128(),
            employer: self.employers.code(&stored.employer_id),
            role: stored.role_id.map_or(NO_CODE, |role| self.roles.code(&role)),
            industry: stored.industry_id.map_or(NO_CODE, |industry| self.industries.code(&industry)),
            language: stored.language.as_deref().map_or(NO_CODE, |tag| self.languages.code(&tag.into())),
            spots,
            applicants: countries.iter().map(|from| self.countries.code(&from.country_code.as_str().into())).collect(),
            is_worldwide: stored.is_worldwide,
            asked: requirements.iter().map(asked).collect(),
            employment_types: u8::try_from(stored.employment_types & 0xFF).unwrap_or(0),
            workplace: stored.workplace as u8,
            level: stored.experience_level.map(|level| level as u8),
            education: stored.education.map(|level| level as u8),
            pay: stored.pay(),
            pay_annual: stored.currency().zip(stored.pay_annual),
            pay_rank: stored.pay_rank.unwrap_or(NO_AMOUNT),
            openings_left: u32::try_from(stored.openings.saturating_sub(stored.hired)).unwrap_or(0),
            state: match stored.status {
                PostingStatus::Draft | PostingStatus::PendingReview | PostingStatus::Rejected => State::Unseen,
                PostingStatus::Published => State::Published,
                PostingStatus::Paused | PostingStatus::Closed => State::Halted,
            },
            published_at: time(stored.published_at),
            valid_through: time(stored.valid_through),
            closed_at: time(stored.closed_at),
            updated_at: stored.updated_at.timestamp_micros(),
            title: stored.title_key.as_str().into(),
        }
    }

    /// A filter in codes. What has not appeared is in no posting, so it has none.
    #[must_use]
    pub fn filter(&self, filter: &PostingFilter) -> Filter {
        let mut all = self.look_ups(filter);
        all.extend(self.areas(filter));
        if let Some(floors) = &filter.pay_at_least {
            let known = floors.iter().filter_map(|(code, least)| Some((Currency::parse(code).ok()?, *least)));
            all.push(Filter::PayAtLeast(known.collect()));
        }
        let (since, before) = (filter.published_since, filter.published_before);
        if since.is_some() || before.is_some() {
            let instant = |at: DateTime<Utc>| at.timestamp_micros();
            all.push(Filter::Published { since: since.map(instant), before: before.map(instant) });
        }
        all.extend(filter.and.iter().map(|filter| self.filter(filter)));
        if !filter.or.is_empty() {
            all.push(Filter::Any(filter.or.iter().map(|filter| self.filter(filter)).collect()));
        }
        all.extend(filter.not.as_deref().map(|filter| Filter::Not(Box::new(self.filter(filter)))));
        Filter::All(all)
    }

    /// Whatever asks for one of some values.
    fn look_ups(&self, filter: &PostingFilter) -> Vec<Filter> {
        let mut all = Vec::new();
        let mut one_of = |field, codes: Option<Vec<u32>>| all.extend(codes.map(|codes| Filter::Has(field, codes)));
        one_of(Field::Role, filter.roles.as_deref().map(|ids| codes(&self.roles, ids)));
        one_of(Field::Skill, filter.skills.as_deref().map(|ids| codes(&self.skills, ids)));
        one_of(Field::Industry, filter.industries.as_deref().map(|ids| codes(&self.industries, ids)));
        one_of(Field::Employer, filter.employers.as_deref().map(|ids| codes(&self.employers, ids)));
        for skill in filter.all_skills.iter().flatten() {
            one_of(Field::Skill, Some(codes(&self.skills, std::slice::from_ref(skill))));
        }
        one_of(Field::Workplace, filter.workplaces.as_deref().map(|set| set.iter().map(|one| *one as u32).collect()));
        let forms = filter.employment_types.as_deref();
        one_of(Field::EmploymentType, forms.map(|set| set.iter().map(|one| *one as u32).collect()));
        one_of(
            Field::Level,
            filter.experience_levels.as_deref().map(|set| set.iter().map(|one| *one as u32).collect()),
        );
        let education = filter.education_levels.as_deref();
        one_of(Field::Education, education.map(|set| set.iter().map(|one| *one as u32).collect()));
        one_of(Field::PayStatus, filter.pay_statuses.as_deref().map(|set| set.iter().map(|one| *one as u32).collect()));
        one_of(Field::Language, filter.languages.as_deref().map(|tags| words(&self.languages, tags)));
        all
    }

    fn areas(&self, filter: &PostingFilter) -> Vec<Filter> {
        let countries = filter.countries.as_deref();
        let countries = countries.map(|countries| Filter::of_countries(&words(&self.countries, countries)));
        let place = |place: &PlaceFilter| match place {
            PlaceFilter::Country(code) => {
                Filter::Has(Field::Country, words(&self.countries, std::slice::from_ref(code)))
            }
            PlaceFilter::Region(code) => Filter::Has(Field::Region, words(&self.regions, std::slice::from_ref(code))),
            PlaceFilter::Among(ids) => Filter::Has(Field::Place, codes(&self.places, ids)),
        };
        let places = filter.places.as_deref().map(|places| Filter::Any(places.iter().map(place).collect()));
        countries.into_iter().chain(places).collect()
    }

    /// What the postings of a group share; `None` for a code that no posting has.
    #[must_use]
    pub fn group_key(&self, by: Dimension, code: u32) -> Option<GroupKey> {
        use sea_orm::{ActiveEnum, Iterable};
        fn word<S: Iterable + ActiveEnum<Value = String>>(code: u32) -> Option<GroupKey> {
            S::iter().nth(code as usize).map(|one| GroupKey::Word(one.to_value()))
        }
        let thing = |names: &Names<Uuid>| names.thing(code).copied().map(GroupKey::Thing);
        match by {
            Dimension::Role => thing(&self.roles),
            Dimension::Industry => thing(&self.industries),
            Dimension::Skill => thing(&self.skills),
            Dimension::Place => thing(&self.places),
            Dimension::Country => self.countries.thing(code).map(|code| GroupKey::Word(code.to_string())),
            Dimension::Region => self.regions.thing(code).map(|code| GroupKey::Word(code.to_string())),
            Dimension::Workplace => word::<Workplace>(code),
            Dimension::ExperienceLevel => word::<ExperienceLevel>(code),
            Dimension::EmploymentType => word::<EmploymentType>(code),
            Dimension::Month => month_start(code).map(GroupKey::Month),
        }
    }
}

/// The field of a dimension.
#[must_use]
pub const fn field(by: Dimension) -> Field {
    match by {
        Dimension::Role => Field::Role,
        Dimension::Country => Field::Country,
        Dimension::Region => Field::Region,
        Dimension::Place => Field::Place,
        Dimension::ExperienceLevel => Field::Level,
        Dimension::Skill => Field::Skill,
        Dimension::Workplace => Field::Workplace,
        Dimension::Industry => Field::Industry,
        Dimension::EmploymentType => Field::EmploymentType,
        Dimension::Month => Field::Month,
    }
}

fn codes(names: &Names<Uuid>, ids: &[Uuid]) -> Vec<u32> {
    ids.iter().filter_map(|id| names.get(id)).collect()
}

fn words(names: &Names<Box<str>>, words: &[String]) -> Vec<u32> {
    words.iter().filter_map(|word| names.get(word.as_str())).collect()
}
