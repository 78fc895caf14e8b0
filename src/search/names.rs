//! Conditions on names.

use sea_orm::Condition;
use sea_orm::sea_query::{ExprTrait, LikeExpr, SimpleExpr};

use crate::text;

/// What may stand before a word within a folded name.
const BEFORE_A_WORD: [&str; 5] = ["", "% ", "%-", "%/", "%("];

/// Names in which every word of `search` is a word or the beginning of one; `None` when `search` has no word.
/// `name` is a folded name.
#[must_use]
pub fn has_words(name: &SimpleExpr, search: &str) -> Option<Condition> {
    let mut words = text::words(search).take(10).peekable();
    words.peek()?;
    Some(words.fold(Condition::all(), |all, word| {
        all.add(BEFORE_A_WORD.iter().fold(Condition::any(), |any, before| {
            any.add(name.clone().like(LikeExpr::new(text::like(before, &word, "%")).escape('\\')))
        }))
    }))
}

/// Names that begin with `prefix`, as a range that an index serves. Both are folded.
#[must_use]
pub fn begins_with(name: &SimpleExpr, prefix: &str) -> Condition {
    // No name holds the last code point, so every name with the prefix is smaller.
    let end = format!("{prefix}\u{10FFFF}");
    Condition::all().add(name.clone().gte(prefix)).add(name.clone().lt(end))
}
