//! What an employer is made of, parsed once.

use uuid::Uuid;

use crate::error::{Code, Refusal};
use crate::text;

/// Most places that an employer has.
pub const MAX_PLACES: usize = 20;

/// Reads a name: 1 to 120 characters in one line.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `name`.
pub fn name(text: &str) -> Result<String, Refusal> {
    text::line("name", text, 1, 120)
}

/// Reads what an employer says of itself: 1 to 10,000 characters of Markdown.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `about`.
pub fn about(text: &str) -> Result<String, Refusal> {
    text::prose("about", text, 1, 10_000)
}

/// Reads an address part that a person chose: 2 to 80 lower-case letters (`a` to `z`), digits and single hyphens.
///
/// # Errors
/// `REQUIRED`, `TOO_SHORT`, `TOO_LONG` or `INVALID` at `slug`.
pub fn slug(text: &str) -> Result<String, Refusal> {
    let slug = text::line("slug", text, 2, 80)?;
    let plain =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if slug.split('-').all(plain) {
        Ok(slug)
    } else {
        Err(Refusal::new(Code::Invalid, "slug", "Lower-case letters, digits and single hyphens between them."))
    }
}

/// Address parts for a new employer, best first: made of its name, then numbered, then told apart by its identifier.
pub fn slugs(name: &str, id: Uuid) -> impl Iterator<Item = String> {
    let base = match text::slug(name) {
        slug if slug.len() < 2 => format!("employer-{slug}").trim_end_matches('-').to_owned(),
        slug => slug,
    };
    // The end of an identifier is random; its beginning is the time.
    let tail: String = id.simple().to_string().chars().skip(20).collect();
    let suffixes = (2..=9).map(|number: u8| number.to_string()).chain(std::iter::once(tail));
    let others: Vec<_> = suffixes.map(|suffix| format!("{base}-{suffix}")).collect();
    std::iter::once(base).chain(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_made_of_the_name_and_never_run_out_of_form() {
        let id = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        let made: Vec<_> = slugs("Analytical Engines", id).collect();
        assert_eq!(made.len(), 10);
        assert_eq!(made[0], "analytical-engines");
        assert_eq!(made[1], "analytical-engines-2");
        assert_eq!(made[9], "analytical-engines-456789abcdef");
        for name in ["!!!", "X", "株式会社", &"long name ".repeat(12), "A — B"] {
            for made in slugs(name, id) {
                assert_eq!(slug(&made).as_deref(), Ok(made.as_str()), "{name}");
            }
        }
    }

    #[test]
    fn a_chosen_slug_is_plain() {
        assert_eq!(slug(" engines-2 ").as_deref(), Ok("engines-2"));
        for (wrong, code) in [
            ("", Code::Required),
            ("a", Code::TooShort),
            ("Engines", Code::Invalid),
            ("a--b", Code::Invalid),
            ("-ab", Code::Invalid),
            ("ab-", Code::Invalid),
            ("ab cd", Code::Invalid),
            ("zürich", Code::Invalid),
        ] {
            assert_eq!(slug(wrong).expect_err(wrong).code, code, "{wrong}");
        }
        assert_eq!(slug(&"a".repeat(81)).expect_err("long").code, Code::TooLong);
    }

    #[test]
    fn names_are_one_line_of_120_characters() {
        assert_eq!(name("  Analytical \t Engines ").as_deref(), Ok("Analytical Engines"));
        assert!(name(&"é".repeat(120)).is_ok());
        assert_eq!(name(&"é".repeat(121)).expect_err("long").code, Code::TooLong);
        assert_eq!(name(" ").expect_err("blank").code, Code::Required);
    }
}
