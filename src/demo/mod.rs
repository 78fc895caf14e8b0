//! The demonstration: real postings of two public sources at moved dates, and synthetic job seekers among them.

mod people;

use std::io::Read;
use std::time::Instant;

use chrono::NaiveDate;
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, Set};

use crate::app::App;
use crate::entities::property;
use crate::import::load::{CANDIDATES, Loader, POSTINGS, Report, set_indexes_aside};
use crate::import::source::{RowError, Shift};
use crate::import::synthetic::Population;
use crate::import::{nyc, run, usajobs};

pub use people::{ADMINISTRATOR, CANDIDATE, EMPLOYER, PASSWORD};

/// Job seekers, and applications about.
const SEEKERS: u32 = 120_000;
const APPLICATIONS: u32 = 120_000;
/// Draws the same people on every machine.
const SEED: u64 = 20_261_121;
/// The name under which the database remembers that it is full.
const FILLED: &str = "demo";

/// Fills the demonstration's database, the first time. `tell` hears how it goes.
///
/// # Errors
/// The database failed, or a bundled set cannot be read.
pub async fn fill(app: &App, tell: impl Fn(&str)) -> anyhow::Result<()> {
    let state = &app.state;
    if property::Entity::find_by_id(FILLED).one(state.db.reads()).await?.is_some() {
        return Ok(());
    }
    let now = state.clock.now();
    let mut loader = Loader::new(&state.db, &state.reference, state.clock.clone(), false).await?;
    let began = Instant::now();
    set_indexes_aside(&state.db, &POSTINGS).await?;
    let mut total = Report::default();
    let mut told = |report: Report| {
        total.add(report);
        Ok(())
    };
    let shift = moved_to_today(nyc::newest_publication(nyc::bundled()), now)?;
    run::source(&mut loader, nyc::read(nyc::bundled(), shift)?, &mut told).await?;
    let mut seen = usajobs::Seen::new();
    for read in [true, false] {
        let export = || -> Box<dyn Read + Send> {
            if read { Box::new(usajobs::bundled_with_grades()) } else { Box::new(usajobs::bundled_with_agencies()) }
        };
        let shift = moved_to_today(usajobs::newest_publication(export()), now)?;
        run::source(&mut loader, usajobs::read(export(), shift, &mut seen)?, &mut told).await?;
    }
    state.db.restore_indexes().await?;
    tell(&sum("real postings and their employers (NYC Open Data, USAJOBS), dates moved", &total, began));

    let (began, mut total) = (Instant::now(), Report::default());
    set_indexes_aside(&state.db, &CANDIDATES).await?;
    let (roles, places, postings) = people::world(state).await?;
    let population = Population::new(SEED, SEEKERS, now, roles, places);
    let mut told = |report: Report| {
        total.add(report);
        Ok(())
    };
    run::records(&mut loader, population.candidates(), crate::import::load::Batch::Candidates, &mut told).await?;
    state.db.restore_indexes().await?;
    let applications = population.applications(&postings, APPLICATIONS);
    run::records(&mut loader, applications, crate::import::load::Batch::Applications, &mut told).await?;
    tell(&sum("synthetic job seekers and their applications", &total, began));

    people::accounts(app).await?;
    let row = property::ActiveModel { name: Set(FILLED.to_owned()), value: Set(now.to_rfc3339()) };
    let txn = state.db.begin().await?;
    let once = OnConflict::new().do_nothing().to_owned();
    property::Entity::insert(row).on_conflict(once).exec_without_returning(&txn).await?;
    txn.commit().await?;
    Ok(())
}

fn moved_to_today(newest: Result<Option<NaiveDate>, RowError>, now: crate::clock::Timestamp) -> anyhow::Result<Shift> {
    Ok(newest?.map_or_else(Shift::default, |newest| Shift::moving(newest, now)))
}

fn sum(what: &str, report: &Report, began: Instant) -> String {
    let seconds = began.elapsed().as_secs_f64();
    let refused = report.rejects.len();
    let told = format!("{:>9} {what}, in {seconds:.1} s", report.created);
    if refused == 0 { told } else { format!("{told} ({refused} rows that are no postings left out)") }
}
