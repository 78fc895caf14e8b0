//! Questions about skills.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::entities::{gather, skill, skill_alias};
use crate::graphql::loads::{LoadError, Loads, by_id};

by_id! {
    /// Which skill has this identifier?
    SkillById => skill
}

/// How else is the skill written? Its name stands among its spellings at position 0 and is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AliasesOfSkill(pub Uuid);

impl Loader<AliasesOfSkill> for Loads {
    type Value = Vec<String>;
    type Error = LoadError;

    async fn load(&self, keys: &[AliasesOfSkill]) -> Result<HashMap<AliasesOfSkill, Self::Value>, Self::Error> {
        let rows = skill_alias::Entity::find()
            .filter(skill_alias::Column::SkillId.is_in(keys.iter().map(|key| key.0)))
            .filter(skill_alias::Column::Position.gt(0))
            .order_by_asc(skill_alias::Column::Position)
            .order_by_asc(skill_alias::Column::AliasKey)
            .all(&self.db)
            .await
            .map_err(Arc::new)?;
        Ok(gather(rows.into_iter().map(|row| (AliasesOfSkill(row.skill_id), row.alias))))
    }
}
