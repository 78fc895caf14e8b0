//! Writes records in batches, each in one transaction: a record that is refused does not stop the others, and one that
//! is there already changes only what differs.

mod applications;
mod candidates;
mod employers;
mod history;
mod life;
mod postings;
mod rows;

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, IntoValueTuple, Query, SimpleExpr};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, QuerySelect};
use uuid::Uuid;

use super::records::{
    ApplicationRecord, CandidateRecord, EmployerRecord, MarketDayRecord, PostingRecord, SearchMonthRecord,
};
use crate::clock::{Clock, Timestamp};
use crate::db::{Database, is_outage};
use crate::entities::{role, skill};
use crate::error::{Code, Failure, Refusal};
use crate::reference::Reference;
use crate::reference::resolve::{Known, Resolver};
use rows::insert;

/// Records of one kind, each with the number of its line.
pub enum Batch {
    /// Employers.
    Employers(Vec<(u64, EmployerRecord)>),
    /// Postings.
    Postings(Vec<(u64, PostingRecord)>),
    /// Candidates.
    Candidates(Vec<(u64, CandidateRecord)>),
    /// Applications.
    Applications(Vec<(u64, ApplicationRecord)>),
    /// Days of the market.
    MarketDays(Vec<(u64, MarketDayRecord)>),
    /// Months of searches.
    SearchMonths(Vec<(u64, SearchMonthRecord)>),
}

/// A record that was refused.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reject {
    /// Number of its line, from 1.
    pub line: u64,
    /// The argument, with dots.
    pub path: String,
    /// Why, in words.
    pub reason: String,
}

/// What became of the records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// New ones.
    pub created: u64,
    /// Ones that differed from what was there.
    pub updated: u64,
    /// Ones that were there as they are.
    pub unchanged: u64,
    /// Refused ones.
    pub rejects: Vec<Reject>,
}

impl Report {
    /// Adds the counts of another report, not its rejects.
    pub fn count(&mut self, other: &Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }

    /// Adds the counts and rejects of another report.
    pub fn add(&mut self, other: Self) {
        self.count(&other);
        self.rejects.extend(other.rejects);
    }

    fn refuse(&mut self, line: u64, failure: Failure) -> anyhow::Result<()> {
        match failure {
            Failure::Internal(fault) => Err(fault.0),
            Failure::Refused(refusals) => {
                let rejects = refusals.into_iter().map(|refusal| Reject::of(line, &refusal));
                self.rejects.extend(rejects);
                Ok(())
            }
        }
    }
}

impl Reject {
    /// A refusal of the record on a line.
    #[must_use]
    pub fn of(line: u64, refusal: &Refusal) -> Self {
        Self { line, path: refusal.path.join("."), reason: refusal.message.clone() }
    }
}

/// Writes records into a database.
#[derive(Debug)]
pub struct Loader<'a> {
    db: &'a Database,
    reference: &'a Reference,
    clock: Clock,
    /// The instant of the batch. An import can last for hours, and whoever follows the log goes by its times.
    now: Timestamp,
    /// What a dry run writes, so that later records find earlier ones; it is never committed.
    dry: Option<DatabaseTransaction>,
    /// What roles and skills are called, for the text in which postings are found.
    names: Names,
    /// Roles, skills and places that records named so far.
    known: Known,
    employers: HashMap<String, Option<(Uuid, String)>>,
}

#[derive(Debug, Default)]
struct Names {
    roles: HashMap<Uuid, String>,
    skills: HashMap<Uuid, String>,
}

impl<'a> Loader<'a> {
    /// A loader; a dry one writes nothing.
    ///
    /// # Errors
    /// The database failed.
    pub async fn new(db: &'a Database, reference: &'a Reference, clock: Clock, is_dry: bool) -> Result<Self, DbErr> {
        let roles = role::Entity::find().select_only().columns([role::Column::Id, role::Column::Title]);
        let skills = skill::Entity::find().select_only().columns([skill::Column::Id, skill::Column::Name]);
        let names = Names {
            roles: roles.into_tuple::<(Uuid, String)>().all(db.reads()).await?.into_iter().collect(),
            skills: skills.into_tuple::<(Uuid, String)>().all(db.reads()).await?.into_iter().collect(),
        };
        let dry = if is_dry { Some(db.begin().await?) } else { None };
        let now = clock.now();
        Ok(Self { db, reference, clock, now, dry, names, known: Known::default(), employers: HashMap::new() })
    }

    /// The role that a title names.
    #[must_use]
    pub fn role_of(&self, title: &str) -> Option<Uuid> {
        self.reference.titles.resolve(title)
    }

    /// A resolver that knows what earlier batches named, and adds unknown skills.
    fn resolver<'t>(&mut self, txn: &'t DatabaseTransaction) -> Resolver<'t, DatabaseTransaction> {
        Resolver::recalling(txn, std::mem::take(&mut self.known))
    }

    /// Keeps for later batches what a resolver has learnt, unless that is more than a board has: a file may name anything.
    fn keep(&mut self, resolver: Resolver<'_, DatabaseTransaction>) {
        self.known = Some(resolver.known()).filter(|known| known.len() <= KNOWN).unwrap_or_default();
    }

    /// Writes a batch in one transaction.
    ///
    /// # Errors
    /// The database failed; nothing of the batch was written.
    pub async fn write(&mut self, batch: Batch) -> anyhow::Result<Report> {
        self.now = self.clock.now();
        let is_dry = self.dry.is_some();
        let txn = match self.dry.take() {
            Some(txn) => txn,
            None => self.db.begin().await?,
        };
        let mut report = Report::default();
        if let Err(error) = self.write_within(&txn, batch, &mut report).await {
            self.forget();
            return Err(error);
        }
        if is_dry {
            self.dry = Some(txn);
        } else if let Err(error) = txn.commit().await {
            self.forget();
            return Err(error.into());
        }
        Ok(report)
    }

    async fn write_within(
        &mut self,
        txn: &DatabaseTransaction,
        batch: Batch,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        match batch {
            Batch::Employers(records) => self.employers(txn, records, report).await,
            Batch::Postings(records) => self.postings(txn, records, report).await,
            Batch::Candidates(records) => self.candidates(txn, records, report).await,
            Batch::Applications(records) => self.applications(txn, records, report).await,
            Batch::MarketDays(records) => self.market_days(txn, records, report).await,
            Batch::SearchMonths(records) => self.search_months(txn, records, report).await,
        }
    }

    /// Forgets what a transaction may have added that did not come to its end.
    fn forget(&mut self) {
        self.known = Known::default();
        self.employers.clear();
    }
}

/// What an import of postings fills: the postings, and their parts.
pub const POSTINGS: [&str; 4] = ["posting", "posting_place", "posting_country", "skill_requirement"];
/// What an import of candidates fills beside accounts.
pub const CANDIDATES: [&str; 5] = ["candidate", "target_role", "target_place", "candidate_skill", "active_day"];

/// Sets the indexes of tables aside that are about to be filled for the first time; [`Database::restore_indexes`] makes
/// them again. A table that others keep locked keeps its indexes, and is filled more slowly.
///
/// # Errors
/// The database failed.
pub async fn set_indexes_aside(db: &Database, tables: &[&str]) -> Result<(), DbErr> {
    match db.set_indexes_aside(tables).await {
        Err(error) if is_outage(&error) => {
            tracing::warn!(%error, "the indexes stay while rows arrive");
            Ok(())
        }
        outcome => outcome.map(drop),
    }
}

/// Names that are kept from batch to batch.
const KNOWN: usize = 200_000;

/// Reads a word of a closed set.
fn word<T>(path: &str, text: &str, read: impl Fn(&str) -> Option<T>, words: &str) -> Result<T, Refusal> {
    read(text).ok_or_else(|| Refusal::new(Code::Invalid, path, format!("One of {words}.")))
}

/// Reads a name in the importing system: 1 to 200 characters on one line.
fn external_id(path: &str, text: &str) -> Result<String, Refusal> {
    crate::text::line(path, text, 1, 200)
}

/// Whether anything can have this name: what cannot is not looked for, and no database is given what it cannot read.
fn is_name(text: &str) -> bool {
    external_id("", text).is_ok()
}

/// Keeps statements below the number of values that a database binds.
const LOOKUP: usize = 10_000;

fn chunks<T: Clone>(items: &[T]) -> impl Iterator<Item = Vec<T>> + '_ {
    items.chunks(LOOKUP).map(<[T]>::to_vec)
}

/// Whether a pair of columns is one of these pairs. Two lists of single values would have the database try each value of
/// one beside each of the other; pairs are looked up one by one where an index has both columns.
fn is_pair<A, B>(columns: [SimpleExpr; 2], pairs: &[(A, B)]) -> SimpleExpr
where
    (A, B): Clone + IntoValueTuple,
{
    if pairs.is_empty() {
        return Expr::val(false);
    }
    let pairs = Query::select().columns(["column1", "column2"]).from_values(pairs.iter().cloned(), "pairs").to_owned();
    Expr::tuple(columns).in_subquery(pairs)
}
