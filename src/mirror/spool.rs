//! The file beside the index of words, from which a start reads what it would have to ask the database for.
//!
//! It has everything that is read of postings, candidates and applications as of one position in the log of changes, in the
//! form of [`facts`](super::facts): numbers of the engine mean nothing to another process. What happened since is in the
//! log. The file is written under another name, synced and renamed, every block of it has a checksum, and nothing is taken
//! from one that does not come to its end; one of another [version](FORMAT) is not read.

use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use lz4_flex::frame::{FrameDecoder, FrameEncoder, FrameInfo};
use migration::{Migrator, MigratorTrait as _};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;
use uuid::Uuid;

use super::facts::{ApplicationFacts, CandidateFacts, PostingFacts};
use crate::clock::Timestamp;
use crate::disk;
use crate::entities::change;
use crate::feed::position::Position;

/// The version of what is written: it changes with every change of what is kept of a thing, and of the sets that its columns
/// hold. `the_form_is_the_one_of_this_version` tells when it has to. A migration may change rows without a word in the log,
/// so a file of another schema is not read either.
const FORMAT: u32 = 1;

/// How long a disk may take for a part.
const PATIENCE: Duration = Duration::from_mins(1);

/// Bytes that a header or a part takes at the most; whatever asks for more is no file of ours.
const MOST: u32 = 1 << 28;

/// Parts that wait for the other side.
const AHEAD: usize = 2;

/// As of when a file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    format: u32,
    /// Migrations that had run.
    schema: usize,
    /// Up to where the log had been read.
    pub position: Position,
    /// The last change before the position; none if there never was one.
    pub mark: Option<Mark>,
    /// When that was.
    pub at: Timestamp,
    /// How many people there were, about.
    pub people: usize,
}

impl Header {
    /// The header of a file as of now.
    #[must_use]
    pub fn new(position: Position, mark: Option<Mark>, at: Timestamp, people: usize) -> Self {
        Self { format: FORMAT, schema: Migrator::migrations().len(), position, mark, at, people }
    }
}

/// A change by which a log is told from others: it is in no database but this one, its copies and its backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The number of its row.
    pub id: i64,
    /// What was changed.
    pub subject: Uuid,
    /// When.
    pub at: Timestamp,
}

impl From<&change::Model> for Mark {
    fn from(change: &change::Model) -> Self {
        Self { id: change.id, subject: change.subject_id, at: change.at }
    }
}

/// Things of one kind, some at a time.
#[derive(Debug, Serialize, Deserialize)]
pub enum Part {
    /// Postings, without their words.
    Postings(Vec<PostingFacts>),
    /// Candidates.
    Candidates(Vec<CandidateFacts>),
    /// Applications.
    Applications(Vec<ApplicationFacts>),
    /// Nothing comes behind it.
    End,
}

impl Part {
    /// Whether it could as well not be there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        match self {
            Self::Postings(some) => some.is_empty(),
            Self::Candidates(some) => some.is_empty(),
            Self::Applications(some) => some.is_empty(),
            Self::End => false,
        }
    }
}

/// Writes a file beside what else is done. That it cannot be written is told in the log and stops nobody: the next start
/// takes longer.
#[derive(Debug)]
pub struct Writer(Option<(mpsc::Sender<Part>, JoinHandle<bool>)>);

impl Writer {
    /// Begins to write. Whoever begins finishes or gives up before another begins.
    #[must_use]
    pub fn begin(path: PathBuf, header: Header) -> Self {
        let (parts, taken) = mpsc::channel(AHEAD);
        let task = spawn_blocking(move || {
            write(&path, &header, taken).unwrap_or_else(|error| {
                tracing::warn!(%error, "what a start reads cannot be kept; the next one asks the database");
                false
            })
        });
        Self(Some((parts, task)))
    }

    /// Writes nothing.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self(None)
    }

    /// Writes a part.
    pub async fn put(&mut self, part: Part) {
        if let Some((parts, _)) = &self.0
            && parts.send_timeout(part, PATIENCE).await.is_err()
        {
            // Whoever no longer takes parts has told why, or hangs.
            self.0 = None;
        }
    }

    /// Gives the file its name; tells whether it has it.
    pub async fn finish(mut self) -> bool {
        self.put(Part::End).await;
        self.give_up().await
    }

    /// Leaves what was there before, unless it came to its end.
    pub async fn give_up(self) -> bool {
        let Some((parts, task)) = self.0 else { return false };
        drop(parts);
        matches!(timeout(PATIENCE, task).await, Ok(Ok(true)))
    }
}

fn write(path: &Path, header: &Header, mut parts: mpsc::Receiver<Part>) -> anyhow::Result<bool> {
    let draft = disk::draft(path);
    let form = FrameInfo::new().block_checksums(true).content_checksum(true);
    let mut frame = FrameEncoder::with_frame_info(form, BufWriter::new(disk::new_file(&draft)?));
    put(&mut frame, &serde_json::to_vec(header)?)?;
    while let Some(part) = parts.blocking_recv() {
        put(&mut frame, &postcard::to_stdvec(&part)?)?;
        if matches!(part, Part::End) {
            frame.finish()?.flush()?;
            disk::settle(&draft, path)?;
            return Ok(true);
        }
    }
    // Whoever wrote gave up.
    std::fs::remove_file(&draft)?;
    Ok(false)
}

fn put(to: &mut impl Write, bytes: &[u8]) -> anyhow::Result<()> {
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= MOST).context("a part is too large")?;
    to.write_all(&length.to_le_bytes())?;
    Ok(to.write_all(bytes)?)
}

/// The parts of a file, as they are read.
pub type Parts = mpsc::Receiver<anyhow::Result<Part>>;

/// Begins to read a file, if there is one of this version and schema.
///
/// # Errors
/// It cannot be read.
pub async fn open(path: &Path) -> anyhow::Result<Option<(Header, Parts)>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let (header, mut frame) = spawn_blocking(move || {
        let mut frame = FrameDecoder::new(BufReader::with_capacity(1 << 18, file));
        take(&mut frame).map(|bytes| (bytes, frame))
    })
    .await??;
    // One of another version may have anything in it.
    let known = serde_json::from_slice::<Header>(&header).ok();
    let is_ours = |header: &Header| header.format == FORMAT && header.schema == Migrator::migrations().len();
    let Some(header) = known.filter(is_ours) else { return Ok(None) };
    let (parts, taken) = mpsc::channel(AHEAD);
    // It ends when nobody takes parts any more.
    spawn_blocking(move || {
        loop {
            let part = part(&mut frame);
            let is_last = matches!(part, Ok(Part::End) | Err(_));
            if parts.blocking_send(part).is_err() || is_last {
                break;
            }
        }
    });
    Ok(Some((header, taken)))
}

fn part(from: &mut impl Read) -> anyhow::Result<Part> {
    let part = postcard::from_bytes(&take(from)?)?;
    if matches!(part, Part::End) {
        // The checksum of the whole is behind the last block.
        ensure!(from.read(&mut [0])? == 0, "there is something behind the end");
    }
    Ok(part)
}

fn take(from: &mut impl Read) -> anyhow::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    ensure!(length <= MOST, "a part is too large");
    let mut bytes = vec![0; usize::try_from(length)?];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
