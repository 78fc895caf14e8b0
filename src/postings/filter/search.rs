//! The words of a search.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use crate::entities::posting;
use crate::text;

/// Words of a search that are looked at.
const MOST_WORDS: usize = 10;
/// Words of a skill's name at the most.
const LONGEST_NAME: usize = 4;

/// Skills by their names and other spellings, in folded words.
#[derive(Clone, Debug, Default)]
pub struct SkillNames(HashMap<String, Uuid>);

impl SkillNames {
    /// Of one name for two skills the first one holds.
    #[must_use]
    pub fn new<'a>(names: impl IntoIterator<Item = (&'a str, Uuid)>) -> Self {
        let mut skills = HashMap::new();
        for (name, skill) in names {
            let words: Vec<_> = text::words(name).collect();
            if !words.is_empty() && words.len() <= LONGEST_NAME {
                skills.entry(words.join(" ")).or_insert(skill);
            }
        }
        Self(skills)
    }
}

/// The words of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    words: Vec<Word>,
    role: Option<Uuid>,
    title_of: Option<Uuid>,
}

/// A word, or a phrase: several in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Folded, with a blank between the words of a phrase.
    pub text: String,
    /// Skills that it is a name of, or a part of their name with the words beside it.
    pub skills: Vec<Uuid>,
}

impl Search {
    /// Reads a search: every word must be in the posting, as a word or the beginning of one, and what stands in quotation
    /// marks as it is; or the posting asks for the skill of that name; or the whole is a title of its role. `None` when
    /// there is no word.
    #[must_use]
    pub fn new(search: &str, skills: &SkillNames) -> Option<Self> {
        let mut words = Vec::new();
        let straight = search.replace(['“', '”', '„', '«', '»'], "\"");
        let parts: Vec<_> = straight.split('"').collect();
        for (at, part) in parts.iter().enumerate() {
            let found: Vec<_> = text::words(part).collect();
            let is_phrase = at % 2 == 1 && at + 1 < parts.len();
            let word = |text| Word { text, skills: Vec::new() };
            if is_phrase && found.len() > 1 {
                words.push(word(found.join(" ")));
            } else {
                words.extend(found.into_iter().map(word));
            }
        }
        words.truncate(MOST_WORDS);
        for length in 1..=LONGEST_NAME.min(words.len()) {
            for start in 0..=words.len() - length {
                let name: Vec<_> = words[start..start + length].iter().map(|word| word.text.as_str()).collect();
                if let Some(skill) = skills.0.get(&name.join(" ")) {
                    words[start..start + length].iter_mut().for_each(|word| word.skills.push(*skill));
                }
            }
        }
        (!words.is_empty()).then_some(Self { words, role: None, title_of: None })
    }

    /// The same, with the role that is searched for, and the one of which the whole is a title.
    #[must_use]
    pub fn with_role(self, role: Option<Uuid>, title_of: Option<Uuid>) -> Self {
        Self { role, title_of, ..self }
    }

    /// The words and phrases.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// All single words, folded.
    #[must_use]
    pub fn single_words(&self) -> Vec<String> {
        self.words.iter().flat_map(|word| word.text.split(' ')).map(str::to_owned).collect()
    }

    /// All words as they were asked for, phrases told apart.
    #[must_use]
    pub fn as_asked(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(",")
    }

    /// The role that is searched for, as far as the words tell.
    #[must_use]
    pub const fn role(&self) -> Option<Uuid> {
        self.role
    }

    /// The role of which the whole is a title.
    #[must_use]
    pub const fn title_of(&self) -> Option<Uuid> {
        self.title_of
    }

    /// The search as a condition on postings. A database knows no other forms of a word than longer ones.
    pub(super) fn condition(&self) -> Condition {
        let words = self.words.iter().fold(Condition::all(), |all, word| all.add(contains(&word.text)));
        let words = Condition::any().add(words);
        match self.title_of {
            Some(role) => words.add(posting::Column::RoleId.eq(role)),
            None => words,
        }
    }

    /// A whole number that is larger the better a posting fits: words in the title count most, then the role, then
    /// whole words anywhere.
    pub(super) fn relevance(&self) -> SimpleExpr {
        let points = |condition: SimpleExpr, points: i32| {
            Expr::Case(Box::new(Expr::case(condition, Expr::val(points)).finally(Expr::val(0))))
        };
        let title = || Expr::col((posting::Entity, posting::Column::TitleKey));
        let mut sum = match self.title_of {
            Some(role) => points(posting::Column::RoleId.eq(role), 5),
            None => Expr::val(0),
        };
        for Word { text, .. } in &self.words {
            sum = sum.add(points(title().like(pattern("%", text, "%")), 10));
            let whole = Expr::col((posting::Entity, posting::Column::SearchText)).like(pattern("% ", text, " %"));
            sum = sum.add(points(whole, 1));
        }
        Expr::expr(sum).cast_as("bigint")
    }
}

fn pattern(before: &str, word: &str, after: &str) -> LikeExpr {
    LikeExpr::new(text::like(before, word, after)).escape('\\')
}

fn contains(word: &str) -> SimpleExpr {
    let after = if word.contains(' ') { " %" } else { "%" };
    Expr::col((posting::Entity, posting::Column::SearchText)).like(pattern("% ", word, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(search: &str) -> Vec<(String, usize)> {
        let (native, react) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let names = SkillNames::new([("React Native", native), ("React", react), ("React.js", react)]);
        let search = Search::new(search, &names).expect("words");
        search.words.into_iter().map(|word| (word.text, word.skills.len())).collect()
    }

    #[test]
    fn phrases_stand_in_quotation_marks() {
        let of = |texts: &[&str]| texts.iter().map(|text| ((*text).to_owned(), 0)).collect::<Vec<_>>();
        assert_eq!(read("senior \"Project Manager\" berlin"), of(&["senior", "project manager", "berlin"]));
        assert_eq!(read("„project manager“"), of(&["project manager"]));
        assert_eq!(read("\"project manager"), of(&["project", "manager"]), "never closed");
        assert_eq!(read("\"nurse\" \"\""), of(&["nurse"]));
        assert!(Search::new("\" - \"", &SkillNames::default()).is_none());
    }

    #[test]
    fn names_of_skills_are_known_in_whatever_words_they_have() {
        let expected = [("senior", 0), ("react", 2), ("native", 1), ("developer", 0)];
        assert_eq!(read("Senior React Native Developer"), expected.map(|(word, skills)| (word.to_owned(), skills)));
        assert_eq!(read("react.js"), [("react.js".to_owned(), 1)]);
    }
}
