//! Reads what was added to the log since a position: everything once, whatever committed in between and in whichever
//! order.
//!
//! On PostgreSQL the rows between two snapshots are those whose transaction the first did not show as ended and the
//! second does. Reading by row number alone would lose what commits late: a transaction takes its number when it writes
//! and shows it when it ends. Waiting for the oldest transaction instead would let one forgotten session stop everyone.

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    FromQueryResult, IsolationLevel, Statement, TransactionTrait, Value,
};

use super::position::{Pause, Position};
use crate::db::Database;
use crate::entities::change;

/// Reads the log of changes of one database.
#[derive(Clone, Debug)]
pub struct Tail {
    db: DatabaseConnection,
    most: u32,
}

/// What came of reading on.
#[derive(Debug)]
pub enum Step {
    /// The changes since, in the order in which things were changed.
    Changes(Batch),
    /// The position is of another database, or of this one before it was restored. Who keeps anything that follows the
    /// log begins anew.
    Lost,
}

/// Changes that were read together.
#[derive(Debug)]
pub struct Batch {
    /// The changes; of one subject always in the order in which they happened.
    pub changes: Vec<change::Model>,
    /// From where to read on.
    pub position: Position,
    /// Whether there may be more to read at once.
    pub has_more: bool,
}

/// Names the cluster with its timeline, of which another one counts transactions anew, the database in it, and the table,
/// which is another once a backup was brought back.
const ORIGIN: &str = "(SELECT system_identifier::text FROM pg_control_system()) || '/' || \
                      (SELECT timeline_id::text FROM pg_control_checkpoint()) || '/' || \
                      (SELECT oid::text FROM pg_database WHERE datname = current_database()) || '/' || \
                      pg_relation_filenode('change')";

/// Has the log read by its indexes, whatever the planner knows of it, and without what makes ready for a long answer.
const BY_INDEX: &str = "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_seqscan = off; \
                        SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off";

impl Tail {
    /// A tail that reads at most `most` changes at a time.
    #[must_use]
    pub fn new(db: &Database, most: u32) -> Self {
        Self { db: db.reads().clone(), most: most.max(1) }
    }

    /// The end of the log: who reads on from here sees what is committed from now on.
    ///
    /// # Errors
    /// The database failed.
    pub async fn present(&self) -> Result<Position, DbErr> {
        Self::present_in(&self.db).await
    }

    /// The end of the log as a connection sees it. In a transaction with one snapshot for all of its statements, whatever
    /// it shows is before the position, and whatever it does not show is behind.
    ///
    /// # Errors
    /// The database failed.
    pub async fn present_in(db: &impl ConnectionTrait) -> Result<Position, DbErr> {
        if db.get_database_backend() == DbBackend::Postgres {
            let sql = format!("SELECT pg_current_snapshot()::text AS snapshot, {ORIGIN} AS origin, false AS is_behind");
            let Glimpse { snapshot, origin, .. } = glimpse(db, &sql, []).await?;
            return Ok(Position::Postgres { origin, seen: snapshot, pause: None });
        }
        Ok(Position::Sqlite { id: last_id(db).await? })
    }

    /// What was committed since.
    ///
    /// # Errors
    /// The database failed.
    pub async fn next(&self, after: &Position) -> Result<Step, DbErr> {
        match (after, self.db.get_database_backend()) {
            (Position::Sqlite { id }, DbBackend::Sqlite) => self.next_on_sqlite(*id).await,
            (Position::Postgres { origin, seen, pause }, DbBackend::Postgres) => {
                // One snapshot for both questions: how far one can see, and what there is.
                let isolation = Some(IsolationLevel::RepeatableRead);
                let txn = self.db.begin_with_config(isolation, Some(AccessMode::ReadOnly)).await?;
                let step = self.next_on_postgres(&txn, origin, seen, pause.as_ref()).await;
                txn.rollback().await?;
                step
            }
            _ => Ok(Step::Lost),
        }
    }

    async fn next_on_sqlite(&self, after: i64) -> Result<Step, DbErr> {
        let sql = "SELECT * FROM change WHERE id > ? ORDER BY id LIMIT ?";
        let changes = changes(&self.db, sql, [after.into(), self.most.into()]).await?;
        let has_more = self.is_full(&changes);
        let id = match changes.last() {
            Some(last) => last.id,
            // Numbers are never given again, so the log of the same file cannot end before the position.
            None if last_id(&self.db).await? < after => return Ok(Step::Lost),
            None => after,
        };
        Ok(Step::Changes(Batch { changes, position: Position::Sqlite { id }, has_more }))
    }

    async fn next_on_postgres(
        &self,
        txn: &DatabaseTransaction,
        origin: &str,
        seen: &str,
        pause: Option<&Pause>,
    ) -> Result<Step, DbErr> {
        let sql = format!(
            "SELECT pg_current_snapshot()::text AS snapshot, {ORIGIN} AS origin, \
             pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax($1::text::pg_snapshot) AS is_behind"
        );
        let now = glimpse(txn, &sql, [seen.into()]).await?;
        if now.origin != origin || now.is_behind {
            return Ok(Step::Lost);
        }
        if pause.is_none() && now.snapshot == seen {
            // No transaction that wrote has ended since.
            let position = Position::Postgres { origin: now.origin, seen: now.snapshot, pause: None };
            return Ok(Step::Changes(Batch { changes: Vec::new(), position, has_more: false }));
        }
        let towards = pause.map_or_else(|| now.snapshot.clone(), |pause| pause.towards.clone());
        // Which index serves depends on the snapshots, so no plan is good for all of them. A new window is found by its
        // transactions, and `id + 0` keeps the planner from walking the whole log for it in the order of its key; the
        // rest of a large one follows in that order. After a large import, too, while the planner still takes the log for
        // short and would rather read all of it.
        txn.execute_unprepared(BY_INDEX).await?;
        let order = if pause.is_some() { "id" } else { "id + 0" };
        let sql = format!(
            "SELECT id, subject, subject_id, deed, at FROM change \
             WHERE (xid >= pg_snapshot_xmax($1::text::pg_snapshot) \
                    OR xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot)))) \
             AND pg_visible_in_snapshot(xid, $2::text::pg_snapshot) AND {order} > $3 \
             ORDER BY {order} LIMIT $4"
        );
        let from = pause.map_or(0, |pause| pause.id);
        let values: [Value; 4] = [seen.into(), towards.clone().into(), from.into(), i64::from(self.most).into()];
        let changes = changes(txn, &sql, values).await?;
        let origin = now.origin;
        let (position, has_more) = match changes.last().filter(|_| self.is_full(&changes)) {
            Some(last) => {
                let pause = Some(Pause { towards, id: last.id });
                (Position::Postgres { origin, seen: seen.to_owned(), pause }, true)
            }
            None => (Position::Postgres { origin, seen: towards, pause: None }, pause.is_some()),
        };
        Ok(Step::Changes(Batch { changes, position, has_more }))
    }

    fn is_full(&self, changes: &[change::Model]) -> bool {
        changes.len() >= self.most as usize
    }
}

/// What PostgreSQL tells of its present.
#[derive(FromQueryResult)]
struct Glimpse {
    snapshot: String,
    origin: String,
    /// Whether transaction numbers are lower than they were.
    is_behind: bool,
}

async fn glimpse<const N: usize>(db: &impl ConnectionTrait, sql: &str, values: [Value; N]) -> Result<Glimpse, DbErr> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Glimpse::find_by_statement(statement).one(db).await?;
    found.ok_or_else(|| DbErr::RecordNotFound("a snapshot".to_owned()))
}

async fn changes<const N: usize>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<change::Model>, DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    change::Entity::find().from_raw_sql(statement).all(db).await
}

/// The highest number that the log of a SQLite file ever gave; rows may be gone, the number stays.
async fn last_id(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Last {
        seq: i64,
    }
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'change'";
    let last = Last::find_by_statement(Statement::from_string(DbBackend::Sqlite, sql)).one(db).await?;
    Ok(last.map_or(0, |last| last.seq))
}
