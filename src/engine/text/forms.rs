//! The forms in which a word may stand in a text.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use memchr::memmem::Finder;

/// A word of at least so many bytes has other forms, and is found at the beginning of longer ones, too.
const SHORTEST_BEGINNING: usize = 3;

/// A word, or a row of words, and what counts as one.
#[derive(Clone, Debug)]
pub struct Forms {
    word: String,
    stem: String,
    /// What every form begins with.
    common: usize,
    is_phrase: bool,
    /// Find the word itself, and what may be a form of it, in a text.
    exact: Finder<'static>,
    near: Finder<'static>,
}

impl Forms {
    /// The forms of a folded word; words with blanks between them are a phrase, which has one form.
    #[must_use]
    pub fn of(word: &str) -> Self {
        let is_phrase = word.contains(' ');
        let stem = stem(word).into_owned();
        let shared = word.bytes().zip(stem.bytes()).take_while(|(one, other)| one == other).count();
        // `happiness` is found in `happy`: the stem ends in an i that was a y.
        let common = if stem[..shared].ends_with('i') { shared - 1 } else { shared };
        // What begins with one or two letters is too much to look through: `dying` is found in no `dies`.
        let common = if is_phrase || common < SHORTEST_BEGINNING { word.len() } else { common };
        let exact = Finder::new(&format!(" {word} ")).into_owned();
        let near = Finder::new(&format!(" {}", &word[..common])).into_owned();
        Self { word: word.to_owned(), stem, common, is_phrase, exact, near }
    }

    /// The word as it was asked for.
    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Whether it is several words in a row.
    #[must_use]
    pub const fn is_phrase(&self) -> bool {
        self.is_phrase
    }

    /// What every form of the word begins with: the whole of it where it has one form.
    #[must_use]
    pub fn common(&self) -> &str {
        &self.word[..self.common]
    }

    /// Whether the word has other forms: a phrase has none, and a short word would begin too many others.
    #[must_use]
    pub fn has_others(&self) -> bool {
        !self.is_phrase && self.word.len() >= SHORTEST_BEGINNING
    }

    /// Whether another word is a form of this one: begins with it, or has its stem.
    #[must_use]
    pub fn is_form(&self, other: &str) -> bool {
        let is_longer = || other.starts_with(&self.word) || stem(other) == self.stem;
        other == self.word || (self.has_others() && is_longer())
    }

    /// How well a text with blanks around its words has the word: as it was asked for, or in another form.
    #[must_use]
    pub fn look(&self, text: &str) -> Option<Closeness> {
        if self.exact.find(text.as_bytes()).is_some() {
            return Some(Closeness::Exact);
        }
        if !self.has_others() {
            return None;
        }
        let mut others = self.near.find_iter(text.as_bytes()).filter_map(|at| text[at + 1..].split(' ').next());
        others.any(|other| self.is_form(other)).then_some(Closeness::Near)
    }
}

/// How well a text has a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// In another form.
    Near,
    /// As it was asked for.
    Exact,
}

/// The stem of an English word. Words with digits or marks, and those of other alphabets, are their own.
fn stem(word: &str) -> Cow<'_, str> {
    if word.len() < 4 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Cow::Borrowed(word);
    }
    Stemmer::new(Algorithm::English).stem(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_their_other_forms() {
        let developer = Forms::of("developer");
        assert_eq!(developer.look(" senior developer "), Some(Closeness::Exact));
        assert_eq!(developer.look(" development lead "), Some(Closeness::Near));
        assert_eq!(developer.look(" envelope "), None);
        assert_eq!(Forms::of("happiness").look(" a happy place "), Some(Closeness::Near));
        assert_eq!(Forms::of("nurses").look(" registered nurse "), Some(Closeness::Near));
        assert_eq!(Forms::of("engin").look(" engineer "), Some(Closeness::Near));
    }

    #[test]
    fn short_words_and_marks_are_taken_as_they_are() {
        assert_eq!(Forms::of("r").look(" rust "), None);
        assert_eq!(Forms::of("c").look(" c++ c# "), None);
        assert_eq!(Forms::of("c++").look(" c++ "), Some(Closeness::Exact));
        assert_eq!(Forms::of(".net").look(" .net core "), Some(Closeness::Exact));
    }

    #[test]
    fn phrases_are_rows_of_words() {
        let phrase = Forms::of("project manager");
        assert_eq!(phrase.look(" senior project manager "), Some(Closeness::Exact));
        assert_eq!(phrase.look(" project managers "), None);
        assert_eq!(phrase.look(" manager project "), None);
    }
}
