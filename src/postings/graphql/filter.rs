//! Which postings clients mean.

use async_graphql::{Context, ID, InputObject, OneofObject};

use crate::db::Reads;
use crate::graphql::context::Ask;
use crate::graphql::enums::{EducationLevel, EmploymentType, ExperienceLevel, PayStatus, Workplace};
use crate::graphql::errors::bad_query;
use crate::graphql::scalars::{CountryCode, Currency, DateTime, Decimal};
use crate::places::graphql::NearInput;
use crate::postings::filter::PlaceFilter;
use crate::postings::filter::form::{FilterForm, FloorForm, NearForm, PlaceForm, Reader};

/// Which postings are meant. Every list says "one of these" and has 100 items at the most; all lists together, those of
/// filters within it too, have 1,000. A circle counts as 250 items, a floor of pay as 50.
#[derive(InputObject, Clone, Debug, Default)]
#[graphql(name = "PostingFilter")]
pub struct PostingFilterInput {
    /// Slugs of roles.
    roles: Option<Vec<String>>,
    /// Slugs of skills, of which a posting asks for at least one.
    skills: Option<Vec<String>>,
    /// Slugs of skills, of which a posting asks for all.
    all_skills: Option<Vec<String>>,
    /// Slugs of industries.
    industries: Option<Vec<String>>,
    /// Employers.
    employers: Option<Vec<ID>>,
    /// Countries: with a place there, or remote and open to applicants from there.
    countries: Option<Vec<CountryCode>>,
    /// Places of the work.
    places: Option<Vec<PlaceFilterInput>>,
    /// Where the work is done.
    workplaces: Option<Vec<Workplace>>,
    /// Forms of employment.
    employment_types: Option<Vec<EmploymentType>>,
    /// Seniority.
    experience_levels: Option<Vec<ExperienceLevel>>,
    /// Education asked for.
    education_levels: Option<Vec<EducationLevel>>,
    /// Languages (BCP 47).
    languages: Option<Vec<String>>,
    /// Pays at least this much in a full-time year, at its best; other currencies at the latest rates.
    pay_at_least: Option<MoneyInput>,
    /// Whether the pay is told.
    pay_statuses: Option<Vec<PayStatus>>,
    /// First published at or after this instant.
    published_since: Option<DateTime>,
    /// First published before this instant.
    published_before: Option<DateTime>,
    /// All of these too. Nested to depth 3 at the most.
    and: Option<Vec<PostingFilterInput>>,
    /// At least one of these. Nested to depth 3 at the most.
    or: Option<Vec<PostingFilterInput>>,
    /// Not this. Nested to depth 3 at the most.
    not: Option<Box<PostingFilterInput>>,
}

/// An amount of money.
#[derive(InputObject, Clone, Debug)]
pub struct MoneyInput {
    /// The amount in major units.
    amount: Decimal,
    /// The currency.
    currency: Currency,
}

/// A place: exactly one of these.
#[derive(OneofObject, Clone, Debug)]
#[graphql(name = "PostingPlaceFilter")]
pub enum PlaceFilterInput {
    /// A country (ISO 3166-1).
    Country(CountryCode),
    /// A region (ISO 3166-2, as in `US-NY`).
    Region(String),
    /// A place by its identifier.
    Place(ID),
    /// All within a distance of a point.
    Near(NearInput),
}

impl From<PostingFilterInput> for FilterForm {
    fn from(input: PostingFilterInput) -> Self {
        Self {
            roles: input.roles,
            skills: input.skills,
            all_skills: input.all_skills,
            industries: input.industries,
            employers: input.employers.map(|ids| ids.into_iter().map(|id| id.0).collect()),
            countries: input.countries.map(|codes| codes.into_iter().map(|code| code.0).collect()),
            places: into_list(input.places),
            workplaces: into_list(input.workplaces),
            employment_types: into_list(input.employment_types),
            experience_levels: into_list(input.experience_levels),
            education_levels: into_list(input.education_levels),
            languages: input.languages,
            pay_at_least: input
                .pay_at_least
                .map(|floor| FloorForm { amount: floor.amount.0, currency: floor.currency.0.code().to_owned() }),
            pay_statuses: into_list(input.pay_statuses),
            published_since: input.published_since.map(|at| at.0),
            published_before: input.published_before.map(|at| at.0),
            and: into_list(input.and),
            or: into_list(input.or),
            not: input.not.map(|filter| Box::new(Self::from(*filter))),
        }
    }
}

impl From<PlaceFilterInput> for PlaceForm {
    fn from(input: PlaceFilterInput) -> Self {
        match input {
            PlaceFilterInput::Country(code) => Self::Country(code.0),
            PlaceFilterInput::Region(code) => Self::Region(code),
            PlaceFilterInput::Place(id) => Self::Place(id.0),
            PlaceFilterInput::Near(NearInput { latitude, longitude, km }) => {
                Self::Near(NearForm { latitude, longitude, km })
            }
        }
    }
}

fn into_list<T: Into<U>, U>(items: Option<Vec<T>>) -> Option<Vec<U>> {
    items.map(|items| items.into_iter().map(Into::into).collect())
}

/// What reads filters for this request.
#[must_use]
pub fn reader<'a>(ctx: &'a Context<'_>) -> Reader<'a, Reads> {
    Reader { db: ctx.reads(), reference: &ctx.state().reference, now: ctx.now() }
}

/// Reads which places are meant.
///
/// # Errors
/// `BAD_USER_INPUT` below `path`; or the database failed.
pub async fn read_places(
    ctx: &Context<'_>,
    places: Option<Vec<PlaceFilterInput>>,
    path: &str,
) -> async_graphql::Result<Option<Vec<PlaceFilter>>> {
    let places: Option<Vec<_>> = into_list(places);
    reader(ctx).places(places.as_deref(), path).await.map_err(bad_query)
}
