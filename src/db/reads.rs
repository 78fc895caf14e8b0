//! Where a request reads.

use std::sync::Arc;

use sea_orm::entity::prelude::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use super::Database;
use super::replica::Apart;

/// Where a request reads: the pool, the replica, or the transaction in which it has written and not committed yet.
#[derive(Clone, Debug)]
pub enum Reads {
    /// What was committed.
    Pool(DatabaseConnection),
    /// What was committed until a moment ago; the clones of a request never go back in time.
    Apart(Arc<Apart>),
    /// What was committed, and what the request wrote.
    Within(Arc<DatabaseTransaction>),
}

impl Reads {
    /// Whether something may be seen that nobody else sees yet.
    #[must_use]
    pub const fn sees_more(&self) -> bool {
        matches!(self, Self::Within(_))
    }

    /// The same, for figures over what was committed alone.
    #[must_use]
    pub fn committed(&self, db: &Database) -> Self {
        match self {
            Self::Within(_) => Self::Pool(db.reads().clone()),
            Self::Pool(_) | Self::Apart(_) => self.clone(),
        }
    }
}

impl From<DatabaseConnection> for Reads {
    fn from(pool: DatabaseConnection) -> Self {
        Self::Pool(pool)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reads {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Pool(pool) => pool.get_database_backend(),
            Self::Apart(apart) => apart.primary.get_database_backend(),
            Self::Within(txn) => txn.get_database_backend(),
        }
    }

    // What changes something is no business of a replica.
    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Pool(pool) => pool.execute_raw(statement).await,
            Self::Apart(apart) => apart.primary.execute_raw(statement).await,
            Self::Within(txn) => txn.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Pool(pool) => pool.execute_unprepared(sql).await,
            Self::Apart(apart) => apart.primary.execute_unprepared(sql).await,
            Self::Within(txn) => txn.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Pool(pool) => pool.query_one_raw(statement).await,
            Self::Apart(apart) => apart.run(|db| db.query_one_raw(statement.clone())).await,
            Self::Within(txn) => txn.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Pool(pool) => pool.query_all_raw(statement).await,
            Self::Apart(apart) => apart.run(|db| db.query_all_raw(statement.clone())).await,
            Self::Within(txn) => txn.query_all_raw(statement).await,
        }
    }
}
