//! What is searched for, and how well a posting fits it.
//!
//! A posting fits if it has every word: as it was typed, in another form of it, or by asking for the skill that the word
//! is a name of; or if the whole is a title of its role. A word that is in no posting at all stands for the words that are
//! spelled most like it.
//!
//! How well it fits is a whole number, so that places in a list can be told apart and a cursor holds. Each word brings
//! points for the best place in which it was found, title before skills before the rest, and more the rarer it is; a title
//! of little else comes before a long one.

use std::sync::Arc;

use super::Text;
use super::forms::{Closeness, Forms};
use super::index::IndexError;
use super::texts::{Sets, Texts, length};
use crate::engine::base::Base;
use crate::engine::bits::Bits;
use crate::engine::post::Post;
use crate::engine::row::{Field, Row};
use crate::engine::snap::Snap;

/// Points of a word by the best place in which it was found.
mod points {
    pub const TITLE: i64 = 8;
    pub const TITLE_NEAR: i64 = 6;
    /// The posting asks for the skill of that name, or has the role of which the whole is a title.
    pub const KNOWN: i64 = 5;
    pub const WORDS: i64 = 2;
    pub const NEAR: i64 = 1;
}

/// What a point is worth beside the share of the title that was asked for.
const SCALE: i64 = 16;
/// Spellings that are taken for a misspelled word at the most.
const MOST_MEANT: usize = 3;
/// Words of a search that may be misspelled.
const MOST_MISSPELLED: usize = 2;
/// Shares of the base's rows below which a word counts for more; one in so many.
const RARE: [usize; 3] = [10, 100, 1_000];

/// Words that are searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Each of them is to be found.
    pub words: Vec<Word>,
    /// Roles of which the whole is a title.
    pub roles: Vec<u32>,
}

/// A word, or a phrase: several with blanks between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Folded.
    pub text: String,
    /// Skills that it is a name of, or a part of their name with the words beside it.
    pub skills: Vec<u32>,
}

/// Words as they are found in the postings of one moment.
#[derive(Clone)]
pub struct Sought {
    base: Arc<Base>,
    parts: Vec<Part>,
    roles: Vec<u32>,
    rows: Post,
}

#[derive(Clone)]
struct Part {
    /// One for each spelling.
    found: Vec<(Forms, Arc<Sets>)>,
    skills: Vec<u32>,
    weight: i64,
}

impl std::fmt::Debug for Sought {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = self.parts.iter().flat_map(|part| part.found.iter().map(|(forms, _)| forms.word()));
        f.debug_list().entries(words).finish()
    }
}

impl Snap {
    /// Looks words up; `None` where postings have no texts. What is open at the instant decides whether a word is in no
    /// posting: nobody shall tell by it what stands in a draft.
    ///
    /// # Errors
    /// The index of words cannot be read.
    pub fn seek(&self, words: &Words, now: i64) -> Result<Option<Sought>, IndexError> {
        let Some(texts) = self.base.texts() else { return Ok(None) };
        let open = self.base.open_at(now);
        let mut parts = Vec::with_capacity(words.words.len());
        let mut misspelled = 0;
        for word in &words.words {
            let mut found = vec![look_up(texts, &word.text)?];
            let may_be_misspelled = word.skills.is_empty() && misspelled < MOST_MISSPELLED;
            if may_be_misspelled && self.is_nowhere(&found[0], &open, now) {
                misspelled += 1;
                for spelling in texts.spellings(&word.text)?.iter() {
                    let other = look_up(texts, spelling)?;
                    if self.is_any_open(&other.1.near, &open) {
                        found.push(other);
                    }
                    if found.len() > MOST_MEANT {
                        break;
                    }
                }
            }
            let rows: usize = found.iter().map(|(_, sets)| sets.near.len()).sum();
            let rarities = RARE.iter().filter(|share| rows.saturating_mul(**share) < self.base.len()).count();
            let weight = 1 + i64::try_from(rarities).unwrap_or(0);
            parts.push(Part { found, skills: word.skills.clone(), weight });
        }
        let (base, roles) = (self.base.clone(), words.roles.clone());
        let sought = Sought { base, parts, roles, rows: Post::default() };
        Ok(Some(Sought { rows: sought.find(), ..sought }))
    }

    /// Whether no open posting has a word.
    fn is_nowhere(&self, (forms, sets): &(Forms, Arc<Sets>), open: &Bits, now: i64) -> bool {
        let has = |row: &Row| row.text.as_ref().is_some_and(|text| forms.look(&text.words).is_some());
        let is_lately = || self.recent.iter().any(|row| row.is_open_at(now) && has(row));
        !forms.is_phrase() && !self.is_any_open(&sets.near, open) && !is_lately()
    }

    /// Whether one of these rows is open and holds.
    fn is_any_open(&self, rows: &Post, open: &Bits) -> bool {
        rows.any(|row| open.contains(row) && !self.dead.contains(row))
    }
}

fn look_up(texts: &Texts, word: &str) -> Result<(Forms, Arc<Sets>), IndexError> {
    let forms = Forms::of(word);
    texts.sets(&forms).map(|sets| (forms, sets))
}

impl Sought {
    /// The rows of the base that fit.
    #[must_use]
    pub const fn rows(&self) -> &Post {
        &self.rows
    }

    fn find(&self) -> Post {
        let bound = self.base.len();
        let mut parts: Vec<_> = self.parts.iter().map(|part| part.rows(&self.base)).collect();
        parts.sort_by_cached_key(Post::len);
        let mut all = parts.into_iter();
        let first = all.next().unwrap_or_default();
        let words = all.fold(first, |rows, part| rows.and(&part));
        let of_roles = self.posts(Field::Role, &self.roles);
        if of_roles.is_empty() { words } else { Post::union(of_roles.into_iter().chain([&words]), bound) }
    }

    /// Whether a recent posting fits.
    #[must_use]
    pub fn holds(&self, row: &Row) -> bool {
        let Some(text) = &row.text else { return false };
        let has = |part: &Part| {
            row.has(Field::Skill, &part.skills) || part.found.iter().any(|(forms, _)| forms.look(&text.words).is_some())
        };
        row.has(Field::Role, &self.roles) || self.parts.iter().all(has)
    }

    /// What tells how well postings fit.
    #[must_use]
    pub fn scorer(&self) -> Scorer<'_> {
        let skills = self.parts.iter().map(|part| self.posts(Field::Skill, &part.skills));
        let columns = self.base.columns();
        let lengths = self.base.texts().map(|texts| (columns.titles(), texts));
        Scorer { sought: self, roles: self.posts(Field::Role, &self.roles), skills: skills.collect(), lengths }
    }

    /// The rows of a set that have a word in their title, or one of the skills or roles; and what all others score less than.
    #[must_use]
    pub fn foremost(&self, set: &Post) -> (Post, i64) {
        let known = self.posts(Field::Role, &self.roles);
        let found = self.parts.iter().flat_map(|part| &part.found);
        let titles = found.map(|(_, sets)| &sets.title_near);
        let skills = self.parts.iter().flat_map(|part| self.posts(Field::Skill, &part.skills));
        let foremost = Post::union(titles.chain(skills).chain(known), self.base.len()).and(set);
        let most: i64 = self.parts.iter().map(|part| part.weight * points::WORDS).sum();
        (foremost, most * SCALE + 1)
    }

    fn posts(&self, field: Field, codes: &[u32]) -> Vec<&Post> {
        codes.iter().filter_map(|code| self.base.post(field, *code)).collect()
    }
}

/// Tells how well postings fit what is searched for: what is looked up for each search, not for each posting.
pub struct Scorer<'a> {
    sought: &'a Sought,
    /// Rows of the roles of which the whole is a title.
    roles: Vec<&'a Post>,
    /// Rows that ask for a skill that a word is a name of, for each word.
    skills: Vec<Vec<&'a Post>>,
    /// Titles by row, and how long they are.
    lengths: Option<(&'a [u32], &'a Texts)>,
}

impl Scorer<'_> {
    /// How well a row of the base fits.
    #[must_use]
    pub fn score_in(&self, row: u32) -> i64 {
        let is_in = |posts: &[&Post]| posts.iter().any(|post| post.contains(row));
        let title = self.lengths.map_or(1, |(titles, texts)| texts.title_length(titles[row as usize]));
        let best = |(_, sets): &(Forms, Arc<Sets>)| best_in(sets, row);
        self.score(best, || is_in(&self.roles), |nth, _| is_in(&self.skills[nth]), title)
    }

    /// How well a recent posting fits.
    #[must_use]
    pub fn score_of(&self, row: &Row) -> i64 {
        let Some(text) = &row.text else { return 0 };
        let best = |(forms, _): &(Forms, Arc<Sets>)| best_of(forms, text);
        let has_role = || row.has(Field::Role, &self.sought.roles);
        self.score(best, has_role, |_, part| row.has(Field::Skill, &part.skills), length(&row.title))
    }

    /// How well a posting fits, by the points of a word in one spelling, whether it has one of the roles and one of the
    /// skills of a word, and how many words its title has.
    fn score(
        &self,
        best: impl Fn(&(Forms, Arc<Sets>)) -> i64,
        has_role: impl Fn() -> bool,
        has_skill: impl Fn(usize, &Part) -> bool,
        title: u8,
    ) -> i64 {
        let is_known_role = has_role();
        let (mut sum, mut in_title) = (0, 0);
        for (nth, part) in self.sought.parts.iter().enumerate() {
            let best = part.found.iter().map(&best).max().unwrap_or(0);
            in_title += i64::from(best >= points::TITLE_NEAR);
            let is_known = best < points::KNOWN && (is_known_role || has_skill(nth, part));
            sum += part.weight * if is_known { points::KNOWN } else { best };
        }
        sum * SCALE + share(in_title, title)
    }
}

impl Part {
    fn rows(&self, base: &Base) -> Post {
        let skills = self.skills.iter().filter_map(|code| base.post(Field::Skill, *code));
        let mut sets: Vec<&Post> = self.found.iter().map(|(_, sets)| &sets.near).chain(skills).collect();
        match sets.len() {
            1 => sets.remove(0).clone(),
            _ => Post::union(sets, base.len()),
        }
    }
}

fn best_in(sets: &Sets, row: u32) -> i64 {
    if sets.title_near.contains(row) {
        if sets.title.contains(row) { points::TITLE } else { points::TITLE_NEAR }
    } else if sets.words.contains(row) {
        points::WORDS
    } else {
        i64::from(sets.near.contains(row)) * points::NEAR
    }
}

fn best_of(forms: &Forms, text: &Text) -> i64 {
    match (forms.look(&text.title), forms.look(&text.words)) {
        (Some(Closeness::Exact), _) => points::TITLE,
        (Some(Closeness::Near), _) => points::TITLE_NEAR,
        (None, Some(Closeness::Exact)) => points::WORDS,
        (None, Some(Closeness::Near)) => points::NEAR,
        (None, None) => 0,
    }
}

/// The share of a title that was asked for, in parts of [`SCALE`], never a whole point.
fn share(asked: i64, title: u8) -> i64 {
    let title = i64::from(title.max(1));
    asked.min(title) * (SCALE - 1) / title
}
