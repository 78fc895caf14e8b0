//! The job that tells people of new postings that meet their saved searches.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, RelationDef, Set,
};
use uuid::Uuid;

use super::model::next_alert;
use super::publications::{Numbered, highest, number};
use super::searches::{later, scope};
use crate::clock::Timestamp;
use crate::entities::sets::{Deed, PlaceKind, SearchAlerts, Subject, Workplace};
use crate::entities::{account, candidate, employer, place, posting, posting_place, publication, saved_search};
use crate::error::Failure;
use crate::feed;
use crate::mail::letter::{Letter, MAX_MATCHES, Match};
use crate::mail::outbox::{Recipient, enqueue};
use crate::pagination::{Page, Window, fetch};
use crate::postings::filter::form::{Reader, UnknownForm};
use crate::postings::filter::{Order, OrderField, Scope, keyset};
use crate::postings::found::{Asked, Found};
use crate::state::State;

/// Searches that are looked at together.
const BATCH: u64 = 100;
/// Searches of one run; the rest waits for the next.
const MOST: usize = 5_000;

/// Tells everyone who is to be told, of everything that was published since they were last: at once those who wish it so,
/// the others at their time. A search whose owner cannot get mails goes on without one.
///
/// # Errors
/// The database failed; everyone else was told, and who was is not told again.
pub async fn alert(state: &State) -> anyhow::Result<()> {
    number(state).await?;
    let now = state.clock.now();
    let db = state.db.reads();
    let head = highest(db).await?;
    let (mut passed_over, mut failure) = (Vec::new(), None);
    let mut looked_at = 0;
    let mut numbered = Numbered::up_to(head);
    while looked_at < MOST {
        let searches = due(db, head, &passed_over, now).await?;
        if searches.is_empty() {
            break;
        }
        looked_at += searches.len();
        let owners = owners(db, &searches).await?;
        for search in searches {
            let owner = owners.get(&search.candidate_id);
            match tell(state, &search, owner, (&mut numbered, head), now).await {
                Ok(()) => {}
                Err(Untold::Unreadable(error)) => {
                    // It stays as it is, so that a server that can read it tells its owner later.
                    tracing::error!(search = %search.id, error, "a saved search cannot be read");
                    passed_over.push(search.id);
                }
                Err(Untold::Failed(error)) => {
                    // One that fails keeps nobody else from being told; the next run tries it again.
                    tracing::warn!(search = %search.id, error = format!("{error:#}"), "an alert failed");
                    passed_over.push(search.id);
                    failure.get_or_insert(error);
                }
            }
        }
    }
    failure.map_or(Ok(()), Err)
}

/// Why nothing was told.
enum Untold {
    /// The search was kept by a server of another version.
    Unreadable(String),
    /// The database failed.
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Untold {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Searches whose owners are to be told: at once, whoever knows least first; and at a time that has come.
async fn due(
    db: &impl ConnectionTrait,
    head: i64,
    except: &[Uuid],
    now: Timestamp,
) -> Result<Vec<saved_search::Model>, DbErr> {
    let others = || saved_search::Entity::find().filter(saved_search::Column::Id.is_not_in(except.iter().copied()));
    let mut due = others()
        .filter(saved_search::Column::NextAlertAt.lte(now))
        .order_by_asc(saved_search::Column::NextAlertAt)
        .order_by_asc(saved_search::Column::Id)
        .limit(BATCH)
        .all(db)
        .await?;
    let instant = others()
        .filter(saved_search::Column::Alerts.eq(SearchAlerts::Instant))
        .filter(saved_search::Column::ToldNumber.lt(head))
        .order_by_asc(saved_search::Column::ToldNumber)
        .order_by_asc(saved_search::Column::Id)
        .limit(BATCH);
    due.extend(instant.all(db).await?);
    Ok(due)
}

/// The accounts behind the candidates, by candidate.
async fn owners(
    db: &impl ConnectionTrait,
    searches: &[saved_search::Model],
) -> Result<HashMap<Uuid, account::Model>, DbErr> {
    let ids = searches.iter().map(|search| search.candidate_id);
    let candidates = candidate::Entity::find().filter(candidate::Column::Id.is_in(ids)).all(db).await?;
    let accounts = account::Entity::find()
        .filter(account::Column::Id.is_in(candidates.iter().map(|candidate| candidate.account_id)))
        .filter(account::Column::EmailVerifiedAt.is_not_null())
        .filter(account::Column::SuspendedAt.is_null());
    let accounts: HashMap<_, _> = accounts.all(db).await?.into_iter().map(|row| (row.id, row)).collect();
    let owner = |candidate: candidate::Model| Some((candidate.id, accounts.get(&candidate.account_id)?.clone()));
    Ok(candidates.into_iter().filter_map(owner).collect())
}

/// Moves a search on, and writes the letter in the same transaction. Whoever finds that it was moved or changed by
/// somebody else meanwhile leaves it to them.
async fn tell(
    state: &State,
    search: &saved_search::Model,
    owner: Option<&account::Model>,
    (numbered, head): (&mut Numbered, i64),
    now: Timestamp,
) -> Result<(), Untold> {
    let letter = match owner {
        Some(_) => letter(state, search, (numbered, head), now).await?,
        None => None,
    };
    let txn = state.db.begin().await?;
    if !advance(&txn, search, head, letter.is_some(), now).await? {
        return Ok(txn.rollback().await?);
    }
    if let (Some(owner), Some(letter)) = (owner, &letter) {
        let key = format!("search-alert:{}:{head}", search.id);
        enqueue(&txn, &Recipient::of(owner), letter, &key, now).await?;
        feed::record(&txn, (Subject::SavedSearch, search.id), Deed::Matched, now).await?;
    }
    Ok(txn.commit().await?)
}

/// Notes that the owner was told up to this number; false if the search is no longer as it was.
async fn advance(
    txn: &impl ConnectionTrait,
    search: &saved_search::Model,
    head: i64,
    is_told: bool,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let next = search.next_alert_at.and_then(|due| next_alert(search.alerts, due, now));
    let mut columns = saved_search::ActiveModel {
        told_number: Set(head.max(search.told_number)),
        next_alert_at: Set(next),
        ..Default::default()
    };
    if is_told {
        columns.last_alerted_at = Set(Some(now));
    }
    let due = saved_search::Column::NextAlertAt;
    let update = saved_search::Entity::update_many()
        .set(columns)
        .filter(saved_search::Column::Id.eq(search.id))
        .filter(saved_search::Column::Version.eq(search.version))
        .filter(saved_search::Column::ToldNumber.eq(search.told_number))
        .filter(search.next_alert_at.map_or_else(|| due.is_null(), |at| due.eq(at)));
    Ok(update.exec(txn).await?.rows_affected == 1)
}

/// The letter about what was published since its owner was last told; `None` if nothing of it meets the search.
async fn letter(
    state: &State,
    search: &saved_search::Model,
    (numbered, head): (&mut Numbered, i64),
    now: Timestamp,
) -> Result<Option<Letter>, Untold> {
    let db = state.db.reads();
    let reader = Reader { db, reference: &state.reference, now };
    let scope = scope(&reader, search).await.map_err(|failure| match failure {
        Failure::Internal(fault) if !fault.0.is::<UnknownForm>() => Untold::Failed(fault.0),
        Failure::Internal(fault) => Untold::Unreadable(fault.to_string()),
        Failure::Refused(refusals) => Untold::Unreadable(format!("{refusals:?}")),
    })?;
    let (page, total) =
        fresh(state, &later(&scope, search.told_since), numbered, (search.told_number, head), now).await?;
    if page.rows.is_empty() {
        return Ok(None);
    }
    let matches = described(db, page.rows.into_iter().map(|(_, row)| row).collect()).await?;
    Ok(Some(Letter::SearchAlert { search: search.id, name: search.name.clone(), matches, total }))
}

/// The best of those open postings of a scope whose numbers are above the one and up to the other, and how many they are.
async fn fresh(
    state: &State,
    scope: &Scope,
    numbered: &mut Numbered,
    (told, head): (i64, i64),
    now: Timestamp,
) -> anyhow::Result<(Page<posting::Model>, u64)> {
    let db = state.db.reads();
    let ticket = state.mirror.ticket();
    let field = if scope.search.is_some() { OrderField::Relevance } else { OrderField::PublishedAt };
    let orders = [Order { field, descending: true }];
    let best = keyset("alerts", &orders, scope.search.as_ref(), true, None);
    let window = Window { limit: MAX_MATCHES as u64, ..Window::default() };
    if state.mirror.is_loaded() {
        let among = Some(numbered.after(db, told).await?);
        let asked = Asked { scope, among, orders: &orders, keyset: &best, window: &window };
        if let Some((found, places)) = Found::page(&state.mirror, ticket, asked, now).await {
            return Ok((places.rows(db, now).await?, found.count()));
        }
    }
    let published = publication::Entity::find()
        .select_only()
        .column(publication::Column::PostingId)
        .filter(publication::Column::Number.gt(told))
        .filter(publication::Column::Number.lte(head));
    let select = scope.open(now).filter(posting::Column::Id.in_subquery(published.into_query()));
    let page = fetch(db, select.clone(), &best, &window).await?;
    let total = if page.has_next { select.count(db).await? } else { page.rows.len() as u64 };
    Ok((page, total))
}

/// What an alert says of postings.
async fn described(db: &impl ConnectionTrait, rows: Vec<posting::Model>) -> Result<Vec<Match>, DbErr> {
    let names = employer::Entity::find()
        .select_only()
        .columns([employer::Column::Id, employer::Column::Name])
        .filter(employer::Column::Id.is_in(rows.iter().map(|row| row.employer_id)));
    let names: HashMap<Uuid, String> = names.into_tuple::<(Uuid, String)>().all(db).await?.into_iter().collect();
    let on_site = rows.iter().filter(|row| row.workplace != Workplace::Remote).map(|row| row.id);
    let places = first_places(db, on_site.collect()).await?;
    let matches = rows.into_iter().map(|row| Match {
        posting: row.id,
        employer: names.get(&row.employer_id).cloned().unwrap_or_default(),
        place: places.get(&row.id).cloned(),
        title: row.title,
    });
    Ok(matches.collect())
}

/// The first place of each posting, in words.
async fn first_places(db: &impl ConnectionTrait, postings: Vec<Uuid>) -> Result<HashMap<Uuid, String>, DbErr> {
    let at: RelationDef = posting_place::Entity::belongs_to(place::Entity)
        .from(posting_place::Column::PlaceId)
        .to(place::Column::Id)
        .into();
    let rows = posting_place::Entity::find()
        .select_only()
        .column(posting_place::Column::PostingId)
        .columns([place::Column::Name, place::Column::CountryCode])
        .column(place::Column::Kind)
        .join(JoinType::InnerJoin, at)
        .filter(posting_place::Column::PostingId.is_in(postings))
        // The first comes last, and stays.
        .order_by_desc(posting_place::Column::Position);
    let rows = rows.into_tuple::<(Uuid, String, String, PlaceKind)>().all(db).await?;
    let named = rows.into_iter().map(|(posting, name, country, kind)| {
        (posting, if kind == PlaceKind::Country { name } else { format!("{name}, {country}") })
    });
    Ok(named.collect())
}
