//! Reports: people say what is wrong with a posting.

use chrono::TimeDelta;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::cases;
use crate::accounts::viewer::SignedIn;
use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::entities::sets::{AuditAction, CaseKind, ReportReason};
use crate::entities::{account, posting, posting_report};
use crate::error::{Code, Failure, Outcome, Refusal, on_conflict};
use crate::ids::{self, Kind};
use crate::postings::model::is_open;
use crate::text;

/// Reports of one account in a day.
const MAX_A_DAY: u64 = 20;

/// A report as it is written.
#[derive(Clone, Debug)]
pub struct ReportForm {
    /// What is reported; none if the identifier names no posting.
    pub posting_id: Option<Uuid>,
    /// What is wrong with it.
    pub reason: ReportReason,
    /// In words, up to 2,000 characters.
    pub text: Option<String>,
}

/// Reports an open posting. All reports about one posting are one case, until it is decided.
///
/// # Errors
/// `NOT_FOUND` at `postingId` for a posting that is not open; `TAKEN` there for one that the account has reported already;
/// `NOT_ALLOWED` for the twenty-first report in a day; a refusal at `text`.
pub async fn report(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    form: ReportForm,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<posting_report::Model> {
    let body = form.text.map(|body| text::prose("text", &body, 1, 2_000)).transpose()?;
    let posting = open_posting(txn, form.posting_id, now).await?;
    bound(txn, by.account.id, now).await?;
    let about = (posting.employer_id, Some(posting.id));
    let (case, _) = cases::open(txn, CaseKind::PostingReports, about, None, now).await?;
    let row = posting_report::ActiveModel {
        id: Set(ids::generate(now)),
        case_id: Set(case.id),
        account_id: Set(Some(by.account.id)),
        reason: Set(form.reason),
        body: Set(body),
        created_at: Set(now),
    };
    let made = row.insert(txn).await.map_err(|error| {
        on_conflict(error, "posting_report_once_key", "posting_report.case_id, posting_report.account_id", || {
            Refusal::new(Code::Taken, "postingId", "You reported this posting already; it will be looked at.")
        })
    })?;
    let entry = Entry::new(AuditAction::PostingReported, Kind::Posting, posting.id).with("reason", form.reason);
    audit::record(txn, origin, entry, now).await?;
    Ok(made)
}

/// The posting, if it is open. Whoever decides about it waits until the report is written, or the report for the decision.
async fn open_posting(txn: &impl ConnectionTrait, id: Option<Uuid>, now: Timestamp) -> Outcome<posting::Model> {
    let not_found = || Failure::not_found("postingId", "posting");
    let found = posting::Entity::find_by_id(id.ok_or_else(not_found)?).lock_shared().one(txn).await?;
    found.filter(|posting| is_open(posting, now)).ok_or_else(not_found)
}

/// Refuses one report too many. Reports of one account wait for each other here, so that they are counted.
async fn bound(txn: &impl ConnectionTrait, account_id: Uuid, now: Timestamp) -> Outcome<()> {
    account::Entity::find_by_id(account_id).lock_exclusive().one(txn).await?;
    let lately = posting_report::Entity::find()
        .filter(posting_report::Column::AccountId.eq(account_id))
        .filter(posting_report::Column::CreatedAt.gt(now - TimeDelta::days(1)));
    if lately.count(txn).await? >= MAX_A_DAY {
        let message = format!("At most {MAX_A_DAY} reports a day. Write to the operator instead.");
        return Err(Failure::refused(Code::NotAllowed, "postingId", message));
    }
    Ok(())
}
