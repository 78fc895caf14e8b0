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
    /// Looks words up; `None` where postings have no texts.
    ///
    /// # Errors
    /// The index of words cannot be read.
    pub fn seek(&self, words: &Words) -> Result<Option<Sought>, IndexError> {
        let Some(texts) = self.base.texts() else { return Ok(None) };
        let parts = words.words.iter().map(|word| self.part(texts, word)).collect::<Result<_, _>>()?;
        let (base, roles) = (self.base.clone(), words.roles.clone());
        let sought = Sought { base, parts, roles, rows: Post::default() };
        Ok(Some(Sought { rows: sought.find(), ..sought }))
    }

    fn part(&self, texts: &Texts, word: &Word) -> Result<Part, IndexError> {
        let look_up = |word: &str| {
            let forms = Forms::of(word);
            texts.sets(&forms).map(|sets| (forms, sets))
        };
        let as_typed = look_up(&word.text)?;
        let is_lately = || {
            self.recent.iter().filter_map(|row| row.text.as_ref()).any(|text| as_typed.0.look(&text.words).is_some())
        };
        let is_nowhere =
            as_typed.1.near.is_empty() && word.skills.is_empty() && !as_typed.0.is_phrase() && !is_lately();
        let mut found = vec![as_typed];
        if is_nowhere {
            for spelling in texts.spellings(&word.text)?.iter() {
                found.push(look_up(spelling)?);
            }
        }
        let rows: usize = found.iter().map(|(_, sets)| sets.near.len()).sum();
        let weight = 1 + RARE.iter().filter(|share| rows.saturating_mul(**share) < self.base.len()).count();
        Ok(Part { found, skills: word.skills.clone(), weight: i64::try_from(weight).unwrap_or(1) })
    }
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

    /// How well a row of the base fits.
    #[must_use]
    pub fn score_in(&self, row: u32) -> i64 {
        let is_known_role = self.posts(Field::Role, &self.roles).iter().any(|post| post.contains(row));
        let (mut sum, mut in_title) = (0, 0);
        for part in &self.parts {
            let best = part.found.iter().map(|(_, sets)| best_in(sets, row)).max().unwrap_or(0);
            in_title += i64::from(best >= points::TITLE_NEAR);
            let is_known = best < points::KNOWN
                && (is_known_role || self.posts(Field::Skill, &part.skills).iter().any(|post| post.contains(row)));
            sum += part.weight * if is_known { points::KNOWN } else { best };
        }
        let texts = self.base.texts();
        let title = texts.map_or(1, |texts| texts.title_length(self.base.columns().titles()[row as usize]));
        sum * SCALE + share(in_title, title)
    }

    /// How well a recent posting fits.
    #[must_use]
    pub fn score_of(&self, row: &Row) -> i64 {
        let Some(text) = &row.text else { return 0 };
        let is_known_role = row.has(Field::Role, &self.roles);
        let (mut sum, mut in_title) = (0, 0);
        for part in &self.parts {
            let best = part.found.iter().map(|(forms, _)| best_of(forms, text)).max().unwrap_or(0);
            in_title += i64::from(best >= points::TITLE_NEAR);
            let is_known = best < points::KNOWN && (is_known_role || row.has(Field::Skill, &part.skills));
            sum += part.weight * if is_known { points::KNOWN } else { best };
        }
        sum * SCALE + share(in_title, length(&row.title))
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
