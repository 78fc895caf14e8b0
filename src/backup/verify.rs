//! Whether a backup is whole.

use std::path::Path;

use anyhow::bail;

use super::manifest::{Kind, Manifest};
use super::{open, parts, postgres, sqlite};

/// Reads every byte of a backup, and opens its database: pages, references and the number of rows of every table.
///
/// # Errors
/// Names what is not as it was when the backup was made.
pub async fn verify(folder: &Path) -> anyhow::Result<Manifest> {
    let manifest = open(folder)?;
    for part in &manifest.parts {
        parts::check(folder, part)?;
    }
    let database = folder.join(manifest.database.part());
    let rows = match manifest.database {
        Kind::Sqlite => {
            sqlite::check(&database).await?;
            sqlite::contents(&database).await?.rows
        }
        Kind::Postgres => postgres::count(&database).await?,
    };
    for (table, expected) in &manifest.contents.rows {
        let found = rows.get(table).copied().unwrap_or(0);
        if found != *expected {
            bail!("the table {table} has {found} rows and not {expected}");
        }
    }
    Ok(manifest)
}
