//! What clients say about postings.

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, OneofObject};
use uuid::Uuid;

use crate::form::Change;
use crate::graphql::change::{change, change_into, change_list};
use crate::graphql::context::Ask;
use crate::graphql::enums::{
    ApplyKind, EducationLevel, EmploymentType, ExperienceLevel, Importance, PayPeriod, PayStatus, QuestionKind,
    Workplace,
};
use crate::graphql::errors::{bad_argument, internal};
use crate::graphql::scalars::{CountryCode, Currency, DateTime, Decimal, Markdown};
use crate::ids::{self, Kind};
use crate::market::annual::Measure;
use crate::money::{self, parse_amount};
use crate::places::graphql::NearInput;
use crate::places::near::within;
use crate::postings::filter::{self, MAX_DEPTH, PlaceFilter, PostingFilter};
use crate::postings::form::{PostingForm, RequirementForm};
use crate::postings::model::{PayForm, QuestionForm};
use crate::reference::resolve::PlaceName;

/// A place by name. A city that is not in the list of places is kept as it is written.
#[derive(InputObject, Clone, Debug)]
pub struct PlaceInput {
    /// The country (ISO 3166-1).
    pub country_code: CountryCode,
    /// The region (ISO 3166-2, as in `US-NY`).
    pub region_code: Option<String>,
    /// Name of the city.
    pub city: Option<String>,
}

impl From<PlaceInput> for PlaceName {
    fn from(input: PlaceInput) -> Self {
        Self { country_code: input.country_code.0, region_code: input.region_code, city: input.city }
    }
}

/// Pay.
#[derive(InputObject, Clone, Debug)]
pub struct PayInput {
    /// Lower bound.
    min: Option<Decimal>,
    /// Upper bound.
    max: Option<Decimal>,
    /// Currency of the amounts.
    currency: Currency,
    /// The time that the amounts are for.
    period: PayPeriod,
    /// Weekly hours, more than 0 and at most 168. Pay for a week or longer is scaled to full time by it.
    hours_per_week: Option<f64>,
    /// Bonus, equity or commission in words, up to 500 characters.
    other: Option<String>,
}

impl From<PayInput> for PayForm {
    fn from(input: PayInput) -> Self {
        Self {
            min: input.min.map(|amount| amount.0),
            max: input.max.map(|amount| amount.0),
            currency: input.currency.0.code().to_owned(),
            period: input.period.into(),
            hours_per_week: input.hours_per_week,
            other: input.other,
        }
    }
}

/// A skill that a posting asks for.
#[derive(InputObject, Clone, Debug)]
pub struct SkillRequirementInput {
    /// Slug of the skill.
    skill: String,
    /// Must or wish.
    importance: Importance,
    /// Lowest level, 1 to 5.
    min_level: Option<i32>,
    /// Fewest months of practice, up to 720.
    min_months: Option<i32>,
    /// How much it counts among the others, 1 to 10; 5 if absent.
    weight: Option<i32>,
}

impl From<SkillRequirementInput> for RequirementForm {
    fn from(input: SkillRequirementInput) -> Self {
        let SkillRequirementInput { skill, importance, min_level, min_months, weight } = input;
        Self { skill, importance: importance.into(), min_level, min_months, weight }
    }
}

/// A question that an applicant answers.
#[derive(InputObject, Clone, Debug)]
pub struct ScreeningQuestionInput {
    /// What is asked, 1 to 500 characters.
    text: String,
    /// The form of the answer.
    kind: QuestionKind,
    /// 2 to 20 choices for a CHOICE, none for any other question.
    #[graphql(default)]
    choices: Vec<String>,
    /// Whether it must be answered.
    #[graphql(default)]
    is_required: bool,
}

impl From<ScreeningQuestionInput> for QuestionForm {
    fn from(input: ScreeningQuestionInput) -> Self {
        let ScreeningQuestionInput { text, kind, choices, is_required } = input;
        Self { text, kind: kind.into(), choices, is_required }
    }
}

/// Declares an input object for a posting: its own fields first, then those that every such input has.
macro_rules! posting_input {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* } => |$input:ident| $own_form:expr) => {
        $(#[$doc])*
        #[derive(InputObject, Clone, Debug)]
        pub struct $name {
            $($own)*
            /// Language of title and description (BCP 47), as in `en`.
            language: MaybeUndefined<String>,
            /// Slug of the role; found by the title if absent.
            role: MaybeUndefined<String>,
            /// Slug of the industry.
            industry: MaybeUndefined<String>,
            /// Forms of employment.
            employment_types: MaybeUndefined<Vec<EmploymentType>>,
            /// Where the work is done; ONSITE if absent.
            workplace: MaybeUndefined<Workplace>,
            /// Places of the work, 20 at the most. ONSITE and HYBRID postings need one to be published.
            places: MaybeUndefined<Vec<PlaceInput>>,
            /// Countries from which one may apply to a REMOTE posting, 100 at the most.
            applicant_countries: MaybeUndefined<Vec<CountryCode>>,
            /// Whether one may apply to a REMOTE posting from anywhere.
            is_worldwide: MaybeUndefined<bool>,
            /// Seniority.
            experience_level: MaybeUndefined<ExperienceLevel>,
            /// Months of experience asked for, up to 720.
            experience_months: MaybeUndefined<i32>,
            /// Education asked for.
            education: MaybeUndefined<EducationLevel>,
            /// How many people are wanted, 1 to 10,000; 1 if absent.
            openings: MaybeUndefined<i32>,
            /// Pay.
            pay: MaybeUndefined<PayInput>,
            /// Whether the posting says what it pays; follows from `pay` if absent.
            pay_status: MaybeUndefined<PayStatus>,
            /// Benefits in words, 50 at the most, each up to 200 characters.
            benefits: MaybeUndefined<Vec<String>>,
            /// Skills asked for, 50 at the most, each at most once.
            skill_requirements: MaybeUndefined<Vec<SkillRequirementInput>>,
            /// How to apply; INTERNAL if absent.
            apply_kind: MaybeUndefined<ApplyKind>,
            /// Where to apply: an address of the web for URL, an e-mail address for EMAIL.
            apply_target: MaybeUndefined<String>,
            /// Questions that an applicant answers, 20 at the most.
            questions: MaybeUndefined<Vec<ScreeningQuestionInput>>,
            /// The instant at which the posting stops being shown, at most 90 days ahead; 60 days after publication if absent.
            valid_through: MaybeUndefined<DateTime>,
        }

        impl From<$name> for PostingForm {
            fn from($input: $name) -> Self {
                let own: Self = $own_form;
                Self {
                    language: change($input.language),
                    role: change($input.role),
                    industry: change($input.industry),
                    employment_types: change_list($input.employment_types),
                    workplace: change_into($input.workplace),
                    places: change_list($input.places),
                    applicant_countries: change($input.applicant_countries.map_value(|codes| codes.into_iter().map(|code| code.0).collect())),
                    is_worldwide: change($input.is_worldwide),
                    experience_level: change_into($input.experience_level),
                    experience_months: change($input.experience_months),
                    education: change_into($input.education),
                    openings: change($input.openings),
                    pay: change_into($input.pay),
                    pay_status: change_into($input.pay_status),
                    benefits: change($input.benefits),
                    skill_requirements: change_list($input.skill_requirements),
                    apply_kind: change_into($input.apply_kind),
                    apply_target: change($input.apply_target),
                    questions: change_list($input.questions),
                    valid_through: change($input.valid_through.map_value(|at| at.0)),
                    ..own
                }
            }
        }
    };
}

posting_input! {
    /// A new posting.
    PostingCreateInput {
        /// The employer that hires.
        pub employer_id: ID,
        /// Name in the employer's own system; no other posting of the employer may have it.
        external_id: Option<String>,
        /// Title, 1 to 120 characters.
        title: String,
        /// Description, 30 to 20,000 characters.
        description: Markdown,
    } => |input| PostingForm {
        external_id: input.external_id.into(),
        title: Change::Set(input.title),
        description: Change::Set(input.description.0),
        ..PostingForm::default()
    }
}

posting_input! {
    /// Changes of a posting: what is absent stays, what is null is cleared.
    PostingUpdateInput {
        /// The posting.
        pub id: ID,
        /// The version that was seen.
        pub version: i32,
        /// Name in the employer's own system.
        external_id: MaybeUndefined<String>,
        /// Title, 1 to 120 characters.
        title: MaybeUndefined<String>,
        /// Description, 30 to 20,000 characters.
        description: MaybeUndefined<Markdown>,
    } => |input| PostingForm {
        external_id: change(input.external_id),
        title: change(input.title),
        description: change(input.description.map_value(|text| text.0)),
        ..PostingForm::default()
    }
}

posting_input! {
    /// A posting as the employer's own system has it. One that is there already is changed: what is absent stays.
    PostingSyncItem {
        /// Name in the employer's own system.
        pub external_id: String,
        /// Title, 1 to 120 characters.
        title: String,
        /// Description, 30 to 20,000 characters.
        description: Markdown,
        /// Whether the posting is to be published (true) or paused (false); it stays as it is if absent.
        pub is_published: Option<bool>,
    } => |input| PostingForm {
        external_id: Change::Set(input.external_id),
        title: Change::Set(input.title),
        description: Change::Set(input.description.0),
        ..PostingForm::default()
    }
}

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

/// What postings can be sorted by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "filter::OrderField")]
pub enum PostingOrderField {
    /// How well they fit the search; needs one.
    Relevance,
    /// First publication.
    PublishedAt,
    /// The instant at which they stop being shown.
    ValidThrough,
    /// Best pay of a full-time year, compared in euro at the rate of the publication day.
    Pay,
    /// Title.
    Title,
    /// Last change.
    UpdatedAt,
    /// How well the viewer's skills meet what they ask for; needs a candidate's profile.
    Match,
}

/// A sort key with its direction. What has no value comes last either way.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct PostingOrder {
    /// What is sorted by.
    pub field: PostingOrderField,
    /// From small to large or the other way.
    pub direction: OrderDirection,
}

use crate::graphql::order::OrderDirection;

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
        let slugs = |slugs: Option<Vec<String>>, kind| {
            slugs.map(|slugs| slugs.iter().map(|slug| ids::of_name(kind, slug)).collect())
        };
        Ok(PostingFilter {
            roles: slugs(self.roles, Kind::Role),
            skills: slugs(self.skills, Kind::Skill),
            all_skills: slugs(self.all_skills, Kind::Skill),
            industries: slugs(self.industries, Kind::Industry),
            employers: identified(self.employers, Kind::Employer, &format!("{path}.employers"))?,
            countries: self.countries.map(|codes| codes.into_iter().map(|code| code.0).collect()),
            places: read_places(ctx, self.places, &format!("{path}.places")).await?,
            workplaces: into_list(self.workplaces),
            employment_types: into_list(self.employment_types),
            experience_levels: into_list(self.experience_levels),
            education_levels: into_list(self.education_levels),
            languages: self.languages,
            pay_at_least: self
                .pay_at_least
                .map(|floor| floors(ctx, &floor, &format!("{path}.payAtLeast")))
                .transpose()?,
            pay_statuses: into_list(self.pay_statuses),
            published_since: self.published_since.map(|at| at.0),
            published_before: self.published_before.map(|at| at.0),
            and,
            or,
            not,
        })
    }

    fn check_lengths(&self, path: &str) -> async_graphql::Result<()> {
        let lengths = [
            ("roles", self.roles.as_ref().map(Vec::len)),
            ("skills", self.skills.as_ref().map(Vec::len)),
            ("allSkills", self.all_skills.as_ref().map(Vec::len)),
            ("industries", self.industries.as_ref().map(Vec::len)),
            ("employers", self.employers.as_ref().map(Vec::len)),
            ("countries", self.countries.as_ref().map(Vec::len)),
            ("places", self.places.as_ref().map(Vec::len)),
            ("languages", self.languages.as_ref().map(Vec::len)),
            ("and", self.and.as_ref().map(Vec::len)),
            ("or", self.or.as_ref().map(Vec::len)),
        ];
        match lengths.iter().find(|(_, length)| length.is_some_and(|length| length > 100)) {
            Some((name, _)) => Err(bad_argument(&format!("{path}.{name}"), "at most 100 items.")),
            None => Ok(()),
        }
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

/// Reads places that are meant.
///
/// # Errors
/// `BAD_USER_INPUT` below `path`.
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
    let value = pay.and_then(|pay| crate::market::annual::annual_value(&pay, Measure::Floor, &reference.factors));
    let others = money::Currency::all().filter_map(|to| {
        let amount = if to == from { value? } else { reference.rates.convert(value?, from, to, today)? };
        Some((to.code().to_owned(), i64::try_from(amount.rounded()).ok()?))
    });
    Ok(others.collect())
}
