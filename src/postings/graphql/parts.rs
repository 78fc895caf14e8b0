//! What a posting is made of, in the graph.

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject};
use uuid::Uuid;

use crate::entities::sets::PostingStatus as Stored;
use crate::entities::{posting, skill_requirement};
use crate::graphql::context::Ask;
use crate::graphql::enums::{Importance, PayPeriod, QuestionKind};
use crate::graphql::errors::internal;
use crate::graphql::loads::one;
use crate::graphql::scalars::{Currency, Money};
use crate::market::annual::{Measure, annual_value};
use crate::market::value::Value;
use crate::money::PayRange;
use crate::postings::model::{ShownStatus, pay_of};
use crate::skills::graphql::Skill;
use crate::skills::loaders::SkillById;

/// The state of a posting.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostingStatus {
    /// Only its employer sees it.
    Draft,
    /// Waits for an administrator.
    PendingReview,
    /// Sent back by an administrator; changing it makes it a draft again.
    Rejected,
    /// Everyone sees it.
    Published,
    /// Hidden for a while.
    Paused,
    /// Published, but its time has passed.
    Expired,
    /// Ended for good.
    Closed,
}

impl From<ShownStatus> for PostingStatus {
    fn from(status: ShownStatus) -> Self {
        match status {
            ShownStatus::Expired => Self::Expired,
            ShownStatus::Stored(Stored::Draft) => Self::Draft,
            ShownStatus::Stored(Stored::PendingReview) => Self::PendingReview,
            ShownStatus::Stored(Stored::Rejected) => Self::Rejected,
            ShownStatus::Stored(Stored::Published) => Self::Published,
            ShownStatus::Stored(Stored::Paused) => Self::Paused,
            ShownStatus::Stored(Stored::Closed) => Self::Closed,
        }
    }
}

/// Pay as the employer states it, and as that of a full-time year.
pub struct Pay {
    range: Option<PayRange>,
    other: Option<String>,
}

impl Pay {
    /// The pay of a posting, if it states any.
    #[must_use]
    pub fn of(row: &posting::Model) -> Option<Self> {
        let (range, other) = (pay_of(row), row.pay_other.clone());
        (range.is_some() || other.is_some()).then_some(Self { range, other })
    }

    fn money(&self, bound: impl Fn(&PayRange) -> Option<i64>) -> Option<Money> {
        let range = self.range.as_ref()?;
        Some(Money::new(bound(range)?.into(), range.currency()))
    }
}

/// Pay as the employer states it, and as that of a full-time year.
#[Object(cache_control(max_age = 60))]
impl Pay {
    /// Lower bound.
    async fn min(&self) -> Option<Money> {
        self.money(PayRange::min)
    }

    /// Upper bound.
    async fn max(&self) -> Option<Money> {
        self.money(PayRange::max)
    }

    /// Currency of the amounts; null when the pay is told in words alone.
    async fn currency(&self) -> Option<Currency> {
        self.range.map(|range| Currency(range.currency()))
    }

    /// The time that the amounts are for; null when the pay is told in words alone.
    async fn period(&self) -> Option<PayPeriod> {
        self.range.map(|range| crate::entities::sets::PayPeriod::from(range.period()).into())
    }

    /// Weekly hours, where they are told.
    async fn hours_per_week(&self) -> Option<f64> {
        self.range?.hours_per_week().map(|hundredths| f64::from(hundredths) / 100.0)
    }

    /// Bonus, equity or commission in words.
    async fn other(&self) -> Option<&str> {
        self.other.as_deref()
    }

    /// The middle of the range, or its single bound, for a full-time year.
    async fn annualised(&self, ctx: &Context<'_>) -> Option<Money> {
        let range = self.range.as_ref()?;
        let value = annual_value(range, Measure::Midpoint, &ctx.state().reference.factors)?;
        Some(Money::new(Value::rounded(&value), range.currency()))
    }
}

/// A skill that a posting asks for.
#[derive(SimpleObject, Clone)]
#[graphql(complex, cache_control(max_age = 60))]
pub struct SkillRequirement {
    /// Must or wish.
    importance: Importance,
    /// Lowest level, 1 to 5.
    min_level: Option<i32>,
    /// Fewest months of practice.
    min_months: Option<i32>,
    /// How much it counts among the others, 1 to 10.
    weight: i32,
    #[graphql(skip)]
    skill_id: Uuid,
}

impl From<skill_requirement::Model> for SkillRequirement {
    fn from(row: skill_requirement::Model) -> Self {
        Self {
            importance: row.importance.into(),
            min_level: row.min_level,
            min_months: row.min_months,
            weight: row.weight,
            skill_id: row.skill_id,
        }
    }
}

#[ComplexObject]
impl SkillRequirement {
    /// The skill.
    async fn skill(&self, ctx: &Context<'_>) -> async_graphql::Result<Skill> {
        let row = one(ctx.loads(), SkillById(self.skill_id)).await?;
        row.map(Skill).ok_or_else(|| internal("a skill requirement without its skill"))
    }
}

/// A question that an applicant answers.
#[derive(SimpleObject, Clone)]
#[graphql(cache_control(max_age = 60))]
pub struct ScreeningQuestion {
    /// What is asked.
    text: String,
    /// The form of the answer.
    kind: QuestionKind,
    /// The choices of a CHOICE, else empty.
    choices: Vec<String>,
    /// Whether it must be answered.
    is_required: bool,
}

impl From<crate::entities::sets::Question> for ScreeningQuestion {
    fn from(question: crate::entities::sets::Question) -> Self {
        let crate::entities::sets::Question { text, kind, choices, is_required } = question;
        Self { text, kind: kind.into(), choices, is_required }
    }
}
