//! Names and lists for the copy of what is held about a person.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::entities::{
    active_day, application_event, candidate_skill, education, employer, experience, gather, place, posting, role,
    skill, target_place, target_role,
};
use crate::ids::{self, Kind};

/// Postings by identifier, as they are named in the copy.
///
/// # Errors
/// The database failed.
pub async fn postings(
    db: &DatabaseConnection,
    wanted: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Value>, DbErr> {
    let to: RelationDef =
        posting::Entity::belongs_to(employer::Entity).from(posting::Column::EmployerId).to(employer::Column::Id).into();
    let rows = posting::Entity::find()
        .select_only()
        .columns([posting::Column::Id, posting::Column::Title])
        .column(employer::Column::Name)
        .join(JoinType::InnerJoin, to)
        .filter(posting::Column::Id.is_in(wanted));
    let rows: Vec<(Uuid, String, String)> = rows.into_tuple().all(db).await?;
    let named = |(id, title, employer)| {
        (id, json!({"id": ids::encode(Kind::Posting, id), "title": title, "employer": employer}))
    };
    Ok(rows.into_iter().map(named).collect())
}

/// The history of applications: where they went and what the employer said to it. Who of the employer moved them is about
/// somebody else.
///
/// # Errors
/// The database failed.
pub async fn histories(
    db: &DatabaseConnection,
    applications: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Vec<Value>>, DbErr> {
    let rows = application_event::Entity::find()
        .filter(application_event::Column::ApplicationId.is_in(applications))
        .order_by_asc(application_event::Column::At)
        .order_by_asc(application_event::Column::Id);
    Ok(gather(rows.all(db).await?.into_iter().map(|row| {
        let event = json!({
            "from": row.from_status, "to": row.to_status, "by": row.party, "note": row.note, "at": row.at,
        });
        (row.application_id, event)
    })))
}

/// Names of employers by identifier.
///
/// # Errors
/// The database failed.
pub async fn employers(
    db: &DatabaseConnection,
    wanted: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, DbErr> {
    let rows = employer::Entity::find().select_only().columns([employer::Column::Id, employer::Column::Name]);
    let rows: Vec<(Uuid, String)> = rows.filter(employer::Column::Id.is_in(wanted)).into_tuple().all(db).await?;
    Ok(rows.into_iter().collect())
}

/// Names of places by identifier.
///
/// # Errors
/// The database failed.
pub async fn places(
    db: &DatabaseConnection,
    wanted: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, DbErr> {
    let rows = place::Entity::find().select_only().columns([place::Column::Id, place::Column::Name]);
    let rows: Vec<(Uuid, String)> = rows.filter(place::Column::Id.is_in(wanted)).into_tuple().all(db).await?;
    Ok(rows.into_iter().collect())
}

/// The roles that a candidate looks for.
///
/// # Errors
/// The database failed.
pub async fn target_roles(db: &DatabaseConnection, id: Uuid) -> Result<Vec<String>, DbErr> {
    let links = target_role::Entity::find().filter(target_role::Column::CandidateId.eq(id));
    let links = links.order_by_asc(target_role::Column::Position).all(db).await?;
    let rows = role::Entity::find().filter(role::Column::Id.is_in(links.iter().map(|link| link.role_id)));
    let titles: HashMap<_, _> = rows.all(db).await?.into_iter().map(|row| (row.id, row.title)).collect();
    Ok(links.iter().filter_map(|link| titles.get(&link.role_id).cloned()).collect())
}

/// The places where a candidate looks for work.
///
/// # Errors
/// The database failed.
pub async fn target_places(db: &DatabaseConnection, id: Uuid) -> Result<Vec<String>, DbErr> {
    let links = target_place::Entity::find().filter(target_place::Column::CandidateId.eq(id));
    let links = links.order_by_asc(target_place::Column::Position).all(db).await?;
    let names = places(db, links.iter().map(|link| link.place_id)).await?;
    Ok(links.iter().filter_map(|link| names.get(&link.place_id).cloned()).collect())
}

/// The skills of a candidate.
///
/// # Errors
/// The database failed.
pub async fn skills(db: &DatabaseConnection, id: Uuid) -> Result<Vec<Value>, DbErr> {
    let held = candidate_skill::Entity::find().filter(candidate_skill::Column::CandidateId.eq(id));
    let held = held.order_by_asc(candidate_skill::Column::Position).all(db).await?;
    let rows = skill::Entity::find().filter(skill::Column::Id.is_in(held.iter().map(|held| held.skill_id)));
    let names: HashMap<_, _> = rows.all(db).await?.into_iter().map(|row| (row.id, row.name)).collect();
    let written = |held: &candidate_skill::Model| json!({"skill": names.get(&held.skill_id), "level": held.level, "months": held.months});
    Ok(held.iter().map(written).collect())
}

/// The jobs that a candidate had.
///
/// # Errors
/// The database failed.
pub async fn jobs(db: &DatabaseConnection, id: Uuid) -> Result<Vec<Value>, DbErr> {
    let rows = experience::Entity::find().filter(experience::Column::CandidateId.eq(id));
    let rows = rows.order_by_asc(experience::Column::Position).all(db).await?;
    let written = |row: experience::Model| {
        json!({
            "title": row.title, "employer": row.employer_name, "startedOn": row.started_on, "endedOn": row.ended_on,
            "description": row.description,
        })
    };
    Ok(rows.into_iter().map(written).collect())
}

/// The courses of study that a candidate followed.
///
/// # Errors
/// The database failed.
pub async fn studies(db: &DatabaseConnection, id: Uuid) -> Result<Vec<Value>, DbErr> {
    let rows = education::Entity::find().filter(education::Column::CandidateId.eq(id));
    let rows = rows.order_by_asc(education::Column::Position).all(db).await?;
    let written = |row: education::Model| {
        json!({
            "institution": row.institution, "subject": row.subject, "level": row.level,
            "startedOn": row.started_on, "endedOn": row.ended_on,
        })
    };
    Ok(rows.into_iter().map(written).collect())
}

/// The days on which a candidate looked for work, one row each.
///
/// # Errors
/// The database failed.
pub async fn days(db: &DatabaseConnection, id: Uuid) -> Result<Vec<chrono::NaiveDate>, DbErr> {
    let rows = active_day::Entity::find().select_only().column(active_day::Column::Day);
    let rows = rows.filter(active_day::Column::CandidateId.eq(id)).order_by_asc(active_day::Column::Day);
    rows.into_tuple().all(db).await
}
