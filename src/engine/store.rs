//! The postings as they change: one writer, readers that never wait.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::base::{Base, Terms};
use super::bits::Bits;
use super::row::Row;
use super::snap::Snap;
use super::text::index::{Index, IndexError};

/// Recent and dead rows from which on a new base is due.
pub const COMPACT_FROM: usize = 10_000;

/// What happened to a posting.
#[derive(Clone, Debug)]
pub enum Change {
    /// This is what it is now.
    Put(Arc<Row>),
    /// It is gone; its number.
    Remove(u32),
}

/// All postings.
pub struct Store {
    shown: RwLock<Arc<Snap>>,
    writer: Mutex<Writer>,
    /// Held while a base is built.
    building: Mutex<()>,
    /// Where the words of a base's rows are.
    index: Option<Arc<Index>>,
}

/// What the next snapshot is made of.
struct Writer {
    base: Arc<Base>,
    terms: Terms,
    dead: Arc<Bits>,
    dead_rows: usize,
    recent: Vec<Arc<Row>>,
    /// Where the recent row of a posting is.
    at: HashMap<u32, usize>,
    epoch: u64,
    /// Changes since the building of a base began.
    meanwhile: Option<Vec<Change>>,
}

impl Store {
    /// A store of these postings, in which no words are found. See [`Base::build`].
    #[must_use]
    pub fn new(rows: &[Row], terms: Terms) -> Self {
        let base = Base::build(rows, &terms, &[]);
        Self::of(base, terms, None)
    }

    /// A store of these postings, whose texts are in an index.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn with_texts(rows: &[Row], terms: Terms, index: Arc<Index>) -> Result<Self, IndexError> {
        let base = Base::build(rows, &terms, &[]).with_texts(&index)?;
        Ok(Self::of(base, terms, Some(index)))
    }

    fn of(base: Base, terms: Terms, index: Option<Arc<Index>>) -> Self {
        let writer = Writer::new(Arc::new(base), terms, 0);
        let shown = RwLock::new(Arc::new(writer.snap()));
        Self { shown, writer: Mutex::new(writer), building: Mutex::new(()), index }
    }

    /// The postings as of the last change.
    #[must_use]
    pub fn snap(&self) -> Arc<Snap> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes changes and shows them all at once. O(changes + recent rows + words).
    pub fn apply(&self, changes: impl IntoIterator<Item = Change>) {
        let mut writer = self.writer();
        for change in changes {
            writer.make(&change);
            if let Some(meanwhile) = &mut writer.meanwhile {
                meanwhile.push(change);
            }
        }
        writer.epoch += 1;
        self.show(&writer);
    }

    /// Whether [`Store::compact`] is due.
    #[must_use]
    pub fn is_compaction_due(&self) -> bool {
        let writer = self.writer();
        writer.recent.len() + writer.dead_rows >= COMPACT_FROM
    }

    /// Builds a new base of all that holds, with the scales that were used last, and shows it. Readers and the writer go
    /// on meanwhile; of two that compact at once the second waits. `now` is the instant from which on the base is fastest.
    ///
    /// # Errors
    /// The index of words cannot be written; everything stays as it was.
    pub fn compact(&self, now: i64) -> Result<(), IndexError> {
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let (snap, mut terms) = {
            let mut writer = self.writer();
            writer.meanwhile = Some(Vec::new());
            (writer.snap(), writer.terms.clone())
        };
        terms.now = now;
        let base = match self.rebuilt(&snap, &terms) {
            Ok(base) => Arc::new(base),
            Err(error) => {
                self.writer().meanwhile = None;
                return Err(error);
            }
        };
        let mut writer = self.writer();
        let meanwhile = writer.meanwhile.take().unwrap_or_default();
        *writer = Writer::new(base, terms, writer.epoch + 1);
        for change in &meanwhile {
            writer.make(change);
        }
        self.show(&writer);
        Ok(())
    }

    fn rebuilt(&self, snap: &Snap, terms: &Terms) -> Result<Base, IndexError> {
        if let Some(index) = &self.index {
            snap.write_texts(index)?;
        }
        let base = Base::build(&snap.rows(), terms, &snap.base.scale_keys());
        match &self.index {
            Some(index) => base.with_texts(index),
            None => Ok(base),
        }
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, writer: &Writer) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(writer.snap());
    }
}

impl Writer {
    fn new(base: Arc<Base>, terms: Terms, epoch: u64) -> Self {
        let dead = Arc::new(Bits::none(base.len()));
        Self { base, terms, dead, dead_rows: 0, recent: Vec::new(), at: HashMap::new(), epoch, meanwhile: None }
    }

    fn snap(&self) -> Snap {
        Snap {
            base: self.base.clone(),
            dead: self.dead.clone(),
            recent: self.recent.clone().into(),
            terms: self.terms.clone(),
            epoch: self.epoch,
        }
    }

    fn make(&mut self, change: &Change) {
        match change {
            Change::Put(row) => {
                if let Some(at) = self.at.get(&row.slot) {
                    self.recent[*at] = row.clone();
                } else {
                    self.bury(row.slot);
                    self.at.insert(row.slot, self.recent.len());
                    self.recent.push(row.clone());
                }
            }
            Change::Remove(slot) => {
                self.bury(*slot);
                if let Some(at) = self.at.remove(slot) {
                    self.recent.swap_remove(at);
                    if let Some(moved) = self.recent.get(at) {
                        self.at.insert(moved.slot, at);
                    }
                }
            }
        }
    }

    /// Says that a row of the base no longer holds.
    fn bury(&mut self, slot: u32) {
        if let Some(row) = self.base.row_of(slot).filter(|row| !self.dead.contains(*row)) {
            Arc::make_mut(&mut self.dead).insert(row);
            self.dead_rows += 1;
        }
    }
}

impl Snap {
    /// Writes the texts of what changed since the base was built.
    fn write_texts(&self, index: &Arc<Index>) -> Result<(), IndexError> {
        if self.recent.is_empty() && self.dead.count() == 0 {
            return Ok(());
        }
        let update = index.update(false)?;
        // Whatever is buried is gone, or is among the recent ones.
        self.dead.iter().for_each(|row| update.remove(self.base.columns().ids()[row as usize]));
        for row in &*self.recent {
            if let Some(text) = &row.text {
                update.put(row.id, text)?;
            }
        }
        update.commit()
    }

    /// All postings, as rows. O(n), some 300 ns each.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let columns = self.base.columns();
        let live = self.dead.complement();
        live.iter().map(|row| columns.row(row)).chain(self.recent.iter().map(|row| (**row).clone())).collect()
    }
}
