//! What clients say about employers and their members.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined};
use sea_orm::sea_query::{Expr, SimpleExpr};

use crate::employers::filter::EmployerFilter;
use crate::employers::form::EmployerForm;
use crate::entities::employer;
use crate::form::Change;
use crate::graphql::change::{change, change_into, change_list};
use crate::graphql::enums::{Headcount, MemberRole};
use crate::graphql::order::{OrderField, ordering};
use crate::graphql::scalars::{CountryCode, EmailAddress, Markdown, Url};
use crate::pagination::KeyKind;
use crate::places::graphql::PlaceInput;

/// What a new employer is made of.
#[derive(InputObject)]
pub struct EmployerCreateInput {
    /// Name for people, 1 to 120 characters.
    name: String,
    /// Name in addresses: 2 to 80 lower-case letters, digits and hyphens, unique. Made of the name if absent.
    slug: Option<String>,
    /// What the employer says of itself, up to 10,000 characters.
    about: Option<Markdown>,
    /// The employer's own web page.
    website: Option<Url>,
    /// Slug of the industry.
    industry: Option<String>,
    /// How many people the employer has.
    headcount: Option<Headcount>,
    /// Where the employer has people, 20 places at the most, each once.
    places: Option<Vec<PlaceInput>>,
}

impl From<EmployerCreateInput> for EmployerForm {
    fn from(input: EmployerCreateInput) -> Self {
        let EmployerCreateInput { name, slug, about, website, industry, headcount, places } = input;
        Self {
            name: Change::Set(name),
            slug: slug.into(),
            about: about.map(|text| text.0).into(),
            website: website.map(|address| address.0).into(),
            industry: industry.into(),
            headcount: headcount.map(Into::into).into(),
            places: places.map(|places| places.into_iter().map(Into::into).collect()).into(),
        }
    }
}

/// Changes of an employer: what is absent stays, what is null is cleared.
#[derive(InputObject)]
pub struct EmployerUpdateInput {
    /// The employer.
    pub(super) id: ID,
    /// The version that was seen.
    pub(super) version: i32,
    /// Name for people, 1 to 120 characters.
    name: MaybeUndefined<String>,
    /// Name in addresses: 2 to 80 lower-case letters, digits and hyphens, unique.
    slug: MaybeUndefined<String>,
    /// What the employer says of itself, up to 10,000 characters.
    about: MaybeUndefined<Markdown>,
    /// The employer's own web page.
    website: MaybeUndefined<Url>,
    /// Slug of the industry.
    industry: MaybeUndefined<String>,
    /// How many people the employer has.
    headcount: MaybeUndefined<Headcount>,
    /// All places where the employer has people, 20 at the most, each once.
    places: MaybeUndefined<Vec<PlaceInput>>,
}

impl From<EmployerUpdateInput> for EmployerForm {
    fn from(input: EmployerUpdateInput) -> Self {
        Self {
            name: change(input.name),
            slug: change(input.slug),
            about: change(input.about.map_value(|text| text.0)),
            website: change(input.website.map_value(|address| address.0)),
            industry: change(input.industry),
            headcount: change_into(input.headcount),
            places: change_list(input.places),
        }
    }
}

/// Whether an employer is verified.
#[derive(InputObject)]
pub struct EmployerVerifyInput {
    /// The employer.
    pub(super) id: ID,
    /// Whether the employer is who it claims to be.
    pub(super) is_verified: bool,
}

/// Who becomes a member of which employer.
#[derive(InputObject)]
pub struct MemberAddInput {
    /// The employer.
    pub(super) employer_id: ID,
    /// E-mail address of the person's account.
    pub(super) email: EmailAddress,
    /// What the person may do for the employer.
    pub(super) role: MemberRole,
}

/// Other rights for a member.
#[derive(InputObject)]
pub struct MemberUpdateInput {
    /// The member.
    pub(super) id: ID,
    /// What the person may do for the employer from now on.
    pub(super) role: MemberRole,
}

/// Which member goes.
#[derive(InputObject)]
pub struct MemberRemoveInput {
    /// The member.
    pub(super) id: ID,
}

/// Which employers are meant: those that meet every field that is given. Every list says "one of these" and has 100
/// items at the most.
#[derive(InputObject, Clone, Debug, Default)]
#[graphql(name = "EmployerFilter")]
pub struct EmployerFilterInput {
    /// Slugs of industries.
    industries: Option<Vec<String>>,
    /// Countries where the employer has people.
    countries: Option<Vec<CountryCode>>,
    /// How many people the employer has.
    headcounts: Option<Vec<Headcount>>,
    /// Whether an administrator has verified the employer.
    is_verified: Option<bool>,
}

impl From<EmployerFilterInput> for EmployerFilter {
    fn from(input: EmployerFilterInput) -> Self {
        let EmployerFilterInput { industries, countries, headcounts, is_verified } = input;
        Self {
            industries,
            countries: countries.map(|codes| codes.into_iter().map(|code| code.0).collect()),
            headcounts: headcounts.map(|bands| bands.into_iter().map(Into::into).collect()),
            is_verified,
        }
    }
}

/// What employers can be ordered by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmployerOrderField {
    /// Name, without regard to case and accents.
    Name,
    /// When the employer was made.
    CreatedAt,
}

impl OrderField for EmployerOrderField {
    fn key(self) -> (SimpleExpr, KeyKind, bool) {
        let column = |column: employer::Column| Expr::col((employer::Entity, column));
        match self {
            Self::Name => (column(employer::Column::NameKey), KeyKind::Text, false),
            Self::CreatedAt => (column(employer::Column::CreatedAt), KeyKind::Instant, false),
        }
    }
}

ordering! {
    /// An ordering of employers.
    EmployerOrder by EmployerOrderField
}
