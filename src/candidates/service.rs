//! What people do with their profiles.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    Set, Value,
};
use uuid::Uuid;

use super::form::{CandidateForm, HeldSkill, Reading, read};
use super::model::{EducationForm, ExperienceForm};
use crate::accounts::viewer::{SignedIn, Viewer};
use crate::clock::Timestamp;
use crate::entities::sets::{Deed, SearchStatus, Subject, Visibility};
use crate::entities::{active_day, candidate, candidate_skill, education, experience, target_place, target_role};
use crate::error::{Code, Failure, Outcome, Refusal};
use crate::feed;
use crate::ids::{self, Kind};
use crate::reference::resolve::Resolver;

/// Days on which candidates looked for work that one statement notes.
const INTENTS: usize = 1_000;

/// Whether the viewer may see the profile: its owner and administrators.
#[must_use]
pub fn is_visible(viewer: &Viewer, candidate: &candidate::Model) -> bool {
    is_owner(viewer, candidate) || viewer.is_administrator()
}

/// Whether the profile is the viewer's own.
#[must_use]
pub fn is_owner(viewer: &Viewer, candidate: &candidate::Model) -> bool {
    viewer.account().is_some_and(|me| me.account.id == candidate.account_id)
}

/// The profile of an account, once there is one.
///
/// # Errors
/// The database failed.
pub async fn of_account(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Option<candidate::Model>, DbErr> {
    candidate::Entity::find().filter(candidate::Column::AccountId.eq(account_id)).one(db).await
}

/// Notes that the candidate looked for work on the day (UTC) of an instant. Noting it twice changes nothing. What the
/// candidate did on it is for the caller to record.
///
/// # Errors
/// The database failed.
pub async fn note_intent(txn: &impl ConnectionTrait, candidate_id: Uuid, now: Timestamp) -> Result<(), DbErr> {
    let mut noted = OnConflict::columns([active_day::Column::CandidateId, active_day::Column::Day]);
    let row = active_day::ActiveModel { candidate_id: Set(candidate_id), day: Set(now.date_naive()) };
    let insert = active_day::Entity::insert(row).on_conflict(noted.do_nothing().to_owned());
    insert.exec_without_returning(txn).await.map(drop)
}

/// Notes for many candidates on which day they looked for work. Whoever did not on that day so far counts as a job seeker
/// for longer, which is a change of the candidate.
///
/// # Errors
/// The database failed.
pub async fn note_intents(
    txn: &impl ConnectionTrait,
    mut days: Vec<(Uuid, NaiveDate)>,
    now: Timestamp,
) -> Result<(), DbErr> {
    // In one order, so that servers which note the same ones do not wait for each other in a circle.
    days.sort_unstable();
    days.dedup();
    for some in days.chunks(INTENTS) {
        let known = active_day::Entity::find()
            .filter(active_day::Column::CandidateId.is_in(some.iter().map(|(id, _)| *id)))
            .filter(active_day::Column::Day.is_in(some.iter().map(|(_, day)| *day).collect::<BTreeSet<_>>()));
        let known: BTreeSet<_> = known.all(txn).await?.into_iter().map(|row| (row.candidate_id, row.day)).collect();
        let fresh: Vec<_> = some.iter().filter(|noted| !known.contains(noted)).collect();
        if fresh.is_empty() {
            continue;
        }
        let mut noted = OnConflict::columns([active_day::Column::CandidateId, active_day::Column::Day]);
        let rows = fresh.iter().map(|(id, day)| active_day::ActiveModel { candidate_id: Set(*id), day: Set(*day) });
        let insert = active_day::Entity::insert_many(rows).on_conflict(noted.do_nothing().to_owned());
        insert.exec_without_returning(txn).await?;
        feed::record_all(txn, Subject::Candidate, fresh.iter().map(|(id, _)| *id), Deed::Updated, now).await?;
    }
    Ok(())
}

/// Writes the viewer's own profile, the first time as afterwards. That is an intent event.
///
/// # Errors
/// All that is wrong with the form; `STALE_VERSION` at `version`, if the version that was seen is given.
pub async fn update(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    seen: Option<i32>,
    form: CandidateForm,
    now: Timestamp,
) -> Outcome<candidate::Model> {
    let account_id = by.account.id;
    let mut reading = read(form, &mut Resolver::new(txn)).await?;
    let columns = std::mem::take(&mut reading.columns);
    let created = match seen {
        None => create(txn, account_id, &columns, now).await?,
        Some(_) => None,
    };
    let (row, is_new) = match created {
        Some(row) => (row, true),
        None => (change(txn, account_id, seen, columns, now).await?, false),
    };
    write_lists(txn, row.id, is_new, reading, now).await?;
    note_intent(txn, row.id, now).await?;
    let deed = if is_new { Deed::Created } else { Deed::Updated };
    feed::record(txn, (Subject::Candidate, row.id), deed, now).await?;
    Ok(row)
}

/// The profile of an account; an empty one is made for an account that has none.
///
/// # Errors
/// The database failed.
pub async fn ensure(txn: &DatabaseTransaction, account_id: Uuid, now: Timestamp) -> Result<candidate::Model, DbErr> {
    let blank = candidate::ActiveModel { ..Default::default() };
    if let Some(row) = create(txn, account_id, &blank, now).await? {
        return Ok(row);
    }
    let present = of_account(txn, account_id).await?;
    present.ok_or_else(|| DbErr::RecordNotFound("the profile that stood in the way".to_owned()))
}

/// A new profile; `None` if the account has one.
async fn create(
    txn: &DatabaseTransaction,
    account_id: Uuid,
    columns: &candidate::ActiveModel,
    now: Timestamp,
) -> Result<Option<candidate::Model>, DbErr> {
    if of_account(txn, account_id).await?.is_some() {
        return Ok(None);
    }
    let id = ids::generate(now);
    let columns = columns.clone();
    let row = candidate::ActiveModel {
        id: Set(id),
        account_id: Set(account_id),
        search_status: or(columns.search_status, SearchStatus::Active),
        visibility: or(columns.visibility, Visibility::Private),
        wants_remote: or(columns.wants_remote, false),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..columns
    };
    // Two requests may make the first profile at the same time: the later one then changes that of the earlier.
    let present = OnConflict::column(candidate::Column::AccountId).do_nothing().to_owned();
    match candidate::Entity::insert(row).on_conflict(present).exec_without_returning(txn).await? {
        0 => Ok(None),
        _ => candidate::Entity::find_by_id(id).one(txn).await,
    }
}

fn or<T: Into<Value>>(given: ActiveValue<T>, default: T) -> ActiveValue<T> {
    if given.is_set() { given } else { Set(default) }
}

async fn change(
    txn: &DatabaseTransaction,
    account_id: Uuid,
    seen: Option<i32>,
    columns: candidate::ActiveModel,
    now: Timestamp,
) -> Outcome<candidate::Model> {
    let mut update = candidate::Entity::update_many()
        .set(candidate::ActiveModel { updated_at: Set(now), ..columns })
        .col_expr(candidate::Column::Version, Expr::col(candidate::Column::Version).add(1))
        .filter(candidate::Column::AccountId.eq(account_id));
    if let Some(version) = seen {
        update = update.filter(candidate::Column::Version.eq(version));
    }
    if let Some(changed) = update.exec_with_returning(txn).await?.into_iter().next() {
        return Ok(changed);
    }
    let refusal = |message: String| Refusal::new(Code::StaleVersion, "version", message);
    Err(match of_account(txn, account_id).await? {
        Some(present) => {
            let message = format!("Someone was faster: the profile is at version {} now.", present.version);
            refusal(message).against(Kind::Candidate, present.id).into()
        }
        None => Failure::from(refusal("There is no profile yet: leave `version` out to make one.".to_owned())),
    })
}

async fn write_lists(
    txn: &DatabaseTransaction,
    id: Uuid,
    is_new: bool,
    reading: Reading,
    now: Timestamp,
) -> Result<(), DbErr> {
    /// Replaces the rows of one list: one statement that deletes, one that inserts.
    macro_rules! replace {
        ($list:expr, $table:ident, $rows:expr) => {
            if let Some(items) = $list {
                if !is_new {
                    let old = $table::Entity::delete_many().filter($table::Column::CandidateId.eq(id));
                    old.exec(txn).await?;
                }
                insert(txn, (0..).zip(items).map($rows).collect()).await?;
            }
        };
    }
    replace!(reading.target_roles, target_role, |(position, role_id): (i32, Uuid)| target_role::ActiveModel {
        candidate_id: Set(id),
        role_id: Set(role_id),
        position: Set(position),
    });
    replace!(reading.target_places, target_place, |(position, place_id): (i32, Uuid)| target_place::ActiveModel {
        candidate_id: Set(id),
        place_id: Set(place_id),
        position: Set(position),
    });
    replace!(reading.skills, candidate_skill, |item| skill_row(id, item));
    replace!(reading.experience, experience, |item| experience_row(id, item, now));
    replace!(reading.education, education, |item| education_row(id, item, now));
    Ok(())
}

async fn insert<A: ActiveModelTrait + Send>(txn: &impl ConnectionTrait, rows: Vec<A>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    <A::Entity as EntityTrait>::insert_many(rows).exec_without_returning(txn).await.map(drop)
}

fn skill_row(candidate_id: Uuid, (position, skill): (i32, HeldSkill)) -> candidate_skill::ActiveModel {
    candidate_skill::ActiveModel {
        candidate_id: Set(candidate_id),
        skill_id: Set(skill.skill_id),
        position: Set(position),
        level: Set(skill.level),
        months: Set(skill.months),
    }
}

fn experience_row(
    candidate_id: Uuid,
    (position, job): (i32, ExperienceForm),
    now: Timestamp,
) -> experience::ActiveModel {
    experience::ActiveModel {
        id: Set(ids::generate(now)),
        candidate_id: Set(candidate_id),
        position: Set(position),
        title: Set(job.title),
        employer_name: Set(job.employer_name),
        started_on: Set(job.started_on),
        ended_on: Set(job.ended_on),
        description: Set(job.description),
    }
}

fn education_row(
    candidate_id: Uuid,
    (position, study): (i32, EducationForm),
    now: Timestamp,
) -> education::ActiveModel {
    education::ActiveModel {
        id: Set(ids::generate(now)),
        candidate_id: Set(candidate_id),
        position: Set(position),
        institution: Set(study.institution),
        subject: Set(study.subject),
        level: Set(study.level),
        started_on: Set(study.started_on),
        ended_on: Set(study.ended_on),
    }
}
