//! A skill that postings require and candidates have.

use super::sets::SkillKind;
use sea_orm::entity::prelude::*;

/// A skill that postings require and candidates have.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "skill")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub name_key: String,
    pub kind: Option<SkillKind>,
    pub is_reviewed: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
