//! Which postings clients mean.

use async_graphql::{Context, ID, InputObject, OneofObject};
use uuid::Uuid;

use crate::graphql::context::Ask;
use crate::graphql::enums::{EducationLevel, EmploymentType, ExperienceLevel, PayStatus, Workplace};
use crate::graphql::errors::{bad_argument, internal};
use crate::graphql::named::{at_most_100, slugs};
use crate::graphql::scalars::{CountryCode, Currency, DateTime, Decimal};
use crate::ids::{self, Kind};
use crate::market::annual::{Measure, annual_value};
use crate::money::{self, parse_amount};
use crate::places::graphql::NearInput;
use crate::places::near::within;
use crate::postings::filter::{MAX_DEPTH, PlaceFilter, PostingFilter};

/// Which postings are meant. Every list says "one of these" and has 100 items at the most.
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

impl PostingFilterInput {
    /// Reads the filter.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` at the argument.
    pub async fn read(self, ctx: &Context<'_>) -> async_graphql::Result<PostingFilter> {
        self.read_at(ctx, "filter", 0).await
    }

    async fn read_at(self, ctx: &Context<'_>, path: &str, depth: usize) -> async_graphql::Result<PostingFilter> {
        if depth > MAX_DEPTH {
            return Err(bad_argument(path, "`and`, `or` and `not` may be nested to depth 3."));
        }
        self.check_lengths(path)?;
        let below = |filters: Option<Vec<Self>>, name: &str| {
            let filters = filters.unwrap_or_default().into_iter().enumerate();
            let read = filters.map(|(at, filter)| {
                let path = format!("{path}.{name}.{at}");
                async move { Box::pin(filter.read_at(ctx, &path, depth + 1)).await }
            });
            futures_util::future::try_join_all(read.collect::<Vec<_>>())
        };
        let (and, or) = (below(self.and, "and").await?, below(self.or, "or").await?);
        let not = match self.not {
            Some(filter) => Some(Box::new(Box::pin(filter.read_at(ctx, &format!("{path}.not"), depth + 1)).await?)),
            None => None,
        };
        let at = |name: &str| format!("{path}.{name}");
        Ok(PostingFilter {
            roles: slugs(&at("roles"), Kind::Role, self.roles.as_deref())?,
            skills: slugs(&at("skills"), Kind::Skill, self.skills.as_deref())?,
            all_skills: slugs(&at("allSkills"), Kind::Skill, self.all_skills.as_deref())?,
            industries: slugs(&at("industries"), Kind::Industry, self.industries.as_deref())?,
            employers: identified(self.employers, Kind::Employer, &at("employers"))?,
            countries: self.countries.map(|codes| codes.into_iter().map(|code| code.0).collect()),
            places: read_places(ctx, self.places, &at("places")).await?,
            workplaces: into_list(self.workplaces),
            employment_types: into_list(self.employment_types),
            experience_levels: into_list(self.experience_levels),
            education_levels: into_list(self.education_levels),
            languages: self.languages,
            pay_at_least: self.pay_at_least.map(|floor| floors(ctx, &floor, &at("payAtLeast"))).transpose()?,
            pay_statuses: into_list(self.pay_statuses),
            published_since: self.published_since.map(|at| at.0),
            published_before: self.published_before.map(|at| at.0),
            and,
            or,
            not,
        })
    }

    fn check_lengths(&self, path: &str) -> async_graphql::Result<()> {
        let at = |name: &str| format!("{path}.{name}");
        at_most_100(&at("employers"), self.employers.as_deref())?;
        at_most_100(&at("countries"), self.countries.as_deref())?;
        at_most_100(&at("places"), self.places.as_deref())?;
        at_most_100(&at("workplaces"), self.workplaces.as_deref())?;
        at_most_100(&at("employmentTypes"), self.employment_types.as_deref())?;
        at_most_100(&at("experienceLevels"), self.experience_levels.as_deref())?;
        at_most_100(&at("educationLevels"), self.education_levels.as_deref())?;
        at_most_100(&at("languages"), self.languages.as_deref())?;
        at_most_100(&at("payStatuses"), self.pay_statuses.as_deref())?;
        at_most_100(&at("and"), self.and.as_deref())?;
        at_most_100(&at("or"), self.or.as_deref())
    }
}

fn into_list<T: Into<U>, U>(items: Option<Vec<T>>) -> Option<Vec<U>> {
    items.map(|items| items.into_iter().map(Into::into).collect())
}

fn identified(items: Option<Vec<ID>>, kind: Kind, path: &str) -> async_graphql::Result<Option<Vec<Uuid>>> {
    let Some(items) = items else { return Ok(None) };
    let read = items.iter().enumerate().map(|(at, id)| {
        ids::decode(kind, id).ok_or_else(|| bad_argument(&format!("{path}.{at}"), "this is not such an identifier."))
    });
    read.collect::<Result<_, _>>().map(Some)
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
    let Some(places) = places else { return Ok(None) };
    let mut read = Vec::with_capacity(places.len());
    for (at, place) in places.into_iter().enumerate() {
        read.push(match place {
            PlaceFilterInput::Country(code) => PlaceFilter::Country(code.0),
            PlaceFilterInput::Region(code) => PlaceFilter::Region(code),
            PlaceFilterInput::Place(id) => match ids::decode(Kind::Place, &id) {
                Some(id) => PlaceFilter::Among(vec![id]),
                None => {
                    return Err(bad_argument(&format!("{path}.{at}.place"), "this is not the identifier of a place."));
                }
            },
            PlaceFilterInput::Near(near) => {
                let circle = near.circle(&format!("{path}.{at}.near"))?;
                PlaceFilter::Among(within(ctx.reads(), &circle).await.map_err(internal)?)
            }
        });
    }
    Ok(Some(read))
}

/// What the amount is in every currency at the latest rates, rounded up to a minor unit.
fn floors(ctx: &Context<'_>, floor: &MoneyInput, path: &str) -> async_graphql::Result<Vec<(String, i64)>> {
    let from = floor.currency.0;
    let minor = parse_amount(&floor.amount.0, from)
        .map_err(|error| bad_argument(&format!("{path}.amount"), &format!("{error}.")))?;
    if minor < 0 {
        return Err(bad_argument(&format!("{path}.amount"), "it must not be negative."));
    }
    let reference = &ctx.state().reference;
    let today = ctx.now().date_naive();
    let pay = money::PayRange::new(Some(minor), None, from, money::PayPeriod::Year, None).ok();
    let value = pay.and_then(|pay| annual_value(&pay, Measure::Floor, &reference.factors));
    let others = money::Currency::all().filter_map(|to| {
        let amount = if to == from { value? } else { reference.rates.convert(value?, from, to, today)? };
        Some((to.code().to_owned(), i64::try_from(amount.rounded()).ok()?))
    });
    Ok(others.collect())
}
