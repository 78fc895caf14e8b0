//! A start from the [file](super::spool) that an earlier one left, and how that file stays young.
//!
//! The image is as of the position of the file; whoever loaded it follows the log from there before anybody is answered from
//! it. So it does not matter how old the file is, as long as the log still has everything since, and has it for certain:
//! rows of it go after a time, so half of that is the limit, and the last change that went into the file must be in the log
//! as it was.

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use sea_orm::{DbErr, EntityTrait, QueryOrder};
use uuid::Uuid;

use super::facts::{ApplicationFacts, CandidateFacts, PostingFacts};
use super::image::{Draft, Image};
use super::load::{Told, horizon, step};
use super::spool::{self, Header, Mark, Part, Writer};
use super::texts::Texts;
use super::touched::{Read, Touched, read_candidates, read_postings};
use crate::clock::Timestamp;
use crate::db::Database;
use crate::engine::Terms;
use crate::engine::text::index::Index;
use crate::entities::change;
use crate::feed::position::Position;
use crate::feed::tail::{Step, Tail};

/// Changes that are read at a time, and things that they touch.
const BATCH: u32 = 1_000;

/// The image as of a file, and from where the log tells how it goes on. Nothing if there is no file, or none that the log
/// reaches back to; `limit` is how long the log certainly has what happened.
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
) -> anyhow::Result<Option<(Image, Position)>> {
    let Some((header, mut parts)) = spool::open(path).await? else { return Ok(None) };
    if (now - header.at).abs() > limit || !step(is_known(db, header.mark.as_ref())).await? {
        tracing::info!(written = %header.at, "what was kept for a start is of another time; asking the database");
        return Ok(None);
    }
    let horizon = horizon(now);
    let mut draft = Draft::new(header.people, horizon);
    let mut texts = Texts::begin(index).await?;
    let mut told = (Told::new("postings"), Told::new("candidates"));
    loop {
        match parts.recv().await {
            Some(Ok(Part::Postings(some))) => {
                let gone = step(texts.take(db.reads(), &some)).await?;
                // The log tells that they are gone; the index cannot have their words any more.
                some.iter()
                    .filter(|posting| !gone.contains(&posting.row.id))
                    .for_each(|posting| draft.add_posting(posting));
                told.0.more(some.len());
            }
            Some(Ok(Part::Candidates(mut some))) => {
                some.retain_mut(|candidate| is_active(candidate, horizon));
                for candidate in &some {
                    draft.add_candidate(candidate);
                }
                told.1.more(some.len());
            }
            Some(Ok(Part::Applications(some))) => {
                for application in &some {
                    draft.add_application(*application);
                }
            }
            Some(Ok(Part::End)) => break,
            Some(Err(error)) => return Err(error.context("what was kept for a start is torn")),
            None => anyhow::bail!("what was kept for a start does not end"),
        }
    }
    let index = texts.finish().await?;
    step(db.hear()).await?;
    let image = tokio::task::spawn_blocking(move || draft.finish(terms, index)).await??;
    Ok(Some((image, header.position)))
}

/// Whether the log is the one that a mark was taken from. Where there was no change yet, none may be lost: numbers are given
/// from one on.
async fn is_known(db: &Database, mark: Option<&Mark>) -> Result<bool, DbErr> {
    let Some(mark) = mark else {
        let first = change::Entity::find().order_by_asc(change::Column::Id).one(db.reads()).await?;
        return Ok(first.is_none_or(|change| change.id == 1));
    };
    let found = change::Entity::find_by_id(mark.id).one(db.reads()).await?;
    Ok(found.is_some_and(|change| Mark::from(&change) == *mark))
}

/// Whether a candidate looked for work since; forgets the days before.
fn is_active(candidate: &mut CandidateFacts, since: Timestamp) -> bool {
    let since = since.date_naive();
    candidate.days.retain(|day| *day >= since);
    !candidate.days.is_empty()
}

/// Writes a file anew, as of now: what was touched since is read, everything else is copied. False if there is none, or the
/// log does not reach back to it.
///
/// # Errors
/// The database failed, or the file is torn; it stays as it was.
pub async fn renew(db: &Database, path: &Path, now: Timestamp) -> anyhow::Result<bool> {
    let Some((header, mut parts)) = spool::open(path).await? else { return Ok(false) };
    if !step(is_known(db, header.mark.as_ref())).await? {
        return Ok(false);
    }
    let Some((mut touched, header)) = since(db, header, now).await? else { return Ok(false) };
    let horizon = horizon(now);
    let mut writer = Writer::begin(path.to_owned(), header);
    let ids: Vec<Uuid> = touched.applications.iter().copied().collect();
    for ids in ids.chunks(BATCH as usize) {
        let found = step(touched.read_applications(db.reads(), ids, horizon)).await?;
        writer.put(Part::Applications(there(found))).await;
    }
    while let Some(part) = parts.recv().await {
        match rest(part?, &touched, horizon) {
            Part::End => break,
            part => writer.put(part).await,
        }
    }
    let ids: Vec<Uuid> = touched.postings.into_iter().collect();
    for ids in ids.chunks(BATCH as usize) {
        writer.put(Part::Postings(there(step(read_postings(db.reads(), ids)).await?))).await;
    }
    let ids: Vec<Uuid> = touched.candidates.into_iter().collect();
    for ids in ids.chunks(BATCH as usize) {
        let mut found = there(step(read_candidates(db.reads(), ids, horizon.date_naive())).await?);
        found.retain_mut(|candidate| is_active(candidate, horizon));
        writer.put(Part::Candidates(found)).await;
    }
    writer.finish().await;
    Ok(true)
}

/// What was touched since a file was written, and the header of one as of now. Nothing if the log cannot tell.
async fn since(db: &Database, header: Header, now: Timestamp) -> anyhow::Result<Option<(Touched, Header)>> {
    let tail = Tail::new(db, BATCH);
    let (mut position, mut mark) = (header.position, header.mark);
    let mut touched = Touched::default();
    loop {
        let Step::Changes(batch) = step(tail.next(&position)).await? else { return Ok(None) };
        touched.add(&batch.changes);
        mark = batch.changes.iter().map(Mark::from).chain(mark).max_by_key(|mark| mark.id);
        position = batch.position;
        if !batch.has_more {
            return Ok(Some((touched, Header::new(position, mark, now, header.people))));
        }
    }
}

/// What of a part was not touched.
fn rest(part: Part, touched: &Touched, since: Timestamp) -> Part {
    let mut part = part;
    match &mut part {
        Part::Postings(some) => some.retain(|posting: &PostingFacts| !touched.postings.contains(&posting.row.id)),
        Part::Candidates(some) => {
            some.retain_mut(|candidate| !touched.candidates.contains(&candidate.id) && is_active(candidate, since));
        }
        Part::Applications(some) => some.retain(|application: &ApplicationFacts| {
            !touched.applications.contains(&application.id) && application.submitted_at >= since
        }),
        Part::End => {}
    }
    part
}

fn there<T>(found: Vec<Read<T>>) -> Vec<T> {
    found.into_iter().filter_map(|(_, facts)| facts).collect()
}
