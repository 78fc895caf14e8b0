//! Which postings are meant: a filter is a plain value, and this is the one place that turns it into a query.

pub mod form;
pub mod known;
pub mod search;

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::fit;
use crate::clock::Timestamp;
use crate::entities::sets::{EducationLevel, EmploymentType, ExperienceLevel, PayStatus, PostingStatus, Workplace};
use crate::entities::{posting, posting_country, posting_place, skill_requirement};
use crate::pagination::{KeyKind, Keyset, SortKey};
pub use search::Search;

/// How deep `and`, `or` and `not` may be nested.
pub const MAX_DEPTH: usize = 3;

/// Which postings are meant. Every list says "one of these"; an empty list says nothing.
#[derive(Clone, Debug, Default)]
pub struct PostingFilter {
    /// Roles.
    pub roles: Option<Vec<Uuid>>,
    /// Skills, of which the posting asks for at least one.
    pub skills: Option<Vec<Uuid>>,
    /// Skills, of which the posting asks for all.
    pub all_skills: Option<Vec<Uuid>>,
    /// Industries.
    pub industries: Option<Vec<Uuid>>,
    /// Employers.
    pub employers: Option<Vec<Uuid>>,
    /// ISO 3166-1 codes: a place there, or remote and open to applicants from there.
    pub countries: Option<Vec<String>>,
    /// Places of the work.
    pub places: Option<Vec<PlaceFilter>>,
    /// Where the work is done.
    pub workplaces: Option<Vec<Workplace>>,
    /// Forms of employment.
    pub employment_types: Option<Vec<EmploymentType>>,
    /// Seniority.
    pub experience_levels: Option<Vec<ExperienceLevel>>,
    /// Education asked for.
    pub education_levels: Option<Vec<EducationLevel>>,
    /// Languages of the posting.
    pub languages: Option<Vec<String>>,
    /// Best pay of a full-time year in minor units, by currency: at least this much.
    pub pay_at_least: Option<Vec<(String, i64)>>,
    /// Whether the pay is told.
    pub pay_statuses: Option<Vec<PayStatus>>,
    /// Published at or after this instant.
    pub published_since: Option<Timestamp>,
    /// Published before this instant.
    pub published_before: Option<Timestamp>,
    /// All of these too.
    pub and: Vec<Self>,
    /// At least one of these, unless there is none.
    pub or: Vec<Self>,
    /// Not this.
    pub not: Option<Box<Self>>,
}

/// A place of the work.
#[derive(Clone, Debug)]
pub enum PlaceFilter {
    /// ISO 3166-1.
    Country(String),
    /// ISO 3166-2.
    Region(String),
    /// One of these places: a city by its identifier, or all within a distance of a point.
    Among(Vec<Uuid>),
}

/// Which postings are meant: a filter and the words of a search.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The filter.
    pub filter: PostingFilter,
    /// The search.
    pub search: Option<Search>,
}

/// Postings to which one can apply at an instant.
#[must_use]
pub fn open_at(now: Timestamp) -> Condition {
    Condition::all()
        .add(posting::Column::Status.eq(PostingStatus::Published))
        .add(posting::Column::PublishedAt.lte(now))
        .add(posting::Column::ValidThrough.gt(now))
}

impl Scope {
    /// The scope as a condition on postings.
    #[must_use]
    pub fn condition(&self) -> Condition {
        let condition = Condition::all().add(self.filter.condition());
        match &self.search {
            Some(search) => condition.add(search.condition()),
            None => condition,
        }
    }

    /// The open postings of the scope.
    #[must_use]
    pub fn open(&self, now: Timestamp) -> Select<posting::Entity> {
        posting::Entity::find().filter(open_at(now)).filter(self.condition())
    }
}

impl PostingFilter {
    /// The filter as a condition on postings.
    #[must_use]
    pub fn condition(&self) -> Condition {
        let mut all = Condition::all();
        for condition in [self.on_references(), self.on_places(), self.on_columns(), self.on_pay()] {
            all = all.add(condition);
        }
        for filter in &self.and {
            all = all.add(filter.condition());
        }
        if !self.or.is_empty() {
            all = all.add(self.or.iter().fold(Condition::any(), |any, filter| any.add(filter.condition())));
        }
        match &self.not {
            Some(filter) => all.add(filter.negated()),
            None => all,
        }
    }

    /// Rows for which the filter does not hold, those included for which it is unknown because a column is null.
    fn negated(&self) -> Condition {
        let held = Expr::case(self.condition(), Expr::val(1)).finally(Expr::val(0));
        Condition::all().add(Expr::Case(Box::new(held)).eq(0))
    }

    fn on_references(&self) -> Condition {
        let mut all = Condition::all();
        if let Some(roles) = &self.roles {
            all = all.add(posting::Column::RoleId.is_in(roles.iter().copied()));
        }
        if let Some(industries) = &self.industries {
            all = all.add(posting::Column::IndustryId.is_in(industries.iter().copied()));
        }
        if let Some(employers) = &self.employers {
            all = all.add(posting::Column::EmployerId.is_in(employers.iter().copied()));
        }
        if let Some(skills) = &self.skills {
            all = all.add(asks_for(skills));
        }
        for skill in self.all_skills.iter().flatten() {
            all = all.add(asks_for(std::slice::from_ref(skill)));
        }
        all
    }

    fn on_places(&self) -> Condition {
        let mut all = Condition::all();
        if let Some(countries) = &self.countries {
            all = all.add(in_countries(countries));
        }
        if let Some(places) = &self.places {
            let any = places.iter().fold(Condition::any(), |any, place| {
                let at = places_of_posting();
                any.add(Expr::exists(match place {
                    PlaceFilter::Country(code) => {
                        at.clone().and_where(posting_place::Column::CountryCode.eq(code)).to_owned()
                    }
                    PlaceFilter::Region(code) => {
                        at.clone().and_where(posting_place::Column::RegionCode.eq(code)).to_owned()
                    }
                    PlaceFilter::Among(ids) => {
                        at.clone().and_where(posting_place::Column::PlaceId.is_in(ids.iter().copied())).to_owned()
                    }
                }))
            });
            // No place at all is met by no posting.
            all = all.add(if places.is_empty() { Condition::any().add(Expr::val(1).eq(0)) } else { any });
        }
        all
    }

    fn on_columns(&self) -> Condition {
        let mut all = Condition::all();
        if let Some(workplaces) = &self.workplaces {
            all = all.add(posting::Column::Workplace.is_in(workplaces.iter().copied()));
        }
        if let Some(types) = &self.employment_types {
            let bits =
                Expr::col((posting::Entity, posting::Column::EmploymentTypes)).bit_and(EmploymentType::bits(types));
            all = all.add(bits.ne(0));
        }
        if let Some(levels) = &self.experience_levels {
            all = all.add(posting::Column::ExperienceLevel.is_in(levels.iter().copied()));
        }
        if let Some(levels) = &self.education_levels {
            all = all.add(posting::Column::Education.is_in(levels.iter().copied()));
        }
        if let Some(languages) = &self.languages {
            all = all.add(posting::Column::Language.is_in(languages.iter().cloned()));
        }
        if let Some(since) = self.published_since {
            all = all.add(posting::Column::PublishedAt.gte(since));
        }
        if let Some(before) = self.published_before {
            all = all.add(posting::Column::PublishedAt.lt(before));
        }
        all
    }

    fn on_pay(&self) -> Condition {
        let mut all = Condition::all();
        if let Some(statuses) = &self.pay_statuses {
            all = all.add(posting::Column::PayStatus.is_in(statuses.iter().copied()));
        }
        if let Some(floors) = &self.pay_at_least {
            let none = Condition::any().add(Expr::val(1).eq(0));
            all = all.add(floors.iter().fold(none, |any, (currency, amount)| {
                let enough = posting::Column::PayAnnual.gte(*amount);
                any.add(Condition::all().add(posting::Column::PayCurrency.eq(currency)).add(enough))
            }));
        }
        all
    }
}

fn asks_for(skills: &[Uuid]) -> SimpleExpr {
    let requirement = Query::select()
        .expr(Expr::val(1))
        .from(skill_requirement::Entity)
        .and_where(of_posting((skill_requirement::Entity, skill_requirement::Column::PostingId)))
        .and_where(skill_requirement::Column::SkillId.is_in(skills.iter().copied()))
        .to_owned();
    Expr::exists(requirement)
}

fn in_countries(countries: &[String]) -> Condition {
    let at = places_of_posting().and_where(posting_place::Column::CountryCode.is_in(countries)).to_owned();
    let from = Query::select()
        .expr(Expr::val(1))
        .from(posting_country::Entity)
        .and_where(of_posting((posting_country::Entity, posting_country::Column::PostingId)))
        .and_where(posting_country::Column::CountryCode.is_in(countries))
        .to_owned();
    let open_to = Condition::any().add(posting::Column::IsWorldwide.eq(true)).add(Expr::exists(from));
    let remote = Condition::all().add(posting::Column::Workplace.eq(Workplace::Remote)).add(open_to);
    Condition::any().add(Expr::exists(at)).add(remote)
}

fn places_of_posting() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(posting_place::Entity)
        .and_where(of_posting((posting_place::Entity, posting_place::Column::PostingId)))
        .to_owned()
}

/// Ties a row of a child table to the posting of the outer query.
fn of_posting<E: EntityTrait>(column: (E, E::Column)) -> SimpleExpr {
    Expr::col((column.0, column.1)).equals((posting::Entity, posting::Column::Id))
}

/// What postings can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderField {
    /// How well they fit the search.
    Relevance,
    /// First publication.
    PublishedAt,
    /// Last instant at which they are shown.
    ValidThrough,
    /// Best pay of a full-time year, in euro at the rate of the publication day.
    Pay,
    /// Title.
    Title,
    /// Last change.
    UpdatedAt,
    /// How well a candidate fits.
    Match,
}

/// A sort key with its direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// What is sorted by.
    pub field: OrderField,
    /// Whether the largest come first.
    pub descending: bool,
}

/// The ordering of a list of postings. `all_published` says that every row has been published; `candidate` is whose
/// skills a MATCH compares with.
#[must_use]
pub fn keyset(
    list: &str,
    orders: &[Order],
    search: Option<&Search>,
    all_published: bool,
    candidate: Option<Uuid>,
) -> Keyset {
    let column = |column: posting::Column| Expr::col((posting::Entity, column));
    let keys = orders.iter().map(|order| {
        let (expression, kind, nullable) = match order.field {
            OrderField::Relevance => (search.map_or_else(|| Expr::val(0), Search::relevance), KeyKind::Integer, false),
            OrderField::PublishedAt => (column(posting::Column::PublishedAt), KeyKind::Instant, !all_published),
            OrderField::ValidThrough => (column(posting::Column::ValidThrough), KeyKind::Instant, !all_published),
            OrderField::Pay => (column(posting::Column::PayRank), KeyKind::Integer, true),
            OrderField::Title => (column(posting::Column::TitleKey), KeyKind::Text, false),
            OrderField::UpdatedAt => (column(posting::Column::UpdatedAt), KeyKind::Instant, false),
            OrderField::Match => {
                (fit::share(column(posting::Column::Id), Expr::val(candidate)), KeyKind::Integer, true)
            }
        };
        SortKey { expression, kind, descending: order.descending, nullable }
    });
    // Ties are broken in the direction of the last key, so that one index serves the whole ordering.
    let id_descending = orders.last().is_none_or(|order| order.descending);
    let words = search.map(Search::as_asked).filter(|_| orders.iter().any(|o| o.field == OrderField::Relevance));
    let matched = candidate.filter(|_| orders.iter().any(|order| order.field == OrderField::Match));
    let name = format!("{list} {orders:?} {} {matched:?}", words.unwrap_or_default());
    Keyset { name, keys: keys.collect(), id: column(posting::Column::Id), id_descending }
}
