//! A real server as a process, a real database behind a proxy that breaks, and a board that people write to.

mod board;
mod client;
#[path = "../../api/support/databases.rs"]
mod databases;
#[expect(dead_code, reason = "tests/api has files judged that are bad")]
#[path = "../../api/documents.rs"]
mod documents;
mod proxy;
#[expect(dead_code, reason = "tests/api looks into its folder")]
#[path = "../../api/support/s3.rs"]
mod s3;
mod server;
#[expect(dead_code, reason = "tests/api tries more moods of it")]
#[path = "../../api/support/smtp.rs"]
mod smtp;
#[expect(dead_code, reason = "tests/api looks closer at the protocol")]
#[path = "../../api/support/socket.rs"]
mod socket;

pub use board::{Board, CREATE, Ledger, Silence, Store};
pub use client::{Client, Reply};
pub use databases::Copy;
pub use documents::{PDF, pdf};
pub use proxy::Proxy;
pub use s3::Bucket;
pub use server::{Process, Server};
pub use smtp::Sink;
pub use socket::Socket;

/// A password that is long enough.
pub const PASSWORD: &str = "correct horse battery";

/// The address of a PostgreSQL database through a proxy, and the proxy.
pub async fn through_a_proxy(url: &str) -> (String, Proxy) {
    let parsed: reqwest::Url = url.parse().expect("an address");
    let host = parsed.host_str().expect("a host");
    let proxy = Proxy::before(format!("{host}:{}", parsed.port().unwrap_or(5432))).await;
    let mut through = parsed.clone();
    through.set_ip_host(proxy.address.ip()).expect("a host");
    through.set_port(Some(proxy.address.port())).expect("a port");
    // It reads along, where a commit is to be lost.
    through.set_query(Some("sslmode=disable"));
    (through.into(), proxy)
}
