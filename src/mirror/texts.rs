//! The index of words, brought up to what one snapshot of the database says.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::ConnectionTrait;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::facts::{self, PostingFacts};
use crate::engine::text::index::{Index, Update};

/// Texts that are read at a time.
const CHUNK: usize = 1_000;
/// From so many texts on that an empty index lacks, several threads write it.
const MANY: usize = 5_000;

/// An index on its way to a snapshot. It is told of every posting once.
pub struct Texts {
    index: Arc<Index>,
    /// Postings of the index that were not told of yet, with the hashes of their texts.
    known: HashMap<u128, i64>,
    update: Option<Update>,
    read: usize,
}

impl Texts {
    /// Begins with what is in the index.
    ///
    /// # Errors
    /// The index cannot be read.
    pub async fn begin(index: Arc<Index>) -> anyhow::Result<Self> {
        let (index, known) = spawn_blocking(move || index.known().map(|known| (index, known))).await??;
        Ok(Self { index, known, update: None, read: 0 })
    }

    /// Takes some postings: those whose text the index does not have are read, and have its hash from then on. Tells which of
    /// those are gone.
    ///
    /// # Errors
    /// The database failed, or the index cannot be written.
    pub async fn take(
        &mut self,
        db: &impl ConnectionTrait,
        some: &mut [PostingFacts],
    ) -> anyhow::Result<HashSet<Uuid>> {
        let is_new = self.known.is_empty();
        let mut lacking = Vec::new();
        let mut there: HashMap<Uuid, i64> = HashMap::new();
        for PostingFacts { row, .. } in some.iter() {
            let known = self.known.remove(&row.id.as_u128());
            if known.is_none() || known != row.search_hash {
                lacking.push(row.id);
                there.extend(known.map(|known| (row.id, known)));
            }
        }
        let (mut gone, mut hashes) = (HashSet::new(), HashMap::new());
        for ids in lacking.chunks(CHUNK) {
            let mut texts = facts::texts(db, ids).await?;
            gone.extend(ids.iter().copied().filter(|id| !texts.contains_key(id)));
            hashes.extend(texts.iter().map(|(id, text)| (*id, text.fingerprint)));
            // One that was written before texts had hashes is told by what was read.
            texts.retain(|id, text| there.get(id) != Some(&text.fingerprint));
            let update = match self.update.take() {
                Some(update) => update,
                None => self.index.update(is_new && lacking.len() >= MANY)?,
            };
            // Whoever writes the index may be slower than the database.
            let put = move || {
                for (id, text) in &texts {
                    update.put(id.as_u128(), text)?;
                }
                Ok::<_, anyhow::Error>(update)
            };
            self.update = Some(spawn_blocking(put).await??);
            self.read += ids.len();
        }
        for PostingFacts { row, .. } in some {
            row.search_hash = hashes.get(&row.id).copied().or(row.search_hash);
        }
        // What the index has of them goes like everything that nobody told of.
        let left = gone.iter().filter_map(|id| Some((id.as_u128(), *there.get(id)?)));
        self.known.extend(left);
        Ok(gone)
    }

    /// Takes out what is gone, and shows the index as it is now.
    ///
    /// # Errors
    /// The index cannot be written.
    pub async fn finish(self) -> anyhow::Result<Arc<Index>> {
        let Self { index, known, update, read } = self;
        if update.is_none() && known.is_empty() {
            return Ok(index);
        }
        tracing::info!(read, gone = known.len(), "writing the index of words");
        spawn_blocking(move || {
            let update = update.map_or_else(|| index.update(false), Ok)?;
            for id in known.into_keys() {
                update.remove(id);
            }
            update.commit()?;
            Ok(index)
        })
        .await?
    }
}
