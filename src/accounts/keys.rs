//! Access tokens: EdDSA (Ed25519) JWTs of the type `at+jwt` (RFC 9068).

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use pem::Pem;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::ids::{self, Kind};

/// Clocks of two servers may differ by this much.
const LEEWAY: TimeDelta = TimeDelta::seconds(30);

/// The type that the header of an access token names; it keeps other tokens of the same key from being used as one.
const TOKEN_TYPE: &str = "at+jwt";

/// Keys whose tokens hold beside those of the key that signs: the last one and the next.
const FURTHER: usize = 2;

/// Signs and checks access tokens.
pub struct TokenKeys {
    signing: EncodingKey,
    /// The public halves of the key that signs, first, and of the others whose tokens hold.
    verifying: Vec<PublicKey>,
    issuer: String,
    ttl: TimeDelta,
}

/// The public half of a key.
struct PublicKey {
    /// Names it in the header of a token.
    id: String,
    point: [u8; 32],
    decoding: DecodingKey,
}

/// A public key as others read it (RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Jwk {
    kty: &'static str,
    crv: &'static str,
    x: String,
    kid: String,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
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

impl PublicKey {
    fn of(point: [u8; 32]) -> Self {
        let id = URL_SAFE_NO_PAD.encode(&digest(&SHA256, &point).as_ref()[..9]);
        Self { id, point, decoding: DecodingKey::from_ed_der(&point) }
    }

    /// The public half of a private key (PKCS#8), or a public key (SPKI).
    fn read(pem: &Pem) -> anyhow::Result<Self> {
        match pem.tag() {
            "PRIVATE KEY" => Ok(Self::of(point(&pair(pem.contents())?)?)),
            "PUBLIC KEY" => match pem.contents().strip_prefix(&SPKI) {
                Some(point) => Ok(Self::of(point.try_into().context("this is not an Ed25519 key")?)),
                None => bail!("this is not an Ed25519 key"),
            },
            other => bail!("PEM of a {other} is not a key that tokens are checked with"),
        }
    }
}

/// What stands before the point of an Ed25519 key in SPKI (RFC 8410).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

fn pair(der: &[u8]) -> anyhow::Result<Ed25519KeyPair> {
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().context("this is not an Ed25519 key in PKCS#8")
}

fn point(pair: &Ed25519KeyPair) -> anyhow::Result<[u8; 32]> {
    pair.public_key().as_ref().try_into().context("a public key of Ed25519 has 32 bytes")
}

impl TokenKeys {
    /// Keys from the PKCS#8 PEM of the one that signs, and from the PEM of up to two others whose tokens hold.
    ///
    /// # Errors
    /// A text is not of such keys.
    pub fn new(signing: &str, further: Option<&SecretString>, issuer: &str, ttl: Duration) -> anyhow::Result<Self> {
        let pem = pem::parse(signing).context("the signing key is not PEM")?;
        let pair = pair(pem.contents()).context("the signing key")?;
        let mut verifying = vec![PublicKey::of(point(&pair)?)];
        let text = further.map_or("", |text| text.expose_secret()).trim();
        let further = pem::parse_many(text).context("the verifying keys are not PEM")?;
        if further.is_empty() != text.is_empty() || further.len() > FURTHER {
            bail!("the verifying keys are one or two in PEM, not {}", further.len());
        }
        for pem in &further {
            let key = PublicKey::read(pem).context("a verifying key")?;
            if verifying.iter().all(|known| known.id != key.id) {
                verifying.push(key);
            }
        }
        let signing = EncodingKey::from_ed_der(pem.contents());
        Ok(Self { signing, verifying, issuer: issuer.to_owned(), ttl: TimeDelta::from_std(ttl)? })
    }

    /// The public keys with which others check tokens, that of new ones first.
    #[must_use]
    pub fn public(&self) -> Vec<Jwk> {
        let jwk = |key: &PublicKey| Jwk {
            kty: "OKP",
            crv: "Ed25519",
            x: URL_SAFE_NO_PAD.encode(key.point),
            kid: key.id.clone(),
            usage: "sig",
            alg: "EdDSA",
        };
        self.verifying.iter().map(jwk).collect()
    }

    /// A new access token and the instant at which it expires.
    ///
    /// # Errors
    /// The key cannot sign.
    pub fn sign(&self, claims: Claims, now: Timestamp) -> anyhow::Result<(String, Timestamp)> {
        let expires_at = now + self.ttl;
        let header = Header {
            typ: Some(TOKEN_TYPE.to_owned()),
            kid: self.verifying.first().map(|key| key.id.clone()),
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

    /// What the token says, if one of the keys signed it, for this server, and it holds now.
    #[must_use]
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<Credentials> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(TOKEN_TYPE) {
            return None;
        }
        let named = header.kid?;
        let key = self.verifying.iter().find(|key| key.id == named)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Time is checked below, against the clock that everything else goes by.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let payload = jsonwebtoken::decode::<Payload>(token, &key.decoding, &validation).ok()?.claims;
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
        let ids: Vec<_> = self.verifying.iter().map(|key| &key.id).collect();
        f.debug_struct("TokenKeys").field("key_ids", &ids).finish_non_exhaustive()
    }
}

/// A new Ed25519 private key as PKCS#8 PEM.
///
/// # Errors
/// The machine gives no randomness.
pub fn generate_signing_key() -> anyhow::Result<String> {
    let pair = Ed25519KeyPair::generate().ok().context("no randomness")?;
    let der = pair.to_pkcs8v1().ok().context("a new key cannot be written")?;
    Ok(written("PRIVATE KEY", der.as_ref()))
}

/// The public half of a private key, as PEM.
///
/// # Errors
/// The text is not the PKCS#8 PEM of an Ed25519 key.
pub fn public_half(pem: &str) -> anyhow::Result<String> {
    let pair = pair(pem::parse(pem).context("this is not PEM")?.contents())?;
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().ok().context("a public key cannot be written")?;
    Ok(written("PUBLIC KEY", der.as_ref()))
}

fn written(tag: &str, der: &[u8]) -> String {
    let unix = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    pem::encode_config(&Pem::new(tag, der), unix)
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
    // Written whole under a name of its own, and on the disk before it has the other: whoever finds it, finds all of it.
    let draft = path.with_added_extension(std::process::id().to_string());
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || {
        let mut file = options.open(&draft)?;
        file.write_all(secret.as_bytes())?;
        file.sync_all()?;
        let linked = std::fs::hard_link(&draft, path);
        std::fs::remove_file(&draft)?;
        linked
    };
    match write() {
        Ok(()) => Ok(secret),
        // Another server that starts at the same time was faster: its secret is the one.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be written", path.display())),
    }
}

#[cfg(test)]
mod tests;
