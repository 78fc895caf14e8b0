//! Suggestions in the graph.

use std::time::Duration;

use async_graphql::{Context, Enum, Object, SimpleObject};

use super::{Known, Prefix, suggest};
use crate::graphql::context::Ask;
use crate::graphql::errors::{bad_argument, bad_query, internal};

/// Suggestions when the client does not say how many.
const DEFAULT_SUGGESTIONS: usize = 10;
/// How old suggestions may be: as old as the hint for caches says.
const AGE: Duration = Duration::from_mins(1);
/// Beginnings whose suggestions are kept, of all kinds together.
const MOST_KEPT: u64 = 4_000;
/// Suggestions at the most.
const MAX_SUGGESTIONS: usize = 50;

/// What can be suggested.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "super::SuggestionKind")]
pub enum SuggestionKind {
    /// A role.
    Role,
    /// A skill of the kept list.
    Skill,
    /// A place of the kept list.
    Place,
    /// An employer.
    Employer,
}

/// A completion of what a person types.
#[derive(SimpleObject)]
#[graphql(cache_control(max_age = 60))]
pub struct Suggestion {
    /// What it is.
    kind: SuggestionKind,
    /// The slug of a role, skill or employer; the identifier of a place.
    key: String,
    /// The name for people: `Backend Developer`, `Berlin, DE`.
    label: String,
}

impl From<super::Suggestion> for Suggestion {
    fn from(suggestion: super::Suggestion) -> Self {
        let super::Suggestion { kind, key, label } = suggestion;
        Self { kind: kind.into(), key, label }
    }
}

/// What was found lately, for whoever would be given an answer of that age anyway: those who have an account see what they
/// changed at once.
fn known(ctx: &Context<'_>) -> Option<Known> {
    if ctx.viewer().account().is_some() || ctx.reads().sees_more() {
        return None;
    }
    let employers = ctx.state().mirror.employers()?;
    Some(Known { lately: ctx.state().shelf.lately(AGE, MOST_KEPT), employers })
}

/// Completion of names.
#[derive(Default)]
pub struct SuggestQuery;

/// Completion of names.
#[Object]
impl SuggestQuery {
    /// Roles, skills, places and employers whose name, or other name, begins with a text; best first, each once. Kinds
    /// share the list fairly.
    #[graphql(cache_control(max_age = 60))]
    async fn suggest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was typed: 1 to 100 characters, case and accents do not matter.")] prefix: String,
        #[graphql(desc = "What may be suggested; everything if absent.")] kinds: Option<Vec<SuggestionKind>>,
        #[graphql(desc = "Suggestions at the most, 1 to 50; 10 if absent.")] first: Option<i32>,
    ) -> async_graphql::Result<Vec<Suggestion>> {
        let prefix = Prefix::parse(&prefix).map_err(|refusal| bad_query(refusal.into()))?;
        let limit = match first.map(usize::try_from) {
            None => DEFAULT_SUGGESTIONS,
            Some(Ok(limit @ 1..=MAX_SUGGESTIONS)) => limit,
            Some(_) => return Err(bad_argument("first", "it takes 1 to 50.")),
        };
        let kinds = match kinds {
            None => super::SuggestionKind::ALL.to_vec(),
            Some(kinds) => kinds.into_iter().map(Into::into).collect(),
        };
        let found = suggest(ctx.reads(), known(ctx).as_ref(), &prefix, &kinds, limit).await.map_err(internal)?;
        Ok(found.into_iter().map(Suggestion::from).collect())
    }
}
