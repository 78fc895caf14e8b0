//! A start from the [file](super::spool) that an earlier one left, and how that file stays young.
//!
//! The image is as of the position of the file; whoever loaded it follows the log from there before anybody is answered from
//! it. So it does not matter how old the file is, as long as the log still has everything since, and has it for certain:
//! rows of it go after a time, so half of that is the limit, and the last change that went into the file must be in the log
//! as it was.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use chrono::TimeDelta;
use sea_orm::{EntityTrait, Order, QueryOrder};
use uuid::Uuid;

use super::facts::{self, CandidateFacts, Which};
use super::image::{Draft, Image};
use super::load::{Told, horizon, step};
use super::spool::{self, Header, Mark, Part, Parts, Writer};
use super::texts::Texts;
use super::touched::Touched;
use crate::clock::Timestamp;
use crate::db::Database;
use crate::engine::Terms;
use crate::engine::text::index::Index;
use crate::entities::change;
use crate::feed::position::Position;
use crate::feed::tail::{Step, Tail};

/// Changes that are read at a time, and things that they touch.
const BATCH: u32 = 1_000;

/// Changes that a start follows at the most: beyond, it is quicker to ask for everything than for each.
const MOST_CHANGES: i64 = 200_000;

/// An image of an earlier time.
#[derive(Debug)]
pub struct Restored {
    /// The image.
    pub image: Image,
    /// From where the log tells how it goes on.
    pub position: Position,
    /// When the file was written.
    pub at: Timestamp,
}

/// The image as of a file. Nothing if there is no file, or none that the log reaches back to; `limit` is how long the log
/// certainly has what happened.
///
/// # Errors
/// The database failed, the file is torn, or the index of words cannot be written.
pub async fn restore(
    db: &Database,
    index: Arc<Index>,
    terms: Terms,
    now: Timestamp,
    path: &Path,
    limit: TimeDelta,
) -> anyhow::Result<Option<Restored>> {
    let Some((header, mut parts)) = spool::open(path).await? else { return Ok(None) };
    if !goes_on(db, &header, now, limit).await? || changes(db, &header).await? > MOST_CHANGES {
        tracing::info!(written = %header.at, "the log does not go on from what was kept for a start");
        return Ok(None);
    }
    let horizon = horizon(now.max(header.at));
    let mut draft = Draft::new(header.people, horizon);
    let mut texts = Texts::begin(index).await?;
    let mut told = (Told::new("postings"), Told::new("candidates"));
    loop {
        let mut part = next(&mut parts).await?;
        match &mut part {
            Part::Postings(some) => {
                told.0.more(some.len());
                let gone = step(texts.take(db.reads(), some)).await?;
                // The log tells that they are gone; a base cannot be made with them, for their words are gone already.
                some.retain(|posting| !gone.contains(&posting.row.id));
            }
            Part::Candidates(some) => {
                some.retain_mut(|candidate| is_active(candidate, horizon));
                told.1.more(some.len());
            }
            Part::Applications(_) => {}
            Part::End => break,
        }
        draft.add(&part);
    }
    let index = texts.finish().await?;
    step(db.hear()).await?;
    let image = tokio::task::spawn_blocking(move || draft.finish(terms, index)).await??;
    Ok(Some(Restored { image, position: header.position, at: header.at }))
}

async fn next(parts: &mut Parts) -> anyhow::Result<Part> {
    match parts.recv().await {
        Some(part) => part.context("what was kept for a start is torn"),
        None => bail!("what was kept for a start does not end"),
    }
}

/// Whether the log goes on from a file: it is the same log, and has all that happened since. Where there was no change yet,
/// none may be lost: numbers are given from one on.
async fn goes_on(db: &Database, header: &Header, now: Timestamp, limit: TimeDelta) -> anyhow::Result<bool> {
    let is_same = match &header.mark {
        Some(mark) => {
            let found = step(change::Entity::find_by_id(mark.id).one(db.reads())).await?;
            found.is_some_and(|change| Mark::from(&change) == *mark)
        }
        None => number_of(db, Order::Asc).await? <= 1,
    };
    Ok(is_same && (now - header.at).abs() <= limit)
}

/// How many changes there were since, at the most.
async fn changes(db: &Database, header: &Header) -> anyhow::Result<i64> {
    Ok(number_of(db, Order::Desc).await? - header.mark.map_or(0, |mark| mark.id))
}

/// The number of the first change or the last, 0 if there is none.
async fn number_of(db: &Database, order: Order) -> anyhow::Result<i64> {
    let change = step(change::Entity::find().order_by(change::Column::Id, order).one(db.reads())).await?;
    Ok(change.map_or(0, |change| change.id))
}

/// Whether a candidate looked for work since; forgets the days before.
fn is_active(candidate: &mut CandidateFacts, since: Timestamp) -> bool {
    let since = since.date_naive();
    candidate.days.retain(|day| *day >= since);
    !candidate.days.is_empty()
}

/// Writes a file anew, as of now: what was touched since is read, everything else is copied. False if there is none, or the
/// log does not go on from it.
///
/// # Errors
/// The database failed, the file is torn, or it cannot be written; it stays as it was.
pub async fn renew(
    db: &Database,
    path: &Path,
    now: Timestamp,
    limit: TimeDelta,
    people: usize,
) -> anyhow::Result<bool> {
    let Some((header, parts)) = spool::open(path).await? else { return Ok(false) };
    if !goes_on(db, &header, now, limit).await? {
        return Ok(false);
    }
    let horizon = horizon(now.max(header.at));
    let Some((touched, position, mark)) = since(db, header).await? else { return Ok(false) };
    let mut writer = Writer::begin(path.to_owned(), Header::new(position, mark, now, people));
    match copy(db, parts, touched, horizon, &mut writer).await {
        Ok(()) => {
            // The old one goes on to be of use as long as the log goes on from it.
            anyhow::ensure!(writer.finish().await, "the file cannot be written");
            Ok(true)
        }
        Err(error) => {
            writer.give_up().await;
            Err(error)
        }
    }
}

async fn copy(
    db: &Database,
    mut parts: Parts,
    mut touched: Touched,
    horizon: Timestamp,
    writer: &mut Writer,
) -> anyhow::Result<()> {
    let ids: Vec<Uuid> = touched.applications.iter().copied().collect();
    for ids in ids.chunks(BATCH as usize) {
        let found = step(touched.read_applications(db.reads(), ids, horizon)).await?;
        writer.put(Part::Applications(found.into_iter().filter_map(|(_, facts)| facts).collect())).await;
    }
    loop {
        match untouched(next(&mut parts).await?, &touched, horizon) {
            Part::End => break,
            part if part.is_empty() => {}
            part => writer.put(part).await,
        }
    }
    let ids: Vec<Uuid> = touched.postings.into_iter().collect();
    for ids in ids.chunks(BATCH as usize) {
        writer.put(Part::Postings(step(facts::postings(db.reads(), Which::These(ids))).await?)).await;
    }
    let ids: Vec<Uuid> = touched.candidates.into_iter().collect();
    for ids in ids.chunks(BATCH as usize) {
        let mut found = step(facts::candidates(db.reads(), Which::These(ids), horizon.date_naive())).await?;
        found.retain_mut(|candidate| is_active(candidate, horizon));
        writer.put(Part::Candidates(found)).await;
    }
    Ok(())
}

/// What was touched since a file was written, and up to where. Nothing if the log cannot tell.
async fn since(db: &Database, header: Header) -> anyhow::Result<Option<(Touched, Position, Option<Mark>)>> {
    let tail = Tail::new(db, BATCH);
    let (mut position, mut mark) = (header.position, header.mark);
    let mut touched = Touched::default();
    loop {
        let Step::Changes(batch) = step(tail.next(&position)).await? else { return Ok(None) };
        touched.add(&batch.changes);
        mark = batch.changes.iter().map(Mark::from).chain(mark).max_by_key(|mark| mark.id);
        position = batch.position;
        if !batch.has_more {
            return Ok(Some((touched, position, mark)));
        }
    }
}

/// What of a part was not touched.
fn untouched(mut part: Part, touched: &Touched, since: Timestamp) -> Part {
    match &mut part {
        Part::Postings(some) => some.retain(|posting| !touched.postings.contains(&posting.row.id)),
        Part::Candidates(some) => {
            some.retain_mut(|candidate| !touched.candidates.contains(&candidate.id) && is_active(candidate, since));
        }
        Part::Applications(some) => some
            .retain(|application| !touched.applications.contains(&application.id) && application.submitted_at >= since),
        Part::End => {}
    }
    part
}
