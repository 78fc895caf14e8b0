//! Making a backup.

use std::path::Path;

use anyhow::bail;
use sea_orm::DbBackend;
use secrecy::ExposeSecret;

use super::manifest::{self, Kind, Manifest};
use super::{Contents, files, parts, postgres, sqlite};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::db::Database;
use crate::disk;
use crate::files::storage::Storage;

/// The manifest of a backup whose database is whole and whose files are not all there.
const UNFINISHED: &str = "manifest.unfinished.json";

/// What is to be in a backup beside the database.
#[derive(Clone, Copy, Debug)]
pub struct Made<'k> {
    /// Whether files are.
    pub files: bool,
    /// The keys, if they are: name and text.
    pub keys: &'k [(&'static str, String)],
}

/// Makes a backup, or goes on with one that did not come to its end.
///
/// # Errors
/// The folder has a backup already, the database or the storage does not answer, or the disk is full. What was written
/// until then is used by the next try.
pub async fn create(config: &Config, folder: &Path, made: Made<'_>, now: Timestamp) -> anyhow::Result<Manifest> {
    if folder.join(manifest::NAME).exists() {
        bail!("{} has a backup already", folder.display());
    }
    disk::make_folder(folder)?;
    let db = Database::connect(&config.database).await?;
    let created = parts(config, &db, folder, made, now).await;
    db.close().await;
    let manifest = created?;
    manifest.write(&folder.join(manifest::NAME))?;
    let _ = std::fs::remove_file(folder.join(UNFINISHED));
    Ok(manifest)
}

async fn parts(
    config: &Config,
    db: &Database,
    folder: &Path,
    made: Made<'_>,
    now: Timestamp,
) -> anyhow::Result<Manifest> {
    let storage = if made.files { Some(Storage::open(&config.files)?) } else { None };
    if let Some(storage) = &storage {
        // What is removed from here on is in the backup all the same, if a row of it speaks of it.
        files::fetch(storage, folder, &files::named(db.reads()).await?).await?;
    }
    let mut manifest = database(config, db, folder, now).await?;
    if let Some(storage) = &storage {
        let named = manifest.contents.files.clone();
        manifest.missing = files::fetch(storage, folder, &named).await?;
        files::prune(folder, &named)?;
        manifest.has_files = true;
        for key in named.iter().filter(|key| !manifest.missing.contains(key)) {
            manifest.parts.push(parts::measure(folder, &files::path_of(key))?);
        }
    }
    if !made.keys.is_empty() {
        disk::make_folder(&folder.join("keys"))?;
        manifest.has_keys = true;
    }
    for (name, key) in made.keys {
        let path = format!("keys/{name}");
        disk::write(&folder.join(&path), key.as_bytes())?;
        manifest.parts.push(parts::measure(folder, &path)?);
    }
    Ok(manifest)
}

/// The part that is the database, as it was written now or by a try that did not come to its end.
async fn database(config: &Config, db: &Database, folder: &Path, now: Timestamp) -> anyhow::Result<Manifest> {
    let unfinished = folder.join(UNFINISHED);
    if let Ok(manifest) = Manifest::read(&unfinished)
        && manifest.parts.iter().all(|part| parts::check(folder, part).is_ok())
    {
        return Ok(manifest);
    }
    let kind = if db.backend() == DbBackend::Sqlite { Kind::Sqlite } else { Kind::Postgres };
    let part = folder.join(kind.part());
    let contents: Contents = match kind {
        Kind::Sqlite => sqlite::dump(db, &part).await?,
        Kind::Postgres => postgres::dump(db, config.database.url.expose_secret(), &part).await?,
    };
    let manifest = Manifest::new(kind, now, contents, parts::measure(folder, kind.part())?);
    manifest.write(&unfinished)?;
    Ok(manifest)
}
