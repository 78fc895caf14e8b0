//! Candidates, with the accounts behind them. An imported account has no password until one is set by e-mail.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::rows::insert_new;
use super::{Loader, Report, chunks, external_id, insert, is_pair, word};
use crate::accounts::model::{Email, person_name};
use crate::candidates::form::{self, CandidateForm, HeldSkill, Reading, SkillForm};
use crate::clock::to_micros;
use crate::entities::sets::{Deed, SearchStatus, Subject, Visibility};
use crate::entities::{account, active_day, candidate, candidate_skill, gather, target_place, target_role};
use crate::error::{Code, Failure, Refusal, Refusals};
use crate::feed;
use crate::form::Change;
use crate::ids;
use crate::import::records::{CandidateRecord, SkillRecord};
use crate::reference::resolve::{PlaceName, Resolver};

struct Ready {
    line: u64,
    external_id: String,
    email: Email,
    name: String,
    profile: Profile,
    active_on: Option<NaiveDate>,
}

#[derive(Debug, PartialEq)]
struct Profile {
    headline: Option<String>,
    search_status: SearchStatus,
    wants_remote: bool,
    roles: Vec<Uuid>,
    places: Vec<Uuid>,
    skills: Vec<(Uuid, Option<i32>, Option<i32>)>,
}

impl Loader<'_> {
    pub(super) async fn candidates(
        &mut self,
        txn: &DatabaseTransaction,
        records: Vec<(u64, CandidateRecord)>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let mut resolver = self.resolver(txn);
        let mut ready = Vec::with_capacity(records.len());
        for (line, record) in records {
            match read_candidate(line, record, &mut resolver).await {
                Ok(read) => ready.push(read),
                Err(failure) => report.refuse(line, failure)?,
            }
        }
        self.keep(resolver);
        let mut present = present(txn, &ready).await?;
        let mut taken = taken_addresses(txn, &ready).await?;
        let mut seen = HashSet::new();
        let (mut new, mut there) = (Vec::new(), Vec::new());
        for ready in ready {
            if !seen.insert(ready.external_id.clone()) {
                let twice = Refusal::new(Code::Duplicate, "externalId", "Another line of this file has this name.");
                report.refuse(ready.line, twice.into())?;
            } else if let Some((row, old)) = present.remove(&ready.external_id) {
                there.push((row, old, ready));
            } else if taken.insert(ready.email.key().to_owned()) {
                new.push(ready);
            } else {
                let refusal = Refusal::new(Code::Taken, "email", "Another account has this e-mail address.");
                report.refuse(ready.line, refusal.into())?;
            }
        }
        report.created += new.len() as u64;
        self.update_candidates(txn, there, report).await?;
        Ok(self.insert_candidates(txn, new).await?)
    }

    async fn insert_candidates(&self, txn: &DatabaseTransaction, new: Vec<Ready>) -> Result<(), DbErr> {
        let (mut accounts, mut rows, mut lists, mut days) = (vec![], vec![], Lists::default(), vec![]);
        for ready in new {
            let (account_id, id) = (ids::generate(self.now), ids::generate(self.now));
            accounts.push(account::ActiveModel {
                id: Set(account_id),
                email: Set(ready.email.written().to_owned()),
                email_key: Set(ready.email.key().to_owned()),
                email_verified_at: Set(Some(self.now)),
                name: Set(ready.name),
                password_hash: Set(None),
                is_admin: Set(false),
                created_at: Set(self.now),
                updated_at: Set(self.now),
                suspended_at: Set(None),
                suspension_reason: Set(None),
                erased_at: Set(None),
                failed_sign_ins: Set(0),
            });
            lists.add(id, &ready.profile);
            days.extend(ready.active_on.map(|day| active_day::ActiveModel { candidate_id: Set(id), day: Set(day) }));
            rows.push(candidate::ActiveModel {
                id: Set(id),
                account_id: Set(account_id),
                external_id: Set(Some(ready.external_id)),
                headline: Set(ready.profile.headline),
                about: Set(None),
                home_place_id: Set(None),
                search_status: Set(ready.profile.search_status),
                visibility: Set(Visibility::Private),
                wants_remote: Set(ready.profile.wants_remote),
                expected_pay: Set(None),
                expected_currency: Set(None),
                expected_period: Set(None),
                version: Set(1),
                created_at: Set(self.now),
                updated_at: Set(self.now),
            });
        }
        let ids: Vec<_> = rows.iter().filter_map(|row: &candidate::ActiveModel| row.id.try_as_ref().copied()).collect();
        insert(txn, accounts).await?;
        insert(txn, rows).await?;
        lists.insert(txn).await?;
        insert(txn, days).await?;
        insert(txn, feed::rows(Subject::Candidate, ids, Deed::Created, self.now).collect()).await
    }

    /// Changes the profiles that differ, and notes days of activity that are new; either is a change, and is recorded once.
    async fn update_candidates(
        &self,
        txn: &DatabaseTransaction,
        present: Vec<(candidate::Model, Profile, Ready)>,
        report: &mut Report,
    ) -> Result<(), DbErr> {
        let days = present.iter().filter_map(|(row, _, ready)| Some((row.id, ready.active_on?)));
        let mut concerned = note_days(txn, days.collect()).await?;
        let (changed, same): (Vec<_>, Vec<_>) = present.into_iter().partition(|(_, old, new)| *old != new.profile);
        report.unchanged += same.len() as u64;
        report.updated += changed.len() as u64;
        let ids: Vec<_> = changed.iter().map(|(row, ..)| row.id).collect();
        let mut lists = Lists::default();
        for (row, _, ready) in changed {
            lists.add(row.id, &ready.profile);
            let changed = candidate::ActiveModel {
                id: Set(row.id),
                headline: Set(ready.profile.headline),
                search_status: Set(ready.profile.search_status),
                wants_remote: Set(ready.profile.wants_remote),
                version: Set(row.version + 1),
                updated_at: Set(self.now),
                ..Default::default()
            };
            changed.update(txn).await?;
        }
        remove_lists(txn, &ids).await?;
        lists.insert(txn).await?;
        concerned.extend(ids);
        insert(txn, feed::rows(Subject::Candidate, concerned, Deed::Updated, self.now).collect()).await
    }
}

/// Notes on which days candidates were active; gives those for whom that is new.
async fn note_days(txn: &DatabaseTransaction, days: Vec<(Uuid, NaiveDate)>) -> Result<BTreeSet<Uuid>, DbErr> {
    let mut fresh: BTreeSet<_> = days.into_iter().collect();
    for some in chunks(&fresh.iter().copied().collect::<Vec<_>>()) {
        let columns = [Expr::col(active_day::Column::CandidateId), Expr::col(active_day::Column::Day)];
        let known = active_day::Entity::find().filter(is_pair(columns, &some));
        for row in known.all(txn).await? {
            fresh.remove(&(row.candidate_id, row.day));
        }
    }
    let row = |(id, day): &(Uuid, NaiveDate)| active_day::ActiveModel { candidate_id: Set(*id), day: Set(*day) };
    insert_new(txn, fresh.iter().map(row).collect()).await?;
    Ok(fresh.into_iter().map(|(id, _)| id).collect())
}

async fn remove_lists(txn: &DatabaseTransaction, ids: &[Uuid]) -> Result<(), DbErr> {
    for ids in chunks(ids) {
        let of = |column: target_role::Column| column.is_in(ids.iter().copied());
        target_role::Entity::delete_many().filter(of(target_role::Column::CandidateId)).exec(txn).await?;
        let places = target_place::Column::CandidateId.is_in(ids.iter().copied());
        target_place::Entity::delete_many().filter(places).exec(txn).await?;
        let skills = candidate_skill::Column::CandidateId.is_in(ids.iter().copied());
        candidate_skill::Entity::delete_many().filter(skills).exec(txn).await?;
    }
    Ok(())
}

async fn read_candidate(
    line: u64,
    record: CandidateRecord,
    resolver: &mut Resolver<'_, DatabaseTransaction>,
) -> Result<Ready, Failure> {
    let mut refusals = Refusals::default();
    let external_id = refusals.keep(external_id("externalId", &record.external_id));
    let email = refusals.keep(Email::parse(&record.email));
    let name = record.name.as_deref().unwrap_or("Candidate");
    let name = refusals.keep(person_name(name)).unwrap_or_default();
    let active_on = record.last_active_at.map(|at| to_micros(at).date_naive());
    let form = form_of(record, &mut refusals);
    let reading = refusals.keep_all(form::read(form, resolver).await)?;
    let (Some(external_id), Some(email), Some(reading), true) = (external_id, email, reading, refusals.is_empty())
    else {
        return Err(Failure::Refused(refusals.into_list()));
    };
    Ok(Ready { line, external_id, email, name, profile: reading.into(), active_on })
}

/// The form of a record. Every field is given, so that a second import can take away what the first had.
fn form_of(record: CandidateRecord, refusals: &mut Refusals) -> CandidateForm {
    let status = word("searchStatus", &record.search_status, SearchStatus::from_word, &SearchStatus::words());
    let skill = |skill: SkillRecord| SkillForm { skill: skill.skill, level: skill.level, months: skill.months };
    CandidateForm {
        headline: record.headline.map_or(Change::Clear, Change::Set),
        search_status: refusals.keep(status).into(),
        target_roles: Change::Set(record.target_roles),
        target_places: Change::Set(record.target_places.iter().map(PlaceName::from).collect()),
        remote: Change::Set(record.remote),
        skills: Change::Set(record.skills.into_iter().map(skill).collect()),
        ..CandidateForm::default()
    }
}

impl From<Reading> for Profile {
    fn from(reading: Reading) -> Self {
        let Reading { mut columns, target_roles, target_places, skills, .. } = reading;
        let held = |skill: HeldSkill| (skill.skill_id, skill.level, skill.months);
        Self {
            headline: columns.headline.take().flatten(),
            search_status: columns.search_status.take().unwrap_or(SearchStatus::Active),
            wants_remote: columns.wants_remote.take().unwrap_or_default(),
            roles: target_roles.unwrap_or_default(),
            places: target_places.unwrap_or_default(),
            skills: skills.into_iter().flatten().map(held).collect(),
        }
    }
}

/// Rows of the lists of candidates.
#[derive(Default)]
struct Lists {
    roles: Vec<target_role::ActiveModel>,
    places: Vec<target_place::ActiveModel>,
    skills: Vec<candidate_skill::ActiveModel>,
}

impl Lists {
    fn add(&mut self, id: Uuid, profile: &Profile) {
        self.roles.extend((0..).zip(&profile.roles).map(|(position, role)| target_role::ActiveModel {
            candidate_id: Set(id),
            role_id: Set(*role),
            position: Set(position),
        }));
        self.places.extend((0..).zip(&profile.places).map(|(position, place)| target_place::ActiveModel {
            candidate_id: Set(id),
            place_id: Set(*place),
            position: Set(position),
        }));
        self.skills.extend((0..).zip(&profile.skills).map(|(position, (skill, level, months))| {
            candidate_skill::ActiveModel {
                candidate_id: Set(id),
                skill_id: Set(*skill),
                position: Set(position),
                level: Set(*level),
                months: Set(*months),
            }
        }));
    }

    async fn insert(self, txn: &DatabaseTransaction) -> Result<(), DbErr> {
        insert(txn, self.roles).await?;
        insert(txn, self.places).await?;
        insert(txn, self.skills).await
    }
}

async fn present(
    txn: &DatabaseTransaction,
    ready: &[Ready],
) -> Result<HashMap<String, (candidate::Model, Profile)>, DbErr> {
    let names: Vec<_> = ready.iter().map(|ready| ready.external_id.clone()).collect();
    let mut present = HashMap::new();
    for names in chunks(&names) {
        let rows = candidate::Entity::find().filter(candidate::Column::ExternalId.is_in(names)).all(txn).await?;
        if rows.is_empty() {
            continue;
        }
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let roles = target_role::Entity::find().filter(target_role::Column::CandidateId.is_in(ids.clone()));
        let roles = roles.order_by_asc(target_role::Column::Position).all(txn).await?;
        let mut roles = gather(roles.into_iter().map(|row| (row.candidate_id, row.role_id)));
        let places = target_place::Entity::find().filter(target_place::Column::CandidateId.is_in(ids.clone()));
        let places = places.order_by_asc(target_place::Column::Position).all(txn).await?;
        let mut places = gather(places.into_iter().map(|row| (row.candidate_id, row.place_id)));
        let skills = candidate_skill::Entity::find().filter(candidate_skill::Column::CandidateId.is_in(ids));
        let skills = skills.order_by_asc(candidate_skill::Column::Position).all(txn).await?;
        let skills = skills.into_iter().map(|row| (row.candidate_id, (row.skill_id, row.level, row.months)));
        let mut skills = gather(skills);
        for row in rows {
            let profile = Profile {
                headline: row.headline.clone(),
                search_status: row.search_status,
                wants_remote: row.wants_remote,
                roles: roles.remove(&row.id).unwrap_or_default(),
                places: places.remove(&row.id).unwrap_or_default(),
                skills: skills.remove(&row.id).unwrap_or_default(),
            };
            if let Some(name) = row.external_id.clone() {
                present.insert(name, (row, profile));
            }
        }
    }
    Ok(present)
}

async fn taken_addresses(txn: &DatabaseTransaction, ready: &[Ready]) -> Result<HashSet<String>, DbErr> {
    let keys: Vec<_> = ready.iter().map(|ready| ready.email.key().to_owned()).collect();
    let mut taken = HashSet::new();
    for keys in chunks(&keys) {
        let found = account::Entity::find().select_only().column(account::Column::EmailKey);
        let found = found.filter(account::Column::EmailKey.is_in(keys)).into_tuple::<String>().all(txn).await?;
        taken.extend(found);
    }
    Ok(taken)
}
