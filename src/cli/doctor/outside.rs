//! Where files are, and who takes mails.

use std::time::Duration;

use anyhow::Context;
use secrecy::ExposeSecret;

use super::check::Check;
use crate::clock::Clock;
use crate::config::{Config, Environment, Place};
use crate::files::storage::Storage;
use crate::mail::transport::Transport;

/// How long anything outside may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Writes a small file, reads it, and removes it.
pub(super) async fn files(config: &Config) -> Check {
    const NAME: &str = "files";
    let place = match &config.files.place {
        Place::Folder(folder) if !folder.exists() => {
            return Check::ok(NAME, format!("{} is made when the server starts", folder.display()));
        }
        Place::Folder(folder) => folder.display().to_string(),
        Place::Bucket { name, .. } => format!("the bucket {name}"),
    };
    let tried = async {
        let storage = Storage::open(&config.files)?;
        let key = Storage::new_key(Clock::default().now());
        storage.put(&key, b"doctor".to_vec()).await?;
        let read = storage.get(&key, None).await?.bytes().await;
        storage.delete(&key).await?;
        anyhow::ensure!(&*read? == b"doctor", "what was read is not what was written");
        Ok(())
    };
    match tokio::time::timeout(PATIENCE, tried).await.context("no answer in time").flatten() {
        Ok(()) => Check::ok(NAME, format!("{place} keeps files")),
        Err(error) => {
            Check::fail(NAME, format!("{place}: {error:#}"), "See to ROLECALL_FILES_URL and the AWS_… variables.")
        }
    }
}

/// Greets the mail server, and signs in if there is a password; sends nothing.
pub(super) async fn mail(config: &Config) -> Check {
    const NAME: &str = "mail";
    let Some(url) = &config.mail.smtp_url else {
        let found = "mails become files in the data folder";
        return match config.environment {
            Environment::Development => Check::ok(NAME, found),
            Environment::Production => Check::warn(NAME, found, "Name a mail server with ROLECALL_SMTP_URL."),
        };
    };
    let tried = async { Transport::smtp(url.expose_secret())?.check().await };
    match tokio::time::timeout(PATIENCE, tried).await.context("no answer in time").flatten() {
        Ok(()) => Check::ok(NAME, "the mail server answers"),
        Err(error) => Check::fail(NAME, format!("{error:#}"), "See to ROLECALL_SMTP_URL; mails wait for three days."),
    }
}
