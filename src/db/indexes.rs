//! Indexes that rest while tables are filled for the first time.
//!
//! Every row that arrives touches a page of every index; when there are many rows, those are pages at random, each read and
//! written again and again. An index that is made at last is sorted once. Unique indexes stay, for they refuse what is there
//! twice. What rests is written down in the database in the transaction that drops it, so whoever opens the database next
//! brings back what an import left behind that was cut off.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult, Statement, Value};

use super::Database;

#[derive(Debug, FromQueryResult)]
struct Index {
    name: String,
    definition: String,
}

/// Indexes of a table that are not unique, and the statements that make them.
const OF_TABLE: (&str, &str) = (
    "SELECT index_class.relname::text AS name, pg_get_indexdef(indexrelid) AS definition
     FROM pg_index
     JOIN pg_class AS index_class ON index_class.oid = indexrelid
     JOIN pg_class AS table_class ON table_class.oid = indrelid
     WHERE table_class.relname = $1 AND pg_table_is_visible(table_class.oid) AND NOT indisunique",
    "SELECT name, sql AS definition FROM sqlite_master
     WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL AND sql NOT LIKE 'CREATE UNIQUE %'",
);

impl Database {
    /// Sets the indexes of tables aside if the first of them is empty, as the others are then. Gives how many.
    ///
    /// # Errors
    /// The database failed, or somebody else kept a table locked for two seconds; nothing is changed then.
    pub async fn set_indexes_aside(&self, tables: &[&str]) -> Result<usize, DbErr> {
        let Some(first) = tables.first() else { return Ok(0) };
        let txn = self.begin().await?;
        if self.backend() == DbBackend::Postgres {
            txn.execute_unprepared("SET LOCAL lock_timeout = '2s'").await?;
        }
        let any = format!("SELECT 1 FROM {first} LIMIT 1");
        if txn.query_one_raw(Statement::from_string(self.backend(), any)).await?.is_some() {
            return txn.rollback().await.map(|()| 0);
        }
        let mut count = 0;
        for table in tables {
            for Index { name, definition } in indexes_of(&txn, table).await? {
                let sql = "INSERT INTO set_aside_index (name, definition) VALUES ($1, $2)";
                run(&txn, sql, [name.clone().into(), definition.into()]).await?;
                txn.execute_unprepared(&format!("DROP INDEX {name}")).await?;
                count += 1;
            }
        }
        txn.commit().await?;
        Ok(count)
    }

    /// Makes the indexes again that were set aside, each in a transaction of its own. Gives how many.
    ///
    /// # Errors
    /// The database failed; the rest is made by whoever calls this next.
    pub async fn restore_indexes(&self) -> Result<usize, DbErr> {
        let sql = "SELECT name, definition FROM set_aside_index ORDER BY name";
        let aside = Index::find_by_statement(Statement::from_string(self.backend(), sql)).all(self.reads()).await?;
        if aside.is_empty() {
            return Ok(0);
        }
        tracing::info!(count = aside.len(), "making the indexes that were set aside");
        let mut count = 0;
        for Index { name, definition } in aside {
            let txn = self.begin().await?;
            if self.backend() == DbBackend::Postgres {
                txn.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
            }
            // Whoever takes the row makes the index; others wait here, and find none.
            if run(&txn, "DELETE FROM set_aside_index WHERE name = $1", [name.into()]).await? == 1 {
                txn.execute_unprepared(&definition).await?;
                count += 1;
            }
            txn.commit().await?;
        }
        Ok(count)
    }
}

async fn indexes_of(txn: &DatabaseTransaction, table: &str) -> Result<Vec<Index>, DbErr> {
    let backend = txn.get_database_backend();
    let sql = if backend == DbBackend::Postgres { OF_TABLE.0 } else { OF_TABLE.1 };
    Index::find_by_statement(Statement::from_sql_and_values(backend, sql, [table.into()])).all(txn).await
}

async fn run<const N: usize>(txn: &DatabaseTransaction, sql: &str, values: [Value; N]) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(txn.get_database_backend(), sql, values);
    txn.execute_raw(statement).await.map(|done| done.rows_affected())
}
