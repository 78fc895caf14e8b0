//! From the title of a posting to a role: `Sr. Back-End Engineer (m/f/d), Berlin` is the role `backend-developer`.
//!
//! A title is looked up whole, then without rank and noise, then in the parts its separators make, then by the longest
//! run of words that is a known title. A wrong role is worse than none, so a run of words counts only where it can be
//! the head of the phrase: `Software Engineer, Payments` is an engineer, `Software Engineer Recruiter` is not.

mod level;
mod words;

use std::collections::{HashMap, HashSet};

pub use level::experience_level;
pub use words::title_key;

use words::{Gap, Title, is_noise, is_noise_pair, is_preposition, negates};

/// How many aliases must end in a word before it counts as a noun for people who do something.
const HEAD_NOUN_ALIASES: usize = 5;
/// Of the longer aliases that end in a word, the share (of 5) that must agree with its role before the word may decide
/// alone: `attorney` may, `architect` may not.
const AGREEING_FIFTHS: usize = 4;
/// A word shorter than this never decides alone inside a longer title.
const LONE_WORD_LENGTH: usize = 6;
/// Words inside a title that narrow it without changing the role: a backend software engineer is a backend engineer.
const NARROWING: [&str; 6] = ["software", "web", "application", "platform", "cloud", "service"];
/// Nouns for people that, standing before a title, only modify it.
const MODIFYING_NOUNS: [&str; 6] = ["assistant", "associate", "deputy", "lead", "specialist", "technical"];

/// Aliases of all roles, ready for look-ups. `T` names a role.
#[derive(Clone, Debug)]
pub struct TitleIndex<T> {
    by_key: HashMap<Box<str>, T>,
    /// Words that end titles: `engineer`, `nurse`, `manager`.
    head_nouns: HashSet<Box<str>>,
    /// Single words that name a role wherever they end a phrase.
    lone_words: HashSet<Box<str>>,
}

impl<T: Copy + Eq> TitleIndex<T> {
    /// Builds the index. A title that two roles claim belongs to the one that comes first; give titles of roles before
    /// their aliases.
    pub fn new<'a>(aliases: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut by_key: HashMap<Box<str>, T> = HashMap::new();
        let mut endings: HashMap<Box<str>, Vec<T>> = HashMap::new();
        let mut single: Vec<(Box<str>, T)> = Vec::new();
        for (alias, role) in aliases {
            let title = Title::parse(alias);
            let outer = title.whole();
            for part in std::iter::once(outer.clone()).chain(title.brackets()) {
                // What stands in brackets is a title of its own only when it is spelled out.
                let key = title.key(&part);
                if !key.is_empty() && (part == outer || part.len() > 1) {
                    by_key.entry(key.into()).or_insert(role);
                }
            }
            if title.has_comma() || outer.is_empty() {
                continue;
            }
            let last = title.word(title.head_end_within(&outer) - 1);
            if outer.len() == 1 {
                single.push((Box::from(last), role));
            } else {
                endings.entry(last.into()).or_default().push(role);
            }
        }
        let lone_words = single.into_iter().filter(|(word, role): &(Box<str>, T)| {
            word.len() >= LONE_WORD_LENGTH
                && by_key.get(word) == Some(role)
                && endings.get(word).is_none_or(|all| {
                    all.iter().filter(|other| *other == role).count() * 5 >= all.len() * AGREEING_FIFTHS
                })
        });
        let lone_words = lone_words.map(|(word, _)| word).collect();
        let head_nouns = endings.into_iter().filter(|(_, all)| all.len() >= HEAD_NOUN_ALIASES);
        Self { by_key, head_nouns: head_nouns.map(|(word, _)| word).collect(), lone_words }
    }

    /// How many distinct titles are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether no title is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The role of which this is a title, word by word.
    #[must_use]
    pub fn named(&self, title: &str) -> Option<T> {
        let title = Title::parse(title);
        self.by_key.get(title.key(&title.whole())).copied()
    }

    /// The role that a title names, if it clearly names one.
    #[must_use]
    pub fn resolve(&self, title: &str) -> Option<T> {
        let title = Title::parse(title);
        let whole = title.whole();
        self.exact(&title, &whole)
            .or_else(|| self.inverted(&title))
            .or_else(|| self.by_segments(&title))
            .or_else(|| self.in_brackets(&title, &whole))
    }

    /// `R0042 (Site Reliability Engineer)`: what stands in brackets counts where nothing outside names a person.
    fn in_brackets(&self, title: &Title, whole: &Span) -> Option<T> {
        if (whole.start..whole.end).any(|at| self.head_nouns.contains(title.word(at))) {
            return None;
        }
        title.brackets().filter(|bracket| bracket.len() > 1).find_map(|bracket| self.exact(title, &bracket))
    }

    /// The whole span, with and without rank and noise.
    fn exact(&self, title: &Title, span: &Span) -> Option<T> {
        self.by_key.get(title.key(span)).or_else(|| self.by_key.get(title.key(&bare(title, span)))).copied()
    }

    /// `Engineer, Software` is a software engineer.
    fn inverted(&self, title: &Title) -> Option<T> {
        let segments = title.segments();
        let (first, second) = (segments.first()?, segments.get(1)?);
        if second.0 != Gap::Comma {
            return None;
        }
        let swapped = [title.key(&bare(title, &second.1)), title.key(&bare(title, &first.1))].concat();
        self.by_key.get(swapped.as_str()).copied()
    }

    fn by_segments(&self, title: &Title) -> Option<T> {
        let mut found: Option<T> = None;
        for (gap, span) in title.segments() {
            if *gap != Gap::Slash && found.is_some() {
                break;
            }
            if let Some(role) = self.phrase(title, span) {
                // Two roles joined by a slash: the title names neither.
                if found.is_some_and(|other| other != role) {
                    return None;
                }
                found = Some(role);
            } else if found.is_none() && self.ends_in_head_noun(title, &bare(title, span)) {
                // "Director, Accounting": the title is told by a part that we do not know.
                return None;
            }
        }
        found
    }

    /// One part of a title: whole, without a narrowing word, or its longest run of words.
    fn phrase(&self, title: &Title, full: &Span) -> Option<T> {
        let span = bare(title, full);
        self.exact(title, full)
            .or_else(|| self.without_narrowing(title, &span))
            .or_else(|| self.longest_run(title, &span))
            // "Supervisory Contract Specialist": a word taken for noise may belong to the title.
            .or_else(|| self.longest_run(title, full))
            .or_else(|| self.lone_word(title, &span))
    }

    fn without_narrowing(&self, title: &Title, span: &Span) -> Option<T> {
        let inner = (span.start + 1)..span.end.saturating_sub(1);
        inner.filter(|at| NARROWING.contains(&title.word(*at))).find_map(|at| {
            let rest = [title.key(&(span.start..at)), title.key(&(at + 1..span.end))].concat();
            self.by_key.get(rest.as_str()).copied()
        })
    }

    fn longest_run(&self, title: &Title, span: &Span) -> Option<T> {
        let head_end = title.head_end_within(span);
        for length in (2..span.len()).rev() {
            for start in (span.start..=span.end - length).rev() {
                let run = start..start + length;
                if start < head_end
                    && let Some(role) = self.by_key.get(title.key(&run))
                    && self.stands_free(title, span, &run)
                {
                    return Some(*role);
                }
            }
        }
        None
    }

    /// A single word that names a role, where it ends the head of the phrase.
    fn lone_word(&self, title: &Title, span: &Span) -> Option<T> {
        let last = title.head_end_within(span).checked_sub(1).filter(|at| *at >= span.start)?;
        let run = last..last + 1;
        let word = title.word(last);
        (self.lone_words.contains(word) && self.stands_free(title, span, &run))
            .then(|| self.by_key.get(word).copied())?
    }

    /// Whether nothing around a run of words makes it mean somebody else.
    fn stands_free(&self, title: &Title, span: &Span, run: &Span) -> bool {
        let after = (run.end..span.end).map(|at| title.word(at)).take_while(|word| !is_preposition(word));
        let mut before = (span.start..run.start).map(|at| title.word(at));
        let negated = run.start > span.start && negates(title.word(run.start - 1));
        !negated
            && after.into_iter().all(|word| !self.head_nouns.contains(word))
            && before.all(|word| !self.head_nouns.contains(word) || MODIFYING_NOUNS.contains(&word))
    }

    fn ends_in_head_noun(&self, title: &Title, span: &Span) -> bool {
        let last = title.head_end_within(span);
        last > span.start && self.head_nouns.contains(title.word(last - 1))
    }
}

/// Words of a title, by number.
type Span = std::ops::Range<usize>;

/// A span without rank, shape of work and other noise at both ends; the span itself when nothing else is left.
fn bare(title: &Title, span: &Span) -> Span {
    let (mut start, mut end) = (span.start, span.end);
    while start < end {
        if end - start > 1 && is_noise_pair(title.word(start), title.word(start + 1)) {
            start += 2;
        } else if is_noise(title.word(start)) {
            start += 1;
        } else {
            break;
        }
    }
    while start < end {
        if end - start > 1 && is_noise_pair(title.word(end - 2), title.word(end - 1)) {
            end -= 2;
        } else if is_noise(title.word(end - 1)) {
            end -= 1;
        } else {
            break;
        }
    }
    if start == end { span.clone() } else { start..end }
}

#[cfg(test)]
mod tests;
