//! Cases: opened once for what waits, closed once with a decision.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Select, Set};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entities::moderation_case;
use crate::entities::sets::{CaseKind, CaseStatus, ModerationDecision};
use crate::ids;

/// How a case is decided, by whom and why.
#[derive(Clone, Debug)]
pub struct Closing<'a> {
    /// The decision.
    pub decision: ModerationDecision,
    /// Why.
    pub reason: Option<&'a str>,
    /// Who decides.
    pub by: Uuid,
}

/// Which cases are meant: those that meet every part that is given.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Of one of these kinds.
    pub kinds: Option<Vec<CaseKind>>,
    /// In one of these states; those that wait, if absent.
    pub statuses: Option<Vec<CaseStatus>>,
}

/// The cases that meet the filter.
#[must_use]
pub fn select(filter: &CaseFilter) -> Select<moderation_case::Entity> {
    let select = match &filter.statuses {
        // Open and closed are all there is, and all of them come off the index of their order.
        Some(statuses) if statuses.contains(&CaseStatus::Open) && statuses.contains(&CaseStatus::Closed) => {
            moderation_case::Entity::find()
        }
        Some(statuses) => {
            let statuses = statuses.iter().copied();
            moderation_case::Entity::find().filter(moderation_case::Column::Status.is_in(statuses))
        }
        None => moderation_case::Entity::find().filter(moderation_case::Column::Status.eq(CaseStatus::Open)),
    };
    match &filter.kinds {
        Some(kinds) => select.filter(moderation_case::Column::Kind.is_in(kinds.iter().copied())),
        None => select,
    }
}

/// Opens a case about an employer, or about a posting of it. Where one of the kind is open already, that one stays; says
/// which case it is and whether it is new.
///
/// # Errors
/// The database failed.
pub async fn open(
    txn: &impl ConnectionTrait,
    kind: CaseKind,
    (employer_id, posting_id): (Uuid, Option<Uuid>),
    note: Option<String>,
    now: Timestamp,
) -> Result<(moderation_case::Model, bool), DbErr> {
    let row = moderation_case::Model {
        id: ids::generate(now),
        kind,
        status: CaseStatus::Open,
        employer_id,
        posting_id,
        note,
        opened_at: now,
        decision: None,
        reason: None,
        decided_by: None,
        decided_at: None,
    };
    let once = OnConflict::new().do_nothing().to_owned();
    let insert = moderation_case::Entity::insert(moderation_case::ActiveModel::from(row.clone())).on_conflict(once);
    if insert.exec_without_returning(txn).await? > 0 {
        return Ok((row, true));
    }
    let present = find_open(txn, kind, (employer_id, posting_id)).await?;
    let present = present.ok_or_else(|| DbErr::RecordNotFound("the case that stood in the way".to_owned()))?;
    Ok((present, false))
}

/// The open case of a kind about an employer, or about a posting of it.
///
/// # Errors
/// The database failed.
pub async fn find_open(
    db: &impl ConnectionTrait,
    kind: CaseKind,
    (employer_id, posting_id): (Uuid, Option<Uuid>),
) -> Result<Option<moderation_case::Model>, DbErr> {
    let about = match posting_id {
        Some(id) => moderation_case::Column::PostingId.eq(id),
        None => moderation_case::Column::EmployerId.eq(employer_id),
    };
    let open = moderation_case::Entity::find()
        .filter(moderation_case::Column::Kind.eq(kind))
        .filter(moderation_case::Column::Status.eq(CaseStatus::Open))
        .filter(about);
    open.one(db).await
}

/// Closes those of the cases that are open; gives them as they are now.
///
/// # Errors
/// The database failed.
pub async fn close(
    txn: &impl ConnectionTrait,
    which: Condition,
    closing: &Closing<'_>,
    now: Timestamp,
) -> Result<Vec<moderation_case::Model>, DbErr> {
    let columns = moderation_case::ActiveModel {
        status: Set(CaseStatus::Closed),
        decision: Set(Some(closing.decision)),
        reason: Set(closing.reason.map(str::to_owned)),
        decided_by: Set(Some(closing.by)),
        decided_at: Set(Some(now)),
        ..Default::default()
    };
    let update = moderation_case::Entity::update_many()
        .set(columns)
        .filter(moderation_case::Column::Status.eq(CaseStatus::Open))
        .filter(which);
    update.exec_with_returning(txn).await
}
