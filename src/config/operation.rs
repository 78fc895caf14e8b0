//! Settings of operation: how a server stops, and who may see what it measures.

use std::time::Duration;

use anyhow::bail;
use secrecy::{ExposeSecret, SecretString};

use super::{Pause, Seconds, Settings};

/// The least characters of a token that opens the metrics.
const TOKEN_LENGTH: usize = 16;

/// How a server stops, and who may see what it measures.
#[derive(Clone, Debug)]
pub struct OperationConfig {
    /// How long a server that stops still takes requests, while it says that it is not ready.
    pub shutdown_delay: Duration,
    /// Time for requests under way after that.
    pub drain_timeout: Duration,
    /// When a server that stops is ended, whatever it does.
    pub shutdown_timeout: Duration,
    /// Where metrics are served beside the API, `host:port`.
    pub metrics_listen: Option<String>,
    /// What opens the metrics where the API is served.
    pub metrics_token: Option<SecretString>,
}

impl OperationConfig {
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let config = Self {
            shutdown_delay: settings.parse::<Pause>("shutdown-delay")?.0,
            drain_timeout: settings.parse::<Seconds>("drain-timeout")?.0,
            shutdown_timeout: settings.parse::<Seconds>("shutdown-timeout")?.0,
            metrics_listen: settings.parse("metrics-listen").ok().filter(|address: &String| !address.is_empty()),
            metrics_token: settings.secret("metrics-token").filter(|token| !token.expose_secret().is_empty()),
        };
        if config.shutdown_delay + config.drain_timeout > config.shutdown_timeout {
            bail!("setting `shutdown-timeout`: it must not be less than `shutdown-delay` and `drain-timeout` together");
        }
        if config.metrics_token.as_ref().is_some_and(|token| token.expose_secret().trim().len() < TOKEN_LENGTH) {
            bail!("setting `metrics-token`: at least {TOKEN_LENGTH} characters");
        }
        Ok(config)
    }
}
