//! Backups: everything that a board is, as of one instant, in one folder; made while servers serve.
//!
//! The folder has the database as one part (a SQLite file, or what `pg_dump` wrote), each file as one, the keys if they were
//! asked for, and `manifest.json`, which is written last: a folder without it is a backup that did not come to its end, and
//! is gone on with by the same command. Every part is written under another name, synced and renamed, so what has its name
//! is whole.
//!
//! Of SQLite `VACUUM INTO` takes the copy: it reads one snapshot while others write, and ends however much they write, where
//! the online backup interface begins anew with every page that another process changes. What it writes has no free pages
//! and no log beside it. Of PostgreSQL one snapshot is held open, which `pg_dump` reads, and in which rows are counted and
//! files are named. Files are copied before and after: no row of the copy names bytes that were not there when it was taken.

mod create;
mod files;
mod manifest;
mod parts;
mod postgres;
mod restore;
mod sqlite;
mod verify;

use std::path::Path;

use anyhow::{Context, bail};

pub use create::{Made, create};
pub use manifest::{Kind, Manifest, Part};
pub use restore::restore;
pub use verify::verify;

/// What of the database is in a backup beside its bytes.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Contents {
    /// The last migration.
    pub schema: String,
    /// Rows of every table.
    pub rows: std::collections::BTreeMap<String, u64>,
    /// Names of the files that rows speak of.
    pub files: Vec<String>,
}

/// The manifest of a backup that came to its end.
///
/// # Errors
/// There is none, or one that this version cannot read.
pub fn open(folder: &Path) -> anyhow::Result<Manifest> {
    let path = folder.join(manifest::NAME);
    if !path.exists() {
        bail!("{} is no backup, or one that did not come to its end: there is no {}", folder.display(), manifest::NAME);
    }
    let manifest = Manifest::read(&path)?;
    manifest.check_format().with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(manifest)
}
