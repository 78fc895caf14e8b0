//! The real server, with everything that it needs breaking under it: killed while it writes, its database stopped, frozen,
//! slow or full, mail and files away, its index torn, two of it at once.
//!
//! These tests measure, and print what they measured (`cargo test --test faults -- --nocapture`); what they insist on
//! leaves room for machines that are slow. `ROLECALL_ROUNDS=20` kills the server that often instead of three times.

mod crash;
mod disk;
mod index;
mod migrations;
mod neighbours;
mod outage;
mod payload;
mod support;
