//! Completing what a person types: roles, skills, places and employers whose name, or other name, begins with it.

mod candidates;
pub mod graphql;

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::try_join_all;
use moka::sync::Cache;
use sea_orm::{ConnectionTrait, DbErr};

use crate::error::Refusal;
use crate::text;

/// What can be suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuggestionKind {
    /// A role.
    Role,
    /// A skill of the kept list.
    Skill,
    /// A place of the kept list.
    Place,
    /// An employer.
    Employer,
}

impl SuggestionKind {
    /// All kinds, in the order in which they take turns.
    pub const ALL: [Self; 4] = [Self::Role, Self::Skill, Self::Place, Self::Employer];
}

/// A completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What it is.
    pub kind: SuggestionKind,
    /// A slug, or the public identifier of a place.
    pub key: String,
    /// The name for people.
    pub label: String,
}

/// A suggestion with what it takes to rank it. Those of one kind come best first.
#[derive(Clone, Debug)]
pub struct Candidate {
    suggestion: Suggestion,
    /// Whether the whole name was typed.
    is_exact: bool,
}

/// The beginning of a name, as a person typed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// Reads a beginning of 1 to 100 characters.
    ///
    /// # Errors
    /// `REQUIRED`, `TOO_LONG` or `INVALID` at `prefix`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        text::line("prefix", text, 1, 100).map(|line| Self(text::fold(&line)))
    }
}

/// Names that begin with what people type again and again, letter by letter.
pub type Lately = Cache<Asked, Arc<[Candidate]>>;

/// What is found for a beginning.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    kind: SuggestionKind,
    prefix: String,
    limit: usize,
    /// How often employers had changed.
    employers: u64,
}

/// What was found lately, and how often employers have changed by now.
#[derive(Clone, Debug)]
pub struct Known {
    /// What was found.
    pub lately: Lately,
    /// How often employers have changed.
    pub employers: u64,
}

/// The best suggestions for a prefix, `limit` at the most, the places shared fairly among the kinds. One or two
/// statements per kind, none for what is known.
///
/// # Errors
/// The database failed.
pub async fn suggest(
    db: &impl ConnectionTrait,
    known: Option<&Known>,
    prefix: &Prefix,
    kinds: &[SuggestionKind],
    limit: usize,
) -> Result<Vec<Suggestion>, DbErr> {
    let mut once = HashSet::new();
    let kinds: Vec<_> = kinds.iter().copied().filter(|kind| once.insert(*kind)).collect();
    let found = kinds.iter().map(|kind| of_kind(db, known, *kind, &prefix.0, limit));
    Ok(blend(&try_join_all(found).await?, limit))
}

async fn of_kind(
    db: &impl ConnectionTrait,
    known: Option<&Known>,
    kind: SuggestionKind,
    prefix: &str,
    limit: usize,
) -> Result<Arc<[Candidate]>, DbErr> {
    let Some(Known { lately, employers }) = known else {
        return candidates::of_kind(db, kind, prefix, limit).await.map(Into::into);
    };
    let employers = if kind == SuggestionKind::Employer { *employers } else { 0 };
    let asked = Asked { kind, prefix: prefix.to_owned(), limit, employers };
    if let Some(found) = lately.get(&asked) {
        return Ok(found);
    }
    let found: Arc<[Candidate]> = candidates::of_kind(db, kind, prefix, limit).await?.into();
    lately.insert(asked, found.clone());
    Ok(found)
}

/// Lets the kinds take turns until `limit` is reached, and puts names that were typed in full in front.
fn blend(found: &[Arc<[Candidate]>], limit: usize) -> Vec<Suggestion> {
    let rounds = found.iter().map(|candidates| candidates.len()).max().unwrap_or(0);
    let mut kinds: Vec<_> = found.iter().map(|candidates| candidates.iter()).collect();
    let mut taken = Vec::with_capacity(limit);
    for _ in 0..rounds {
        taken.extend(kinds.iter_mut().filter_map(Iterator::next));
    }
    taken.truncate(limit);
    // The sort is stable: within both groups the turns stay.
    taken.sort_by_key(|candidate| !candidate.is_exact);
    taken.into_iter().map(|candidate| candidate.suggestion.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(kind: SuggestionKind, key: &str, is_exact: bool) -> Candidate {
        Candidate { suggestion: Suggestion { kind, key: key.to_owned(), label: key.to_owned() }, is_exact }
    }

    #[test]
    fn kinds_take_turns_and_full_names_come_first() {
        use SuggestionKind::{Place, Role, Skill};
        let roles = ["a", "b", "c", "d"].map(|key| candidate(Role, key, false)).to_vec();
        let skills = vec![candidate(Skill, "e", true)];
        let places = vec![candidate(Place, "f", false), candidate(Place, "g", false)];
        let keys = |limit| {
            let all = blend(&[roles.clone().into(), skills.clone().into(), places.clone().into()], limit);
            all.into_iter().map(|suggestion| suggestion.key).collect::<String>()
        };
        assert_eq!(keys(10), "eafbgcd");
        assert_eq!(keys(4), "eafb");
        assert_eq!(keys(1), "a");
        assert_eq!(blend(&[], 5), []);
    }

    #[test]
    fn a_prefix_is_one_to_a_hundred_characters() {
        assert_eq!(Prefix::parse("  Zür ").expect("fine"), Prefix("zur".to_owned()));
        assert!(Prefix::parse(" ").is_err() && Prefix::parse("a\u{0}").is_err());
        assert!(Prefix::parse(&"ü".repeat(100)).is_ok() && Prefix::parse(&"ü".repeat(101)).is_err());
    }
}
