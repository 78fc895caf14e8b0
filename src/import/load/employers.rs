//! Employers.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use super::{Loader, Report, chunks, external_id, insert, is_name};
use crate::entities::employer;
use crate::entities::sets::{Deed, Subject};
use crate::error::{Code, Failure, Refusal, Refusals};
use crate::import::records::EmployerRecord;
use crate::postings::search_text;
use crate::reference::resolve::Resolver;
use crate::{feed, ids, text};

/// What a record says, read.
struct Read {
    name: String,
    slug: Option<String>,
    about: Option<String>,
    website: Option<String>,
    industry_id: Option<Uuid>,
    is_verified: bool,
}

impl Loader<'_> {
    pub(super) async fn employers(
        &mut self,
        txn: &DatabaseTransaction,
        records: Vec<(u64, EmployerRecord)>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let names = records.iter().map(|(_, record)| record.external_id.trim());
        let names: Vec<_> = names.filter(|name| is_name(name)).map(str::to_owned).collect();
        let mut present = present(txn, &names).await?;
        let mut slugs = taken_slugs(txn, &records).await?;
        let mut resolver = Resolver::new(txn);
        let mut new: Vec<employer::ActiveModel> = Vec::new();
        let mut added: HashSet<String> = HashSet::new();
        for (line, record) in records {
            let key = record.external_id.trim().to_owned();
            let read = match self.read_employer(record, &mut resolver).await {
                Ok(read) => read,
                Err(failure) => {
                    report.refuse(line, failure)?;
                    continue;
                }
            };
            if !added.insert(key.clone()) {
                let twice = Refusal::new(Code::Duplicate, "externalId", "Another line of this file has this name.");
                report.refuse(line, twice.into())?;
                continue;
            }
            match present.remove(&key) {
                Some(row) => self.update_employer(txn, row, read, report).await?,
                None => match free_slug(&read, &mut slugs) {
                    Ok(slug) => {
                        new.push(self.new_employer(key, slug, read));
                        report.created += 1;
                    }
                    Err(taken) => report.refuse(line, taken.into())?,
                },
            }
        }
        let ids: Vec<_> = new.iter().filter_map(|row| row.id.try_as_ref().copied()).collect();
        insert(txn, new).await?;
        Ok(insert(txn, feed::rows(Subject::Employer, ids, Deed::Created, self.now).collect()).await?)
    }

    async fn read_employer(
        &self,
        record: EmployerRecord,
        resolver: &mut Resolver<'_, DatabaseTransaction>,
    ) -> Result<Read, Failure> {
        let mut refusals = Refusals::default();
        refusals.keep(external_id("externalId", &record.external_id));
        let name = refusals.keep(text::line("name", &record.name, 1, 120)).unwrap_or_default();
        let slug = record.slug.and_then(|slug| {
            let fits = !slug.is_empty() && slug == text::slug(&slug);
            let refusal = || Refusal::new(Code::Invalid, "slug", "Small letters, digits and hyphens, 60 at the most.");
            refusals.keep(if fits { Ok(slug) } else { Err(refusal()) })
        });
        let about = record.about.and_then(|about| refusals.keep(text::prose("about", &about, 0, 20_000)));
        let website = record.website.and_then(|website| refusals.keep(text::web_address("website", &website)));
        let mut industry_id = None;
        if let Some(industry) = record.industry {
            industry_id = resolver.industries(&[industry]).await?.pop().flatten();
            if industry_id.is_none() {
                refusals.add(Code::NotFound, "industry", "There is no such industry.");
            }
        }
        refusals.check()?;
        let about = about.filter(|about| !about.is_empty());
        Ok(Read { name, slug, about, website, industry_id, is_verified: record.is_verified })
    }

    fn new_employer(&self, key: String, slug: String, read: Read) -> employer::ActiveModel {
        employer::ActiveModel {
            id: Set(ids::generate(self.now)),
            external_id: Set(Some(key)),
            slug: Set(slug),
            name_key: Set(text::fold(&read.name)),
            name: Set(read.name),
            about: Set(read.about),
            website: Set(read.website),
            industry_id: Set(read.industry_id),
            headcount: Set(None),
            verified_at: Set(read.is_verified.then_some(self.now)),
            version: Set(1),
            created_at: Set(self.now),
            updated_at: Set(self.now),
        }
    }

    async fn update_employer(
        &self,
        txn: &DatabaseTransaction,
        row: employer::Model,
        read: Read,
        report: &mut Report,
    ) -> Result<(), DbErr> {
        let same = row.name == read.name
            && row.about == read.about
            && row.website == read.website
            && row.industry_id == read.industry_id
            && row.verified_at.is_some() == read.is_verified;
        if same {
            report.unchanged += 1;
            return Ok(());
        }
        report.updated += 1;
        let changed = employer::ActiveModel {
            id: Set(row.id),
            name_key: Set(text::fold(&read.name)),
            name: Set(read.name),
            about: Set(read.about),
            website: Set(read.website),
            industry_id: Set(read.industry_id),
            verified_at: Set(read.is_verified.then(|| row.verified_at.unwrap_or(self.now))),
            version: Set(row.version + 1),
            updated_at: Set(self.now),
            ..Default::default()
        };
        let changed = changed.update(txn).await?;
        if changed.name != row.name {
            search_text::rename_employer(txn, row.id, &changed.name, self.now).await?;
        }
        feed::record(txn, (Subject::Employer, row.id), Deed::Updated, self.now).await
    }
}

async fn present(txn: &DatabaseTransaction, names: &[String]) -> Result<HashMap<String, employer::Model>, DbErr> {
    let mut rows = HashMap::new();
    for names in chunks(names) {
        let found = employer::Entity::find().filter(employer::Column::ExternalId.is_in(names)).all(txn).await?;
        rows.extend(found.into_iter().filter_map(|row| Some((row.external_id.clone()?, row))));
    }
    Ok(rows)
}

/// Slugs that begin like one of the records' would.
async fn taken_slugs(txn: &DatabaseTransaction, records: &[(u64, EmployerRecord)]) -> Result<HashSet<String>, DbErr> {
    // Another slug than this one is refused when the record is read.
    let wanted = records.iter().map(|(_, record)| text::slug(record.slug.as_ref().unwrap_or(&record.name)));
    let wanted: HashSet<String> = wanted.collect();
    let mut taken = HashSet::new();
    for wanted in wanted.iter().collect::<Vec<_>>().chunks(500) {
        let mut any = sea_orm::Condition::any();
        for slug in wanted {
            // Digits sort below `:`, so this is the range of `slug`, `slug-2`, `slug-3` and so on.
            any = any.add(employer::Column::Slug.gte(*slug).and(employer::Column::Slug.lt(format!("{slug}-:"))));
        }
        let slugs = employer::Entity::find().select_only().column(employer::Column::Slug).filter(any);
        taken.extend(slugs.into_tuple::<String>().all(txn).await?);
    }
    Ok(taken)
}

/// A slug that nobody has: the one asked for, or one made of the name, with a number if need be.
fn free_slug(read: &Read, taken: &mut HashSet<String>) -> Result<String, Refusal> {
    if let Some(slug) = &read.slug {
        return if taken.insert(slug.clone()) {
            Ok(slug.clone())
        } else {
            Err(Refusal::new(Code::Taken, "slug", "Another employer has this slug."))
        };
    }
    let base = Some(text::slug(&read.name)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "employer".to_owned());
    let numbered = std::iter::once(base.clone()).chain((2_u32..).map(|number| format!("{base}-{number}")));
    let free = numbered.into_iter().find(|slug| !taken.contains(slug)).unwrap_or(base);
    taken.insert(free.clone());
    Ok(free)
}
