//! Questions about skills.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::db::Reads;
use crate::entities::{gather, skill, skill_alias};
use crate::graphql::loads::{Constant, LoadError, constant_by_id};

constant_by_id! {
    /// Which skill has this identifier?
    SkillById => skill
}

/// How else is the skill written? Its name stands among its spellings at position 0 and is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AliasesOfSkill(pub Uuid);

impl Constant for AliasesOfSkill {
    type Value = Vec<String>;

    fn nothing() -> Option<Self::Value> {
        Some(Vec::new())
    }

    async fn read(db: &Reads, keys: &[Self]) -> Result<HashMap<Self, Self::Value>, LoadError> {
        let rows = skill_alias::Entity::find()
            .filter(skill_alias::Column::SkillId.is_in(keys.iter().map(|key| key.0)))
            .filter(skill_alias::Column::Position.gt(0))
            .order_by_asc(skill_alias::Column::Position)
            .order_by_asc(skill_alias::Column::AliasKey)
            .all(db)
            .await
            .map_err(Arc::new)?;
        Ok(gather(rows.into_iter().map(|row| (AliasesOfSkill(row.skill_id), row.alias))))
    }
}
