//! Access tokens: EdDSA (Ed25519) JWTs of the type `at+jwt` (RFC 9068).

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::ids::{self, Kind};

/// Clocks of two servers may differ by this much.
const LEEWAY: TimeDelta = TimeDelta::seconds(30);

/// The type that the header of an access token names; it keeps other tokens of the same key from being used as one.
const TOKEN_TYPE: &str = "at+jwt";

/// Signs and checks access tokens.
pub struct TokenKeys {
    signing: EncodingKey,
    verifying: DecodingKey,
    key_id: String,
    issuer: String,
    ttl: TimeDelta,
}

/// What a valid access token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Whose token it is.
    pub account_id: Uuid,
    /// The session it was made for.
    pub session_id: Uuid,
}

/// A valid access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// What it says.
    pub claims: Claims,
    /// When it ends; until then a connection may stay open on its strength.
    pub expires_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl TokenKeys {
    /// Keys from a PKCS#8 PEM.
    ///
    /// # Errors
    /// The text is not such a key.
    pub fn from_pem(pem: &str, issuer: &str, ttl: Duration) -> anyhow::Result<Self> {
        let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
        let der = STANDARD.decode(base64).context("the signing key is not PEM")?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der);
        let pair = pair.ok().context("the signing key is not an Ed25519 key in PKCS#8")?;
        let public = pair.public_key().as_ref();
        Ok(Self {
            signing: EncodingKey::from_ed_der(&der),
            verifying: DecodingKey::from_ed_der(public),
            key_id: URL_SAFE_NO_PAD.encode(&digest(&SHA256, public).as_ref()[..9]),
            issuer: issuer.to_owned(),
            ttl: TimeDelta::from_std(ttl)?,
        })
    }

    /// A new access token and the instant at which it expires.
    ///
    /// # Errors
    /// The key cannot sign.
    pub fn sign(&self, claims: Claims, now: Timestamp) -> anyhow::Result<(String, Timestamp)> {
        let expires_at = now + self.ttl;
        let header = Header {
            typ: Some(TOKEN_TYPE.to_owned()),
            kid: Some(self.key_id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let payload = Payload {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: ids::encode(Kind::Account, claims.account_id),
            sid: ids::encode(Kind::Session, claims.session_id),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires_at.timestamp(),
        };
        Ok((jsonwebtoken::encode(&header, &payload, &self.signing)?, expires_at))
    }

    /// What the token says, if this key signed it, for this server, and it holds now.
    #[must_use]
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<Credentials> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(TOKEN_TYPE) || header.kid.as_deref() != Some(&self.key_id) {
            return None;
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Time is checked below, against the clock that everything else goes by.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let payload = jsonwebtoken::decode::<Payload>(token, &self.verifying, &validation).ok()?.claims;
        let in_time = payload.exp > (now - LEEWAY).timestamp() && payload.nbf <= (now + LEEWAY).timestamp();
        in_time.then_some(())?;
        let claims = Claims {
            account_id: ids::decode(Kind::Account, &payload.sub)?,
            session_id: ids::decode(Kind::Session, &payload.sid)?,
        };
        Some(Credentials { claims, expires_at: Timestamp::from_timestamp(payload.exp, 0)? })
    }
}

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKeys").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// A new Ed25519 private key as PKCS#8 PEM.
///
/// # Errors
/// The machine gives no randomness.
pub fn generate_signing_key() -> anyhow::Result<String> {
    let pair = Ed25519KeyPair::generate().ok().context("no randomness")?;
    let der = pair.to_pkcs8v1().ok().context("a new key cannot be written")?;
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref())))
}

/// 32 random bytes in base64.
///
/// # Errors
/// The machine gives no randomness.
pub fn generate_cursor_key() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok().context("no randomness")?;
    Ok(STANDARD.encode(bytes))
}

/// Reads a secret that development keeps in the data folder, making it up the first time. Only its owner may read it.
///
/// # Errors
/// The folder cannot be written, or no secret can be made.
pub fn keep_secret(path: &Path, generate: fn() -> anyhow::Result<String>) -> anyhow::Result<String> {
    use std::io::Write as _;
    if let Ok(secret) = std::fs::read_to_string(path) {
        return Ok(secret);
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let secret = generate()?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => file.write_all(secret.as_bytes())?,
        // Another server that starts at the same time was faster: its secret is the one.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()));
        }
        Err(error) => return Err(error).with_context(|| format!("{} cannot be written", path.display())),
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_timestamp_nanos(1_790_000_000_000_000_000);

    fn keys(issuer: &str) -> TokenKeys {
        let pem = generate_signing_key().expect("a key");
        TokenKeys::from_pem(&pem, issuer, Duration::from_mins(5)).expect("keys")
    }

    fn claims() -> Claims {
        Claims { account_id: Uuid::from_u128(1), session_id: Uuid::from_u128(2) }
    }

    #[test]
    fn a_token_holds_for_its_time_and_the_leeway() {
        let keys = keys("https://jobs.example");
        let (token, expires_at) = keys.sign(claims(), NOW).expect("signed");
        assert_eq!(expires_at, NOW + TimeDelta::seconds(300));
        let good = Some(Credentials { claims: claims(), expires_at });
        assert_eq!(keys.verify(&token, NOW), good);
        assert_eq!(keys.verify(&token, NOW + TimeDelta::seconds(329)), good);
        assert_eq!(keys.verify(&token, NOW + TimeDelta::seconds(331)), None);
        assert_eq!(keys.verify(&token, NOW - TimeDelta::seconds(29)), good);
        assert_eq!(keys.verify(&token, NOW - TimeDelta::seconds(31)), None);
    }

    #[test]
    fn tokens_of_other_keys_types_and_algorithms_are_refused() {
        let keys = keys("https://jobs.example");
        let (foreign, _) = super::tests::keys("https://jobs.example").sign(claims(), NOW).expect("signed");
        assert_eq!(keys.verify(&foreign, NOW), None);
        let (token, _) = keys.sign(claims(), NOW).expect("signed");
        let (header, rest) = token.split_once('.').expect("three parts");
        let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(header).expect("base64")).expect("text");
        for (from, to) in [("EdDSA", "none"), ("EdDSA", "HS256"), ("at+jwt", "JWT")] {
            let forged = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(decoded.replace(from, to)));
            assert_eq!(keys.verify(&forged, NOW), None, "{to}");
        }
        assert_eq!(keys.verify("", NOW), None);
        assert_eq!(keys.verify("a.b.c", NOW), None);
    }

    #[test]
    fn a_token_for_another_server_is_refused() {
        let pem = generate_signing_key().expect("a key");
        let ttl = Duration::from_mins(5);
        let one = TokenKeys::from_pem(&pem, "https://one.example", ttl).expect("keys");
        let other = TokenKeys::from_pem(&pem, "https://other.example", ttl).expect("keys");
        let (token, _) = one.sign(claims(), NOW).expect("signed");
        assert_eq!(other.verify(&token, NOW), None);
    }
}
