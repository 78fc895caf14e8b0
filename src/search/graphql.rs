//! Everything that fits some words, by kind.

use async_graphql::{MergedObject, Object};

use crate::employers::graphql::{self as employers, Employer};
use crate::error::{Code, Refusal};
use crate::graphql::connection::List;
use crate::graphql::errors::bad_query;
use crate::graphql::listing::lists;
use crate::places::graphql::{self as places, Place};
use crate::postings::graphql::{self as postings, PostingList};
use crate::roles::graphql::{Role, query as roles};
use crate::skills::graphql::{self as skills, Skill};
use crate::text;

/// What fits the words of a search. Each list is read only when it is asked for.
#[derive(MergedObject)]
#[graphql(name = "SearchResults")]
pub struct SearchResults(Searched, Found);

/// The text of a search.
struct Searched(String);

/// The text of a search.
#[Object(cache_control(max_age = 60))]
impl Searched {
    /// What was searched for.
    async fn query(&self) -> &str {
        &self.0
    }
}

/// The lists of what a search finds.
struct Found(String);

lists! {
    /// The lists of what a search finds.
    Found {
        /// Open postings with all of the words, those that fit best first.
        postings() -> PostingList = |ctx, page, this| postings::matching(ctx, page, Some(&this.0), None, None);
        /// Employers with all of the words in their name, by name.
        employers() -> List<Employer> = |ctx, page, this| employers::matching(ctx, page, Some(&this.0), None, None);
        /// Roles with all of the words in one of their titles, by title.
        roles() -> List<Role> = |ctx, page, this| roles::matching(ctx, page, Some(&this.0), None, None);
        /// Skills with all of the words in one of their spellings, by name.
        skills() -> List<Skill> = |ctx, page, this| skills::matching(ctx, page, Some(&this.0), None, None);
        /// Places with all of the words in one of their names, by name.
        places() -> List<Place> = |ctx, page, this| places::matching(ctx, page, Some(&this.0), None, None);
    }
}

/// Search over everything.
#[derive(Default)]
pub struct SearchQuery;

/// Search over everything.
#[Object]
impl SearchQuery {
    /// Everything that fits some words: postings, employers, roles, skills and places.
    #[graphql(cache_control(max_age = 60))]
    async fn search(
        &self,
        #[graphql(desc = "Words or beginnings of words, at least one; 200 characters at the most.")] query: String,
    ) -> async_graphql::Result<SearchResults> {
        let query = read(&query).map_err(|refusal| bad_query(refusal.into()))?;
        Ok(SearchResults(Searched(query.clone()), Found(query)))
    }
}

/// Without a word every list would show all that there is.
fn read(query: &str) -> Result<String, Refusal> {
    let query = text::line("query", query, 1, 200)?;
    if text::words(&query).next().is_none() {
        return Err(Refusal::new(Code::Required, "query", "It has no word."));
    }
    Ok(query)
}
