//! Skills and industries.

use std::collections::HashSet;

use sea_orm::{DatabaseTransaction, Set};

use super::super::bundle;
use super::{replace, upsert, whole};
use crate::entities::{industry, skill, skill_alias};
use crate::ids::{self, Kind};
use crate::text::fold;

/// Writes the skills with their spellings.
pub async fn write(txn: &DatabaseTransaction) -> anyhow::Result<usize> {
    let records = bundle::skills()?;
    let (mut rows, mut aliases, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for record in &records {
        let id = ids::of_name(Kind::Skill, &record.slug);
        ids.push(id);
        rows.push(skill::ActiveModel {
            id: Set(id),
            slug: Set(record.slug.clone()),
            name: Set(record.name.clone()),
            name_key: Set(fold(&record.name)),
            kind: Set(Some(record.kind)),
            is_reviewed: Set(true),
        });
        let mut once = HashSet::new();
        // The name is a spelling too, at position 0: names are resolved through spellings alone.
        for (position, alias) in std::iter::once(&record.name).chain(&record.aliases).enumerate() {
            let key = fold(alias);
            if once.insert(key.clone()) {
                aliases.push(skill_alias::ActiveModel {
                    skill_id: Set(id),
                    alias_key: Set(key),
                    alias: Set(alias.clone()),
                    position: Set(whole(position)?),
                });
            }
        }
    }
    upsert(txn, rows).await?;
    replace(txn, skill_alias::Column::SkillId, &ids, aliases).await?;
    Ok(records.len())
}

/// Writes the industries.
pub async fn write_industries(txn: &DatabaseTransaction) -> anyhow::Result<usize> {
    let records = bundle::industries()?;
    let rows = records.iter().map(|record| industry::ActiveModel {
        id: Set(ids::of_name(Kind::Industry, &record.slug)),
        slug: Set(record.slug.clone()),
        name: Set(record.name.clone()),
        name_key: Set(fold(&record.name)),
    });
    upsert(txn, rows.collect()).await?;
    Ok(records.len())
}
