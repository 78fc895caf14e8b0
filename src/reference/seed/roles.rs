//! Roles with their titles, relations and guides.

use std::collections::{HashMap, HashSet};

use sea_orm::{DatabaseTransaction, Set};
use uuid::Uuid;

use super::super::bundle::{self, RoleRecord};
use super::super::titles::title_key;
use super::{cited, replace, upsert, whole};
use crate::entities::sets::Lines;
use crate::entities::{
    cited_demand, cited_salary, course, outlook, role, role_alias, role_industry, role_skill, similar_role,
    training_path,
};
use crate::ids::{self, Kind};
use crate::text::fold;

/// What is to be written.
#[derive(Default)]
struct Rows {
    roles: Vec<role::ActiveModel>,
    aliases: Vec<role_alias::ActiveModel>,
    similar: Vec<similar_role::ActiveModel>,
    skills: Vec<role_skill::ActiveModel>,
    industries: Vec<role_industry::ActiveModel>,
    cited: cited::Rows,
}

/// Writes the roles and all that belongs to them.
pub async fn write(txn: &DatabaseTransaction) -> anyhow::Result<usize> {
    let records = bundle::roles()?;
    let countries = bundle::countries()?;
    let countries: HashMap<_, _> = countries.iter().map(|c| (c.alpha2.as_str(), c.name.as_str())).collect();
    let mut rows = Rows::default();
    let mut ids = Vec::with_capacity(records.len());
    for record in &records {
        let id = ids::of_name(Kind::Role, &record.slug);
        ids.push(id);
        rows.roles.push(role_row(id, record));
        rows.add_titles(id, record)?;
        rows.add_relations(id, record)?;
        rows.cited.add(id, record, &countries)?;
    }
    upsert(txn, rows.roles).await?;
    replace(txn, role_alias::Column::RoleId, &ids, rows.aliases).await?;
    replace(txn, similar_role::Column::RoleId, &ids, rows.similar).await?;
    replace(txn, role_skill::Column::RoleId, &ids, rows.skills).await?;
    replace(txn, role_industry::Column::RoleId, &ids, rows.industries).await?;
    replace(txn, cited_salary::Column::RoleId, &ids, rows.cited.salaries).await?;
    replace(txn, cited_demand::Column::RoleId, &ids, rows.cited.demand).await?;
    replace(txn, outlook::Column::RoleId, &ids, rows.cited.outlooks).await?;
    replace(txn, course::Column::RoleId, &ids, rows.cited.courses).await?;
    replace(txn, training_path::Column::RoleId, &ids, rows.cited.training_paths).await?;
    Ok(records.len())
}

fn role_row(id: Uuid, record: &RoleRecord) -> role::ActiveModel {
    role::ActiveModel {
        id: Set(id),
        slug: Set(record.slug.clone()),
        title: Set(record.title.clone()),
        title_key: Set(fold(&record.title)),
        parent_id: Set(record.parent.as_ref().map(|parent| ids::of_name(Kind::Role, parent))),
        soc_code: Set(Some(record.soc.clone())),
        esco_code: Set(record.esco.clone()),
        education_level: Set(record.education_level),
        experience_min_years: Set(record.typical_experience.map(|years| years.min_years.into())),
        experience_max_years: Set(record.typical_experience.map(|years| years.max_years.into())),
        summary: Set(record.summary.clone()),
        responsibilities: Set(Lines(record.responsibilities.clone())),
        how_to_enter: Set(Lines(record.how_to_enter.clone())),
    }
}

impl Rows {
    /// Adds the titles: the role's own, which is not shown as another one, and then the others.
    ///
    /// Titles of postings are resolved through the keys. Where two titles have one key (`Back End Developer`,
    /// `Back-End Developer`), the later one is kept as it is written, folded, so that it is shown all the same.
    fn add_titles(&mut self, id: Uuid, record: &RoleRecord) -> anyhow::Result<()> {
        let mut once = HashSet::new();
        for (position, title) in std::iter::once(&record.title).chain(&record.aliases).enumerate() {
            let keys = [title_key(title), fold(title)];
            let Some(key) = keys.into_iter().find(|key| once.insert(key.clone())) else { continue };
            self.aliases.push(role_alias::ActiveModel {
                role_id: Set(id),
                alias_key: Set(key),
                alias: Set(title.clone()),
                position: Set(whole(position)?),
                is_shown: Set(position > 0),
            });
        }
        Ok(())
    }

    fn add_relations(&mut self, id: Uuid, record: &RoleRecord) -> anyhow::Result<()> {
        for (position, similar) in record.similar.iter().enumerate() {
            self.similar.push(similar_role::ActiveModel {
                role_id: Set(id),
                similar_id: Set(ids::of_name(Kind::Role, similar)),
                position: Set(whole(position)?),
            });
        }
        for (position, used) in record.skills.iter().enumerate() {
            self.skills.push(role_skill::ActiveModel {
                role_id: Set(id),
                skill_id: Set(ids::of_name(Kind::Skill, &used.skill)),
                importance: Set(used.importance),
                position: Set(whole(position)?),
            });
        }
        for (position, industry) in record.industries.iter().enumerate() {
            self.industries.push(role_industry::ActiveModel {
                role_id: Set(id),
                industry_id: Set(ids::of_name(Kind::Industry, industry)),
                position: Set(whole(position)?),
            });
        }
        Ok(())
    }
}
