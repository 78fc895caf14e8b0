//! Addresses that prove themselves: what a link may do stands in the link, under a signature, and nothing is kept of it.

use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes of a signature (HMAC-SHA256, whole).
const TAG: usize = 32;

/// What a signed text is good for. A text that was signed for one purpose opens for no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Ends one kind of mail (RFC 8058).
    Unsubscribe,
    /// Takes or gives one file.
    File,
    /// Gives a copy of everything held about a person.
    Export,
    /// Names the key of a retry.
    IdempotencyKey,
    /// Tells whether what is sent with it is the same.
    IdempotentRequest,
    /// Seals what was answered to it.
    IdempotentAnswer,
    /// Makes a mark of somebody who searched.
    SearchMark,
}

impl Purpose {
    /// The name under which the key of this purpose is derived. It must never change: links in old mails carry it.
    const fn name(self) -> &'static [u8] {
        match self {
            Self::Unsubscribe => b"rolecall/unsubscribe",
            Self::File => b"rolecall/file",
            Self::Export => b"rolecall/export",
            Self::IdempotencyKey => b"rolecall/idempotency key",
            Self::IdempotentRequest => b"rolecall/idempotent request",
            Self::IdempotentAnswer => b"rolecall/idempotent answer",
            Self::SearchMark => b"rolecall/search mark",
        }
    }
}

/// Signs short texts and opens them again: HMAC-SHA256 under a key of its own for every purpose (HKDF, RFC 5869). What
/// is signed can be read by everyone, and only this server, or one with the same key, can have signed it.
#[derive(Debug)]
pub struct Signer(Prk);

impl Signer {
    /// A signer over the server's secret of 32 random bytes. The secret seals cursors too; the derivation keeps the two
    /// uses apart.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(Salt::new(HKDF_SHA256, b"rolecall signed addresses").extract(secret))
    }

    /// The payload and its signature in base64url.
    #[must_use]
    pub fn sign(&self, purpose: Purpose, payload: &[u8]) -> String {
        let tag = self.key(purpose).map(|key| hmac::sign(&key, payload));
        let tag = tag.as_ref().map_or(&[][..], AsRef::as_ref);
        URL_SAFE_NO_PAD.encode([payload, tag].concat())
    }

    /// 32 bytes that follow from the payload and the secret, for use as a key or as a name that gives nothing away.
    #[must_use]
    pub fn derive(&self, purpose: Purpose, payload: &[u8]) -> Vec<u8> {
        self.key(purpose).map(|key| hmac::sign(&key, payload).as_ref().to_vec()).unwrap_or_default()
    }

    /// The payload that was signed for this purpose; `None` for any other text.
    #[must_use]
    pub fn open(&self, purpose: Purpose, text: &str) -> Option<Vec<u8>> {
        let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let at = bytes.len().checked_sub(TAG)?;
        let tag = bytes.split_off(at);
        hmac::verify(&self.key(purpose)?, &bytes, &tag).ok()?;
        Some(bytes)
    }

    /// The key of a purpose. Deriving one fails for lengths alone that no digest has; without a key nothing opens.
    fn key(&self, purpose: Purpose) -> Option<hmac::Key> {
        self.0.expand(&[purpose.name()], HMAC_SHA256).ok().map(hmac::Key::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_text_opens_for_its_purpose_and_key_only() {
        let signer = Signer::new(&[7; 32]);
        for payload in [&b""[..], b"x", &[0, 255, 128], &[9; 300]] {
            let text = signer.sign(Purpose::Unsubscribe, payload);
            assert_eq!(signer.open(Purpose::Unsubscribe, &text).as_deref(), Some(payload));
            assert_eq!(signer.open(Purpose::File, &text), None);
            assert_eq!(Signer::new(&[8; 32]).open(Purpose::Unsubscribe, &text), None);
        }
    }

    #[test]
    fn a_changed_text_does_not_open() {
        let signer = Signer::new(&[7; 32]);
        let text = signer.sign(Purpose::File, b"file 1");
        for at in 0..text.len() {
            let other = if &text[at..=at] == "A" { "B" } else { "A" };
            let mut forged = text.clone();
            forged.replace_range(at..=at, other);
            // The last character carries bits that no byte uses; a strict decoder refuses them, and so it never opens.
            assert_eq!(signer.open(Purpose::File, &forged), None, "{at}");
        }
        for wrong in ["", "A", "not base64!", &text[..text.len() - 1], &format!("{text}A")] {
            assert_eq!(signer.open(Purpose::File, wrong), None, "{wrong}");
        }
    }
}
