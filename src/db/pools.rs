//! What operators see of the connections.

use sea_orm::{DatabaseConnection, DbBackend};

use super::Database;
use crate::metrics;

/// The connections of one pool.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    /// What they are for.
    pub name: &'static str,
    /// Those that work.
    pub in_use: usize,
    /// Those that wait for work.
    pub idle: usize,
    /// How many there may be.
    pub most: usize,
}

impl Database {
    /// The pools as they are: one on PostgreSQL, and one of the replica; those that read and the one that writes on SQLite.
    #[must_use]
    pub fn pools(&self) -> Vec<Pool> {
        // The pools of two databases are two types.
        macro_rules! pool {
            ($name:literal, $pool:expr) => {{
                let pool = $pool;
                let (size, idle) = (pool.size() as usize, pool.num_idle());
                Pool {
                    name: $name,
                    in_use: size.saturating_sub(idle),
                    idle,
                    most: pool.options().get_max_connections() as usize,
                }
            }};
        }
        if self.backend() == DbBackend::Sqlite {
            let [reads, writes] = [&self.reads, &self.writes].map(DatabaseConnection::get_sqlite_connection_pool);
            vec![pool!("reads", reads), pool!("writes", writes)]
        } else {
            let replica =
                self.replica.as_ref().map(|replica| pool!("replica", replica.pool.get_postgres_connection_pool()));
            std::iter::once(pool!("all", self.reads.get_postgres_connection_pool())).chain(replica).collect()
        }
    }

    /// Measures every statement from now on.
    pub(super) fn measured(mut self) -> Self {
        let replica = self.replica.as_mut().map(|replica| &mut replica.pool);
        for pool in [&mut self.reads, &mut self.writes].into_iter().chain(replica) {
            pool.set_metric_callback(|info| metrics::statement(&info.statement.sql, info.elapsed, info.failed));
        }
        self
    }
}
