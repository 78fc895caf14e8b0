//! Settings of what the HTTP front admits.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;

use super::{Seconds, Settings};

/// What the HTTP front admits.
#[derive(Clone, Debug)]
pub struct FrontConfig {
    /// Time for the head of a request, or until the next one begins.
    pub header_timeout: Duration,
    /// Time for the body of a GraphQL request.
    pub body_timeout: Duration,
    /// How long nothing may pass on a connection.
    pub idle_timeout: Duration,
    /// Connections at a time.
    pub max_connections: usize,
    /// Requests under way at a time.
    pub max_in_flight: usize,
    /// How long an answer may take before there are fewer of them.
    pub answer_target: Duration,
    /// Files being sent at a time.
    pub max_uploads: usize,
    /// Documents that clients name instead of sending them.
    pub persisted: PersistedConfig,
}

/// Documents that clients name instead of sending them.
#[derive(Clone, Debug)]
pub struct PersistedConfig {
    /// Mebibytes of those that clients register.
    pub registered: u32,
    /// Where those are that the operator trusts: a manifest, or a folder of manifests.
    pub trusted: Option<PathBuf>,
    /// Whether all others are refused.
    pub trusted_only: bool,
}

impl FrontConfig {
    /// Reads the settings.
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let trusted = settings.parse::<String>("trusted-documents").ok().filter(|path| !path.is_empty());
        let config = Self {
            header_timeout: settings.parse::<Seconds>("header-timeout")?.0,
            body_timeout: settings.parse::<Seconds>("body-timeout")?.0,
            idle_timeout: settings.parse::<Seconds>("idle-timeout")?.0,
            max_connections: settings.parse("max-connections")?,
            max_in_flight: settings.parse("max-in-flight")?,
            answer_target: settings.parse::<Seconds>("answer-target")?.0,
            max_uploads: settings.parse("max-uploads")?,
            persisted: PersistedConfig {
                registered: settings.parse("persisted-queries")?,
                trusted: trusted.map(PathBuf::from),
                trusted_only: settings.parse("trusted-only")?,
            },
        };
        if config.max_connections == 0 || config.max_in_flight == 0 || config.max_uploads == 0 {
            bail!("settings `max-connections`, `max-in-flight` and `max-uploads` must be at least 1");
        }
        if config.persisted.trusted_only && config.persisted.trusted.is_none() {
            bail!("setting `trusted-only`: it takes `trusted-documents`, or nothing could be asked");
        }
        Ok(config)
    }
}
