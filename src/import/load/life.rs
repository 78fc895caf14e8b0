//! Whether an imported posting is shown, and since and until when.

use chrono::Datelike;
use sea_orm::Set;

use crate::clock::{Timestamp, YEARS, to_micros};
use crate::entities::posting;
use crate::entities::sets::{CloseReason, PostingStatus};
use crate::error::{Code, Refusal};
use crate::import::records::PostingRecord;
use crate::postings::model::DEFAULT_VALIDITY;

/// State and times of an imported posting.
pub(super) struct Life {
    pub(super) status: PostingStatus,
    pub(super) published_at: Option<Timestamp>,
    valid_through: Option<Timestamp>,
    closed_at: Option<Timestamp>,
}

impl Life {
    pub(super) fn read(record: &PostingRecord, now: Timestamp) -> Result<Self, Refusal> {
        let status = match record.status.as_deref() {
            None | Some("PUBLISHED") => PostingStatus::Published,
            Some("DRAFT") => PostingStatus::Draft,
            Some("CLOSED") => PostingStatus::Closed,
            Some(_) => return Err(Refusal::new(Code::Invalid, "status", "One of DRAFT, PUBLISHED, CLOSED.")),
        };
        if status == PostingStatus::Draft {
            return Ok(Self { status, published_at: None, valid_through: None, closed_at: None });
        }
        let published_at = to_micros(record.published_at.unwrap_or(now));
        let valid_through = to_micros(record.valid_through.unwrap_or(published_at + DEFAULT_VALIDITY));
        if !YEARS.contains(&valid_through.year()) {
            return Err(Refusal::new(Code::Invalid, "publishedAt", "So late that nobody knows when the posting ends."));
        }
        if valid_through < published_at {
            return Err(Refusal::new(Code::Invalid, "validThrough", "Not before `publishedAt`."));
        }
        let closed_at = record.closed_at.map(to_micros);
        if closed_at.is_some_and(|closed| closed < published_at) {
            return Err(Refusal::new(Code::Invalid, "closedAt", "Not before `publishedAt`."));
        }
        let closed_at = match status {
            PostingStatus::Closed => Some(closed_at.unwrap_or(valid_through.min(now.max(published_at)))),
            _ if closed_at.is_some() => {
                return Err(Refusal::new(Code::Invalid, "closedAt", "Only a CLOSED posting was closed."));
            }
            _ => None,
        };
        Ok(Self { status, published_at: Some(published_at), valid_through: Some(valid_through), closed_at })
    }

    pub(super) fn over(&self, columns: posting::ActiveModel) -> posting::ActiveModel {
        posting::ActiveModel {
            status: Set(self.status),
            published_at: Set(self.published_at),
            valid_through: Set(self.valid_through),
            closed_at: Set(self.closed_at),
            close_reason: Set((self.status == PostingStatus::Closed).then_some(CloseReason::Filled)),
            ..columns
        }
    }
}
