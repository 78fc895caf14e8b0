//! Files, between the storage and a backup.

use std::path::Path;

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QuerySelect};

use super::manifest::Part;
use crate::disk;
use crate::entities::file;
use crate::files::storage::Storage;

/// The folder of files in a backup.
const FOLDER: &str = "files";

/// Where a file is in a backup.
pub(super) fn path_of(key: &str) -> String {
    format!("{FOLDER}/{key}")
}

/// The name of the file that a part is.
pub(super) fn key_of(part: &Part) -> Option<&str> {
    part.path.strip_prefix(FOLDER)?.strip_prefix('/')
}

/// Names of the files that rows speak of, as a connection sees them.
pub(super) async fn named(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    file::Entity::find().select_only().column(file::Column::StorageKey).into_tuple().all(db).await
}

/// Copies files that are not there yet. Gives the names of those that the storage does not have.
pub(super) async fn fetch(storage: &Storage, folder: &Path, keys: &[String]) -> anyhow::Result<Vec<String>> {
    disk::make_folder(&folder.join(FOLDER))?;
    let mut missing = Vec::new();
    for key in keys {
        let path = folder.join(path_of(key));
        if path.exists() {
            continue;
        }
        match storage.find(key).await? {
            Some(bytes) => disk::write(&path, &bytes)?,
            None => missing.push(key.clone()),
        }
    }
    Ok(missing)
}

/// Removes what no row of the backup speaks of, and what was cut off.
pub(super) fn prune(folder: &Path, named: &[String]) -> anyhow::Result<()> {
    let named: std::collections::HashSet<&str> = named.iter().map(String::as_str).collect();
    for entry in std::fs::read_dir(folder.join(FOLDER))? {
        let entry = entry?;
        if entry.file_name().to_str().is_none_or(|name| !named.contains(name)) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
