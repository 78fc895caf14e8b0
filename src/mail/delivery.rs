//! The job that sends what waits in the outbox.
//!
//! A mail is held before it is sent, and noted as sent after the server took it. A worker that dies in between leaves a
//! mail that is sent again when its hold ends, with the same `Message-ID`: no queue can do better than that, for the
//! server's answer and our note are two things. In every other case a mail leaves once.

use anyhow::Context;
use futures_util::StreamExt as _;
use futures_util::stream;

use super::letter::Letter;
use super::queue::{self, Fate};
use super::subscription;
use super::transport::Undelivered;
use crate::entities::mail;
use crate::metrics;
use crate::state::State;

/// Mails that are taken at once.
const BATCH: u64 = 20;
/// Batches of one run: a server that stops waits for its end.
const BATCHES: usize = 25;
/// Mails that leave side by side.
const SIDE_BY_SIDE: usize = 4;

/// Sends what waits.
///
/// # Errors
/// The database failed, or no mail can leave at all; that costs none of them a try.
pub async fn deliver(state: &State) -> anyhow::Result<()> {
    if !queue::is_any_due(state.db.reads(), state.clock.now()).await? {
        return Ok(());
    }
    if let Err(error) = state.mailer.check().await {
        queue::give_up(state.db.writes(), &format!("{error:#}"), state.clock.now()).await?;
        return Err(error);
    }
    for _ in 0..BATCHES {
        let taken = queue::claim(state.db.writes(), BATCH, state.clock.now()).await?;
        if taken.is_empty() {
            break;
        }
        let sent = stream::iter(taken).map(|mail| send(state, mail)).buffer_unordered(SIDE_BY_SIDE);
        sent.collect::<Vec<_>>().await.into_iter().collect::<anyhow::Result<()>>()?;
    }
    Ok(())
}

async fn send(state: &State, taken: mail::Model) -> anyhow::Result<()> {
    let fate = match letter_of(state, &taken).await {
        Ok(None) => Fate::Never("no longer wanted".to_owned()),
        Ok(Some(letter)) => match state.mailer.send(&state.signer, &taken, &letter).await {
            Ok(()) => Fate::Sent,
            Err(Undelivered::Later(error)) => Fate::Later(format!("{error:#}")),
            Err(Undelivered::Never(error)) => Fate::Never(format!("{error:#}")),
        },
        Err(error) => Fate::Later(format!("{error:#}")),
    };
    metrics::mail(match &fate {
        Fate::Sent => "sent",
        Fate::Later(_) => "later",
        Fate::Never(_) => "never",
    });
    if let Fate::Later(error) | Fate::Never(error) = &fate {
        tracing::warn!(mail = %taken.id, attempts = taken.attempts, error, "a mail did not leave");
    }
    Ok(queue::settle(state.db.writes(), &taken, fate, state.clock.now()).await?)
}

/// What the mail says; `None` if the person has said since that mails like it are not wanted.
async fn letter_of(state: &State, taken: &mail::Model) -> anyhow::Result<Option<Letter>> {
    let letter = taken.letter.clone().context("a mail without a letter")?;
    let letter: Letter = serde_json::from_value(letter).context("a letter that this server cannot read")?;
    let wanted = match letter.subscription(taken.account_id) {
        Some(which) => subscription::is_on(state.db.reads(), which).await?,
        None => true,
    };
    Ok(wanted.then_some(letter))
}
