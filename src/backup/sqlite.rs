//! The part that is a SQLite file.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use sea_orm::{ConnectOptions, ConnectionTrait, Database as SeaDatabase, DatabaseConnection, DbBackend, Statement};

use super::{Contents, files};
use crate::db::Database;
use crate::disk;

/// Writes the database, as it is at one instant, into a file.
pub(super) async fn dump(db: &Database, to: &Path) -> anyhow::Result<Contents> {
    let draft = disk::draft(to);
    // An empty file is taken for none, and has the right mode.
    disk::new_file(&draft)?;
    let name = draft.to_str().context("the folder has a name that is no text")?;
    let vacuum = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [name.into()]);
    db.reads().execute_raw(vacuum).await.context("the database cannot be copied")?;
    disk::settle(&draft, to)?;
    contents(to).await
}

/// What is in a file.
pub(super) async fn contents(file: &Path) -> anyhow::Result<Contents> {
    let db = open(file).await?;
    let read = async {
        let mut rows = BTreeMap::new();
        for table in
            texts(&db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").await?
        {
            rows.insert(table.clone(), count(&db, &table).await?);
        }
        let schema = texts(&db, "SELECT version FROM seaql_migrations ORDER BY version DESC LIMIT 1").await?;
        let schema = schema.into_iter().next().context("it is no database of Rolecall")?;
        anyhow::Ok(Contents { schema, rows, files: files::named(&db).await? })
    };
    let read = read.await;
    db.close().await?;
    read
}

/// Fails unless every page, key and reference in a file is whole.
pub(super) async fn check(file: &Path) -> anyhow::Result<()> {
    let db = open(file).await?;
    let faults = texts(&db, "PRAGMA integrity_check(5)").await;
    let dangling = texts(&db, "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 5").await;
    db.close().await?;
    let (faults, dangling) = (faults?, dangling?);
    if faults != ["ok"] {
        bail!("the database is damaged: {}", faults.join("; "));
    }
    if !dangling.is_empty() {
        bail!("rows of {} speak of rows that are not there", dangling.join(", "));
    }
    Ok(())
}

/// Opens a file that nobody changes, without a word into it or beside it.
async fn open(file: &Path) -> anyhow::Result<DatabaseConnection> {
    let url = format!("sqlite://{}?mode=ro&immutable=true", file.display());
    let options = ConnectOptions::new(url).max_connections(1).sqlx_logging(false).to_owned();
    SeaDatabase::connect(options).await.with_context(|| format!("{} cannot be opened", file.display()))
}

async fn texts(db: &DatabaseConnection, sql: &str) -> anyhow::Result<Vec<String>> {
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

async fn count(db: &DatabaseConnection, table: &str) -> anyhow::Result<u64> {
    let sql = format!("SELECT count(*) FROM \"{table}\"");
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?.context("no count")?;
    Ok(u64::try_from(row.try_get_by_index::<i64>(0)?)?)
}
