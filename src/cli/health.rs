//! `rolecall health`: for container health checks, without a client of its own in the image.

use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::config::Config;

/// Asks `/readyz` of the server that listens where the settings say.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let address = config.listen.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:");
    let status = tokio::time::timeout(Duration::from_secs(4), ask(&address)).await.context("no answer in time")??;
    if status != "200" {
        bail!("the server is not ready: status {status}");
    }
    Ok(())
}

async fn ask(address: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await.with_context(|| format!("nothing listens on {address}"))?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = [0_u8; 64];
    let length = stream.read(&mut answer).await?;
    let line = String::from_utf8_lossy(&answer[..length]);
    line.split(' ').nth(1).map(str::to_owned).context("the answer is not HTTP")
}
