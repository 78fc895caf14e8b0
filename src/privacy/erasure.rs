//! Erasing an account: what is personal goes everywhere at once, in one transaction; what counts stays.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set,
};
use uuid::Uuid;

use super::anonymity::{anonymise, emptied, withdrawn};
use crate::accounts::sessions;
use crate::accounts::suspension::administrators;
use crate::accounts::viewer::SignedIn;
use crate::applications::life::{self, Seen, Step};
use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::employers::members;
use crate::entities::sets::{ApplicationStatus, AuditAction, Deed, Party, Subject};
use crate::entities::{
    account, account_export, application, application_event, application_note, candidate, candidate_skill, education,
    experience, idempotency_key, invitation, posting_report, saved_posting, saved_search, session, target_place,
    target_role,
};
use crate::error::{Code, Failure, Outcome};
use crate::feed;
use crate::files;
use crate::ids::Kind;
use crate::mail::forget;

/// Applications that are anonymised by one statement.
const CHUNK: usize = 1_000;

/// Erases the viewer's account, for good. Applications under way are withdrawn first, so that employers are told. An
/// employer of which the person is the last owner stands in the way, unless it has no other member and no posting: then it
/// goes too. So does the last administrator of the board.
///
/// # Errors
/// `INVALID` at `confirm` unless it is meant; `NOT_ALLOWED` there for the last administrator; `LAST_OWNER`, with the
/// employer, for every one that stands in the way.
pub async fn erase(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    is_meant: bool,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<Uuid> {
    let me = &by.account;
    if !is_meant {
        return Err(Failure::refused(Code::Invalid, "confirm", "Nothing brings it back: say that you mean it."));
    }
    if me.is_admin && administrators(txn).await?.iter().all(|id| *id == me.id) {
        return Err(Failure::refused(
            Code::NotAllowed,
            "confirm",
            "You are the last administrator: make another first.",
        ));
    }
    account::Entity::find_by_id(me.id).lock_exclusive().one(txn).await?;
    // Their entries are written without an address: the person is leaving.
    let origin = Origin { account_id: Some(me.id), request_id: origin.request_id.clone(), ip: None };
    members::leave_all(txn, me.id, &origin, now).await?;
    forget_candidate(txn, by, now).await?;
    files::service::remove_all_of(txn, me.id, now).await?;
    forget_deeds(txn, me.id).await?;
    forget::person(txn, me).await?;
    sessions::end(txn, Condition::all().add(session::Column::AccountId.eq(me.id)), now).await?;
    session::Entity::delete_many().filter(session::Column::AccountId.eq(me.id)).exec(txn).await?;
    idempotency_key::Entity::delete_many().filter(idempotency_key::Column::AccountId.eq(me.id)).exec(txn).await?;
    account_export::Entity::delete_many().filter(account_export::Column::AccountId.eq(me.id)).exec(txn).await?;
    account::Entity::update_many().set(emptied(me.id, now)).filter(account::Column::Id.eq(me.id)).exec(txn).await?;
    audit::forget_addresses(txn, me.id).await?;
    audit::record(txn, &origin, Entry::new(AuditAction::AccountErased, Kind::Account, me.id), now).await?;
    Ok(me.id)
}

/// Empties the profile, and takes the person out of the applications.
async fn forget_candidate(txn: &DatabaseTransaction, by: &SignedIn, now: Timestamp) -> Outcome<()> {
    let mine = candidate::Entity::find().filter(candidate::Column::AccountId.eq(by.account.id));
    // Nobody applies while the account goes: whoever applies holds this row.
    let Some(candidate) = mine.lock_exclusive().one(txn).await? else { return Ok(()) };
    withdraw_all(txn, by, candidate.id, now).await?;
    let all = application::Entity::find().select_only().column(application::Column::Id);
    let all = all.filter(application::Column::CandidateId.eq(candidate.id));
    let applications: Vec<Uuid> = all.into_tuple().all(txn).await?;
    for some in applications.chunks(CHUNK) {
        anonymise(txn, some, None, now).await?;
        forget::applications(txn, some).await?;
    }
    /// Deletes the rows of the candidate in these tables.
    macro_rules! delete {
        ($($table:ident),+) => {$(
            let rows = $table::Entity::delete_many().filter($table::Column::CandidateId.eq(candidate.id));
            rows.exec(txn).await?;
        )+};
    }
    delete!(target_role, target_place, candidate_skill, experience, education, invitation, saved_posting, saved_search);
    let emptied = candidate::ActiveModel { version: Set(candidate.version + 1), ..withdrawn(now) };
    candidate::Entity::update_many().set(emptied).filter(candidate::Column::Id.eq(candidate.id)).exec(txn).await?;
    feed::record(txn, (Subject::Candidate, candidate.id), Deed::Ended, now).await?;
    Ok(())
}

/// Takes every application that still goes somewhere back, as the person could.
async fn withdraw_all(txn: &DatabaseTransaction, by: &SignedIn, candidate_id: Uuid, now: Timestamp) -> Outcome<()> {
    let all = application::Entity::find().filter(application::Column::CandidateId.eq(candidate_id));
    // A recruiter may be moving one of them: it is moved first, and then taken back.
    for present in all.lock_exclusive().all(txn).await?.into_iter().filter(|row| row.status.is_active()) {
        let to = ApplicationStatus::Withdrawn;
        let step = Step { party: Party::Candidate, account_id: Some(by.account.id), to, reason: None };
        life::apply(txn, &present, Seen { id: present.id, version: present.version }, step, now).await?;
    }
    Ok(())
}

/// Takes the person out of what they did for employers and as a user. What an employer noted is its own and stays.
async fn forget_deeds(txn: &impl ConnectionTrait, account_id: Uuid) -> Result<(), DbErr> {
    /// Makes the account that wrote the rows of these tables nobody.
    macro_rules! unname {
        ($($table:ident),+) => {$(
            let rows = $table::Entity::update_many()
                .col_expr($table::Column::AccountId, Expr::value(Option::<Uuid>::None))
                .filter($table::Column::AccountId.eq(account_id));
            rows.exec(txn).await?;
        )+};
    }
    unname!(application_event, application_note, invitation);
    let reports = posting_report::Entity::update_many()
        .col_expr(posting_report::Column::Body, Expr::value(Option::<String>::None))
        .col_expr(posting_report::Column::AccountId, Expr::value(Option::<Uuid>::None))
        .filter(posting_report::Column::AccountId.eq(account_id));
    reports.exec(txn).await.map(drop)
}
