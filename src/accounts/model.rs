//! What an account is made of, parsed once: behind this door a service never distrusts a text again.

use secrecy::{ExposeSecret, SecretString};

use crate::error::{Code, Refusal};

/// An e-mail address that is well-formed, with the form under which it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    written: String,
    key: String,
}

impl Email {
    /// Longest address that SMTP carries (RFC 5321 §4.5.3.1.3).
    pub const MAX: usize = 254;

    /// Reads an address.
    ///
    /// # Errors
    /// `INVALID` or `TOO_LONG` at `email`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let written = text.trim();
        if written.len() > Self::MAX {
            return Err(Refusal::new(Code::TooLong, "email", format!("At most {} characters.", Self::MAX)));
        }
        let options = email_address::Options::default().without_display_text().without_domain_literal();
        if email_address::EmailAddress::parse_with_options(written, options.with_required_tld()).is_err() {
            return Err(Refusal::new(Code::Invalid, "email", "This is not an e-mail address."));
        }
        Ok(Self { written: written.to_owned(), key: written.to_lowercase() })
    }

    /// As the person wrote it.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// As it is compared: without regard to case.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// A password of a permitted length (NIST SP 800-63B-4: 15 where it is the only factor). Whether it is hard to guess is
/// told by [`strength`](super::strength).
#[derive(Clone, Debug)]
pub struct Password(SecretString);

impl Password {
    /// Shortest password in characters.
    pub const MIN: usize = 15;
    /// Longest password in characters; nothing is cut off.
    pub const MAX: usize = 256;

    /// Reads a new password.
    ///
    /// # Errors
    /// `TOO_SHORT` or `TOO_LONG` at `password`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        match text.chars().count() {
            length if length < Self::MIN => {
                Err(Refusal::new(Code::TooShort, "password", format!("At least {} characters.", Self::MIN)))
            }
            length if length > Self::MAX => {
                Err(Refusal::new(Code::TooLong, "password", format!("At most {} characters.", Self::MAX)))
            }
            _ => Ok(Self(text.into())),
        }
    }

    /// The secret itself.
    #[must_use]
    pub const fn secret(&self) -> &SecretString {
        &self.0
    }

    /// Its characters.
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Reads a name of a person: 1 to 100 characters without control characters.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `name`.
pub fn person_name(text: &str) -> Result<String, Refusal> {
    crate::text::line("name", text, 1, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_without_case() {
        let email = Email::parse(" Ada@Example.org ").expect("an address");
        assert_eq!((email.written(), email.key()), ("Ada@Example.org", "ada@example.org"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in ["", "ada", "ada@", "@example.org", "ada@example", "Ada <ada@example.org>", "a b@example.org"] {
            assert_eq!(Email::parse(wrong).expect_err(wrong).code, Code::Invalid, "{wrong}");
        }
        let long = format!("{}@example.org", "a".repeat(250));
        assert_eq!(Email::parse(&long).expect_err("long").code, Code::TooLong);
    }

    #[test]
    fn passwords_have_15_to_256_characters() {
        assert!(Password::parse(&"ä".repeat(15)).is_ok());
        assert!(Password::parse(&"a".repeat(256)).is_ok());
        assert_eq!(Password::parse(&"a".repeat(14)).expect_err("short").code, Code::TooShort);
        assert_eq!(Password::parse(&"a".repeat(257)).expect_err("long").code, Code::TooLong);
    }
}
