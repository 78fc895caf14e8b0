//! Documents that clients name instead of sending them.
//!
//! Trusted ones are read from manifests at start and named by their id: in `documentId`
//! (<https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md>) or in
//! `extensions.persistedQuery.sha256Hash`, where Apollo's clients put it. By the latter clients also register what they
//! like, in a cache of bounded size: <https://www.apollographql.com/docs/apollo-server/performance/apq>.

mod manifest;

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, bail};
use aws_lc_rs::digest::{SHA256, digest};
use axum::http::StatusCode;
use moka::sync::Cache;

use super::denied::{Denied, Stopped};
use super::parameters::Parameters;
use crate::config::PersistedConfig;
use crate::graphql::conformance::{Documents, OperationType, Prepared, Refusal, RefusalKind};
use manifest::{Entry, Operation};

/// Bytes that a registered document takes beside its text, estimated.
const OVERHEAD: usize = 256;

/// How a document is named by its hash in `documentId`.
const BY_HASH: &str = "sha256:";

/// Documents that clients name.
pub(super) struct Persisted {
    /// By the ids of manifests, and by hash.
    trusted: HashMap<String, Arc<str>>,
    is_trusted_only: bool,
    /// By hash; `None` where none are kept.
    registered: Option<Cache<String, Arc<str>>>,
}

impl Persisted {
    /// Reads the manifests and validates what is in them.
    ///
    /// # Errors
    /// A manifest cannot be read, or a document in it is refused; the file and the id are named.
    pub(super) fn new(config: &PersistedConfig, documents: &Documents) -> anyhow::Result<Self> {
        let trusted = match &config.trusted {
            Some(path) => trusted(manifest::read(path)?, documents).context("setting `trusted-documents`")?,
            None => HashMap::new(),
        };
        let registered = Cache::builder()
            .max_capacity(u64::from(config.registered) * 1024 * 1024)
            .weigher(|_: &String, text: &Arc<str>| u32::try_from(text.len() + OVERHEAD).unwrap_or(u32::MAX))
            .build();
        let registered = (config.registered > 0).then_some(registered);
        Ok(Self { trusted, is_trusted_only: config.trusted_only, registered })
    }

    /// The document that a request names or sends.
    ///
    /// # Errors
    /// [`Stopped`] when there is none, it is not to be executed, or it is refused.
    pub(super) fn find(
        &self,
        parameters: &Parameters,
        read: impl Fn(&str) -> Result<Arc<Prepared>, Stopped>,
    ) -> Result<Arc<Prepared>, Stopped> {
        let hash = parameters.hash().map_err(Denied::from)?;
        match (parameters.document_id.as_deref(), hash, parameters.query.as_deref()) {
            (Some(id), None, None) => self.named(id, read),
            (None, Some(hash), text) => self.hashed(hash, text, read),
            (None, None, Some(text)) => self.sent(text, read),
            (None, None, None) => Err(Denied::without_document().into()),
            (Some(_), ..) => {
                Err(bad("\"documentId\" stands for the document: send neither \"query\" nor a hash beside it."))
            }
        }
    }

    fn named(&self, id: &str, read: impl Fn(&str) -> Result<Arc<Prepared>, Stopped>) -> Result<Arc<Prepared>, Stopped> {
        let by_hash = || self.trusted.get(&id.strip_prefix(BY_HASH)?.to_ascii_lowercase());
        match self.trusted.get(id).or_else(by_hash) {
            Some(text) => read(text),
            None => Err(unknown()),
        }
    }

    fn hashed(
        &self,
        hash: &str,
        text: Option<&str>,
        read: impl Fn(&str) -> Result<Arc<Prepared>, Stopped>,
    ) -> Result<Arc<Prepared>, Stopped> {
        // Ids of manifests need not be hashes, and stand here all the same.
        if let Some(trusted) = self.trusted.get(hash) {
            return match text {
                Some(text) if *text != **trusted => Err(mismatch()),
                _ => read(trusted),
            };
        }
        let hash = hash.to_ascii_lowercase();
        match text {
            Some(text) if self.is_trusted_only => self.sent(text, read),
            None if self.is_trusted_only => Err(untrusted()),
            Some(text) if hash_of(text) != hash => Err(mismatch()),
            Some(text) => {
                let prepared = read(text)?;
                if let Some(registered) = &self.registered {
                    registered.insert(hash, Arc::from(text));
                }
                Ok(prepared)
            }
            None => match self.registered.as_ref().map(|registered| registered.get(&hash)) {
                Some(Some(text)) => read(&text),
                Some(None) => Err(unknown()),
                None => Err(Refusal::new(RefusalKind::Unregistered, "PersistedQueryNotSupported", None).into()),
            },
        }
    }

    fn sent(
        &self,
        text: &str,
        read: impl Fn(&str) -> Result<Arc<Prepared>, Stopped>,
    ) -> Result<Arc<Prepared>, Stopped> {
        if self.is_trusted_only && !self.trusted.contains_key(&hash_of(text)) {
            return Err(untrusted());
        }
        read(text)
    }
}

/// The documents of manifests by id and by hash, once it is certain that each can be executed.
fn trusted(entries: Vec<Entry>, documents: &Documents) -> anyhow::Result<HashMap<String, Arc<str>>> {
    let mut trusted: HashMap<String, Arc<str>> = HashMap::new();
    let mut hashes = Vec::new();
    for Entry { id, text, operation, file } in entries {
        let place = || format!("{}: document \"{id}\"", file.display());
        if trusted.get(&id).is_some_and(|other| **other != *text) {
            bail!("{}: the id stands for another document already", place());
        }
        let prepared = documents.prepare(&text).map_err(|refusal| told(&refusal)).with_context(place)?;
        if let Some(Operation { name, kind }) = operation
            && prepared.kind(Some(&name)) != Some(kind)
        {
            bail!("{}: it has no {} \"{name}\"", place(), word(kind));
        }
        let text: Arc<str> = text.into();
        hashes.push((hash_of(&text), text.clone()));
        trusted.insert(id, text);
    }
    for (hash, text) in hashes {
        trusted.entry(hash).or_insert(text);
    }
    Ok(trusted)
}

/// The first error of a refusal, for people.
fn told(refusal: &Refusal) -> anyhow::Error {
    let Some(error) = refusal.errors.first() else { return anyhow::anyhow!("it is refused") };
    match error.locations.first() {
        Some(at) => anyhow::anyhow!("line {}, column {}: {}", at.line, at.column, error.message),
        None => anyhow::anyhow!("{}", error.message),
    }
}

fn word(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

/// SHA-256 in hexadecimal digits.
fn hash_of(text: &str) -> String {
    use std::fmt::Write as _;
    digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// In the words that Apollo's clients look for: they send the document then.
fn unknown() -> Stopped {
    Refusal::new(RefusalKind::UnknownDocument, "PersistedQueryNotFound", None).into()
}

/// In the words of Apollo's server.
fn mismatch() -> Stopped {
    bad("provided sha does not match query")
}

fn untrusted() -> Stopped {
    let message = "This server executes trusted documents only, and this is none of them.";
    Refusal::new(RefusalKind::Untrusted, message, None).into()
}

fn bad(message: &'static str) -> Stopped {
    Denied::new(StatusCode::BAD_REQUEST, RefusalKind::Input.code(), message).into()
}

#[cfg(test)]
mod tests;
