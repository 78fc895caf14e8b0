//! The index of words on disk, or in memory where there is no disk to write to.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::indexer::LogMergePolicy;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};

use super::Text;

/// The version of what is written. An index of another version lies in another folder and is not read.
const FORMAT: u32 = 1;
/// Bytes that a thread of a writer collects before it writes a segment.
const BUDGET: usize = 32 << 20;
/// Threads that write a whole index at the most.
const MOST_THREADS: usize = 4;

/// Why an index cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The library says why.
    #[error(transparent)]
    Index(#[from] tantivy::TantivyError),
    /// The disk.
    #[error(transparent)]
    Disk(#[from] std::io::Error),
}

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// Words of titles, with their positions.
    pub title: Field,
    /// All words, with their positions.
    pub words: Field,
    id: Field,
    high: Field,
    low: Field,
    fingerprint: Field,
}

/// The index of words.
pub struct Index {
    files: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    home: Option<Home>,
}

/// Where an index lies.
struct Home {
    folder: PathBuf,
    /// Held as long as the folder is ours; another process keeps an index of its own in memory.
    _lock: File,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("directory", &self.files.directory()).finish_non_exhaustive()
    }
}

impl Index {
    /// The index in a folder, which is made if it is not there. A torn one is thrown away. While another process has the
    /// folder, or nothing can be written there, an index in memory takes its place.
    ///
    /// # Errors
    /// Not even an index in memory can be made.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        match Self::in_folder(folder) {
            Ok(Some(index)) => Ok(index),
            Ok(None) => {
                tracing::info!(folder = %folder.display(), "another process has the index of words; this one is in memory");
                Self::in_memory()
            }
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "the index of words cannot be kept; it is in memory");
                Self::in_memory()
            }
        }
    }

    /// An index in memory.
    ///
    /// # Errors
    /// None that is to be expected.
    pub fn in_memory() -> Result<Self, IndexError> {
        let (schema, fields) = schema();
        Self::new(tantivy::Index::create_in_ram(schema), fields, None)
    }

    fn in_folder(folder: &Path) -> Result<Option<Self>, IndexError> {
        fs::create_dir_all(folder)?;
        let lock = File::create(folder.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(error)) => return Err(error.into()),
        }
        let home = Home { folder: folder.to_owned(), _lock: lock };
        let (schema, fields) = schema();
        let current = folder.join(format!("{FORMAT}"));
        if let Some(index) = whole(&current, &schema) {
            return Self::new(index, fields, Some(home)).map(Some);
        }
        // What other versions wrote goes with it: nobody reads it again.
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            }
        }
        fs::create_dir_all(&current)?;
        Self::new(tantivy::Index::create_in_dir(&current, schema)?, fields, Some(home)).map(Some)
    }

    fn new(index: tantivy::Index, fields: Fields, home: Option<Home>) -> Result<Self, IndexError> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { files: index, reader, fields, home })
    }

    /// The fields.
    #[must_use]
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The folder that is this index's own, unless it is in memory. Files in it are left alone.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.home.as_ref().map(|home| &*home.folder)
    }

    /// The index as it was when it was last written.
    #[must_use]
    pub fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Every posting of the index with the fingerprint of its text.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn known(&self) -> Result<HashMap<u128, i64>, IndexError> {
        let searcher = self.searcher();
        let mut known = HashMap::with_capacity(usize::try_from(searcher.num_docs()).unwrap_or(0));
        for segment in searcher.segment_readers() {
            let fingerprints = segment.fast_fields().i64("fingerprint")?;
            let ids = ids(segment)?;
            known.extend(segment.doc_ids_alive().map(|doc| (ids(doc), fingerprints.first(doc).unwrap_or_default())));
        }
        Ok(known)
    }

    /// Begins to write. A whole index is written by several threads. At most one writes at a time.
    ///
    /// # Errors
    /// The index cannot be written, or somebody writes.
    pub fn update(self: &Arc<Self>, is_whole: bool) -> Result<Update, IndexError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if is_whole { cores.min(MOST_THREADS) } else { 1 };
        let writer: IndexWriter = self.files.writer_with_num_threads(threads, threads * BUDGET)?;
        let mut policy = LogMergePolicy::default();
        // The library's own choice never rewrites a segment because of what was deleted.
        policy.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(policy));
        Ok(Update { index: self.clone(), writer })
    }
}

/// The index in a folder, if there is one that is whole and of this schema.
fn whole(folder: &Path, schema: &Schema) -> Option<tantivy::Index> {
    let index = tantivy::Index::open_in_dir(folder).ok()?;
    let is_whole = index.schema() == *schema && index.validate_checksum().is_ok_and(|torn| torn.is_empty());
    is_whole.then_some(index)
}

/// Reads the identifiers of a segment's documents.
///
/// # Errors
/// The index cannot be read.
pub fn ids(segment: &tantivy::SegmentReader) -> Result<impl Fn(u32) -> u128 + use<>, IndexError> {
    let (high, low) = (segment.fast_fields().u64("high")?, segment.fast_fields().u64("low")?);
    Ok(move |doc| {
        u128::from(high.first(doc).unwrap_or_default()) << 64 | u128::from(low.first(doc).unwrap_or_default())
    })
}

/// Changes that are shown together.
pub struct Update {
    index: Arc<Index>,
    writer: IndexWriter,
}

impl Update {
    /// Writes the text of a posting, in the place of another if it has one.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn put(&self, id: u128, text: &Text) -> Result<(), IndexError> {
        self.remove(id);
        let fields = &self.index.fields;
        let mut document = TantivyDocument::default();
        document.add_bytes(fields.id, &id.to_be_bytes());
        let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
        document.add_u64(fields.high, half(id >> 64));
        document.add_u64(fields.low, half(id));
        document.add_i64(fields.fingerprint, text.fingerprint);
        document.add_text(fields.title, &text.title);
        document.add_text(fields.words, &text.words);
        self.writer.add_document(document)?;
        Ok(())
    }

    /// Takes a posting out, if it is there.
    pub fn remove(&self, id: u128) {
        self.writer.delete_term(Term::from_field_bytes(self.index.fields.id, &id.to_be_bytes()));
    }

    /// Shows what was changed, once it is safe on the disk, and puts small parts together.
    ///
    /// # Errors
    /// The index cannot be written; nothing was changed.
    pub fn commit(mut self) -> Result<(), IndexError> {
        self.writer.commit()?;
        self.index.reader.reload()?;
        // What was not put together is read in parts.
        if let Err(error) = self.writer.wait_merging_threads() {
            tracing::warn!(%error, "merging the index of words failed");
            return Ok(());
        }
        self.index.reader.reload()?;
        Ok(())
    }
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    // Texts are words already, with blanks between them. How often a word stands in one is of no interest.
    let words = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let words = TextOptions::default().set_indexing_options(words);
    let fields = Fields {
        title: schema.add_text_field("title", words.clone()),
        words: schema.add_text_field("words", words),
        id: schema.add_bytes_field("id", INDEXED),
        high: schema.add_u64_field("high", FAST),
        low: schema.add_u64_field("low", FAST),
        fingerprint: schema.add_i64_field("fingerprint", FAST),
    };
    (schema.build(), fields)
}
