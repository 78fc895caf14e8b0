//! What members of the employer think of an application: notes and ratings, for their eyes only.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, Set};
use uuid::Uuid;

use super::life::find_in_employer;
use crate::accounts::viewer::Member;
use crate::clock::Timestamp;
use crate::entities::{application, application_note, application_rating};
use crate::error::{Code, Failure, Outcome, Refusal};
use crate::{ids, text};

/// Most notes of one application.
pub const MAX_NOTES: u64 = 500;

/// Notes something about an application, in 1 to 5,000 characters of Markdown.
///
/// # Errors
/// `NOT_FOUND` at `id`; a refusal at `body`; `TOO_LONG` at `body` for one note too many.
pub async fn note(
    txn: &DatabaseTransaction,
    by: Member,
    id: Uuid,
    body: &str,
    now: Timestamp,
) -> Outcome<application_note::Model> {
    let body = text::prose("body", body, 1, 5_000)?;
    let application = find_in_employer(txn, by, id).await?;
    let others = application_note::Entity::find().filter(application_note::Column::ApplicationId.eq(application.id));
    if others.count(txn).await? >= MAX_NOTES {
        return Err(Failure::refused(Code::TooLong, "body", format!("At most {MAX_NOTES} notes on one application.")));
    }
    let row = application_note::ActiveModel {
        id: Set(ids::generate(now)),
        application_id: Set(application.id),
        account_id: Set(Some(by.account_id)),
        body: Set(body),
        created_at: Set(now),
    };
    Ok(row.insert(txn).await?)
}

/// Rates an application with 1 to 5 stars, or takes one's rating back.
///
/// # Errors
/// `NOT_FOUND` at `id`; `INVALID` at `stars`.
pub async fn rate(
    txn: &DatabaseTransaction,
    by: Member,
    id: Uuid,
    stars: Option<i32>,
    now: Timestamp,
) -> Outcome<application::Model> {
    if stars.is_some_and(|stars| !(1..=5).contains(&stars)) {
        return Err(Refusal::new(Code::Invalid, "stars", "It takes 1 to 5.").into());
    }
    let application = find_in_employer(txn, by, id).await?;
    match stars {
        Some(stars) => {
            let row = application_rating::ActiveModel {
                application_id: Set(id),
                account_id: Set(by.account_id),
                stars: Set(stars),
                updated_at: Set(now),
            };
            let mut again =
                OnConflict::columns([application_rating::Column::ApplicationId, application_rating::Column::AccountId]);
            again.update_columns([application_rating::Column::Stars, application_rating::Column::UpdatedAt]);
            application_rating::Entity::insert(row).on_conflict(again).exec_without_returning(txn).await?;
        }
        None => {
            application_rating::Entity::delete_by_id((id, by.account_id)).exec(txn).await?;
        }
    }
    Ok(application)
}
