//! Applications.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use super::rows::insert_new;
use super::{Loader, Report, chunks, external_id, insert, is_name, is_pair, word};
use crate::clock::{Timestamp, to_micros};
use crate::entities::sets::{ApplicationStatus, Deed, Subject};
use crate::entities::{active_day, application, candidate, posting};
use crate::error::{Code, Failure, Refusal, Refusals};
use crate::feed;
use crate::ids;
use crate::import::records::ApplicationRecord;

struct Ready {
    line: u64,
    external_id: String,
    posting_id: Uuid,
    candidate_id: Uuid,
    submitted_at: Timestamp,
    status: ApplicationStatus,
}

impl Loader<'_> {
    pub(super) async fn applications(
        &mut self,
        txn: &DatabaseTransaction,
        records: Vec<(u64, ApplicationRecord)>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        self.learn_employers(txn, records.iter().map(|(_, record)| record.posting.employer.trim())).await?;
        let postings = self.postings_named(txn, &records).await?;
        let candidates = candidates_named(txn, &records).await?;
        let mut ready = Vec::with_capacity(records.len());
        for (line, record) in records {
            let employer = self.employers.get(record.posting.employer.trim()).cloned().flatten();
            let name = employer.map(|(id, _)| (id, record.posting.external_id.trim().to_owned()));
            let posting = name.and_then(|name| postings.get(&name)).copied();
            let candidate = candidates.get(record.candidate.trim()).copied();
            match read_application(line, &record, posting, candidate) {
                Ok(read) => ready.push(read),
                Err(failure) => report.refuse(line, failure)?,
            }
        }
        let mut present = present(txn, &ready).await?;
        let mut pairs = active_pairs(txn, &ready).await?;
        let mut seen = HashSet::new();
        let mut new = Vec::new();
        for ready in ready {
            if !seen.insert(ready.external_id.clone()) {
                let twice = Refusal::new(Code::Duplicate, "externalId", "Another line of this file has this name.");
                report.refuse(ready.line, twice.into())?;
                continue;
            }
            let row = present.remove(&ready.external_id);
            let is_under_way = row.as_ref().is_some_and(|row| row.status.is_active());
            if ready.status.is_active() && !is_under_way && !pairs.insert((ready.posting_id, ready.candidate_id)) {
                let refusal =
                    Refusal::new(Code::Taken, "posting", "This candidate has an application to it under way.");
                report.refuse(ready.line, refusal.into())?;
                continue;
            }
            match row {
                Some(row) => self.update_application(txn, row, &ready, report).await?,
                None => new.push(ready),
            }
        }
        report.created += new.len() as u64;
        self.insert_applications(txn, new).await?;
        Ok(())
    }

    async fn postings_named(
        &self,
        txn: &DatabaseTransaction,
        records: &[(u64, ApplicationRecord)],
    ) -> Result<HashMap<(Uuid, String), Uuid>, DbErr> {
        let named = |(_, record): &(u64, ApplicationRecord)| {
            let (employer, _) = self.employers.get(record.posting.employer.trim())?.as_ref()?;
            let name = record.posting.external_id.trim();
            is_name(name).then(|| (*employer, name.to_owned()))
        };
        let names: Vec<_> = records.iter().filter_map(named).collect();
        let mut found = HashMap::new();
        for names in chunks(&names) {
            let columns = [Expr::col(posting::Column::EmployerId), Expr::col(posting::Column::ExternalId)];
            let rows = posting::Entity::find()
                .select_only()
                .columns([posting::Column::EmployerId, posting::Column::ExternalId, posting::Column::Id])
                .filter(is_pair(columns, &names));
            let rows = rows.into_tuple::<(Uuid, String, Uuid)>().all(txn).await?;
            found.extend(rows.into_iter().map(|(employer, name, id)| ((employer, name), id)));
        }
        Ok(found)
    }

    async fn insert_applications(&self, txn: &DatabaseTransaction, new: Vec<Ready>) -> Result<(), DbErr> {
        let mut rows = Vec::with_capacity(new.len());
        let mut days = HashSet::new();
        let mut hiring = HashSet::new();
        for ready in new {
            days.insert((ready.candidate_id, ready.submitted_at.date_naive()));
            if ready.status == ApplicationStatus::Hired {
                hiring.insert(ready.posting_id);
            }
            rows.push(application::ActiveModel {
                id: Set(ids::generate(self.now)),
                external_id: Set(Some(ready.external_id)),
                posting_id: Set(ready.posting_id),
                candidate_id: Set(ready.candidate_id),
                status: Set(ready.status),
                submitted_at: Set(ready.submitted_at),
                version: Set(1),
                updated_at: Set(self.now),
                posting_copy_id: Set(None),
                cover_letter: Set(None),
                answers: Set(None),
                reason: Set(None),
                handled_at: Set(None),
                anonymised_at: Set(None),
                resume_id: Set(None),
            });
        }
        let ids: Vec<_> = rows.iter().filter_map(|row| row.id.try_as_ref().copied()).collect();
        insert(txn, rows).await?;
        insert(txn, feed::rows(Subject::Application, ids, Deed::Created, self.now).collect()).await?;
        // Applying is looking for work.
        let days = days.into_iter().map(|(id, day)| active_day::ActiveModel { candidate_id: Set(id), day: Set(day) });
        insert_new(txn, days.collect()).await?;
        count_hired(txn, hiring).await
    }

    async fn update_application(
        &self,
        txn: &DatabaseTransaction,
        row: application::Model,
        ready: &Ready,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        if row.posting_id != ready.posting_id || row.candidate_id != ready.candidate_id {
            let refusal = Refusal::new(Code::Taken, "externalId", "Another application has this name.");
            return report.refuse(ready.line, refusal.into());
        }
        if row.status == ready.status {
            report.unchanged += 1;
            return Ok(());
        }
        let changed = application::ActiveModel {
            id: Set(row.id),
            status: Set(ready.status),
            version: Set(row.version + 1),
            updated_at: Set(self.now),
            ..Default::default()
        };
        changed.update(txn).await?;
        count_hired(txn, HashSet::from([row.posting_id])).await?;
        feed::record(txn, (Subject::Application, row.id), Deed::Moved, self.now).await?;
        report.updated += 1;
        Ok(())
    }
}

/// Brings the number of people hired in step with the applications.
async fn count_hired(txn: &DatabaseTransaction, postings: HashSet<Uuid>) -> Result<(), DbErr> {
    if postings.is_empty() {
        return Ok(());
    }
    let hired = Query::select()
        .expr(Expr::col((application::Entity, application::Column::Id)).count())
        .from(application::Entity)
        .and_where(
            Expr::col((application::Entity, application::Column::PostingId))
                .equals((posting::Entity, posting::Column::Id)),
        )
        .and_where(application::Column::Status.eq(ApplicationStatus::Hired))
        .to_owned();
    let update = posting::Entity::update_many()
        .col_expr(posting::Column::Hired, Expr::SubQuery(None, Box::new(hired.into())).cast_as("integer"))
        .filter(posting::Column::Id.is_in(postings));
    update.exec(txn).await.map(drop)
}

fn read_application(
    line: u64,
    record: &ApplicationRecord,
    posting_id: Option<Uuid>,
    candidate_id: Option<Uuid>,
) -> Result<Ready, Failure> {
    let mut refusals = Refusals::default();
    let external_id = refusals.keep(external_id("externalId", &record.external_id));
    let status = match record.status.as_deref() {
        None => Some(ApplicationStatus::Submitted),
        Some(text) => refusals.keep(word("status", text, ApplicationStatus::from_word, &ApplicationStatus::words())),
    };
    if posting_id.is_none() {
        refusals.add(Code::NotFound, "posting", "There is no such posting.");
    }
    if candidate_id.is_none() {
        refusals.add(Code::NotFound, "candidate", "There is no such candidate.");
    }
    let submitted_at = to_micros(record.submitted_at);
    match (external_id, posting_id, candidate_id, status) {
        (Some(external_id), Some(posting_id), Some(candidate_id), Some(status)) => {
            Ok(Ready { line, external_id, posting_id, candidate_id, submitted_at, status })
        }
        _ => Err(Failure::Refused(refusals.into_list())),
    }
}

async fn candidates_named(
    txn: &DatabaseTransaction,
    records: &[(u64, ApplicationRecord)],
) -> Result<HashMap<String, Uuid>, DbErr> {
    let names = records.iter().map(|(_, record)| record.candidate.trim());
    let names: Vec<_> = names.filter(|name| is_name(name)).map(str::to_owned).collect();
    let mut found = HashMap::new();
    for names in chunks(&names) {
        let rows = candidate::Entity::find()
            .select_only()
            .columns([candidate::Column::ExternalId, candidate::Column::Id])
            .filter(candidate::Column::ExternalId.is_in(names));
        found.extend(rows.into_tuple::<(String, Uuid)>().all(txn).await?);
    }
    Ok(found)
}

async fn present(txn: &DatabaseTransaction, ready: &[Ready]) -> Result<HashMap<String, application::Model>, DbErr> {
    let names: Vec<_> = ready.iter().map(|ready| ready.external_id.clone()).collect();
    let mut rows = HashMap::new();
    for names in chunks(&names) {
        let found = application::Entity::find().filter(application::Column::ExternalId.is_in(names)).all(txn).await?;
        rows.extend(found.into_iter().filter_map(|row| Some((row.external_id.clone()?, row))));
    }
    Ok(rows)
}

/// Pairs of the batch's postings and candidates with an application under way.
async fn active_pairs(txn: &DatabaseTransaction, ready: &[Ready]) -> Result<HashSet<(Uuid, Uuid)>, DbErr> {
    let candidates: Vec<_> = ready.iter().map(|ready| ready.candidate_id).collect();
    let mut pairs = HashSet::new();
    for candidates in chunks(&candidates) {
        let rows = application::Entity::find()
            .select_only()
            .columns([application::Column::PostingId, application::Column::CandidateId, application::Column::Status])
            .filter(application::Column::CandidateId.is_in(candidates));
        let rows = rows.into_tuple::<(Uuid, Uuid, ApplicationStatus)>().all(txn).await?;
        let active = rows.into_iter().filter(|(_, _, status)| status.is_active());
        pairs.extend(active.map(|(posting, candidate, _)| (posting, candidate)));
    }
    Ok(pairs)
}
