//! Finds out whom a change concerns: asked once for a batch of changes and a scope, however many listen to it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::{ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::follow::patiently;
use super::hub::Missed;
use crate::db::Database;
use crate::entities::{application, candidate, membership, posting};
use crate::postings::filter::Scope;
use crate::postings::found::Found;
use crate::state::State;

/// Changes matched at a time.
const BATCH: usize = 500;

/// Tells those whose scope a posting meets that became open, without end.
pub(super) async fn match_postings(state: &State) {
    let hub = &state.live.hub;
    loop {
        let Ok(opened) = hub.opened.some(BATCH).await else {
            hub.tell_behind(Missed::Postings);
            continue;
        };
        let (names, scopes): (Vec<_>, Vec<_>) = hub.scopes().into_iter().unzip();
        let met = meeting(state, &scopes, &opened).await;
        for (name, met) in names.iter().zip(met) {
            // In the order in which they became open.
            let met: Vec<_> = opened.iter().copied().filter(|id| met.contains(id)).collect();
            hub.tell_postings(name, &met);
        }
    }
}

/// Which postings meet each scope: from memory, as lists find them, or else by a statement for each scope.
async fn meeting(state: &State, scopes: &[Arc<Scope>], among: &[Uuid]) -> Vec<HashSet<Uuid>> {
    let (since, now) = (state.mirror.ticket(), state.clock.now());
    if let Some(met) = Found::meeting(&state.mirror, since, scopes, among, now).await {
        return met;
    }
    let mut met = Vec::with_capacity(scopes.len());
    for scope in scopes {
        met.push(patiently(|| stored(state, scope, among)).await);
    }
    met
}

async fn stored(state: &State, scope: &Scope, among: &[Uuid]) -> Result<HashSet<Uuid>, DbErr> {
    let open = scope.open(state.clock.now()).filter(posting::Column::Id.is_in(among.iter().copied()));
    let ids = open.select_only().column(posting::Column::Id).into_tuple::<Uuid>();
    let met = ids.all(state.db.reads()).await?;
    // They may meet it since a change that was not heard of yet.
    if !met.is_empty() {
        state.db.hear().await?;
    }
    Ok(met.into_iter().collect())
}

/// Tells those whom a changed application concerns, without end.
pub(super) async fn match_applications(state: &State) {
    let hub = &state.live.hub;
    loop {
        let Ok(changed) = hub.applications.some(BATCH).await else {
            hub.tell_behind(Missed::Applications);
            continue;
        };
        let concerned = patiently(|| concerned(&state.db, &changed)).await;
        for id in changed {
            if let Some(accounts) = concerned.get(&id) {
                hub.tell_application(id, accounts);
            }
        }
    }
}

/// The accounts that applications concern: the candidate's, and those of the members of the employer.
async fn concerned(db: &Database, applications: &[Uuid]) -> Result<HashMap<Uuid, HashSet<Uuid>>, DbErr> {
    let of_candidate = application::Entity::belongs_to(candidate::Entity)
        .from(application::Column::CandidateId)
        .to(candidate::Column::Id);
    let of_posting =
        application::Entity::belongs_to(posting::Entity).from(application::Column::PostingId).to(posting::Column::Id);
    let parties = application::Entity::find()
        .filter(application::Column::Id.is_in(applications.iter().copied()))
        .join(JoinType::InnerJoin, of_candidate.into())
        .join(JoinType::InnerJoin, of_posting.into())
        .select_only()
        .column(application::Column::Id)
        .column(candidate::Column::AccountId)
        .column(posting::Column::EmployerId);
    let parties: Vec<(Uuid, Uuid, Uuid)> = parties.into_tuple().all(db.reads()).await?;
    let employers: HashSet<Uuid> = parties.iter().map(|(_, _, employer_id)| *employer_id).collect();
    let members = membership::Entity::find()
        .filter(membership::Column::EmployerId.is_in(employers))
        .select_only()
        .column(membership::Column::EmployerId)
        .column(membership::Column::AccountId);
    let mut staff: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (employer_id, account_id) in members.into_tuple::<(Uuid, Uuid)>().all(db.reads()).await? {
        staff.entry(employer_id).or_default().push(account_id);
    }
    let accounts = |(id, candidate, employer): (Uuid, Uuid, Uuid)| {
        let members = staff.get(&employer).map_or(&[][..], Vec::as_slice);
        (id, members.iter().copied().chain([candidate]).collect())
    };
    Ok(parties.into_iter().map(accounts).collect())
}
