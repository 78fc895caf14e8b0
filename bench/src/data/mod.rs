//! The data: the same records for the same sizes and the same day, in the bulk format, written as a stream.

mod people;
mod postings;
mod world;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde::Serialize;

pub use world::World;

/// Where the numbers are drawn from.
const SEED: u64 = 20_261_127;

/// How much there shall be.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Postings.
    pub postings: u32,
    /// Job seekers.
    pub seekers: u32,
}

impl Size {
    /// Employers: each has 50 postings in the mean.
    pub fn employers(self) -> u32 {
        (self.postings / 50).max(20)
    }

    /// Applications that people try to send: two to a posting in the mean. A third of them find nothing that they could have
    /// applied to before they were last there.
    pub fn applications(self) -> u32 {
        self.postings.saturating_mul(2)
    }
}

/// The files of a board, in the order in which they are imported.
#[derive(Debug)]
pub struct Files {
    /// Employers.
    pub employers: PathBuf,
    /// Postings.
    pub postings: PathBuf,
    /// Job seekers.
    pub seekers: PathBuf,
    /// What they applied to.
    pub applications: PathBuf,
}

/// Writes the files of a board into a folder; those that are there already stay. Nothing happens after `now`.
///
/// # Errors
/// The folder cannot be written to.
pub fn write(folder: &Path, world: &World, size: Size, now: DateTime<Utc>) -> anyhow::Result<Files> {
    let day = now.format("%Y%m%d");
    let path = |kind: &str, count: u32| folder.join(format!("{kind}-{count}-{day}.jsonl"));
    let files = Files {
        employers: path("employers", size.employers()),
        // The number of employers follows from that of the postings.
        postings: path("postings", size.postings),
        seekers: path("seekers", size.seekers),
        // They depend on the people as well.
        applications: path(&format!("applications-of-{}", size.seekers), size.applications()),
    };
    lines(&files.employers, (0..size.employers()).map(|number| postings::employer(world, number)))?;
    lines(&files.postings, (0..size.postings).map(|number| postings::posting(world, size.employers(), number, now)))?;
    let people = people::population(world, size.seekers, now);
    lines(&files.seekers, people.candidates())?;
    // What can be applied to takes memory, so it is made for a file that is not there.
    if !files.applications.exists() {
        let open: Vec<_> = postings::open(world, size.employers(), size.postings, now).collect();
        lines(&files.applications, people.applications(&open, size.applications()))?;
    }
    Ok(files)
}

/// Writes records as JSON lines, under another name until the last of them is written.
fn lines(path: &Path, records: impl Iterator<Item = impl Serialize>) -> anyhow::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let unfinished = path.with_extension("part");
    let file = File::create(&unfinished).with_context(|| format!("{} cannot be written", unfinished.display()))?;
    let mut file = BufWriter::with_capacity(1 << 20, file);
    for record in records {
        serde_json::to_writer(&mut file, &record)?;
        file.write_all(b"\n")?;
    }
    file.flush()?;
    Ok(std::fs::rename(unfinished, path)?)
}

/// How many records a file has.
///
/// # Errors
/// The file cannot be read.
pub fn count(path: &Path) -> anyhow::Result<u32> {
    let lines = BufReader::with_capacity(1 << 20, File::open(path)?).split(b'\n');
    Ok(u32::try_from(lines.count())?)
}
