//! How hard a new password is to guess, by zxcvbn: no rules about what it is made of, which people meet with `Password1!`.

use std::fmt::Write as _;

use zxcvbn::{Score, zxcvbn};

use super::model::Password;
use crate::error::{Code, Refusal};

/// What a guesser would try first: words of the person and of the board.
#[derive(Clone, Debug, Default)]
pub struct Known(Vec<String>);

/// Characters of a word that are compared.
const LONGEST: usize = 100;

impl Known {
    /// What is known of somebody with this address and name at a board of this name.
    #[must_use]
    pub fn of(email: &str, name: &str, board: &str) -> Self {
        let parts = |text: &str| -> Vec<String> {
            let text: String = text.chars().take(LONGEST).collect();
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2);
            let mut parts: Vec<_> = words.map(str::to_owned).collect();
            parts.push(text);
            parts
        };
        let local = email.rsplit_once('@').map_or("", |(local, _)| local);
        let mut known: Vec<_> = [email, local, name, board].into_iter().flat_map(parts).collect();
        known.retain(|word| !word.is_empty());
        Self(known)
    }
}

/// Judges a password that somebody wants to have.
///
/// # Errors
/// `TOO_WEAK` at `password`, with what would make it better.
pub fn judge(password: &Password, known: &Known) -> Result<(), Refusal> {
    let known: Vec<_> = known.0.iter().map(String::as_str).collect();
    let entropy = zxcvbn(password.expose(), &known);
    if entropy.score() >= Score::Three {
        return Ok(());
    }
    let mut message = "This password is too easy to guess.".to_owned();
    if let Some(feedback) = entropy.feedback() {
        if let Some(warning) = feedback.warning() {
            let _ = write!(message, " {warning}");
        }
        for suggestion in feedback.suggestions() {
            let _ = write!(message, " {suggestion}");
        }
    }
    Err(Refusal::new(Code::TooWeak, "password", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(password: &str) -> Result<(), Refusal> {
        let password = Password::parse(password).expect("long enough");
        judge(&password, &Known::of("ada.lovelace@analytical.example", "Ada King", "Rolecall"))
    }

    #[test]
    fn pass_phrases_are_good_whatever_they_are_made_of() {
        for good in [
            "correct horse battery",
            "another long password",
            "träumende kühe fliegen nie",
            "x9$Lq2!vR7@pW4#z",
            &"a long walk beside the river. ".repeat(8),
        ] {
            assert_eq!(judged(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_is_long_and_easy_to_guess_is_refused_with_advice() {
        for weak in [
            "aaaaaaaaaaaaaaa",
            "123456789012345",
            "passwordpassword",
            "qwertyuiopasdfgh",
            "abcabcabcabcabcabc",
            "ada.lovelace@analytical.example",
            "lovelacelovelace",
            "RolecallRolecall",
        ] {
            let refusal = judged(weak).expect_err(weak);
            assert_eq!((refusal.code, refusal.path.join(".").as_str()), (Code::TooWeak, "password"), "{weak}");
            assert!(refusal.message.len() > "This password is too easy to guess. ".len(), "{}", refusal.message);
        }
    }
}
