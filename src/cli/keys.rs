//! `rolecall keys`: makes the secrets of a server, and the public halves that others may know.

use std::io::{Read as _, Write as _};

use anyhow::Context;
use clap::Subcommand;

use crate::accounts::keys::{generate_cursor_key, generate_signing_key, public_half};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print a new key that signs access tokens (Ed25519, PKCS#8 PEM), for ROLECALL_SIGNING_KEY
    Generate,
    /// Print a new secret that seals cursors (32 bytes in base64), for ROLECALL_CURSOR_KEY
    GenerateCursor,
    /// Read a private key from standard input and print its public half, for ROLECALL_VERIFYING_KEYS
    Public,
}

pub fn run(command: &Command) -> anyhow::Result<()> {
    let text = match command {
        Command::Generate => generate_signing_key()?,
        Command::GenerateCursor => generate_cursor_key()? + "\n",
        Command::Public => {
            let mut private = String::new();
            std::io::stdin().read_to_string(&mut private).context("the key cannot be read")?;
            public_half(&private)?
        }
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
