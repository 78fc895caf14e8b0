//! Up to where somebody has read the log.

use serde::{Deserialize, Serialize};

/// Up to where somebody has read the log of changes. It can be kept, as JSON for example, and read on from later; only
/// the [tail](super::tail::Tail) of the same database makes sense of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "database", rename_all = "lowercase")]
pub enum Position {
    /// SQLite has one writer at a time, so that rows appear in the order of their numbers.
    Sqlite {
        /// The last row that was read.
        id: i64,
    },
    /// PostgreSQL commits out of the order in which numbers are given, so that a number says nothing about the rows
    /// below it. What a snapshot shows is known for certain: reading goes from one to the next.
    Postgres {
        /// Which cluster and which timeline of it, for transaction numbers mean nothing elsewhere, and which log in it.
        origin: String,
        /// Everything that this snapshot shows has been read (the text of a `pg_snapshot`).
        seen: String,
        /// Where reading stopped on the way to a later snapshot, because there were more rows than asked for.
        pause: Option<Pause>,
    },
}

/// A stop on the way from one snapshot to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The snapshot that reading goes to.
    pub towards: String,
    /// The last row that was read.
    pub id: i64,
}
