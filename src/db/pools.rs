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
    /// The pools as they are: one on PostgreSQL; those that read and the one that writes on SQLite.
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
            vec![pool!("all", self.reads.get_postgres_connection_pool())]
        }
    }

    /// Measures every statement from now on.
    pub(super) fn measured(mut self) -> Self {
        for pool in [&mut self.reads, &mut self.writes] {
            pool.set_metric_callback(|info| metrics::statement(&info.statement.sql, info.elapsed, info.failed));
        }
        self
    }
}
