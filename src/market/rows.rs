//! What the market reads of postings: only the columns that figures are made of.

use std::collections::HashMap;

use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::codes::Codes;
use super::matching::SkillNeed;
use super::salary::{PayRow, PostedPay};
use super::seekers::{OpenPosting, Place};
use crate::clock::Timestamp;
use crate::entities::sets::{ExperienceLevel, Importance, PayPeriod, PayStatus, PostingStatus, Workplace};
use crate::entities::{gather, posting, posting_place, skill_requirement};
use crate::money::{Currency, PayRange};
use crate::postings::filter::open_at;

/// Which postings of a scope are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// Those to which one can apply at the instant.
    Open,
    /// Those first published from one instant up to, not including, another; whatever became of them.
    Published {
        /// First instant of the window.
        from: Timestamp,
        /// First instant behind it.
        to: Timestamp,
    },
    /// Those shown for a moment at least from one instant up to, not including, another.
    Shown {
        /// First instant of the window.
        from: Timestamp,
        /// First instant behind it.
        to: Timestamp,
    },
}

impl Basis {
    /// The basis at an instant as a condition on postings.
    #[must_use]
    pub fn condition(self, now: Timestamp) -> Condition {
        let published = posting::Column::PublishedAt;
        let never = [PostingStatus::Draft, PostingStatus::PendingReview, PostingStatus::Rejected];
        let once = Condition::all().add(posting::Column::Status.is_not_in(never)).add(published.is_not_null());
        match self {
            Self::Open => open_at(now),
            Self::Published { from, to } => once.add(published.gte(from)).add(published.lt(to)),
            Self::Shown { from, to } => {
                let not_before = |ends: posting::Column| Condition::any().add(ends.is_null()).add(ends.gt(from));
                let outlasts = Condition::all()
                    .add(not_before(posting::Column::ValidThrough))
                    .add(not_before(posting::Column::ClosedAt));
                once.add(published.lt(to)).add(Condition::any().add(published.gte(from)).add(outlasts))
            }
        }
    }
}

/// A posting, as far as figures need it.
#[derive(Clone, Debug)]
pub struct PostingRow {
    /// The posting.
    pub id: Uuid,
    /// Who hires.
    pub employer: Uuid,
    /// The role, where it is known.
    pub role: Option<Uuid>,
    /// The industry.
    pub industry: Option<Uuid>,
    /// Where the work is done.
    pub workplace: Workplace,
    /// Seniority.
    pub experience_level: Option<ExperienceLevel>,
    /// Bits of the forms of employment.
    pub employment_types: i32,
    /// Openings not yet filled.
    pub openings_left: u32,
    /// What it says about its pay.
    pub pay: PostedPay,
    /// Whether it is published today, rather than paused or closed.
    pub is_published: bool,
    /// First publication; the instant of the reading for a posting that was never published.
    pub published_at: Timestamp,
    /// When it stopped or stops being shown: the end of its validity or its closing, whichever is earlier.
    pub ends_at: Option<Timestamp>,
}

impl PostingRow {
    /// Its pay, as the statistics take it.
    #[must_use]
    pub fn pay_row(&self) -> PayRow {
        PayRow { employer: self.employer, pay: self.pay, published: self.published_at.date_naive() }
    }

    /// Whether it was shown at an instant. Pauses are not remembered, so a pause that is over counts as shown.
    #[must_use]
    pub fn is_shown_at(&self, at: Timestamp) -> bool {
        self.published_at <= at && self.ends_at.is_none_or(|ends| at < ends)
    }
}

/// The columns that are read.
#[derive(FromQueryResult)]
struct Stored {
    id: Uuid,
    employer_id: Uuid,
    status: PostingStatus,
    role_id: Option<Uuid>,
    industry_id: Option<Uuid>,
    workplace: Workplace,
    experience_level: Option<ExperienceLevel>,
    employment_types: i32,
    openings: i32,
    hired: i32,
    pay_status: PayStatus,
    pay_min: Option<i64>,
    pay_max: Option<i64>,
    pay_currency: Option<String>,
    pay_period: Option<PayPeriod>,
    pay_hours_per_week: Option<i32>,
    published_at: Option<Timestamp>,
    valid_through: Option<Timestamp>,
    closed_at: Option<Timestamp>,
}

impl Stored {
    fn pay(&self) -> PostedPay {
        posted_pay(
            self.pay_status,
            (self.pay_min, self.pay_max),
            self.pay_currency.as_deref(),
            self.pay_period,
            self.pay_hours_per_week,
        )
    }

    fn row(self, now: Timestamp) -> PostingRow {
        let ends = [self.valid_through, self.closed_at];
        PostingRow {
            id: self.id,
            employer: self.employer_id,
            role: self.role_id,
            industry: self.industry_id,
            workplace: self.workplace,
            experience_level: self.experience_level,
            employment_types: self.employment_types,
            openings_left: u32::try_from(self.openings.saturating_sub(self.hired)).unwrap_or(0),
            pay: self.pay(),
            is_published: self.status == PostingStatus::Published,
            published_at: self.published_at.unwrap_or(now),
            ends_at: ends.into_iter().flatten().min(),
        }
    }
}

/// What a posting says about its pay, from the columns that say it.
#[must_use]
pub fn posted_pay(
    status: PayStatus,
    (min, max): (Option<i64>, Option<i64>),
    currency: Option<&str>,
    period: Option<PayPeriod>,
    hours_per_week: Option<i32>,
) -> PostedPay {
    let range = || {
        let currency = Currency::parse(currency?).ok()?;
        PayRange::new(min, max, currency, period?.into(), hours_per_week.map(i64::from)).ok()
    };
    match status {
        PayStatus::Unpaid => PostedPay::Unpaid,
        PayStatus::Withheld => PostedPay::Withheld,
        PayStatus::Stated => range().map_or(PostedPay::StatedWithoutAmount, PostedPay::Stated),
    }
}

/// A place of a posting.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlaceRow {
    /// The place itself.
    pub id: Uuid,
    /// ISO 3166-1.
    pub country: String,
    /// ISO 3166-2, where known.
    pub region: Option<String>,
}

/// A skill that a posting asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AskedRow {
    /// The skill.
    pub skill: Uuid,
    /// Must or wish.
    pub importance: Importance,
    /// Lowest level.
    pub min_level: Option<i32>,
    /// Fewest months of practice.
    pub min_months: Option<i32>,
}

/// Rows of a table that belongs to postings, by posting.
pub type ByPosting<T> = HashMap<Uuid, Vec<T>>;

/// Identifiers of the postings that meet a condition, for use within other statements.
#[must_use]
pub fn ids(condition: &Condition) -> SelectStatement {
    posting::Entity::find().select_only().column(posting::Column::Id).filter(condition.clone()).into_query()
}

/// The postings that meet a condition. One statement.
///
/// # Errors
/// The database failed.
pub async fn postings(
    db: &impl ConnectionTrait,
    condition: &Condition,
    now: Timestamp,
) -> Result<Vec<PostingRow>, DbErr> {
    use posting::Column as C;
    let columns = [
        C::Id,
        C::EmployerId,
        C::Status,
        C::RoleId,
        C::IndustryId,
        C::Workplace,
        C::ExperienceLevel,
        C::EmploymentTypes,
        C::Openings,
        C::Hired,
        C::PayStatus,
        C::PayMin,
        C::PayMax,
        C::PayCurrency,
        C::PayPeriod,
        C::PayHoursPerWeek,
        C::PublishedAt,
        C::ValidThrough,
        C::ClosedAt,
    ];
    let select = posting::Entity::find().select_only().columns(columns).filter(condition.clone());
    let rows = select.into_model::<Stored>().all(db).await?;
    Ok(rows.into_iter().map(|row| row.row(now)).collect())
}

/// The places of the postings. One statement.
///
/// # Errors
/// The database failed.
pub async fn places(db: &impl ConnectionTrait, postings: &SelectStatement) -> Result<ByPosting<PlaceRow>, DbErr> {
    use posting_place::Column as C;
    let rows: Vec<(Uuid, Uuid, String, Option<String>)> = posting_place::Entity::find()
        .select_only()
        .columns([C::PostingId, C::PlaceId, C::CountryCode, C::RegionCode])
        .filter(C::PostingId.in_subquery(postings.clone()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(gather(rows.into_iter().map(|(posting, id, country, region)| (posting, PlaceRow { id, country, region }))))
}

/// The skills that the postings ask for. One statement.
///
/// # Errors
/// The database failed.
pub async fn asked(db: &impl ConnectionTrait, postings: &SelectStatement) -> Result<ByPosting<AskedRow>, DbErr> {
    use skill_requirement::Column as C;
    /// Posting, skill, importance, least level and least months.
    type Asked = (Uuid, Uuid, Importance, Option<i32>, Option<i32>);
    let rows: Vec<Asked> = skill_requirement::Entity::find()
        .select_only()
        .columns([C::PostingId, C::SkillId, C::Importance, C::MinLevel, C::MinMonths])
        .filter(C::PostingId.in_subquery(postings.clone()))
        .into_tuple()
        .all(db)
        .await?;
    let row = |(posting, skill, importance, min_level, min_months)| {
        (posting, AskedRow { skill, importance, min_level, min_months })
    };
    Ok(gather(rows.into_iter().map(row)))
}

/// Codes of everything that postings and seekers are joined by, for one computation.
#[derive(Debug, Default)]
pub struct Coding {
    things: Codes<Uuid>,
    areas: Codes<String>,
}

impl Coding {
    /// The code of a role, a skill or an employer.
    pub fn thing(&mut self, id: Uuid) -> super::codes::Code {
        self.things.code(id)
    }

    fn area(&mut self, code: &str) -> super::codes::Code {
        self.areas.code(code.to_owned())
    }

    /// A place by its parts; `city` is the place itself, if it is one.
    pub fn place(&mut self, country: &str, region: Option<&str>, city: Option<Uuid>) -> Place {
        Place {
            country: self.area(country),
            region: region.map(|region| self.area(region)),
            city: city.map(|city| self.things.code(city)),
        }
    }

    /// A posting as the join takes it.
    pub fn posting(&mut self, row: &PostingRow, places: &[PlaceRow], asked: &[AskedRow]) -> OpenPosting {
        let required = asked.iter().filter(|asked| asked.importance == Importance::Required);
        OpenPosting {
            id: row.id,
            employer: self.thing(row.employer),
            role: row.role.map(|role| self.thing(role)),
            is_remote: row.workplace == Workplace::Remote,
            places: places.iter().map(|at| self.place(&at.country, at.region.as_deref(), Some(at.id))).collect(),
            openings_left: row.openings_left,
            required: required
                .map(|asked| SkillNeed {
                    skill: self.thing(asked.skill),
                    min_level: asked.min_level.map(level),
                    min_months: asked.min_months.map(months),
                })
                .collect(),
        }
    }
}

/// A level as the join takes it; the database holds 1 to 5.
#[must_use]
pub fn level(level: i32) -> u8 {
    u8::try_from(level).unwrap_or(u8::MAX)
}

/// Months as the join takes them; forms take 720 at the most.
#[must_use]
pub fn months(months: i32) -> u16 {
    u16::try_from(months).unwrap_or(u16::MAX)
}
