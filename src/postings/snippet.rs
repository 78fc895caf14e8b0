//! A few words of a description around what was searched for.

use crate::text::fold;

/// Characters of a snippet at the most.
const LENGTH: usize = 200;

/// The part of a Markdown text around the first word of the search, or its beginning, as plain text.
#[must_use]
pub fn snippet(markdown: &str, words: &[String]) -> String {
    let plain = plain(markdown);
    let tokens: Vec<&str> = plain.split(' ').collect();
    let found = tokens.iter().position(|token| {
        let token = fold(token);
        let token = token.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '+' | '#'));
        words.iter().any(|word| token.starts_with(word.as_str()))
    });
    let start = found.map_or(0, |at| at.saturating_sub(8));
    let mut text = String::new();
    let mut rest = tokens[start..].iter();
    for token in rest.by_ref() {
        if text.chars().count() + token.chars().count() > LENGTH {
            text.push('…');
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(token);
    }
    if start > 0 { format!("…{text}") } else { text }
}

/// Markdown without its marks: enough for a line of text.
fn plain(markdown: &str) -> String {
    let unmarked: String = markdown.chars().filter(|c| !matches!(c, '*' | '_' | '`' | '#' | '>' | '[' | ']')).collect();
    unmarked.split_whitespace().collect::<Vec<_>>().join(" ")
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
    fn it_is_short() {
        let long = "word ".repeat(1_000);
        assert!(snippet(&long, &[]).chars().count() <= LENGTH + 1);
    }
}
