//! Questions about roles.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::db::Reads;
use crate::entities::sets::Importance;
use crate::entities::{
    cited_demand, cited_salary, course, gather, industry, outlook, role, role_alias, role_industry, role_skill,
    similar_role, skill, training_path,
};
use crate::graphql::loads::{Constant, LoadError, Loads, constant_by_id};
use crate::search::demand::{Demand, demand};

constant_by_id! {
    /// Which role has this identifier?
    RoleById => role
}
constant_by_id! {
    /// Which cited salary has this identifier?
    CitedSalaryById => cited_salary
}
constant_by_id! {
    /// Which cited demand figure has this identifier?
    CitedDemandById => cited_demand
}
constant_by_id! {
    /// Which outlook has this identifier?
    OutlookById => outlook
}
constant_by_id! {
    /// Which course has this identifier?
    CourseById => course
}
constant_by_id! {
    /// Which training path has this identifier?
    TrainingPathById => training_path
}

/// Declares a question about roles by their identifiers: one statement, whose rows come in the order shown.
macro_rules! of_role {
    ($(#[$doc:meta])* $key:ident => $value:ty, |$db:ident, $ids:ident| $rows:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $key(pub Uuid);

        impl Constant for $key {
            type Value = Vec<$value>;

            fn nothing() -> Option<Self::Value> {
                Some(Vec::new())
            }

            async fn read($db: &Reads, keys: &[Self]) -> Result<HashMap<Self, Self::Value>, LoadError> {
                let $ids = keys.iter().map(|key| key.0);
                Ok(gather($rows))
            }
        }
    };
}

/// Declares a question for the rows of a table that belong to a role and have a position.
macro_rules! rows_of_role {
    ($(#[$doc:meta])* $key:ident => $entity:ident) => {
        of_role! {
            $(#[$doc])*
            $key => $entity::Model, |db, ids| {
                let rows = $entity::Entity::find()
                    .filter($entity::Column::RoleId.is_in(ids))
                    .order_by_asc($entity::Column::Position)
                    .order_by_asc($entity::Column::Id)
                    .all(db)
                    .await
                    .map_err(Arc::new)?;
                rows.into_iter().map(|row| ($key(row.role_id), row))
            }
        }
    };
}

rows_of_role! {
    /// Which salaries did third parties publish about the role?
    CitedSalariesOfRole => cited_salary
}
rows_of_role! {
    /// Which demand figures did third parties publish about the role?
    CitedDemandOfRole => cited_demand
}
rows_of_role! {
    /// Which forecasts did third parties publish about the role?
    OutlooksOfRole => outlook
}
rows_of_role! {
    /// Which courses lead to the role?
    CoursesOfRole => course
}
rows_of_role! {
    /// Which ways of learning lead to the role?
    TrainingPathsOfRole => training_path
}

of_role! {
    /// Which other titles are shown for the role?
    AliasesOfRole => String, |db, ids| {
        let rows = role_alias::Entity::find()
            .filter(role_alias::Column::RoleId.is_in(ids))
            .filter(role_alias::Column::IsShown.eq(true))
            .order_by_asc(role_alias::Column::Position)
            .order_by_asc(role_alias::Column::AliasKey)
            .all(db)
            .await
            .map_err(Arc::new)?;
        rows.into_iter().map(|row| (AliasesOfRole(row.role_id), row.alias))
    }
}
of_role! {
    /// Which roles resemble the role?
    SimilarToRole => role::Model, |db, ids| {
        let to_role = similar_role::Entity::belongs_to(role::Entity)
            .from(similar_role::Column::SimilarId)
            .to(role::Column::Id);
        let rows = similar_role::Entity::find()
            .join(JoinType::InnerJoin, to_role.into())
            .select_also(role::Entity)
            .filter(similar_role::Column::RoleId.is_in(ids))
            .order_by_asc(similar_role::Column::Position)
            .order_by_asc(role::Column::TitleKey)
            .all(db)
            .await
            .map_err(Arc::new)?;
        rows.into_iter().filter_map(|(link, role)| Some((SimilarToRole(link.role_id), role?)))
    }
}
of_role! {
    /// Which industries hire the role?
    IndustriesOfRole => industry::Model, |db, ids| {
        let to_industry = role_industry::Entity::belongs_to(industry::Entity)
            .from(role_industry::Column::IndustryId)
            .to(industry::Column::Id);
        let rows = role_industry::Entity::find()
            .join(JoinType::InnerJoin, to_industry.into())
            .select_also(industry::Entity)
            .filter(role_industry::Column::RoleId.is_in(ids))
            .order_by_asc(role_industry::Column::Position)
            .order_by_asc(industry::Column::NameKey)
            .all(db)
            .await
            .map_err(Arc::new)?;
        rows.into_iter().filter_map(|(link, industry)| Some((IndustriesOfRole(link.role_id), industry?)))
    }
}
of_role! {
    /// Which skills does the role usually ask for, and how much?
    SkillsOfRole => (skill::Model, Importance), |db, ids| {
        let to_skill = role_skill::Entity::belongs_to(skill::Entity)
            .from(role_skill::Column::SkillId)
            .to(skill::Column::Id);
        let rows = role_skill::Entity::find()
            .join(JoinType::InnerJoin, to_skill.into())
            .select_also(skill::Entity)
            .filter(role_skill::Column::RoleId.is_in(ids))
            .order_by_asc(role_skill::Column::Position)
            .order_by_asc(skill::Column::NameKey)
            .all(db)
            .await
            .map_err(Arc::new)?;
        rows.into_iter().filter_map(|(link, skill)| Some((SkillsOfRole(link.role_id), (skill?, link.importance))))
    }
}
of_role! {
    /// Which narrower roles does the role have?
    ChildrenOfRole => role::Model, |db, ids| {
        let rows = role::Entity::find()
            .filter(role::Column::ParentId.is_in(ids))
            .order_by_asc(role::Column::TitleKey)
            .order_by_asc(role::Column::Id)
            .all(db)
            .await
            .map_err(Arc::new)?;
        rows.into_iter().filter_map(|child| Some((ChildrenOfRole(child.parent_id?), child)))
    }
}

/// How often was this role searched for in this month?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SearchDemandOfRole {
    /// The role.
    pub role: Uuid,
    /// The first day of the month.
    pub month: NaiveDate,
}

impl Loader<SearchDemandOfRole> for Loads {
    type Value = Demand;
    type Error = LoadError;

    async fn load(&self, keys: &[SearchDemandOfRole]) -> Result<HashMap<SearchDemandOfRole, Self::Value>, Self::Error> {
        let roles = keys.iter().map(|key| key.role).collect();
        let months = keys.iter().map(|key| key.month).collect();
        let found = demand(&self.db, roles, months).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|((role, month), demand)| (SearchDemandOfRole { role, month }, demand)).collect())
    }
}
