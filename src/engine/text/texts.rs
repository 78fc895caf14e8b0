//! Which rows of a base have a word.

use std::sync::Arc;

use moka::sync::Cache;
use strsim::osa_distance;
use tantivy::query::{EnableScoring, PhraseQuery, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Searcher, SegmentReader, TERMINATED, Term};

use super::forms::Forms;
use super::index::{Fields, Index, IndexError, ids};
use crate::engine::columns::Columns;
use crate::engine::post::Post;
use crate::engine::row::NO_CODE;
use crate::engine::spread::ByKey;

/// Bytes of sets that are kept.
const KEPT: u64 = 64 << 20;
/// Words of at least so many letters may be misspelled by one letter, and longer ones by two.
const MISSPELLED: [usize; 2] = [4, 8];
/// Spellings of a word that are looked up at the most.
const MOST_SPELLINGS: usize = 10;

/// The rows that have a word.
#[derive(Debug, Default)]
pub struct Sets {
    /// In the title, as it was asked for.
    pub title: Post,
    /// In the title, in this or another form.
    pub title_near: Post,
    /// Anywhere, as it was asked for.
    pub words: Post,
    /// Anywhere, in this or another form.
    pub near: Post,
}

/// The texts of a base's rows.
pub struct Texts {
    searcher: Searcher,
    fields: Fields,
    /// The row of each document of each segment, if it is one's.
    rows: Vec<Vec<u32>>,
    /// Words of each title, by its code.
    title_lengths: Vec<u8>,
    bound: usize,
    sets: Cache<String, Arc<Sets>>,
    spellings: Cache<String, Arc<[String]>>,
}

impl Texts {
    /// The texts of these rows, as they were last written. O(rows).
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn of(index: &Index, columns: &Columns) -> Result<Self, IndexError> {
        let searcher = index.searcher();
        let row_of: ByKey<u128, u32> = columns.ids().iter().copied().zip(0..).collect();
        let rows = searcher.segment_readers().iter().map(|segment| {
            let ids = ids(segment)?;
            let mut rows = vec![NO_CODE; segment.max_doc() as usize];
            for doc in segment.doc_ids_alive() {
                rows[doc as usize] = row_of.get(&ids(doc)).copied().unwrap_or(NO_CODE);
            }
            Ok(rows)
        });
        let rows = rows.collect::<Result<_, IndexError>>()?;
        let lengths = columns.all_titles().iter().map(|title| length(title));
        let weight = |word: &String, sets: &Arc<Sets>| {
            let posts = [&sets.title, &sets.title_near, &sets.words, &sets.near];
            let bytes = word.len() + posts.map(Post::bytes).iter().sum::<usize>() + size_of::<Sets>();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        Ok(Self {
            title_lengths: lengths.collect(),
            fields: *index.fields(),
            bound: columns.len(),
            sets: Cache::builder().weigher(weight).max_capacity(KEPT).build(),
            spellings: Cache::new(10_000),
            searcher,
            rows,
        })
    }

    /// Words of a title, by its code.
    #[must_use]
    pub fn title_length(&self, code: u32) -> u8 {
        self.title_lengths.get(code as usize).copied().unwrap_or(1)
    }

    /// The rows that have a word. O(rows with it) when it is first asked for.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn sets(&self, forms: &Forms) -> Result<Arc<Sets>, IndexError> {
        if let Some(sets) = self.sets.get(forms.word()) {
            return Ok(sets);
        }
        let sets = Arc::new(if forms.is_phrase() { self.phrase(forms.word())? } else { self.word(forms)? });
        self.sets.insert(forms.word().to_owned(), sets.clone());
        Ok(sets)
    }

    fn word(&self, forms: &Forms) -> Result<Sets, IndexError> {
        let (title, title_near) = self.in_field(self.fields.title, forms)?;
        let (words, near) = self.in_field(self.fields.words, forms)?;
        Ok(Sets { title, title_near, words, near })
    }

    /// The rows with the word itself, and those with any form of it.
    fn in_field(&self, field: Field, forms: &Forms) -> Result<(Post, Post), IndexError> {
        let (mut exact, mut near) = (Vec::new(), Vec::new());
        for (segment, rows) in self.segments() {
            let inverted = segment.inverted_index(field)?;
            let beginning = forms.common().as_bytes();
            let mut terms = inverted.terms().range().ge(beginning);
            if !forms.has_others() {
                terms = terms.le(beginning);
            }
            let mut terms = terms.into_stream()?;
            while terms.advance() && terms.key().starts_with(beginning) {
                let Ok(term) = str::from_utf8(terms.key()) else { continue };
                if !forms.is_form(term) {
                    continue;
                }
                let into = if term == forms.word() { &mut exact } else { &mut near };
                let option = IndexRecordOption::Basic;
                gather(inverted.read_postings_from_terminfo(terms.value(), option)?, rows, into);
            }
        }
        let exact = self.post(&exact);
        let near = if near.is_empty() { exact.clone() } else { Post::union([&exact, &self.post(&near)], self.bound) };
        Ok((exact, near))
    }

    fn phrase(&self, words: &str) -> Result<Sets, IndexError> {
        let find = |field| {
            let terms = words.split(' ').map(|word| Term::from_field_text(field, word));
            let weight =
                PhraseQuery::new(terms.collect()).weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
            let mut found = Vec::new();
            for (segment, rows) in self.segments() {
                gather(weight.scorer(segment, 1.0)?, rows, &mut found);
            }
            Ok::<_, IndexError>(self.post(&found))
        };
        let (title, words) = (find(self.fields.title)?, find(self.fields.words)?);
        Ok(Sets { title_near: title.clone(), title, near: words.clone(), words })
    }

    /// How a word that is nowhere may be meant: the words nearest to it, those in most postings first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn spellings(&self, word: &str) -> Result<Arc<[String]>, IndexError> {
        if let Some(known) = self.spellings.get(word) {
            return Ok(known);
        }
        let most = MISSPELLED.iter().filter(|letters| word.chars().count() >= **letters).count();
        let mut found: ByKey<String, (usize, u32)> = ByKey::default();
        // Whoever misspells a word rarely does so at its first letter.
        if let Some(first) = word.chars().next().filter(|_| most > 0) {
            let first = first.to_string();
            for (segment, _) in self.segments() {
                let inverted = segment.inverted_index(self.fields.words)?;
                let mut terms = inverted.terms().range().ge(first.as_bytes()).into_stream()?;
                while terms.advance() && terms.key().starts_with(first.as_bytes()) {
                    let Ok(term) = str::from_utf8(terms.key()) else { continue };
                    let distance =
                        if term.len().abs_diff(word.len()) > most { most + 1 } else { osa_distance(word, term) };
                    if distance <= most {
                        found.entry(term.to_owned()).or_insert((distance, 0)).1 += terms.value().doc_freq;
                    }
                }
            }
        }
        let least = found.values().map(|(distance, _)| *distance).min();
        let mut nearest: Vec<_> = found.into_iter().filter(|(_, (distance, _))| Some(*distance) == least).collect();
        nearest.sort_unstable_by(|(one, (_, many)), (other, (_, more))| more.cmp(many).then_with(|| one.cmp(other)));
        nearest.truncate(MOST_SPELLINGS);
        let nearest: Arc<[String]> = nearest.into_iter().map(|(term, _)| term).collect();
        self.spellings.insert(word.to_owned(), nearest.clone());
        Ok(nearest)
    }

    fn segments(&self) -> impl Iterator<Item = (&SegmentReader, &[u32])> {
        self.searcher.segment_readers().iter().zip(self.rows.iter().map(Vec::as_slice))
    }

    fn post(&self, rows: &[u32]) -> Post {
        let mut post = Post::of_unsorted(rows, self.bound);
        post.shrink(self.bound);
        post
    }
}

/// Adds the rows of all documents of a list.
fn gather(mut docs: impl DocSet, rows: &[u32], into: &mut Vec<u32>) {
    let mut doc = docs.doc();
    while doc != TERMINATED {
        let row = rows[doc as usize];
        if row != NO_CODE {
            into.push(row);
        }
        doc = docs.advance();
    }
}

/// Words of a folded title, one at the least.
#[must_use]
pub fn length(title: &str) -> u8 {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
    u8::try_from(words.max(1)).unwrap_or(u8::MAX)
}
