//! Objects that clients name by slug or by identifier.

use async_graphql::ID;
use uuid::Uuid;

use super::errors::bad_argument;
use crate::ids::{self, Kind};

/// How many names a filter takes.
const MAX_NAMES: usize = 100;

/// How a client names one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// By its name in addresses.
    Slug(String),
    /// By its identifier.
    Id(ID),
}

impl NamedBy {
    /// Reads the two arguments, of which exactly one must be given.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when none is, or both are.
    pub fn new(slug: Option<String>, id: Option<ID>) -> async_graphql::Result<Self> {
        match (slug, id) {
            (Some(slug), None) => Ok(Self::Slug(slug)),
            (None, Some(id)) => Ok(Self::Id(id)),
            _ => Err(bad_argument("slug", "give either `slug` or `id`.")),
        }
    }

    /// The identifier of a kind of object whose identifiers are made of their slugs; `None` for the public identifier
    /// of another kind.
    #[must_use]
    pub fn id(&self, kind: Kind) -> Option<Uuid> {
        match self {
            Self::Slug(slug) => Some(ids::of_name(kind, slug)),
            Self::Id(id) => ids::decode(kind, id),
        }
    }
}

/// The identifiers of a filter's slugs, for kinds whose identifiers are made of them. A slug that nothing has matches
/// nothing.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument for more than 100.
pub fn slugs(argument: &str, kind: Kind, slugs: Option<&[String]>) -> async_graphql::Result<Option<Vec<Uuid>>> {
    at_most_100(argument, slugs)?;
    Ok(slugs.map(|slugs| slugs.iter().map(|slug| ids::of_name(kind, slug)).collect()))
}

/// Refuses lists of a filter that are too long.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument for more than 100 items.
pub fn at_most_100<T>(argument: &str, items: Option<&[T]>) -> async_graphql::Result<()> {
    if items.is_some_and(|items| items.len() > MAX_NAMES) {
        return Err(bad_argument(argument, "at most 100 items."));
    }
    Ok(())
}
