//! A job advertisement and its life.

use super::sets::{
    ApplyKind, CloseReason, EducationLevel, ExperienceLevel, Lines, PayPeriod, PayStatus, PostingStatus, Questions,
    Workplace,
};
use sea_orm::entity::prelude::*;

/// A job advertisement and its life.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "posting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub employer_id: Uuid,
    pub external_id: Option<String>,
    pub status: PostingStatus,
    pub title: String,
    pub title_key: String,
    pub description: String,
    pub search_text: String,
    pub search_hash: Option<i64>,
    pub language: Option<String>,
    pub role_id: Option<Uuid>,
    pub industry_id: Option<Uuid>,
    pub employment_types: i32,
    pub workplace: Workplace,
    pub is_worldwide: bool,
    pub experience_level: Option<ExperienceLevel>,
    pub experience_months: Option<i32>,
    pub education: Option<EducationLevel>,
    pub openings: i32,
    pub hired: i32,
    pub pay_status: PayStatus,
    pub pay_min: Option<i64>,
    pub pay_max: Option<i64>,
    pub pay_currency: Option<String>,
    pub pay_period: Option<PayPeriod>,
    pub pay_hours_per_week: Option<i32>,
    pub pay_other: Option<String>,
    pub pay_annual: Option<i64>,
    pub pay_rank: Option<i64>,
    pub benefits: Lines,
    pub apply_kind: ApplyKind,
    pub apply_target: Option<String>,
    pub questions: Questions,
    pub published_at: Option<DateTimeUtc>,
    pub valid_through: Option<DateTimeUtc>,
    pub closed_at: Option<DateTimeUtc>,
    pub close_reason: Option<CloseReason>,
    pub reject_reason: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
