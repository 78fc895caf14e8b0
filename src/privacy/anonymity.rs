//! How applications lose what is about a person: letter, answers, résumé, reasons, what the employer noted and how it rated. The
//! posting, the states and their times stay, and are counted as before.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entities::sets::{Answers, Party, SearchStatus, Visibility};
use crate::entities::{account, application, application_event, application_note, application_rating, candidate};
use crate::ids::{self, Kind};

/// Takes what is about a person out of the applications. Without `candidate` they stay with the one they have.
///
/// # Errors
/// The database failed.
pub async fn anonymise(
    txn: &impl ConnectionTrait,
    applications: &[Uuid],
    candidate: Option<Uuid>,
    now: Timestamp,
) -> Result<(), DbErr> {
    if applications.is_empty() {
        return Ok(());
    }
    let among = || applications.iter().copied();
    let notes = application_note::Entity::delete_many().filter(application_note::Column::ApplicationId.is_in(among()));
    notes.exec(txn).await?;
    let ratings = application_rating::Entity::delete_many();
    ratings.filter(application_rating::Column::ApplicationId.is_in(among())).exec(txn).await?;
    let events = application_event::Entity::update_many()
        .col_expr(application_event::Column::Note, Expr::value(Option::<String>::None))
        .filter(application_event::Column::ApplicationId.is_in(among()));
    events.exec(txn).await?;
    let own = application_event::Entity::update_many()
        .col_expr(application_event::Column::AccountId, Expr::value(Option::<Uuid>::None))
        .filter(application_event::Column::ApplicationId.is_in(among()))
        .filter(application_event::Column::Party.eq(Party::Candidate));
    own.exec(txn).await?;
    let mut columns = application::ActiveModel {
        external_id: Set(None),
        cover_letter: Set(None),
        resume_id: Set(None),
        answers: Set(Option::<Answers>::None),
        reason: Set(None),
        anonymised_at: Set(Some(now)),
        ..Default::default()
    };
    if let Some(candidate) = candidate {
        columns.candidate_id = Set(candidate);
    }
    let update = application::Entity::update_many().set(columns).filter(application::Column::Id.is_in(among()));
    update.exec(txn).await.map(drop)
}

/// The candidate that stands for those whose applications are kept for the count alone: nobody, whom all of them share, so
/// that no two of them can be told to be of one person. Applications that old are counted one by one, never by applicant.
///
/// # Errors
/// The database failed.
pub async fn nobody(txn: &impl ConnectionTrait, now: Timestamp) -> Result<Uuid, DbErr> {
    let (account_id, id) = (ids::of_name(Kind::Account, "nobody"), ids::of_name(Kind::Candidate, "nobody"));
    let account = account::ActiveModel { is_admin: Set(false), created_at: Set(now), ..emptied(account_id, now) };
    let once = OnConflict::column(account::Column::Id).do_nothing().to_owned();
    account::Entity::insert(account).on_conflict(once).exec_without_returning(txn).await?;
    let candidate = candidate::ActiveModel {
        id: Set(id),
        account_id: Set(account_id),
        version: Set(1),
        created_at: Set(now),
        ..withdrawn(now)
    };
    let once = OnConflict::column(candidate::Column::Id).do_nothing().to_owned();
    candidate::Entity::insert(candidate).on_conflict(once).exec_without_returning(txn).await?;
    Ok(id)
}

/// What is left of an account: an identifier, and since when there is no more to it. No address can be its key.
pub fn emptied(id: Uuid, now: Timestamp) -> account::ActiveModel {
    account::ActiveModel {
        id: Set(id),
        email: Set(String::new()),
        email_key: Set(format!("erased/{id}")),
        email_verified_at: Set(None),
        name: Set(String::new()),
        password_hash: Set(None),
        is_admin: Set(false),
        updated_at: Set(now),
        suspended_at: Set(None),
        suspension_reason: Set(None),
        erased_at: Set(Some(now)),
        failed_sign_ins: Set(0),
        ..Default::default()
    }
}

/// What is left of a profile: nobody looks for work, and nobody is to be found.
pub fn withdrawn(now: Timestamp) -> candidate::ActiveModel {
    candidate::ActiveModel {
        external_id: Set(None),
        headline: Set(None),
        about: Set(None),
        home_place_id: Set(None),
        search_status: Set(SearchStatus::Closed),
        visibility: Set(Visibility::Private),
        wants_remote: Set(false),
        expected_pay: Set(None),
        expected_currency: Set(None),
        expected_period: Set(None),
        updated_at: Set(now),
        ..Default::default()
    }
}
