//! How far the primary is, and when it was: what the replica's progress is compared with.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use sea_orm::{DbBackend, DbErr, FromQueryResult, Statement};

use crate::db::{Database, in_time};

/// How long the primary may take to say how far it is.
const LIMIT: Duration = Duration::from_secs(2);

/// Positions that are remembered.
const MARKS: usize = 1_000;

/// Where the log of the primary is written, and in which past of which cluster. Between the end of the last record and
/// where the next one begins may be the head of a page, 24 bytes, into which no record would fit; no replica replays that
/// before there is a next one. A database that is a replica itself says nothing.
const OF_PRIMARY: &str = "\
    SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE ((\
        CASE WHEN pg_current_wal_insert_lsn() - pg_current_wal_flush_lsn() <= 24 \
        THEN pg_current_wal_flush_lsn() ELSE pg_current_wal_insert_lsn() END) - '0/0'::pg_lsn)::bigint END AS position, \
    CASE WHEN pg_is_in_recovery() THEN NULL ELSE (SELECT system_identifier::text FROM pg_control_system()) || '/' || \
        ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int::text END AS origin";

/// A position of the primary's log.
#[derive(Debug, FromQueryResult)]
struct Position {
    position: Option<i64>,
    origin: Option<String>,
}

/// What the primary tells of its position; nothing if it is a replica itself.
///
/// # Errors
/// It does not answer in time.
pub(super) async fn position(db: &Database) -> Result<Option<(u64, String)>, DbErr> {
    let statement = Statement::from_string(DbBackend::Postgres, OF_PRIMARY);
    let asked = Position::find_by_statement(statement).one(db.reads());
    let told = in_time(LIMIT, asked).await?;
    let found = told.and_then(|told| Some((u64::try_from(told.position?).ok()?, told.origin?)));
    Ok(found)
}

/// The primary's positions, and when it was asked for each.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The past of which they are.
    pub(super) origin: String,
    seen: VecDeque<(Instant, u64)>,
}

impl Marks {
    /// Remembers one; positions of another past are forgotten.
    pub(super) fn push(&mut self, asked: Instant, position: u64, origin: String) {
        if self.origin != origin {
            *self = Self { origin, seen: VecDeque::new() };
        }
        self.seen.push_back((asked, position));
        if self.seen.len() > MARKS {
            self.seen.pop_front();
        }
    }

    /// The last moment of which everything was replayed, if there is a new one.
    pub(super) fn shown(&mut self, replayed: u64) -> Option<Instant> {
        let mut shown = None;
        while let Some((asked, _)) = self.seen.front().copied().filter(|(_, position)| *position <= replayed) {
            shown = Some(asked);
            self.seen.pop_front();
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_that_is_shown_is_the_last_of_which_all_was_replayed() {
        let mut marks = Marks::default();
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        for (seconds, position) in [(0, 10), (1, 20), (2, 20), (3, 30)] {
            marks.push(at(seconds), position, "a/1".to_owned());
        }
        assert_eq!(marks.shown(9), None);
        assert_eq!(marks.shown(29), Some(at(2)));
        assert_eq!(marks.shown(29), None, "nothing new");
        assert_eq!(marks.shown(30), Some(at(3)));
    }

    #[test]
    fn positions_of_another_past_are_forgotten() {
        let mut marks = Marks::default();
        let now = Instant::now();
        marks.push(now, 100, "a/1".to_owned());
        marks.push(now, 50, "a/2".to_owned());
        assert_eq!((marks.seen.len(), marks.origin.as_str()), (1, "a/2"));
        for position in 0..2_000 {
            marks.push(now, position, "a/2".to_owned());
        }
        assert_eq!(marks.seen.len(), MARKS);
    }
}
