//! Who tries too often, asked before anything is worked out: a password that is refused here is never hashed, and no
//! mail is written.

use async_graphql::Context;

use crate::accounts::failures;
use crate::accounts::model::Email;
use crate::graphql::context::Ask;
use crate::graphql::errors::{internal, too_many};
use crate::limits::{By, Throttled};

/// An address as tries are counted by it: what is no address is a name like any other.
fn identifier(email: &str) -> String {
    Email::parse(email).map_or_else(|_| email.trim().to_lowercase(), |email| email.key().to_owned())
}

/// Counts a try to sign in under an address, whether or not an account has it.
///
/// # Errors
/// `RATE_LIMITED`.
pub async fn sign_in(ctx: &Context<'_>, email: &str) -> async_graphql::Result<()> {
    let identifier = identifier(email);
    let tried = ctx.state().limits.try_password(ctx.origin().ip, &identifier);
    refuse(ctx, tried, Some(&identifier)).await
}

/// Counts a try of the viewer to prove the present password.
///
/// # Errors
/// `RATE_LIMITED`.
pub async fn password(ctx: &Context<'_>) -> async_graphql::Result<()> {
    let email_key = ctx.viewer().require()?.account.email_key.clone();
    let tried = ctx.state().limits.try_password(ctx.origin().ip, &email_key);
    refuse(ctx, tried, Some(&email_key)).await
}

/// Counts a try to prove something with a token of a mail.
///
/// # Errors
/// `RATE_LIMITED`.
pub async fn proof(ctx: &Context<'_>) -> async_graphql::Result<()> {
    let tried = ctx.state().limits.try_proof(ctx.origin().ip);
    refuse(ctx, tried, None).await
}

/// Looks whether a session may be renewed from this address: failures are counted, by [`renewal_failed`].
///
/// # Errors
/// `RATE_LIMITED`.
pub async fn renewal(ctx: &Context<'_>) -> async_graphql::Result<()> {
    let tried = ctx.state().limits.may_try(ctx.origin().ip);
    refuse(ctx, tried, None).await
}

/// Counts a refresh token that did not hold.
pub fn renewal_failed(ctx: &Context<'_>) {
    ctx.state().limits.note_failure(ctx.origin().ip);
}

/// The owner of an address has proven to be that.
pub fn proven(ctx: &Context<'_>, email: &str) {
    ctx.state().limits.forgive(&identifier(email));
}

/// Counts a mail that is asked for, whether or not it will be sent.
///
/// # Errors
/// `RATE_LIMITED`.
pub fn mail(ctx: &Context<'_>, recipient: &str) -> async_graphql::Result<()> {
    let asked = ctx.state().limits.ask_for_mail(ctx.origin().ip, &identifier(recipient));
    asked.map_err(|wait| too_many("Too many mails were asked for.", wait.seconds()))
}

/// Lets pass what may, and writes the rest down once in a while.
async fn refuse(ctx: &Context<'_>, tried: Result<(), Throttled>, email_key: Option<&str>) -> async_graphql::Result<()> {
    let Err(Throttled { wait, by, is_first }) = tried else { return Ok(()) };
    if is_first {
        note(ctx, by, email_key.filter(|_| by == By::Identifier)).await?;
    }
    Err(wait.into())
}

/// Writes down that somebody tries too often.
async fn note(ctx: &Context<'_>, by: By, email_key: Option<&str>) -> async_graphql::Result<()> {
    let (db, origin, now) = (ctx.state().db.clone(), ctx.origin().clone(), ctx.now());
    let email_key = email_key.map(str::to_owned);
    let noted = async move {
        let txn = db.begin().await?;
        failures::note_throttled(&txn, by, email_key.as_deref(), &origin, now).await?;
        txn.commit().await
    };
    if !ctx.reads().sees_more() {
        return noted.await.map_err(internal);
    }
    // What a mutation with a key does is undone when it was too soon; that it was is written after that.
    tokio::spawn(async move {
        if let Err(error) = noted.await {
            tracing::error!(%error, "tries could not be written down");
        }
    });
    Ok(())
}
