//! Texts from outside: checked for length and content, and folded so that search and order ignore case and accents.

use crate::error::{Code, Refusal};

/// Reads one line of text of `min` to `max` characters: trimmed, white space collapsed, no control characters.
///
/// # Errors
/// `REQUIRED`, `TOO_SHORT`, `TOO_LONG` or `INVALID` at `path`.
pub fn line(path: &str, text: &str, min: usize, max: usize) -> Result<String, Refusal> {
    if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return Err(Refusal::new(Code::Invalid, path, "Control characters are not allowed."));
    }
    let words: Vec<_> = text.split_whitespace().collect();
    bounded(path, words.join(" "), min, max)
}

/// Reads a text of several lines of `min` to `max` characters; control characters other than line breaks and tabs are
/// not allowed.
///
/// # Errors
/// `REQUIRED`, `TOO_SHORT`, `TOO_LONG` or `INVALID` at `path`.
pub fn prose(path: &str, text: &str, min: usize, max: usize) -> Result<String, Refusal> {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Refusal::new(Code::Invalid, path, "Control characters are not allowed."));
    }
    bounded(path, text.trim().to_owned(), min, max)
}

fn bounded(path: &str, text: String, min: usize, max: usize) -> Result<String, Refusal> {
    match text.chars().count() {
        0 if min > 0 => Err(Refusal::new(Code::Required, path, "This must not be empty.")),
        length if length < min => Err(Refusal::new(Code::TooShort, path, format!("At least {min} characters."))),
        length if length > max => Err(Refusal::new(Code::TooLong, path, format!("At most {max} characters."))),
        _ => Ok(text),
    }
}

/// Reads an address of a web page.
///
/// # Errors
/// `INVALID` or `TOO_LONG` at `path`.
pub fn web_address(path: &str, text: &str) -> Result<String, Refusal> {
    let text = line(path, text, 1, 2_000)?;
    match url::Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(text),
        _ => Err(Refusal::new(Code::Invalid, path, "An address that begins with http:// or https://.")),
    }
}

/// The form under which names are compared and sorted: lower case, ASCII where the letters allow it, nothing that cannot
/// be seen.
#[must_use]
pub fn fold(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
    let ascii = deunicode::deunicode(&text).to_lowercase();
    let folded = ascii.split_whitespace().collect::<Vec<_>>().join(" ");
    if folded.is_empty() { text.trim().to_lowercase() } else { folded }
}

/// The words of a text, folded: letters, digits and the marks that make `c++`, `c#`, `.net` and `node.js` what they are.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = fold(text);
    let words: Vec<_> = folded
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '+' | '#' | '.')))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

/// Texts in the form in which they are searched: each word with a blank on both sides.
#[must_use]
pub fn searchable<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut all = String::from(" ");
    for word in texts.into_iter().flat_map(words) {
        all.push_str(&word);
        all.push(' ');
    }
    all
}

/// A `LIKE` pattern for texts that contain `fragment` literally; `\` is the escape character.
#[must_use]
pub fn like(before: &str, fragment: &str, after: &str) -> String {
    let escaped = fragment.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("{before}{escaped}{after}")
}

/// An address part made of a name: `Analytical Engines` becomes `analytical-engines`, 60 characters at the most.
#[must_use]
pub fn slug(text: &str) -> String {
    let slug = slug::slugify(text);
    let end = slug.char_indices().nth(60).map_or(slug.len(), |(at, _)| at);
    slug[..end].trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_the_marks_of_skill_names() {
        let found: Vec<_> = words("C++, C# & .NET: Node.js at Zürich. (Rust/Go)").collect();
        assert_eq!(found, ["c++", "c#", ".net", "node.js", "at", "zurich", "rust", "go"]);
    }

    #[test]
    fn searchable_text_has_blanks_around_words() {
        assert_eq!(searchable(["Back-End", "Developer"]), " back end developer ");
    }

    #[test]
    fn patterns_are_literal() {
        assert_eq!(like("%", r"50%_\", "%"), r"%50\%\_\\%");
    }

    #[test]
    fn lines_are_trimmed_and_bounded() {
        assert_eq!(line("title", "  A \t job ", 1, 10).expect("fine"), "A job");
        assert_eq!(line("title", " ", 1, 10).expect_err("empty").code, Code::Required);
        assert_eq!(line("title", "a\u{0}b", 1, 10).expect_err("control").code, Code::Invalid);
        assert_eq!(line("title", "abcdef", 1, 5).expect_err("long").code, Code::TooLong);
    }

    #[test]
    fn slugs_are_short_and_plain() {
        assert_eq!(slug("Société Générale & Co."), "societe-generale-co");
        assert!(slug(&"a b ".repeat(60)).len() <= 60);
    }
}
