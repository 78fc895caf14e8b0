//! What clients say about what they keep.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::form::Change;
use crate::graphql::change::{change, change_into};
use crate::graphql::enums::SearchAlerts;
use crate::ids::{self, Kind};
use crate::postings::graphql::PostingFilterInput;
use crate::saved::searches::{SearchForm, Seen};

/// Which posting is saved.
#[derive(InputObject)]
pub struct PostingSaveInput {
    /// The posting, which must be open.
    pub posting_id: ID,
}

/// Which posting is let go of.
#[derive(InputObject)]
pub struct PostingUnsaveInput {
    /// The posting.
    pub posting_id: ID,
}

/// A search to keep.
#[derive(InputObject)]
pub struct SavedSearchCreateInput {
    /// Name, 1 to 100 characters.
    name: String,
    /// Words, each of which must be in the posting as a word or the beginning of one; up to 200 characters.
    search: Option<String>,
    /// Which postings. What it names must exist.
    filter: Option<PostingFilterInput>,
    /// When to be told of new postings that meet it; OFF if absent.
    alerts: Option<SearchAlerts>,
}

impl From<SavedSearchCreateInput> for SearchForm {
    fn from(input: SavedSearchCreateInput) -> Self {
        Self {
            name: Change::Set(input.name),
            search: input.search.into(),
            filter: input.filter.map(Into::into).into(),
            alerts: input.alerts.map(Into::into).into(),
        }
    }
}

/// A change of a saved search: what is absent stays, what is null is cleared or takes its default.
#[derive(InputObject)]
pub struct SavedSearchUpdateInput {
    /// The saved search.
    id: ID,
    /// The version that was seen.
    version: i32,
    /// Name, 1 to 100 characters.
    name: MaybeUndefined<String>,
    /// Words, each of which must be in the posting as a word or the beginning of one; up to 200 characters.
    search: MaybeUndefined<String>,
    /// Which postings. What it names must exist.
    filter: MaybeUndefined<PostingFilterInput>,
    /// When to be told of new postings that meet it; OFF by default.
    alerts: MaybeUndefined<SearchAlerts>,
}

impl SavedSearchUpdateInput {
    /// What is changed, and how.
    pub fn read(self) -> (Seen, SearchForm) {
        let seen = Seen { id: ids::decode(Kind::SavedSearch, &self.id), version: self.version };
        let form = SearchForm {
            name: change(self.name),
            search: change(self.search),
            filter: change_into(self.filter),
            alerts: change_into(self.alerts),
        };
        (seen, form)
    }
}

/// Which saved search is deleted.
#[derive(InputObject)]
pub struct SavedSearchDeleteInput {
    /// The saved search.
    pub id: ID,
}

/// Which saved search was looked at.
#[derive(InputObject)]
pub struct SavedSearchMarkSeenInput {
    /// The saved search.
    pub id: ID,
}
