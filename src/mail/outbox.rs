//! The outbox: letters are written into it in the transaction of what they tell of, and sent afterwards.

use anyhow::Context;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, Set};
use uuid::Uuid;

use super::letter::Letter;
use super::subscription;
use crate::clock::Timestamp;
use crate::entities::{account, mail};
use crate::ids;

/// Who gets a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The account, if it is for one: with the account its mails go.
    pub account: Option<Uuid>,
    /// The address.
    pub address: String,
    /// Name of the person, if known.
    pub name: Option<String>,
    /// Whether somebody has proven that the address is theirs.
    pub is_proven: bool,
}

impl Recipient {
    /// An account, at its address.
    #[must_use]
    pub fn of(account: &account::Model) -> Self {
        Self {
            account: Some(account.id),
            address: account.email.clone(),
            name: Some(account.name.clone()),
            is_proven: account.email_verified_at.is_some(),
        }
    }

    /// An account, at an address that is not its own yet or no longer.
    #[must_use]
    pub fn at(account: &account::Model, address: &str, is_proven: bool) -> Self {
        Self { address: address.to_owned(), is_proven, ..Self::of(account) }
    }

    /// A person who has no account, or whose account is not known.
    #[must_use]
    pub fn stranger(address: &str) -> Self {
        Self { account: None, address: address.to_owned(), name: None, is_proven: false }
    }
}

/// Writes a letter into the outbox. `key` names the mail: a second one with the same key does nothing, so an action that
/// is repeated sends one mail.
///
/// Nothing is written for a person who does not want mails of this kind, nor to an address that nobody has proven to be
/// theirs (the letters that prove it excepted): nobody can have a stranger's address flooded by registering it.
///
/// # Errors
/// The database failed.
pub async fn enqueue(
    txn: &impl ConnectionTrait,
    to: &Recipient,
    letter: &Letter,
    key: &str,
    now: Timestamp,
) -> anyhow::Result<()> {
    if !to.is_proven && !letter.is_for_strangers() {
        return Ok(());
    }
    if let (Some(account), Some(kind)) = (to.account, letter.kind())
        && !subscription::is_wanted(txn, account, kind).await?
    {
        return Ok(());
    }
    let row = mail::ActiveModel {
        account_id: Set(to.account),
        recipient: Set(to.address.clone()),
        recipient_name: Set(to.name.clone()),
        letter: Set(Some(serde_json::to_value(letter).context("a letter is JSON")?)),
        ..blank(key, now)
    };
    insert(txn, row).await
}

/// Does what [`enqueue`] does, and leaves a row that is never sent. Somebody who asks for a mail to an unknown address
/// must not learn from the time it takes that it is unknown.
///
/// # Errors
/// The database failed.
pub async fn pretend(txn: &impl ConnectionTrait, key: &str, now: Timestamp) -> anyhow::Result<()> {
    let row = mail::ActiveModel {
        failed_at: Set(Some(now)),
        last_error: Set(Some("no account has this address".to_owned())),
        ..blank(key, now)
    };
    insert(txn, row).await
}

fn blank(key: &str, now: Timestamp) -> mail::ActiveModel {
    mail::ActiveModel {
        id: Set(ids::generate(now)),
        key: Set(key.to_owned()),
        account_id: Set(None),
        recipient: Set(String::new()),
        recipient_name: Set(None),
        letter: Set(None),
        created_at: Set(now),
        send_at: Set(now),
        attempts: Set(0),
        claimed_until: Set(None),
        sent_at: Set(None),
        failed_at: Set(None),
        last_error: Set(None),
    }
}

async fn insert(txn: &impl ConnectionTrait, row: mail::ActiveModel) -> anyhow::Result<()> {
    let once = OnConflict::column(mail::Column::Key).do_nothing().to_owned();
    mail::Entity::insert(row).on_conflict(once).exec_without_returning(txn).await?;
    Ok(())
}
