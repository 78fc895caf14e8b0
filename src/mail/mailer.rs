//! Makes mails of letters and lets them leave.

use std::time::SystemTime;

use anyhow::Context;
use lettre::Message;
use lettre::address::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart};
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::letter::Letter;
use super::page::Frame;
use super::samples;
use super::subscription::Subscription;
use super::transport::{Transport, Undelivered};
use super::wording::Links;
use crate::config::Config;
use crate::entities::mail;
use crate::signing::Signer;

/// A letter in its two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forms {
    /// Its subject.
    pub subject: String,
    /// For programs that show pages.
    pub html: String,
    /// For everything else.
    pub text: String,
}

/// Makes mails of letters and lets them leave.
#[derive(Debug)]
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    /// Address of the front end, where links lead.
    web: String,
    /// Address of this server, where "unsubscribe" leads.
    server: String,
}

impl Mailer {
    /// The mailer of the settings: to the mail server they name, or into the data folder.
    ///
    /// # Errors
    /// The address of the mail server is malformed.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let transport = match &config.mail.smtp_url {
            Some(url) => Transport::smtp(url.expose_secret())?,
            None => Transport::Folder(config.data_dir.join("mail")),
        };
        Ok(Self::over(transport, config))
    }

    /// The same over another way out.
    #[must_use]
    pub fn over(transport: Transport, config: &Config) -> Self {
        let address = |text: &str| text.trim_end_matches('/').to_owned();
        Self {
            transport,
            from: config.mail.from.clone(),
            web: address(&config.mail.web_url),
            server: address(&config.public_url),
        }
    }

    /// Whether mails could leave now.
    ///
    /// # Errors
    /// See [`Transport::check`].
    pub async fn check(&self) -> anyhow::Result<()> {
        self.transport.check().await
    }

    /// Lets a letter leave.
    ///
    /// # Errors
    /// [`Undelivered`]; a mail that cannot be made never leaves.
    pub async fn send(&self, signer: &Signer, mail: &mail::Model, letter: &Letter) -> Result<(), Undelivered> {
        let message = self.compose(signer, mail, letter).map_err(Undelivered::Never)?;
        self.transport.send(mail.id, message).await
    }

    /// The two forms of a letter. `end` is what a click on "unsubscribe" ends.
    ///
    /// # Errors
    /// A template cannot be filled.
    pub fn forms(&self, letter: &Letter, name: Option<&str>, end: Option<&str>) -> anyhow::Result<Forms> {
        let page = letter.page(Links(&self.web));
        let frame = Frame { board: self.board(), name, unsubscribe: end };
        let (html, text) = (page.html(&frame)?, page.text(&frame)?);
        Ok(Forms { subject: page.subject, html, text })
    }

    /// The two forms of a sample.
    ///
    /// # Errors
    /// A template cannot be filled.
    pub fn preview(&self, signer: &Signer, letter: &Letter) -> anyhow::Result<Forms> {
        let end = letter.subscription(Some(Uuid::nil())).map(|which| self.unsubscribe_url(signer, which));
        self.forms(letter, Some(samples::NAME), end.as_deref())
    }

    /// The address that ends a subscription (RFC 8058).
    #[must_use]
    pub fn unsubscribe_url(&self, signer: &Signer, which: Subscription) -> String {
        format!("{}/unsubscribe?token={}", self.server, which.token(signer))
    }

    /// The name of the board: that of the sender.
    fn board(&self) -> &str {
        self.from.name.as_deref().unwrap_or("Rolecall")
    }

    fn compose(&self, signer: &Signer, mail: &mail::Model, letter: &Letter) -> anyhow::Result<Message> {
        let address: Address = mail.recipient.parse().context("the recipient's address")?;
        let end = letter.subscription(mail.account_id).map(|which| self.unsubscribe_url(signer, which));
        let forms = self.forms(letter, mail.recipient_name.as_deref(), end.as_deref())?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(mail.recipient_name.as_deref().and_then(printable), address))
            .subject(forms.subject)
            .date(SystemTime::from(mail.created_at))
            // Made of the mail's own identifier: a receiver that gets it twice can tell.
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())));
        // No out-of-office answers to this one (RFC 3834).
        let message = raw(message, "Auto-Submitted", "auto-generated".to_owned());
        let message = match end {
            Some(url) => {
                let message = raw(message, "List-Unsubscribe", format!("<{url}>"));
                raw(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())
            }
            None => message,
        };
        message.multipart(MultiPart::alternative_plain_html(forms.text, forms.html)).context("the mail")
    }
}

/// A name without line breaks and their like, which a header cannot carry.
fn printable(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    Some(name).filter(|name| !name.trim().is_empty())
}

/// A header whose value is ASCII and must stay in one piece.
fn raw(message: MessageBuilder, name: &'static str, value: String) -> MessageBuilder {
    let name = HeaderName::new_from_ascii_str(name);
    message.raw_header(HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value))
}

#[cfg(test)]
mod tests;
