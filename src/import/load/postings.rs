//! Postings.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use uuid::Uuid;

use super::life::Life;
use super::{Loader, Report, chunks, external_id, insert, is_name, is_pair, word};
use crate::clock::Timestamp;
use crate::entities::sets::{
    Deed, EmploymentType, ExperienceLevel, Importance, PayPeriod, PostingStatus, Subject, Workplace,
};
use crate::entities::{employer, posting, posting_country, posting_place, skill_requirement};
use crate::error::{Code, Failure, Refusal, Refusals};
use crate::feed;
use crate::form::Change;
use crate::ids;
use crate::import::records::{PayRecord, PlaceRecord, PostingRecord};
use crate::postings::form::{PostingForm, Reading, RequirementForm, read};
use crate::postings::model::{PayForm, lacks};
use crate::postings::search_text::SearchText;
use crate::postings::{service, write};
use crate::reference::resolve::{PlaceName, Resolver};

/// A posting that was read, ready to be compared with what is there.
struct Ready {
    line: u64,
    employer_id: Uuid,
    external_id: String,
    columns: posting::ActiveModel,
    lists: Reading,
    /// Whether the record says when the posting ends, and when it was closed.
    says_end: bool,
    says_closed: bool,
}

/// The children of postings that are there.
#[derive(Default)]
struct Children {
    places: HashMap<Uuid, Vec<Uuid>>,
    countries: HashMap<Uuid, BTreeSet<String>>,
    requirements: HashMap<Uuid, Vec<skill_requirement::Model>>,
}

impl Loader<'_> {
    pub(super) async fn postings(
        &mut self,
        txn: &DatabaseTransaction,
        records: Vec<(u64, PostingRecord)>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        self.learn_employers(txn, records.iter().map(|(_, record)| record.employer.trim())).await?;
        let mut resolver = self.resolver(txn);
        let mut ready = Vec::with_capacity(records.len());
        for (line, record) in records {
            match self.read_posting(line, record, &mut resolver).await {
                Ok(read) => ready.push(read),
                Err(failure) => report.refuse(line, failure)?,
            }
        }
        self.keep(resolver);
        let (mut present, children) = present(txn, &ready).await?;
        let mut new = Vec::new();
        let mut seen = HashSet::new();
        for ready in ready {
            let key = (ready.employer_id, ready.external_id.clone());
            if !seen.insert(key.clone()) {
                let twice = Refusal::new(Code::Duplicate, "externalId", "Another line of this file has this name.");
                report.refuse(ready.line, twice.into())?;
                continue;
            }
            match present.remove(&key) {
                None => new.push(ready),
                Some(row) => update(txn, row, ready, &children, report, self.now).await?,
            }
        }
        report.created += new.len() as u64;
        Ok(self.insert_postings(txn, new).await?)
    }

    async fn insert_postings(&self, txn: &DatabaseTransaction, new: Vec<Ready>) -> Result<(), DbErr> {
        let (mut rows, mut places, mut countries, mut requirements) = (vec![], vec![], vec![], vec![]);
        let (mut shown, mut hidden) = (vec![], vec![]);
        for ready in new {
            // Of now: rows then lie in the order of their identifiers, in which the whole board is read at a start.
            let id = ids::generate(self.now);
            places.extend(write::place_rows(id, ready.lists.places.as_deref().unwrap_or_default()));
            countries.extend(write::country_rows(id, ready.lists.countries.as_deref().unwrap_or_default()));
            requirements.extend(write::requirement_rows(id, ready.lists.requirements.as_deref().unwrap_or_default()));
            let is_shown = ready.columns.status == Set(PostingStatus::Published);
            if is_shown { &mut shown } else { &mut hidden }.push(id);
            rows.push(service::draft(id, ready.employer_id, &ready.columns, self.now));
        }
        insert(txn, rows).await?;
        insert(txn, places).await?;
        insert(txn, countries).await?;
        insert(txn, requirements).await?;
        insert(txn, feed::rows(Subject::Posting, shown, Deed::Published, self.now).collect()).await?;
        insert(txn, feed::rows(Subject::Posting, hidden, Deed::Created, self.now).collect()).await
    }

    async fn read_posting(
        &mut self,
        line: u64,
        record: PostingRecord,
        resolver: &mut Resolver<'_, DatabaseTransaction>,
    ) -> Result<Ready, Failure> {
        let mut refusals = Refusals::default();
        let external_id = refusals.keep(external_id("externalId", &record.external_id));
        let employer = self.employers.get(record.employer.trim()).cloned().flatten();
        if employer.is_none() {
            refusals.add(Code::NotFound, "employer", "There is no employer with this `externalId`.");
        }
        let life = refusals.keep(Life::read(&record, self.now));
        let (says_end, says_closed) = (record.valid_through.is_some(), record.closed_at.is_some());
        let form = form_of(&record, &mut refusals);
        let published = life.as_ref().and_then(|life| life.published_at).unwrap_or(self.now);
        let read = read(form, None, self.reference, resolver, published).await;
        let Some(mut lists) = refusals.keep_all(read)? else {
            return Err(Failure::Refused(refusals.into_list()));
        };
        let columns = std::mem::take(&mut lists.columns);
        let countries = lists.countries.as_ref().map_or(0, Vec::len);
        let is_worldwide = columns.is_worldwide.clone().take().unwrap_or(false);
        let workplace = columns.workplace.clone().take().unwrap_or(Workplace::Onsite);
        let is_shown = life.as_ref().is_some_and(|life| life.status != PostingStatus::Draft);
        if is_shown
            && let Some(lack) = lacks(workplace, lists.places.as_ref().map_or(0, Vec::len), countries, is_worldwide)
        {
            refusals.keep::<()>(Err(lack));
        }
        let (Some(external_id), Some((employer_id, employer_name)), Some(life), true) =
            (external_id, employer, life, refusals.is_empty())
        else {
            return Err(Failure::Refused(refusals.into_list()));
        };
        let mut columns = life.over(columns);
        columns.external_id = Set(Some(external_id.clone()));
        let text = self.search_text(&employer_name, &columns, &lists);
        (columns.search_text, columns.search_hash) = (Set(text.words), Set(Some(text.hash)));
        Ok(Ready { line, employer_id, external_id, columns, lists, says_end, says_closed })
    }

    fn search_text(&self, employer: &str, columns: &posting::ActiveModel, lists: &Reading) -> SearchText {
        let title = columns.title.clone().take().unwrap_or_default();
        let description = columns.description.clone().take().unwrap_or_default();
        let role = columns.role_id.clone().take().flatten().and_then(|id| self.names.roles.get(&id));
        let skills = lists.requirements.iter().flatten();
        let skills = skills.map(|requirement| {
            self.names.skills.get(&requirement.skill_id).map_or(requirement.form.skill.as_str(), String::as_str)
        });
        let others = std::iter::once(employer).chain(role.map(String::as_str)).chain(skills);
        SearchText::of(&title, others, &description)
    }

    /// Finds the employers that are not known yet.
    pub(super) async fn learn_employers(
        &mut self,
        txn: &DatabaseTransaction,
        names: impl Iterator<Item = &str>,
    ) -> Result<(), DbErr> {
        let missing: HashSet<String> = names
            .filter(|name| is_name(name) && !matches!(self.employers.get(*name), Some(Some(_))))
            .map(str::to_owned)
            .collect();
        let missing: Vec<_> = missing.into_iter().collect();
        for names in chunks(&missing) {
            let found = employer::Entity::find()
                .select_only()
                .columns([employer::Column::ExternalId, employer::Column::Id, employer::Column::Name])
                .filter(employer::Column::ExternalId.is_in(names.clone()));
            self.employers.extend(names.into_iter().map(|name| (name, None)));
            for (name, id, title) in found.into_tuple::<(String, Uuid, String)>().all(txn).await? {
                self.employers.insert(name, Some((id, title)));
            }
        }
        Ok(())
    }
}

/// The form of a record. Every field is given, so that a second import can take away what the first had.
fn form_of(record: &PostingRecord, refusals: &mut Refusals) -> PostingForm {
    let workplace = refusals.keep(word("workplace", &record.workplace, Workplace::from_word, &Workplace::words()));
    let types = record.employment_types.iter().enumerate().filter_map(|(at, text)| {
        let path = format!("employmentTypes.{at}");
        refusals.keep(word(&path, text, EmploymentType::from_word, &EmploymentType::words()))
    });
    let types = types.collect();
    let level = record.experience_level.as_deref().and_then(|text| {
        refusals.keep(word("experienceLevel", text, ExperienceLevel::from_word, &ExperienceLevel::words()))
    });
    let requirements = record.skill_requirements.iter().enumerate().filter_map(|(at, item)| {
        let path = format!("skillRequirements.{at}.importance");
        let importance = refusals.keep(word(&path, &item.importance, Importance::from_word, &Importance::words()))?;
        let (skill, min_level, min_months, weight) = (item.skill.clone(), item.min_level, item.min_months, item.weight);
        Some(RequirementForm { skill, importance, min_level, min_months, weight })
    });
    let requirements = requirements.collect();
    let pay = record.pay.as_ref().and_then(|pay| pay_form(pay, refusals));
    let is_remote = workplace == Some(Workplace::Remote);
    let mut countries: Vec<_> = record.places.iter().map(|place| place.country_code.clone()).collect();
    countries.dedup();
    PostingForm {
        title: Change::Set(record.title.clone()),
        description: Change::Set(record.description.clone()),
        role: record.role.clone().into(),
        workplace: workplace.into(),
        employment_types: Change::Set(types),
        experience_level: level.into(),
        places: Change::Set(record.places.iter().map(PlaceName::from).collect()),
        // The format has no countries of applicants: one may apply from where the places are, or from anywhere.
        is_worldwide: Change::Set(is_remote && countries.is_empty()),
        applicant_countries: Change::Set(if is_remote { countries } else { Vec::new() }),
        openings: record.openings.into(),
        pay: pay.into(),
        skill_requirements: Change::Set(requirements),
        ..PostingForm::default()
    }
}

fn pay_form(pay: &PayRecord, refusals: &mut Refusals) -> Option<PayForm> {
    let period = refusals.keep(word("pay.period", &pay.period, PayPeriod::from_word, &PayPeriod::words()))?;
    Some(PayForm {
        min: pay.min.as_ref().map(crate::import::records::Amount::to_decimal),
        max: pay.max.as_ref().map(crate::import::records::Amount::to_decimal),
        currency: pay.currency.clone(),
        period,
        hours_per_week: pay.hours_per_week,
        other: None,
    })
}

impl From<&PlaceRecord> for PlaceName {
    fn from(place: &PlaceRecord) -> Self {
        let PlaceRecord { country_code, region_code, city } = place.clone();
        Self { country_code, region_code, city }
    }
}

type Present = HashMap<(Uuid, String), posting::Model>;

async fn present(txn: &DatabaseTransaction, ready: &[Ready]) -> Result<(Present, Children), DbErr> {
    let mut rows = Present::new();
    let names: Vec<_> = ready.iter().map(|ready| (ready.employer_id, ready.external_id.clone())).collect();
    for names in chunks(&names) {
        let columns = [Expr::col(posting::Column::EmployerId), Expr::col(posting::Column::ExternalId)];
        let found = posting::Entity::find().filter(is_pair(columns, &names));
        let found = found.all(txn).await?;
        rows.extend(found.into_iter().filter_map(|row| Some(((row.employer_id, row.external_id.clone()?), row))));
    }
    let present: Vec<Uuid> = rows.values().map(|row| row.id).collect();
    let mut children = Children::default();
    for present in chunks(&present) {
        let of = |column: posting_place::Column| column.is_in(present.iter().copied());
        let places = posting_place::Entity::find().filter(of(posting_place::Column::PostingId));
        for row in places.order_by_asc(posting_place::Column::Position).all(txn).await? {
            children.places.entry(row.posting_id).or_default().push(row.place_id);
        }
        let countries = posting_country::Column::PostingId.is_in(present.iter().copied());
        for row in posting_country::Entity::find().filter(countries).all(txn).await? {
            children.countries.entry(row.posting_id).or_default().insert(row.country_code);
        }
        let skills = skill_requirement::Column::PostingId.is_in(present.iter().copied());
        let skills = skill_requirement::Entity::find().filter(skills);
        for row in skills.order_by_asc(skill_requirement::Column::Position).all(txn).await? {
            children.requirements.entry(row.posting_id).or_default().push(row);
        }
    }
    Ok((rows, children))
}

async fn update(
    txn: &DatabaseTransaction,
    row: posting::Model,
    ready: Ready,
    children: &Children,
    report: &mut Report,
    now: Timestamp,
) -> anyhow::Result<()> {
    use sea_orm::{ActiveModelTrait, ModelTrait};
    let Ready { mut columns, lists, says_end, says_closed, .. } = ready;
    keep_what_is_not_said(&row, &mut columns, says_end, says_closed);
    let differs = posting::Column::iter().any(|column| match columns.get(column) {
        ActiveValue::Set(value) => value != row.get(column),
        _ => false,
    });
    if !differs && same_lists(row.id, &lists, children) {
        report.unchanged += 1;
        return Ok(());
    }
    columns.updated_at = Set(now);
    let changed = write::conditionally(txn, &row, columns).await?;
    anyhow::ensure!(changed.is_some(), "a posting changed while it was imported");
    write::lists(txn, row.id, false, &lists).await?;
    report.updated += 1;
    Ok(())
}

/// What a record leaves open was settled when it first came, and stays as it was settled then.
fn keep_what_is_not_said(row: &posting::Model, columns: &mut posting::ActiveModel, says_end: bool, says_closed: bool) {
    use posting::Column::{PayCurrency, PayHoursPerWeek, PayMax, PayMin, PayPeriod};
    use sea_orm::{ActiveModelTrait, ModelTrait};
    // The first publication never moves.
    if row.published_at.is_some() {
        columns.published_at = ActiveValue::NotSet;
    }
    if row.valid_through.is_some() && !says_end {
        columns.valid_through = ActiveValue::NotSet;
    }
    // What became of it here stays: a record shows nothing that was closed, paused or turned down.
    let wanted = columns.status.try_as_ref().copied();
    let is_move = match row.status {
        PostingStatus::Draft => true,
        PostingStatus::Published | PostingStatus::Paused => wanted == Some(PostingStatus::Closed),
        PostingStatus::Closed | PostingStatus::PendingReview | PostingStatus::Rejected => false,
    };
    let corrects_end = row.status == PostingStatus::Closed && wanted == Some(PostingStatus::Closed) && says_closed;
    if !is_move {
        columns.status = ActiveValue::NotSet;
        columns.close_reason = ActiveValue::NotSet;
    }
    if !is_move && !corrects_end {
        columns.closed_at = ActiveValue::NotSet;
    }
    let same_pay = [PayMin, PayMax, PayCurrency, PayPeriod, PayHoursPerWeek]
        .into_iter()
        .all(|column| columns.get(column).into_value().is_none_or(|value| value == row.get(column)));
    // Its rank goes by the rate of the publication day, which this record may not tell.
    if same_pay {
        columns.pay_rank = ActiveValue::NotSet;
    }
}

fn same_lists(id: Uuid, lists: &Reading, children: &Children) -> bool {
    let places: Vec<_> = lists.places.iter().flatten().map(|place| place.id).collect();
    let countries: BTreeSet<_> = lists.countries.iter().flatten().cloned().collect();
    let requirements = lists.requirements.as_deref().unwrap_or_default();
    let present = children.requirements.get(&id).map_or(&[][..], Vec::as_slice);
    let same_requirements = present.len() == requirements.len()
        && present.iter().zip(requirements).all(|(row, asked)| {
            row.skill_id == asked.skill_id
                && row.importance == asked.form.importance
                && row.min_level == asked.form.min_level
                && row.min_months == asked.form.min_months
                && row.weight == asked.form.weight.unwrap_or(write::DEFAULT_WEIGHT)
        });
    places == children.places.get(&id).cloned().unwrap_or_default()
        && countries == children.countries.get(&id).cloned().unwrap_or_default()
        && same_requirements
}
