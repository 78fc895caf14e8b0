//! Roles in the graph.

use async_graphql::{Context, ID, Object, SimpleObject};

use crate::entities::role;
use crate::graphql::enums::EducationLevel;
use crate::ids::{self, Kind};
use crate::market::graphql::Market;

/// An occupation, with its guide and what third parties published about it.
#[derive(Clone)]
pub struct Role(pub role::Model);

/// How many years of experience people in a role usually bring.
#[derive(SimpleObject, Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypicalExperience {
    /// Whole years at the least.
    min_years: Option<i32>,
    /// Whole years at the most.
    max_years: Option<i32>,
}

#[Object]
impl Role {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Role, self.0.id).into()
    }

    /// Name in addresses; unique, never changed.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Title for people.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What the role is, in a sentence or two.
    async fn summary(&self) -> Option<&str> {
        self.0.summary.as_deref()
    }

    /// The education that is usually asked for.
    async fn education_level(&self) -> Option<EducationLevel> {
        self.0.education_level.map(EducationLevel::from)
    }

    /// How many years of experience people usually bring; null where nobody has said.
    async fn typical_experience(&self) -> Option<TypicalExperience> {
        let (min_years, max_years) = (self.0.experience_min_years, self.0.experience_max_years);
        (min_years.is_some() || max_years.is_some()).then_some(TypicalExperience { min_years, max_years })
    }

    /// What people in the role do.
    async fn responsibilities(&self) -> &[String] {
        &self.0.responsibilities.0
    }

    /// Steps that lead into the role.
    async fn how_to_enter(&self) -> &[String] {
        &self.0.how_to_enter.0
    }

    /// Code in the Standard Occupational Classification of the United States, as in `15-1252.00`.
    async fn soc_code(&self) -> Option<&str> {
        self.0.soc_code.as_deref()
    }

    /// Code in the European classification ESCO (with ISCO-08), as in `2512.3`.
    async fn esco_code(&self) -> Option<&str> {
        self.0.esco_code.as_deref()
    }

    /// The market of the role's postings.
    async fn market(&self, ctx: &Context<'_>) -> Market {
        Market::of_role(ctx, self.0.id)
    }
}
