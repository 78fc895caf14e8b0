//! What a resolver asks its context for.

use async_graphql::Context;
use async_graphql::dataloader::DataLoader;
use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::errors::internal;
use super::loads::Loads;
use crate::accounts::viewer::Viewer;
use crate::audit::Origin;
use crate::clock::Timestamp;
use crate::db::Database;
use crate::error::{Failure, Outcome};
use crate::state::State;

/// What belongs to one request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who asks.
    pub viewer: Viewer,
    /// The one instant for which everything in the answer holds.
    pub now: Timestamp,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// Who acts and from where, for the audit log.
    pub origin: Origin,
}

/// Short names for what resolvers need of the context.
pub trait Ask {
    /// What every request shares.
    fn state(&self) -> &State;
    /// What belongs to this request.
    fn request(&self) -> &Request;
    /// The loaders of this request.
    fn loads(&self) -> &DataLoader<Loads>;

    /// Who asks.
    fn viewer(&self) -> &Viewer {
        &self.request().viewer
    }

    /// The instant of this request.
    fn now(&self) -> Timestamp {
        self.request().now
    }

    /// Who acts and from where, for the audit log.
    fn origin(&self) -> &Origin {
        &self.request().origin
    }

    /// A connection that reads.
    fn reads(&self) -> &DatabaseConnection {
        self.state().db.reads()
    }

    /// A transaction that writes; give it to [`conclude`] with what came of it.
    fn begin(&self) -> impl Future<Output = async_graphql::Result<DatabaseTransaction>> + Send
    where
        Self: Sync,
    {
        begin(&self.state().db)
    }
}

async fn begin(db: &Database) -> async_graphql::Result<DatabaseTransaction> {
    db.begin().await.map_err(internal)
}

impl Ask for Context<'_> {
    fn state(&self) -> &State {
        self.data_unchecked()
    }

    fn request(&self) -> &Request {
        self.data_unchecked()
    }

    fn loads(&self) -> &DataLoader<Loads> {
        self.data_unchecked()
    }
}

/// Commits what succeeded and rolls back what did not.
///
/// # Errors
/// What the action failed with, or the transaction could not end.
pub async fn conclude<T>(txn: DatabaseTransaction, outcome: Outcome<T>) -> Outcome<T> {
    match outcome {
        Ok(value) => {
            txn.commit().await?;
            Ok(value)
        }
        Err(failure) => {
            if let Err(error) = txn.rollback().await {
                return Err(Failure::from(error));
            }
            Err(failure)
        }
    }
}
