//! Subscriptions over sockets and event streams.

use super::{Setting, plain};

pub(super) const SETTINGS: &[Setting] = &[
    plain(
        "live-poll-interval",
        "ROLECALL_LIVE_POLL_INTERVAL",
        "100ms",
        "How often changes by other servers are looked for",
    ),
    plain(
        "live-connections",
        "ROLECALL_LIVE_CONNECTIONS",
        "1000",
        "WebSockets and event streams at a time; half of them without an account",
    ),
    plain(
        "live-connections-per-account",
        "ROLECALL_LIVE_CONNECTIONS_PER_ACCOUNT",
        "5",
        "WebSockets and event streams of one account at a time",
    ),
    plain("live-operations", "ROLECALL_LIVE_OPERATIONS", "20", "Operations under way on one WebSocket"),
    plain("live-message-bytes", "ROLECALL_LIVE_MESSAGE_BYTES", "65536", "Bytes of one message from a WebSocket client"),
    plain(
        "live-messages-per-minute",
        "ROLECALL_LIVE_MESSAGES_PER_MINUTE",
        "100",
        "Messages that one WebSocket client may send in a minute",
    ),
    plain(
        "live-write-buffer",
        "ROLECALL_LIVE_WRITE_BUFFER",
        "1048576",
        "Bytes that may wait for a slow WebSocket client",
    ),
    plain(
        "live-backlog",
        "ROLECALL_LIVE_BACKLOG",
        "1000",
        "Events that may wait for a slow subscriber before its subscription ends",
    ),
    plain(
        "live-init-timeout",
        "ROLECALL_LIVE_INIT_TIMEOUT",
        "5s",
        "Time for a WebSocket client to send connection_init",
    ),
    plain(
        "live-keep-alive",
        "ROLECALL_LIVE_KEEP_ALIVE",
        "15s",
        "How often a silent connection is checked for life; after three times it is closed",
    ),
    plain(
        "live-market-interval",
        "ROLECALL_LIVE_MARKET_INTERVAL",
        "30s",
        "Least time between two events of one marketChanged",
    ),
];
