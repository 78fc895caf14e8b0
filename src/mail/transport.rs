//! How a mail leaves: into a file, or to a mail server by SMTP.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use lettre::message::Mailbox;
use lettre::transport::smtp::{self, AsyncSmtpTransport, AsyncSmtpTransportBuilder};
use lettre::{AsyncTransport, Message, Tokio1Executor};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

/// How long one command of SMTP may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a whole mail may take.
const MAIL_TIMEOUT: Duration = Duration::from_mins(1);

/// Answers of a server to who we are, not to whom we write: they say nothing of the mail (RFC 4954 §6, RFC 8314).
const ABOUT_THE_SENDER: [&str; 4] = ["530", "534", "535", "538"];

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// It may leave later.
    #[error("{0:#}")]
    Later(anyhow::Error),
    /// It never will: there is no such mailbox, or it refuses the mail.
    #[error("{0:#}")]
    Never(anyhow::Error),
}

/// How mails leave.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Each mail becomes an `.eml` file in this folder, which mail programs open.
    Folder(PathBuf),
    /// Each mail goes to a server; its connections are kept for the next ones.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Transport {
    /// A mail server: `smtps://user:password@host`, `smtp://host:587?tls=required` (STARTTLS) or, for one on the same
    /// machine or network, `smtp://host:25`.
    ///
    /// # Errors
    /// The address is of no such form. The error does not show it, for it holds a password.
    pub fn smtp(url: &str) -> anyhow::Result<Self> {
        Ok(Self::Smtp(server(url)?.timeout(Some(COMMAND_TIMEOUT)).build()))
    }

    /// Checks the address of a mail server. What makes connections is not built: that takes a runtime.
    ///
    /// # Errors
    /// See [`Transport::smtp`].
    pub fn check_address(url: &str) -> anyhow::Result<()> {
        server(url).map(drop)
    }

    /// Whether mails could leave now. Asked before mails are taken, so that a server that is away costs none of them a
    /// try.
    ///
    /// # Errors
    /// The folder cannot be made, or the server is away or does not let us in.
    pub async fn check(&self) -> anyhow::Result<()> {
        match self {
            Self::Folder(folder) => {
                tokio::fs::create_dir_all(folder).await.with_context(|| format!("{} cannot be made", folder.display()))
            }
            Self::Smtp(server) => {
                let answered = tokio::time::timeout(MAIL_TIMEOUT, server.test_connection()).await;
                let answered = answered.context("the mail server does not answer in time")?;
                anyhow::ensure!(answered.context("the mail server is away")?, "the mail server hangs up");
                Ok(())
            }
        }
    }

    /// Lets a mail leave. The same mail twice gives the same file; a server that gets it twice can tell by its
    /// `Message-ID`.
    ///
    /// # Errors
    /// [`Undelivered`].
    pub async fn send(&self, id: Uuid, message: Message) -> Result<(), Undelivered> {
        match self {
            Self::Folder(folder) => write(folder, id, &message.formatted()).await.map_err(Undelivered::Later),
            Self::Smtp(server) => match tokio::time::timeout(MAIL_TIMEOUT, server.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(judged(error)),
                Err(elapsed) => Err(Undelivered::Later(elapsed.into())),
            },
        }
    }
}

fn server(url: &str) -> anyhow::Result<AsyncSmtpTransportBuilder> {
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
    builder.ok().context("expected an address such as smtps://user:password@mail.example.org")
}

/// A refusal for good concerns the mail; everything else the day.
fn judged(error: smtp::Error) -> Undelivered {
    let code = error.status().map(|code| code.to_string()).unwrap_or_default();
    if error.is_permanent() && !ABOUT_THE_SENDER.contains(&code.as_str()) {
        Undelivered::Never(error.into())
    } else {
        Undelivered::Later(error.into())
    }
}

/// Writes the file under another name first, so that nobody reads half of it. It holds what only its reader may know, so
/// only the owner of the server's files may read it.
async fn write(folder: &Path, id: Uuid, mail: &[u8]) -> anyhow::Result<()> {
    let path = folder.join(format!("{id}.eml"));
    let draft = folder.join(format!("{id}.part"));
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let written = async {
        let mut file = options.open(&draft).await?;
        file.write_all(mail).await?;
        file.sync_all().await?;
        tokio::fs::rename(&draft, &path).await
    };
    written.await.with_context(|| format!("{} cannot be written", path.display()))
}

/// Reads the sender of all mails: `Name <address>`.
///
/// # Errors
/// It is no address.
pub fn sender(text: &str) -> anyhow::Result<Mailbox> {
    text.parse().ok().context("expected a sender such as Example Jobs <jobs@example.org>")
}
