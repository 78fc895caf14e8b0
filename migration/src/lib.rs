//! The database schema of Rolecall, one change per file, for SQLite and PostgreSQL alike.
//!
//! Names are literal and nothing is imported from the server, so that a migration means tomorrow what it meant on the
//! day it was written. Every migration runs in a transaction.

mod dialect;
mod m0001_accounts;
mod m0002_reference;
mod m0003_cited_figures;
mod m0004_employers;
mod m0005_postings;
mod m0006_candidates;
mod m0007_applications;
mod m0008_search_demand;
mod m0009_change;
mod m0010_mail;
mod m0011_job;
mod m0013_file;
mod m0014_hiring;
mod m0015_saved;
mod m0016_search_mark;
mod m0017_trust;
mod m0018_privacy;
mod m0019_idempotency;
mod m0020_list_orders;
mod m0020_market_reads;
mod m0021_market_snapshot;
mod m0022_search_hash;
mod m0023_unhashed_texts;
mod m0024_failed_sign_ins;
mod m0025_set_aside_index;

use sea_orm_migration::{MigrationTrait, async_trait};
pub use sea_orm_migration::{MigratorTrait, SchemaManager};

/// All migrations, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts::Migration),
            Box::new(m0002_reference::Migration),
            Box::new(m0003_cited_figures::Migration),
            Box::new(m0004_employers::Migration),
            Box::new(m0005_postings::Migration),
            Box::new(m0006_candidates::Migration),
            Box::new(m0007_applications::Migration),
            Box::new(m0008_search_demand::Migration),
            Box::new(m0009_change::Migration),
            Box::new(m0010_mail::Migration),
            Box::new(m0011_job::Migration),
            Box::new(m0013_file::Migration),
            Box::new(m0014_hiring::Migration),
            Box::new(m0015_saved::Migration),
            Box::new(m0016_search_mark::Migration),
            Box::new(m0017_trust::Migration),
            Box::new(m0018_privacy::Migration),
            Box::new(m0019_idempotency::Migration),
            Box::new(m0020_list_orders::Migration),
            Box::new(m0020_market_reads::Migration),
            Box::new(m0021_market_snapshot::Migration),
            Box::new(m0022_search_hash::Migration),
            Box::new(m0023_unhashed_texts::Migration),
            Box::new(m0024_failed_sign_ins::Migration),
            Box::new(m0025_set_aside_index::Migration),
        ]
    }
}
