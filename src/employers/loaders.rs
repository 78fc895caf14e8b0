//! Questions about employers and their members.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::entities::{employer, employer_place, gather, member_invitation, membership, place};
use crate::graphql::loads::{LoadError, Loads, by_id, rows_by_id};

/// Which employer has this identifier?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EmployerById(pub Uuid);

/// Employers are in every list and rarely change: they are kept until the log tells that one did.
impl Loader<EmployerById> for Loads {
    type Value = employer::Model;
    type Error = LoadError;

    async fn load(&self, keys: &[EmployerById]) -> Result<HashMap<EmployerById, Self::Value>, LoadError> {
        let kept = self.shelf.of::<Uuid, (u64, employer::Model)>();
        let is_there = |key: &EmployerById| kept.contains_key(&key.0);
        let epoch = if self.db.sees_more() {
            None
        } else if keys.iter().any(is_there) {
            self.mirror.employers_as_of(self.began).await
        } else {
            self.mirror.employers()
        };
        let fresh = |key: &EmployerById| kept.get(&key.0).filter(|(read_at, _)| Some(*read_at) == epoch);
        let mut found: HashMap<_, _> = keys.iter().filter_map(|key| Some((*key, fresh(key)?.1))).collect();
        let missing: Vec<_> = keys.iter().filter(|key| !found.contains_key(*key)).copied().collect();
        if missing.is_empty() {
            return Ok(found);
        }
        let read =
            rows_by_id::<employer::Entity, _>(&self.db, employer::Column::Id, &missing, |key| key.0, |row| row.id);
        for (id, row) in read.await? {
            if let Some(epoch) = epoch {
                kept.insert(id, (epoch, row.clone()));
            }
            found.insert(EmployerById(id), row);
        }
        Ok(found)
    }
}

by_id! {
    /// Which membership has this identifier?
    MembershipById => membership
}
by_id! {
    /// Which invitation has this identifier?
    MemberInvitationById => member_invitation
}

/// Where does the employer with this identifier have people? In the order in which it names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlacesOfEmployer(pub Uuid);

impl Loader<PlacesOfEmployer> for Loads {
    type Value = Vec<place::Model>;
    type Error = LoadError;

    async fn load(&self, keys: &[PlacesOfEmployer]) -> Result<HashMap<PlacesOfEmployer, Self::Value>, LoadError> {
        let links = employer_place::Entity::find()
            .filter(employer_place::Column::EmployerId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(employer_place::Column::Position);
        let links = links.all(&self.db).await.map_err(Arc::new)?;
        let ids: Vec<_> = links.iter().map(|link| link.place_id).collect();
        let places = rows_by_id::<place::Entity, _>(&self.db, place::Column::Id, &ids, |id| *id, |row| row.id).await?;
        Ok(gather(
            links
                .into_iter()
                .filter_map(|link| Some((PlacesOfEmployer(link.employer_id), places.get(&link.place_id)?.clone()))),
        ))
    }
}

/// To which employers does the account with this identifier belong? Oldest membership first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MembershipsOfAccount(pub Uuid);

impl Loader<MembershipsOfAccount> for Loads {
    type Value = Vec<membership::Model>;
    type Error = LoadError;

    async fn load(
        &self,
        keys: &[MembershipsOfAccount],
    ) -> Result<HashMap<MembershipsOfAccount, Self::Value>, LoadError> {
        let rows = membership::Entity::find()
            .filter(membership::Column::AccountId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(membership::Column::CreatedAt)
            .order_by_asc(membership::Column::Id);
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        Ok(gather(rows.into_iter().map(|row| (MembershipsOfAccount(row.account_id), row))))
    }
}

/// What is this account for this employer?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MembershipOf {
    /// The employer.
    pub employer_id: Uuid,
    /// The account.
    pub account_id: Uuid,
}

impl Loader<MembershipOf> for Loads {
    type Value = membership::Model;
    type Error = LoadError;

    async fn load(&self, keys: &[MembershipOf]) -> Result<HashMap<MembershipOf, Self::Value>, LoadError> {
        let rows = membership::Entity::find()
            .filter(membership::Column::EmployerId.is_in(keys.iter().map(|key| key.employer_id)))
            .filter(membership::Column::AccountId.is_in(keys.iter().map(|key| key.account_id)));
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        Ok(rows
            .into_iter()
            .map(|row| (MembershipOf { employer_id: row.employer_id, account_id: row.account_id }, row))
            .collect())
    }
}
