//! What of a person stands in mails, and goes when the person does.

use std::collections::HashSet;

use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::letter::Letter;
use crate::entities::{account, mail, mail_opt_out, mail_token, member_invitation};

/// Letters that are looked at in one go.
const BATCH: u64 = 500;

/// Deletes the mails to an account and to its address, what it said about mails, its tokens and the invitations to it.
/// Mails to others that wait and name the person no longer do. What has left already cannot be called back.
///
/// # Errors
/// The database failed.
pub async fn person(txn: &impl ConnectionTrait, account: &account::Model) -> anyhow::Result<()> {
    let (id, key) = (account.id, account.email_key.as_str());
    let address = Expr::expr(Func::lower(Expr::col(mail::Column::Recipient))).eq(key);
    let by_address = Condition::all().add(mail::Column::AccountId.is_null()).add(address);
    mail::Entity::delete_many().filter(mail::Column::AccountId.eq(id)).exec(txn).await?;
    mail::Entity::delete_many().filter(by_address).exec(txn).await?;
    mail_opt_out::Entity::delete_many().filter(mail_opt_out::Column::AccountId.eq(id)).exec(txn).await?;
    let tokens = mail_token::Column::AccountId.eq(id).or(mail_token::Column::RequestedBy.eq(key));
    mail_token::Entity::delete_many().filter(tokens).exec(txn).await?;
    member_invitation::Entity::delete_many().filter(member_invitation::Column::EmailKey.eq(key)).exec(txn).await?;
    let sent = member_invitation::Entity::update_many()
        .col_expr(member_invitation::Column::InvitedBy, Expr::value(Option::<Uuid>::None))
        .filter(member_invitation::Column::InvitedBy.eq(id));
    sent.exec(txn).await?;
    edit_waiting(txn, "MEMBER_INVITED", |letter| match letter {
        // The employer invites in its own name then.
        Letter::MemberInvited { employer, inviter, role, token, expires_at } if inviter == account.name => {
            Edit::Replace(Letter::MemberInvited { inviter: employer.clone(), employer, role, token, expires_at })
        }
        _ => Edit::Keep,
    })
    .await
}

/// Deletes the mails that wait and tell somebody else of these applications.
///
/// # Errors
/// The database failed.
pub async fn applications(txn: &impl ConnectionTrait, ids: &[Uuid]) -> anyhow::Result<()> {
    let ids: HashSet<_> = ids.iter().copied().collect();
    for kind in ["APPLICATION_RECEIVED", "APPLICATION_ANSWERED"] {
        edit_waiting(txn, kind, |letter| match letter {
            Letter::ApplicationReceived { application, .. } | Letter::ApplicationAnswered { application, .. }
                if ids.contains(&application) =>
            {
                Edit::Delete
            }
            _ => Edit::Keep,
        })
        .await?;
    }
    Ok(())
}

/// What is done with a letter.
enum Edit {
    Keep,
    Replace(Letter),
    Delete,
}

/// Goes through the mails of a kind that wait to be sent, or wait no longer but were not emptied.
async fn edit_waiting(txn: &impl ConnectionTrait, kind: &str, edit: impl Fn(Letter) -> Edit) -> anyhow::Result<()> {
    let text = Expr::col((mail::Entity, mail::Column::Letter)).cast_as("text");
    let of_kind = mail::Entity::find()
        .filter(mail::Column::SentAt.is_null())
        .filter(mail::Column::Letter.is_not_null())
        .filter(text.like(format!("%\"{kind}\"%")));
    let mut last = None;
    loop {
        let mut cursor = of_kind.clone().cursor_by(mail::Column::Id);
        if let Some(last) = last {
            cursor.after(last);
        }
        let rows = cursor.first(BATCH).all(txn).await?;
        last = rows.last().map(|row| row.id);
        let is_last = (rows.len() as u64) < BATCH;
        for row in rows {
            let Some(letter) = row.letter.and_then(|letter| serde_json::from_value(letter).ok()) else { continue };
            let this = mail::Column::Id.eq(row.id);
            match edit(letter) {
                Edit::Keep => {}
                Edit::Replace(letter) => {
                    let letter = Expr::value(serde_json::to_value(letter)?);
                    let update = mail::Entity::update_many().col_expr(mail::Column::Letter, letter).filter(this);
                    update.exec(txn).await?;
                }
                Edit::Delete => {
                    mail::Entity::delete_many().filter(this).exec(txn).await?;
                }
            }
        }
        if is_last {
            return Ok(());
        }
    }
}
