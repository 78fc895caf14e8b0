//! Questions about accounts.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entities::{account, session};
use crate::graphql::loads::{LoadError, Loads, by_id};

by_id! {
    /// Which session has this identifier?
    SessionById => session
}

/// Which account has this identifier? One that was erased is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccountById(pub Uuid);

impl Loader<AccountById> for Loads {
    type Value = account::Model;
    type Error = LoadError;

    async fn load(&self, keys: &[AccountById]) -> Result<HashMap<AccountById, Self::Value>, LoadError> {
        let rows = account::Entity::find()
            .filter(account::Column::Id.is_in(keys.iter().map(|key| key.0)))
            .filter(account::Column::ErasedAt.is_null());
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (AccountById(row.id), row)).collect())
    }
}
