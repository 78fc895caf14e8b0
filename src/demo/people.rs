//! Who lives in the demonstration: what job seekers look for, and the three accounts to sign in with.

use std::collections::HashMap;

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::accounts::service::{Registration, register};
use crate::app::App;
use crate::audit::Origin;
use crate::clock::Timestamp;
use crate::entities::sets::{Deed, Importance, MemberRole, SearchStatus, Subject, Visibility};
use crate::entities::{
    account, active_day, candidate, candidate_skill, employer, membership, posting, posting_place, role, role_skill,
    skill, target_place, target_role,
};
use crate::error::Failure;
use crate::feed;
use crate::ids::{self, Kind};
use crate::import::records::PlaceRecord;
use crate::import::synthetic::{OpenPosting, SoughtPlace, SoughtRole};
use crate::postings::filter::open_at;
use crate::reference::resolve::place_key;
use crate::state::State;

/// The employer's account of the demonstration.
pub const EMPLOYER: &str = "employer@example.org";
/// The candidate's account.
pub const CANDIDATE: &str = "candidate@example.org";
/// The administrator's account.
pub const ADMINISTRATOR: &str = "admin@example.org";
/// The password of all three.
pub const PASSWORD: &str = "rolecall demonstration";

/// Skills that a synthetic job seeker may have, of those usual for the role.
const USUAL_SKILLS: usize = 15;

/// Posting, employer, external id, role and publication of an open posting.
type OpenRow = (Uuid, Uuid, Option<String>, Option<Uuid>, Timestamp);

/// What there is to look for: roles and places as often as the open postings have them, and the postings themselves.
pub async fn world(state: &State) -> anyhow::Result<(Vec<SoughtRole>, Vec<SoughtPlace>, Vec<OpenPosting>)> {
    let db = state.db.reads();
    let employers =
        employer::Entity::find().select_only().columns([employer::Column::Id, employer::Column::ExternalId]);
    let employers = employers.into_tuple::<(Uuid, Option<String>)>().all(db).await?;
    let employers: HashMap<_, _> = employers.into_iter().filter_map(|(id, name)| Some((id, name?))).collect();
    let roles = role::Entity::find().select_only().columns([role::Column::Id, role::Column::Slug, role::Column::Title]);
    let roles = roles.into_tuple::<(Uuid, String, String)>().all(db).await?;
    let roles: HashMap<_, _> = roles.into_iter().map(|(id, slug, title)| (id, (slug, title))).collect();
    let open = posting::Entity::find().filter(open_at(state.clock.now())).select_only().columns([
        posting::Column::Id,
        posting::Column::EmployerId,
        posting::Column::ExternalId,
        posting::Column::RoleId,
        posting::Column::PublishedAt,
    ]);
    let open = open.order_by_asc(posting::Column::EmployerId).order_by_asc(posting::Column::ExternalId);
    let open: Vec<OpenRow> = open.into_tuple().all(db).await?;
    let mut popular: HashMap<Uuid, u32> = HashMap::new();
    let postings = open.into_iter().filter_map(|(_, employer, external_id, role, published_at)| {
        if let Some(role) = role {
            *popular.entry(role).or_default() += 1;
        }
        let role = role.and_then(|role| roles.get(&role)).map(|(slug, _)| slug.clone());
        Some(OpenPosting { employer: employers.get(&employer)?.clone(), external_id: external_id?, role, published_at })
    });
    let postings: Vec<_> = postings.collect();
    let skills = usual_skills(state).await?;
    let mut sought: Vec<_> = popular
        .into_iter()
        .filter_map(|(id, weight)| {
            let (slug, title) = roles.get(&id)?.clone();
            Some(SoughtRole { slug, title, weight, skills: skills.get(&id).cloned().unwrap_or_default() })
        })
        .collect();
    sought.sort_by(|a, b| a.slug.cmp(&b.slug));
    Ok((sought, places(state).await?, postings))
}

async fn usual_skills(state: &State) -> anyhow::Result<HashMap<Uuid, Vec<String>>> {
    let db = state.db.reads();
    let names = skill::Entity::find().select_only().columns([skill::Column::Id, skill::Column::Slug]);
    let names: HashMap<Uuid, String> = names.into_tuple().all(db).await?.into_iter().collect();
    let rows = role_skill::Entity::find().order_by_asc(role_skill::Column::RoleId);
    let mut rows = rows.order_by_asc(role_skill::Column::Position).all(db).await?;
    rows.sort_by_key(|row| (row.role_id, row.importance == Importance::Preferred, row.position));
    let mut skills: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in rows {
        let list = skills.entry(row.role_id).or_default();
        if list.len() < USUAL_SKILLS {
            list.extend(names.get(&row.skill_id).cloned());
        }
    }
    Ok(skills)
}

/// Regions of postings, as often as they occur.
async fn places(state: &State) -> anyhow::Result<Vec<SoughtPlace>> {
    let rows = posting_place::Entity::find()
        .select_only()
        .columns([posting_place::Column::CountryCode, posting_place::Column::RegionCode])
        .column_as(posting_place::Column::PostingId.count(), "postings")
        .group_by(posting_place::Column::CountryCode)
        .group_by(posting_place::Column::RegionCode)
        .order_by_asc(posting_place::Column::CountryCode)
        .order_by_asc(posting_place::Column::RegionCode)
        .into_tuple::<(String, Option<String>, i64)>()
        .all(state.db.reads())
        .await?;
    let sought = rows.into_iter().map(|(country_code, region_code, postings)| SoughtPlace {
        place: PlaceRecord { country_code, region_code, city: None },
        weight: u32::try_from(postings).unwrap_or(u32::MAX),
    });
    Ok(sought.collect())
}

/// Makes the three accounts: an owner of the employer with the most open postings, a candidate, an administrator.
pub async fn accounts(app: &App) -> anyhow::Result<()> {
    let owner = account(app, EMPLOYER, "Erin Employer", false).await?;
    let candidate = account(app, CANDIDATE, "Casey Candidate", false).await?;
    account(app, ADMINISTRATOR, "Alex Administrator", true).await?;
    let state = &app.state;
    let now = state.clock.now();
    let largest = posting::Entity::find()
        .filter(open_at(now))
        .select_only()
        .column(posting::Column::EmployerId)
        .column_as(posting::Column::Id.count(), "postings")
        .group_by(posting::Column::EmployerId)
        .order_by_desc(posting::Column::Id.count())
        .limit(1)
        .into_tuple::<(Uuid, i64)>()
        .one(state.db.reads())
        .await?;
    let txn = state.db.begin().await?;
    if let Some((employer_id, _)) = largest {
        let member = membership::ActiveModel {
            id: Set(ids::generate(now)),
            employer_id: Set(employer_id),
            account_id: Set(owner.id),
            role: Set(MemberRole::Owner),
            created_at: Set(now),
        };
        member.insert(&txn).await?;
    }
    profile(&txn, candidate.id, now).await?;
    txn.commit().await?;
    Ok(())
}

async fn account(app: &App, email: &str, name: &str, is_admin: bool) -> anyhow::Result<account::Model> {
    let state = &app.state;
    let now = state.clock.now();
    let read = Registration::parse(&state.passwords, email, PASSWORD, name).await.map_err(refused)?;
    let txn = state.db.begin().await?;
    let made = register(&txn, read, is_admin, &Origin::default(), now).await.map_err(refused)?;
    let verified = account::ActiveModel { id: Set(made.id), email_verified_at: Set(Some(now)), ..Default::default() };
    let made = verified.update(&txn).await?;
    txn.commit().await?;
    Ok(made)
}

fn refused(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Internal(fault) => fault.0,
        Failure::Refused(refusals) => anyhow::anyhow!("the demonstration's own data was refused: {refusals:?}"),
    }
}

/// A backend developer in New York who knows Rust.
async fn profile(
    txn: &sea_orm::DatabaseTransaction,
    account_id: Uuid,
    now: crate::clock::Timestamp,
) -> Result<(), sea_orm::DbErr> {
    let id = ids::generate(now);
    let row = candidate::ActiveModel {
        id: Set(id),
        account_id: Set(account_id),
        external_id: Set(None),
        headline: Set(Some("Backend developer".to_owned())),
        about: Set(None),
        home_place_id: Set(None),
        search_status: Set(SearchStatus::Active),
        visibility: Set(Visibility::Private),
        wants_remote: Set(true),
        expected_pay: Set(None),
        expected_currency: Set(None),
        expected_period: Set(None),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    };
    row.insert(txn).await?;
    let role_id = ids::of_name(Kind::Role, "backend-developer");
    target_role::ActiveModel { candidate_id: Set(id), role_id: Set(role_id), position: Set(0) }.insert(txn).await?;
    let place_id = ids::of_name(Kind::Place, &place_key("US", None, None));
    target_place::ActiveModel { candidate_id: Set(id), place_id: Set(place_id), position: Set(0) }.insert(txn).await?;
    for (position, (slug, level, months)) in (0..).zip([("rust", 4, 36), ("sql", 3, 48), ("docker", 3, 30)]) {
        let skill = candidate_skill::ActiveModel {
            candidate_id: Set(id),
            skill_id: Set(ids::of_name(Kind::Skill, slug)),
            position: Set(position),
            level: Set(Some(level)),
            months: Set(Some(months)),
        };
        skill.insert(txn).await?;
    }
    active_day::ActiveModel { candidate_id: Set(id), day: Set(now.date_naive()) }.insert(txn).await?;
    feed::record(txn, (Subject::Candidate, id), Deed::Created, now).await
}
