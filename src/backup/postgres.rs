//! The part that `pg_dump` writes and `pg_restore` reads: the tools of the machine, which know every version of PostgreSQL.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, IsolationLevel, Statement,
    TransactionTrait,
};

use super::{Contents, files};
use crate::db::Database;
use crate::disk;

/// How the database is reached by the tools: an address without its password, which nobody is to see in a list of processes.
struct Address {
    url: String,
    password: Option<String>,
}

impl Address {
    fn new(url: &str) -> anyhow::Result<Self> {
        let mut url = url::Url::parse(url).ok().context("DATABASE_URL is no address")?;
        let password = url.password().map(|password| {
            // What an address cannot carry stands in it as %xx.
            url::form_urlencoded::parse(format!("p={}", password.replace('+', "%2B")).as_bytes())
                .next()
                .map_or_else(String::new, |(_, value)| value.into_owned())
        });
        // It was parsed with one, so it can go.
        let _ = url.set_password(None);
        Ok(Self { url: url.into(), password })
    }

    fn command(&self, tool: &str) -> Command {
        let mut command = Command::new(tool);
        command.arg("--dbname").arg(&self.url).stdin(Stdio::null());
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password);
        }
        command
    }
}

/// Writes the database, as it is at one instant, into a file.
pub(super) async fn dump(db: &Database, url: &str, to: &Path) -> anyhow::Result<Contents> {
    let draft = disk::draft(to);
    disk::new_file(&draft)?;
    let isolation = Some(IsolationLevel::RepeatableRead);
    let txn = db.reads().begin_with_config(isolation, Some(AccessMode::ReadOnly)).await?;
    txn.execute_unprepared("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        .await?;
    let snapshot = texts(&txn, "SELECT pg_export_snapshot()").await?;
    let snapshot = snapshot.first().context("the database gives no snapshot")?;
    let contents = contents(&txn).await?;
    let mut command = Address::new(url)?.command("pg_dump");
    command.args(["--format=custom", "--no-owner", "--no-privileges"]);
    command.arg("--snapshot").arg(snapshot).arg("--file").arg(&draft);
    run("pg_dump", command).await?;
    txn.rollback().await?;
    disk::settle(&draft, to)?;
    Ok(contents)
}

/// What the snapshot of a transaction shows.
async fn contents(txn: &DatabaseTransaction) -> anyhow::Result<Contents> {
    #[derive(FromQueryResult)]
    struct Counted {
        count: i64,
    }
    let mut rows = BTreeMap::new();
    for table in tables(txn).await? {
        let sql = format!("SELECT count(*) AS count FROM \"{table}\"");
        let counted = Counted::find_by_statement(Statement::from_string(DbBackend::Postgres, sql)).one(txn).await?;
        rows.insert(table, u64::try_from(counted.context("no count")?.count)?);
    }
    let schema = texts(txn, "SELECT version FROM seaql_migrations ORDER BY version DESC LIMIT 1").await?;
    let schema = schema.into_iter().next().context("it is no database of Rolecall")?;
    Ok(Contents { schema, rows, files: files::named(txn).await? })
}

/// The tables that a database has.
pub(super) async fn tables(db: &impl ConnectionTrait) -> anyhow::Result<Vec<String>> {
    texts(db, "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1").await
}

async fn texts(db: &impl ConnectionTrait, sql: &str) -> anyhow::Result<Vec<String>> {
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

/// Brings what was written into a database, all or nothing. With `over`, in the place of what is there.
pub(super) async fn load(url: &str, from: &Path, over: bool) -> anyhow::Result<()> {
    let mut command = Address::new(url)?.command("pg_restore");
    command.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]);
    if over {
        command.args(["--clean", "--if-exists"]);
    }
    command.arg(from);
    run("pg_restore", command).await
}

/// Rows of every table, read out of what was written.
pub(super) async fn count(from: &Path) -> anyhow::Result<BTreeMap<String, u64>> {
    let from = from.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut command = Command::new("pg_restore");
        command.args(["--data-only", "--file=-"]).arg(&from).stdin(Stdio::null());
        let mut tool =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().with_context(|| absent("pg_restore"))?;
        let counted = tool.stdout.take().map(|text| rows(BufReader::new(text))).transpose()?;
        let mut said = String::new();
        if let Some(mut words) = tool.stderr.take() {
            words.read_to_string(&mut said)?;
        }
        if !tool.wait()?.success() {
            bail!("pg_restore cannot read {}: {}", from.display(), said.trim());
        }
        counted.context("pg_restore has no output")
    })
    .await?
}

/// Counts the lines between `COPY … FROM stdin;` and `\.`.
fn rows(mut text: impl BufRead) -> anyhow::Result<BTreeMap<String, u64>> {
    let (mut counted, mut within, mut line) = (BTreeMap::new(), None::<String>, Vec::new());
    loop {
        line.clear();
        if text.read_until(b'\n', &mut line)? == 0 {
            return Ok(counted);
        }
        match &within {
            Some(_) if line == b"\\.\n" => within = None,
            Some(table) => *counted.entry(table.clone()).or_insert(0) += 1,
            None => {
                within = table_of(&line);
                if let Some(table) = &within {
                    counted.entry(table.clone()).or_insert(0);
                }
            }
        }
    }
}

/// The table of `COPY public.name (columns) FROM stdin;`.
fn table_of(line: &[u8]) -> Option<String> {
    let line = std::str::from_utf8(line).ok()?.trim_end();
    let rest = line.strip_prefix("COPY ")?;
    line.ends_with("FROM stdin;").then_some(())?;
    let name = rest.split(' ').next()?.rsplit('.').next()?;
    Some(name.trim_matches('"').to_owned())
}

/// Runs a tool to its end, beside whatever else goes on.
async fn run(tool: &'static str, mut command: Command) -> anyhow::Result<()> {
    let ended = tokio::task::spawn_blocking(move || command.output()).await?;
    let ended = ended.with_context(|| absent(tool))?;
    if !ended.status.success() {
        bail!("{tool}: {}", String::from_utf8_lossy(&ended.stderr).trim());
    }
    Ok(())
}

fn absent(tool: &str) -> String {
    format!("{tool} cannot be run: install the client tools of PostgreSQL (postgresql-client), as new as the server")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_between_their_marks() {
        let text = b"SET x;\nCOPY public.account (id, name) FROM stdin;\n1\ta\n2\tCOPY b FROM stdin;\n\\.\n\n\
                     COPY public.\"order\" (id) FROM stdin;\n\\.\n";
        let counted = rows(&text[..]).expect("counted");
        assert_eq!(counted, BTreeMap::from([("account".to_owned(), 2), ("order".to_owned(), 0)]));
    }

    #[test]
    fn a_password_is_not_in_the_address() {
        let address = Address::new("postgres://me:a%2Fb+c@db:5432/x").expect("an address");
        assert_eq!(address.url, "postgres://me@db:5432/x");
        assert_eq!(address.password.as_deref(), Some("a/b+c"));
    }
}
