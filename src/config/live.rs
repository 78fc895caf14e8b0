//! Settings of live subscriptions.

use std::time::Duration;

use anyhow::bail;

use super::{Seconds, Settings};

/// Settings of live subscriptions.
#[derive(Clone, Debug)]
pub struct LiveConfig {
    /// How often changes by other servers are looked for.
    pub poll_interval: Duration,
    /// WebSockets and event streams at a time.
    pub connections: usize,
    /// Of those, how many one account may have.
    pub connections_per_account: usize,
    /// Operations under way on one WebSocket.
    pub operations: usize,
    /// Bytes of one message from a WebSocket client.
    pub message_bytes: usize,
    /// Messages that one WebSocket client may send in a minute.
    pub messages_per_minute: u32,
    /// Bytes that may wait for a slow WebSocket client.
    pub write_buffer: usize,
    /// Events that may wait for a slow subscriber before its subscription ends.
    pub backlog: usize,
    /// Time for a WebSocket client to send `connection_init`.
    pub init_timeout: Duration,
    /// How often a silent connection is checked for life.
    pub keep_alive: Duration,
    /// Least time between two events of one `marketChanged`.
    pub market_interval: Duration,
}

impl LiveConfig {
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let config = Self {
            poll_interval: settings.parse::<Seconds>("live-poll-interval")?.0,
            connections: settings.parse("live-connections")?,
            connections_per_account: settings.parse("live-connections-per-account")?,
            operations: settings.parse("live-operations")?,
            message_bytes: settings.parse("live-message-bytes")?,
            messages_per_minute: settings.parse("live-messages-per-minute")?,
            write_buffer: settings.parse("live-write-buffer")?,
            backlog: settings.parse("live-backlog")?,
            init_timeout: settings.parse::<Seconds>("live-init-timeout")?.0,
            keep_alive: settings.parse::<Seconds>("live-keep-alive")?.0,
            market_interval: settings.parse::<Seconds>("live-market-interval")?.0,
        };
        if config.backlog == 0 || config.messages_per_minute == 0 {
            bail!("settings `live-backlog` and `live-messages-per-minute` must be at least 1");
        }
        Ok(config)
    }
}
