//! A few words of a description around what was searched for.

use std::borrow::Cow;

use crate::text::fold;

/// Characters of a snippet at the most.
const LENGTH: usize = 200;

/// The part of a Markdown text around the first word of the search, or its beginning, as plain text.
#[must_use]
pub fn snippet(markdown: &str, words: &[String]) -> String {
    // Nothing is looked for among no words.
    let found = if words.is_empty() { None } else { plain(markdown).position(|token| begins(&token, words)) };
    let start = found.map_or(0, |at| at.saturating_sub(8));
    let (mut text, mut length) = (String::new(), 0);
    for token in plain(markdown).skip(start) {
        let more = token.chars().count();
        if length + more > LENGTH {
            text.push('…');
            break;
        }
        if !text.is_empty() {
            text.push(' ');
            length += 1;
        }
        text.push_str(&token);
        length += more;
    }
    if start > 0 { format!("…{text}") } else { text }
}

/// Marks of Markdown.
const MARKS: [char; 7] = ['*', '_', '`', '#', '>', '[', ']'];

/// The words of a text without its marks: enough for a line of it.
fn plain(markdown: &str) -> impl Iterator<Item = Cow<'_, str>> {
    markdown.split_whitespace().map(unmarked).filter(|token| !token.is_empty())
}

fn unmarked(token: &str) -> Cow<'_, str> {
    if token.contains(MARKS) {
        Cow::Owned(token.chars().filter(|c| !MARKS.contains(c)).collect())
    } else {
        Cow::Borrowed(token)
    }
}

/// Whether a token is one of some folded words, or longer than one.
fn begins(token: &str, words: &[String]) -> bool {
    let trimmed = |token: &'_ str| {
        let ends = |c: char| !c.is_alphanumeric() && !matches!(c, '.' | '+' | '#');
        let start = token.len() - token.trim_start_matches(ends).len();
        start..token.trim_end_matches(ends).len().max(start)
    };
    if token.is_ascii() {
        // Most are, and need not be folded.
        let token = &token.as_bytes()[trimmed(token)];
        let is_begun =
            |word: &String| token.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()));
        return words.iter().any(is_begun);
    }
    let token = fold(token);
    let token = &token[trimmed(&token)];
    words.iter().any(|word| token.starts_with(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_a_little_before_the_word() {
        let text = "one two three four five six seven eight nine ten **Rust** twelve";
        assert_eq!(snippet(text, &["rust".to_owned()]), "…three four five six seven eight nine ten Rust twelve");
        assert_eq!(snippet(text, &[]), "one two three four five six seven eight nine ten Rust twelve");
        assert_eq!(snippet("", &[]), "");
    }

    #[test]
    fn words_are_found_in_any_spelling_and_between_marks() {
        for (text, word) in
            [("a (C++) b", "c++"), ("a **NODE.js**, b", "node.js"), ("a Köln b", "koln"), ("a [R](x) b", "r")]
        {
            let long = format!("{} {text}", "one ".repeat(20));
            assert!(snippet(&long, &[word.to_owned()]).starts_with('…'), "{text}");
        }
        assert!(!snippet(&format!("{} engineer", "one ".repeat(20)), &["gine".to_owned()]).starts_with('…'));
    }

    #[test]
    fn it_is_short() {
        let long = "word ".repeat(1_000);
        assert!(snippet(&long, &[]).chars().count() <= LENGTH + 1);
    }
}
