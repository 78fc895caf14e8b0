//! What a resolver asks its context for.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::DataLoader;
use sea_orm::{DatabaseTransaction, TransactionTrait};

use super::loads::Loads;
use crate::accounts::viewer::Viewer;
use crate::audit::Origin;
use crate::clock::Timestamp;
use crate::db::{Database, Reads};
use crate::error::{Failure, Outcome};
use crate::limits::Meter;
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
    /// Where the request reads.
    pub reads: Reads,
    /// What it takes from the budget of who asks.
    pub meter: Arc<Meter>,
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

    /// Where the request reads: it sees what it wrote itself.
    fn reads(&self) -> &Reads {
        &self.request().reads
    }

    /// A transaction that writes; give it to [`conclude`] with what came of it.
    fn begin(&self) -> impl Future<Output = Outcome<DatabaseTransaction>> + Send
    where
        Self: Sync,
    {
        begin(&self.state().db, self.reads())
    }
}

/// A request that must be answered as a whole or not at all already has a transaction: each of its actions is a savepoint
/// there.
async fn begin(db: &Database, reads: &Reads) -> Outcome<DatabaseTransaction> {
    Ok(match reads {
        Reads::Pool(_) | Reads::Apart(_) => db.begin().await?,
        Reads::Within(whole) => whole.begin().await?,
    })
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
