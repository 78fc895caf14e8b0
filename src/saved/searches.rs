//! Searches that people keep.

use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, Set,
};
use uuid::Uuid;

use super::model::{self, MAX_FILTER_BYTES, MAX_SEARCHES, period};
use super::postings::hold;
use super::publications::highest;
use crate::accounts::viewer::SignedIn;
use crate::candidates::service::{ensure, note_intent, of_account};
use crate::clock::Timestamp;
use crate::entities::saved_search;
use crate::entities::sets::{Deed, SearchAlerts, Subject};
use crate::error::{Code, Failure, Outcome, Refusal, Refusals};
use crate::feed;
use crate::form::Change;
use crate::ids::{self, Kind};
use crate::postings::filter::form::{FilterForm, Reader};
use crate::postings::filter::known;
use crate::postings::filter::{PostingFilter, Scope};

/// A saved search as it is written. What is `Keep` stays as it is, or is empty when the search is new.
#[derive(Clone, Debug, Default)]
pub struct SearchForm {
    /// Name; it cannot be cleared.
    pub name: Change<String>,
    /// Words.
    pub search: Change<String>,
    /// Which postings.
    pub filter: Change<FilterForm>,
    /// When to be told; `OFF` if cleared.
    pub alerts: Change<SearchAlerts>,
}

/// A saved search and the version of it that its reader saw.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The saved search; `None` for what is no identifier of one.
    pub id: Option<Uuid>,
    /// The version.
    pub version: i32,
}

/// Keeps a search for the viewer. An account without a candidate's profile gets an empty one. That is an intent event.
///
/// # Errors
/// All that is wrong with the form, what its filter names and does not exist included; `TOO_LONG` for one more than a
/// candidate may keep.
pub async fn create(
    reader: &Reader<'_, DatabaseTransaction>,
    by: &SignedIn,
    form: SearchForm,
) -> Outcome<saved_search::Model> {
    let Reader { db: txn, now, .. } = *reader;
    let alerts = form.alerts.as_given().copied().unwrap_or(SearchAlerts::Off);
    let columns = read(reader, form).await?;
    let candidate = ensure(txn, by.account.id, now).await?;
    hold(txn, candidate.id).await?;
    let kept = saved_search::Entity::find().filter(saved_search::Column::CandidateId.eq(candidate.id));
    if kept.count(txn).await? >= MAX_SEARCHES {
        let message = format!("At most {MAX_SEARCHES} saved searches: delete one first.");
        return Err(Failure::refused(Code::TooLong, "", message));
    }
    let row = saved_search::ActiveModel {
        id: Set(ids::generate(now)),
        candidate_id: Set(candidate.id),
        search: Set(columns.search.try_as_ref().cloned().flatten()),
        filter: Set(columns.filter.try_as_ref().cloned().flatten()),
        name: columns.name,
        seen_at: Set(now),
        last_alerted_at: Set(None),
        version: Set(1),
        created_at: Set(now),
        ..switched_on(alerts, highest(txn).await?, now)
    };
    let created = row.insert(txn).await?;
    note_intent(txn, candidate.id, now).await?;
    feed::record(txn, (Subject::Candidate, candidate.id), Deed::Updated, now).await?;
    feed::record(txn, (Subject::SavedSearch, created.id), Deed::Created, now).await?;
    Ok(created)
}

/// Changes a search of the viewer. Alerts that are switched on tell of what is published from then on.
///
/// # Errors
/// `NOT_FOUND` at `id`; `STALE_VERSION`; all that is wrong with the form.
pub async fn update(
    reader: &Reader<'_, DatabaseTransaction>,
    by: &SignedIn,
    seen: Seen,
    form: SearchForm,
) -> Outcome<saved_search::Model> {
    let Reader { db: txn, now, .. } = *reader;
    let present = mine(txn, by, seen.id).await?;
    if present.version != seen.version {
        return Err(stale(&present));
    }
    let alerts = match &form.alerts {
        Change::Keep => present.alerts,
        given => given.as_given().copied().unwrap_or(SearchAlerts::Off),
    };
    let timing = match (present.alerts, alerts) {
        (was, is) if was == is => saved_search::ActiveModel { ..Default::default() },
        (SearchAlerts::Off, _) => switched_on(alerts, highest(txn).await?, now),
        _ => saved_search::ActiveModel {
            alerts: Set(alerts),
            next_alert_at: Set(period(alerts).map(|period| now + period)),
            ..Default::default()
        },
    };
    let read = read(reader, form).await?;
    let columns = saved_search::ActiveModel { name: read.name, search: read.search, filter: read.filter, ..timing };
    let update = saved_search::Entity::update_many()
        .set(columns)
        .col_expr(saved_search::Column::Version, Expr::col(saved_search::Column::Version).add(1))
        .filter(saved_search::Column::Id.eq(present.id))
        .filter(saved_search::Column::Version.eq(seen.version));
    let Some(changed) = update.exec_with_returning(txn).await?.into_iter().next() else {
        return Err(stale(&mine(txn, by, seen.id).await?));
    };
    feed::record(txn, (Subject::SavedSearch, changed.id), Deed::Updated, now).await?;
    Ok(changed)
}

/// Deletes a search of the viewer; gives its identifier.
///
/// # Errors
/// `NOT_FOUND` at `id`.
pub async fn delete(txn: &DatabaseTransaction, by: &SignedIn, id: Option<Uuid>, now: Timestamp) -> Outcome<Uuid> {
    let present = mine(txn, by, id).await?;
    if saved_search::Entity::delete_by_id(present.id).exec(txn).await?.rows_affected == 0 {
        return Err(not_found());
    }
    feed::record(txn, (Subject::SavedSearch, present.id), Deed::Ended, now).await?;
    Ok(present.id)
}

/// Notes that the viewer has seen what a search finds: from now on what is published later counts as new.
///
/// # Errors
/// `NOT_FOUND` at `id`.
pub async fn mark_seen(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    id: Option<Uuid>,
    now: Timestamp,
) -> Outcome<saved_search::Model> {
    let present = mine(txn, by, id).await?;
    let update = saved_search::Entity::update_many()
        .col_expr(saved_search::Column::SeenAt, Expr::value(now))
        .filter(saved_search::Column::Id.eq(present.id));
    update.exec_with_returning(txn).await?.into_iter().next().ok_or_else(not_found)
}

/// Which postings a saved search means at the moment of the reader.
///
/// # Errors
/// The database failed, or the filter was kept by a server of another version.
pub async fn scope<C: ConnectionTrait>(reader: &Reader<'_, C>, row: &saved_search::Model) -> Outcome<Scope> {
    let filter = row.filter.as_ref().map(FilterForm::kept).transpose().map_err(anyhow::Error::from)?;
    reader.scope(filter.as_ref(), row.search.as_deref()).await
}

/// The postings of a scope that were published after an instant.
#[must_use]
pub fn later(scope: &Scope, after: Timestamp) -> Scope {
    // Instants are kept to the microsecond.
    let since = Some(after + TimeDelta::microseconds(1));
    let later = PostingFilter { published_since: since, ..PostingFilter::default() };
    let filter = PostingFilter { and: vec![scope.filter.clone(), later], ..PostingFilter::default() };
    Scope { filter, search: scope.search.clone() }
}

/// The columns of alerts that begin now.
fn switched_on(alerts: SearchAlerts, number: i64, now: Timestamp) -> saved_search::ActiveModel {
    saved_search::ActiveModel {
        alerts: Set(alerts),
        told_since: Set(now),
        told_number: Set(number),
        next_alert_at: Set(period(alerts).map(|period| now + period)),
        ..Default::default()
    }
}

/// Reads name, search and filter.
async fn read<C: ConnectionTrait>(reader: &Reader<'_, C>, form: SearchForm) -> Outcome<saved_search::ActiveModel> {
    let mut refusals = Refusals::default();
    let mut columns = saved_search::ActiveModel { ..Default::default() };
    match form.name {
        Change::Keep => {}
        Change::Clear => refusals.add(Code::Required, "name", "A saved search has a name."),
        Change::Set(text) => {
            if let Some(name) = refusals.keep(model::name(&text)) {
                columns.name = Set(name);
            }
        }
    }
    match refusals.keep(form.search.try_map(|text| model::search(&text))) {
        Some(Change::Keep) | None => {}
        Some(search) => columns.search = Set(search.given()),
    }
    match form.filter {
        Change::Keep => {}
        Change::Clear => columns.filter = Set(None),
        Change::Set(filter) => {
            // Reading it shows whether it makes sense; what it names must be there.
            if refusals.keep_all(reader.scope(Some(&filter), None).await)?.is_some() {
                known::check(reader.db, &filter, "filter", &mut refusals).await?;
            }
            let kept = filter.keep()?;
            if kept.to_string().len() > MAX_FILTER_BYTES {
                refusals.add(Code::TooLong, "filter", "This filter is too long to be kept.");
            }
            columns.filter = Set(Some(kept));
        }
    }
    refusals.check()?;
    Ok(columns)
}

async fn mine(txn: &impl ConnectionTrait, by: &SignedIn, id: Option<Uuid>) -> Outcome<saved_search::Model> {
    let me = of_account(txn, by.account.id).await?.ok_or_else(not_found)?;
    let row =
        saved_search::Entity::find_by_id(id.ok_or_else(not_found)?).filter(saved_search::Column::CandidateId.eq(me.id));
    row.one(txn).await?.ok_or_else(not_found)
}

fn not_found() -> Failure {
    Failure::not_found("id", "saved search")
}

fn stale(present: &saved_search::Model) -> Failure {
    let message = format!("Someone was faster: the saved search is at version {} now.", present.version);
    Refusal::new(Code::StaleVersion, "version", message).against(Kind::SavedSearch, present.id).into()
}
