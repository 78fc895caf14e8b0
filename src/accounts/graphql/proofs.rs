//! What people prove by mail, in the graph.

use async_graphql::{Context, InputObject, Object};

use super::{Account, prove_present_password, tries};
use crate::accounts::model::Email;
use crate::accounts::{mail_tokens, proofs};
use crate::entities::account;
use crate::error::Outcome;
use crate::graphql::context::{Ask, conclude};
use crate::graphql::errors::payload;
use crate::graphql::scalars::EmailAddress;

/// The proof that an address belongs to the person.
#[derive(InputObject)]
pub struct EmailVerifyInput {
    /// The token of the mail. It holds once, for 24 hours.
    #[graphql(secret)]
    token: String,
}

/// Whose password was forgotten.
#[derive(InputObject)]
pub struct PasswordResetRequestInput {
    /// E-mail address of the account.
    email: EmailAddress,
}

/// A new password for one that was forgotten.
#[derive(InputObject)]
pub struct PasswordResetInput {
    /// The token of the mail. It holds once, for 30 minutes.
    #[graphql(secret)]
    token: String,
    /// The password as it shall be: 15 to 256 characters that are hard to guess.
    #[graphql(secret)]
    password: String,
}

/// A new address for the account.
#[derive(InputObject)]
pub struct EmailChangeRequestInput {
    /// The address as it shall be; no other account may have it.
    email: EmailAddress,
    /// The password as it is.
    #[graphql(secret)]
    current_password: String,
}

/// The proof that a new address belongs to the person.
#[derive(InputObject)]
pub struct EmailChangeInput {
    /// The token of the mail. It holds once, for 24 hours.
    #[graphql(secret)]
    token: String,
}

payload! {
    /// The outcome of `emailVerify`.
    EmailVerifyPayload {
        /// The account whose address is proven now.
        account: Account
    }
}
payload! {
    /// The outcome of `emailVerificationRequest`.
    EmailVerificationRequestPayload {
        /// The account. A mail is on its way if its address is not proven yet.
        account: Account
    }
}
payload! {
    /// The outcome of `passwordResetRequest`: the same whether or not an account has the address.
    PasswordResetRequestPayload {
        /// The address. A mail is on its way if an account has it.
        email: EmailAddress
    }
}
payload! {
    /// The outcome of `passwordReset`.
    PasswordResetPayload {
        /// The account. All its sessions have ended; sign in with the new password.
        account: Account
    }
}
payload! {
    /// The outcome of `emailChangeRequest`.
    EmailChangeRequestPayload {
        /// The address that the mail goes to. The account keeps the one it has until the new one is proven.
        email: EmailAddress
    }
}
payload! {
    /// The outcome of `emailChange`.
    EmailChangePayload {
        /// The account, with its new address.
        account: Account
    }
}

/// What people prove by mail.
#[derive(Default)]
pub struct ProofMutation;

/// What people prove by mail.
#[Object]
impl ProofMutation {
    /// Proves that an address belongs to the person: with the token that was sent there.
    async fn email_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The proof.")] input: EmailVerifyInput,
    ) -> async_graphql::Result<Option<EmailVerifyPayload>> {
        tries::proof(ctx).await?;
        let txn = ctx.begin().await?;
        let verified = proofs::verify(&txn, &input.token, ctx.origin(), ctx.now()).await;
        EmailVerifyPayload::of(conclude(txn, verified).await.map(Account))
    }

    /// Sends the viewer another mail that proves the account's address. More than a few an hour come to nothing.
    async fn email_verification_request(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<EmailVerificationRequestPayload>> {
        let me = ctx.viewer().require()?;
        tries::mail(ctx, &me.account.email)?;
        let txn = ctx.begin().await?;
        let requested = proofs::request_verification(&txn, &me.account.email_key, ctx.now()).await;
        EmailVerificationRequestPayload::of(conclude(txn, requested).await.map(|()| me.into()))
    }

    /// Sends a mail with which a forgotten password is replaced, if an account has the address. More than a few an hour
    /// come to nothing.
    async fn password_reset_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose password.")] input: PasswordResetRequestInput,
    ) -> async_graphql::Result<Option<PasswordResetRequestPayload>> {
        tries::mail(ctx, &input.email.0)?;
        let email = match Email::parse(&input.email.0) {
            Ok(email) => email,
            Err(refusal) => return PasswordResetRequestPayload::of(Err(refusal.into())),
        };
        let txn = ctx.begin().await?;
        let requested = proofs::request_reset(&txn, &email, ctx.now()).await;
        let told = conclude(txn, requested).await.map(|()| EmailAddress(email.written().to_owned()));
        PasswordResetRequestPayload::of(told)
    }

    /// Replaces a forgotten password, with the token that was sent to the account's address. Every session ends.
    async fn password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token and the new password.")] input: PasswordResetInput,
    ) -> async_graphql::Result<Option<PasswordResetPayload>> {
        tries::proof(ctx).await?;
        PasswordResetPayload::of(reset(ctx, input).await.map(Account))
    }

    /// Sends a mail to the address that the viewer's account shall have.
    async fn email_change_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new address.")] input: EmailChangeRequestInput,
    ) -> async_graphql::Result<Option<EmailChangeRequestPayload>> {
        tries::password(ctx).await?;
        tries::mail(ctx, &input.email.0)?;
        EmailChangeRequestPayload::of(request_change(ctx, input).await)
    }

    /// Gives the account a new address, with the token that was sent there. The old address is told.
    async fn email_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The proof.")] input: EmailChangeInput,
    ) -> async_graphql::Result<Option<EmailChangePayload>> {
        tries::proof(ctx).await?;
        let txn = ctx.begin().await?;
        let changed = proofs::change(&txn, &input.token, ctx.origin(), ctx.now()).await;
        EmailChangePayload::of(conclude(txn, changed).await.map(Account))
    }
}

async fn reset(ctx: &Context<'_>, input: PasswordResetInput) -> Outcome<account::Model> {
    // Judging and hashing cost much: nobody has it done for a token that does not hold.
    let account = proofs::may_reset(ctx.reads(), &input.token, ctx.now()).await?.ok_or_else(mail_tokens::refused)?;
    let passwords = &ctx.state().passwords;
    let password = passwords.read(&input.password, &account.email, &account.name).await?;
    let hash = passwords.hash(&password).await?;
    let txn = ctx.begin().await?;
    let done = proofs::reset(&txn, &input.token, hash, ctx.origin(), ctx.now()).await;
    let account = conclude(txn, done).await?;
    tries::proven(ctx, &account.email);
    Ok(account)
}

async fn request_change(ctx: &Context<'_>, input: EmailChangeRequestInput) -> Outcome<EmailAddress> {
    let email = Email::parse(&input.email.0)?;
    let me = prove_present_password(ctx, "currentPassword", &input.current_password).await?;
    let txn = ctx.begin().await?;
    let requested = proofs::request_change(&txn, me, &email, ctx.now()).await;
    conclude(txn, requested).await.map(|()| EmailAddress(email.written().to_owned()))
}
