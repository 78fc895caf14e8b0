//! What a backup is made of.

use std::path::{Component, Path};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::Contents;
use crate::clock::Timestamp;
use crate::disk;

/// The name of the manifest in its folder.
pub(super) const NAME: &str = "manifest.json";

/// The form that is written; it grows when an older version could not read what a newer one writes.
const FORMAT: u32 = 1;

/// Which database it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A SQLite file.
    Sqlite,
    /// What `pg_dump` wrote in its own format.
    Postgres,
}

impl Kind {
    /// The name of the part that is the database.
    pub(super) const fn part(self) -> &'static str {
        match self {
            Self::Sqlite => "database.sqlite",
            Self::Postgres => "database.pgdump",
        }
    }
}

/// One part of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Where it is in the folder.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of it, in hexadecimal digits.
    pub sha256: String,
}

/// What a backup is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// The version of Rolecall that made it.
    pub version: String,
    /// The instant that it shows.
    pub taken_at: Timestamp,
    /// Which database it is of.
    pub database: Kind,
    /// What is in the database.
    #[serde(flatten)]
    pub contents: Contents,
    /// Files that were removed while the backup was taken: rows of it name them in vain.
    pub missing: Vec<String>,
    /// Whether files are in it.
    pub has_files: bool,
    /// Whether keys are in it.
    pub has_keys: bool,
    /// All parts, that of the database first.
    pub parts: Vec<Part>,
}

impl Manifest {
    /// The manifest of a backup of which only the database is there.
    pub(super) fn new(database: Kind, taken_at: Timestamp, contents: Contents, part: Part) -> Self {
        Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            taken_at,
            database,
            contents,
            missing: Vec::new(),
            has_files: false,
            has_keys: false,
            parts: vec![part],
        }
    }

    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} is no manifest", path.display()))
    }

    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        disk::write(path, &serde_json::to_vec_pretty(self)?)
    }

    /// Refuses what a newer version wrote, and parts that lie outside of the folder.
    pub(super) fn check_format(&self) -> anyhow::Result<()> {
        if self.format > FORMAT {
            bail!("it was made by version {}, which writes another form", self.version);
        }
        let is_inside =
            |part: &Part| Path::new(&part.path).components().all(|step| matches!(step, Component::Normal(_)));
        match self.parts.iter().find(|part| !is_inside(part)) {
            Some(part) => bail!("its part {} lies outside of it", part.path),
            None => Ok(()),
        }
    }

    /// Bytes of all parts together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes).sum()
    }
}
