//! Bringing a backup back.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use secrecy::ExposeSecret;

use super::manifest::{Kind, Manifest};
use super::{files, postgres, verify};
use crate::config::Config;
use crate::db::{Database, sqlite_file};
use crate::disk;
use crate::files::storage::Storage;

/// Brings a backup back: files and keys first, and at last the database, in one step. A restore that was cut off leaves no
/// database, and is begun again with the same command.
///
/// # Errors
/// The backup is not whole, the place is not empty and `force` is not given, or it is of the other kind of database.
pub async fn restore(config: &Config, folder: &Path, force: bool) -> anyhow::Result<Manifest> {
    let manifest = verify(folder).await?;
    let url = config.database.url.expose_secret();
    let place = Place::of(manifest.database, url)?;
    if !force {
        place.refuse_if_taken(config).await?;
    }
    bring_files(config, folder, &manifest).await?;
    bring_keys(&config.data_dir, folder, &manifest, force)?;
    let part = folder.join(manifest.database.part());
    match &place {
        Place::File(file) => bring_file(&part, file, force)?,
        Place::Server => postgres::load(url, &part, force).await?,
    }
    Ok(manifest)
}

/// Where the database is to be.
enum Place {
    File(PathBuf),
    Server,
}

impl Place {
    fn of(kind: Kind, url: &str) -> anyhow::Result<Self> {
        match (kind, sqlite_file(url)) {
            (Kind::Sqlite, Some(file)) => Ok(Self::File(file)),
            (Kind::Postgres, None) if !url.starts_with("sqlite:") => Ok(Self::Server),
            (Kind::Sqlite, _) => bail!("the backup is of SQLite: let DATABASE_URL name a file (sqlite://…)"),
            (Kind::Postgres, _) => bail!("the backup is of PostgreSQL: let DATABASE_URL name a database there"),
        }
    }

    async fn refuse_if_taken(&self, config: &Config) -> anyhow::Result<()> {
        match self {
            Self::File(file) if file.exists() => {
                bail!("{} is there already: take it away, or give --force to write over it", file.display())
            }
            Self::File(_) => Ok(()),
            Self::Server => {
                let db = Database::connect(&config.database).await?;
                let tables = postgres::tables(db.reads()).await;
                db.close().await;
                if !tables?.is_empty() {
                    bail!("the database has tables already: name an empty one, or give --force to write over them");
                }
                Ok(())
            }
        }
    }
}

/// Files have names of their own, so those that are there already do no harm.
async fn bring_files(config: &Config, folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    if !manifest.has_files {
        return Ok(());
    }
    let storage = Storage::open(&config.files)?;
    for key in manifest.parts.iter().filter_map(files::key_of) {
        if storage.find(key).await?.is_none() {
            let bytes = std::fs::read(folder.join(files::path_of(key)))?;
            storage.put(key, bytes).await?;
        }
    }
    Ok(())
}

fn bring_keys(data_dir: &Path, folder: &Path, manifest: &Manifest, force: bool) -> anyhow::Result<()> {
    for part in manifest.parts.iter().filter(|part| part.path.starts_with("keys/")) {
        let (from, to) = (folder.join(&part.path), data_dir.join(&part.path));
        if to.exists() && !force {
            if std::fs::read(&to)? == std::fs::read(&from)? {
                continue;
            }
            bail!("{} is there already: take it away, or give --force to write over it", to.display());
        }
        disk::make_folder(&data_dir.join("keys"))?;
        disk::copy(&from, &to)?;
    }
    Ok(())
}

/// The copy becomes the database by its name. A log beside the old one would be taken for the new one's.
fn bring_file(part: &Path, file: &Path, force: bool) -> anyhow::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let beside = |end: &str| PathBuf::from(format!("{}{end}", file.display()));
    let mut draft = file.as_os_str().to_owned();
    draft.push(".restoring");
    let draft = PathBuf::from(draft);
    disk::copy(part, &draft)?;
    if force {
        for path in [file.to_owned(), beside("-wal"), beside("-shm")] {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("{} cannot be removed", path.display()));
                }
                _ => {}
            }
        }
    } else if file.exists() {
        bail!("{} came into being meanwhile: stop the servers", file.display());
    }
    disk::settle(&draft, file)
}
