//! How long an answer stays good: the least that the fields which were selected promise.

use std::collections::HashMap;

use apollo_compiler::Name;

/// How long an answer stays good for everybody who has not said who they are, and what makes it another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Seconds after which it has to be asked for again.
    pub seconds: u32,
    /// What has to stand still until then.
    pub rests_on: RestsOn,
}

/// What an answer is made of; each holds what is before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RestsOn {
    /// Employers and postings, and what never changes while a server runs.
    Board,
    /// People and their applications, too.
    People,
    /// Something that no log of changes tells of.
    Anything,
}

impl Freshness {
    /// Of what never changes while a server runs: five minutes, for the next server may know more.
    pub const CONSTANT: Self = Self { seconds: 300, rests_on: RestsOn::Board };

    /// What is left when two are told in one answer.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { seconds: self.seconds.min(other.seconds), rests_on: self.rests_on.max(other.rests_on) }
    }
}

/// What is promised of objects and of their fields. Of what nothing is promised, an answer is not kept: forgetting is safe.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    types: HashMap<String, Freshness>,
    fields: HashMap<String, HashMap<String, Option<Freshness>>>,
}

impl Hints {
    /// With a promise for all fields of an object type that have no word of their own.
    #[must_use]
    pub fn with_type(mut self, name: &str, freshness: Freshness) -> Self {
        self.types.insert(name.to_owned(), freshness);
        self
    }

    /// With a word on one field; `None` when an answer with it must never be kept.
    #[must_use]
    pub fn with_field(mut self, parent: &str, field: &str, freshness: Option<Freshness>) -> Self {
        self.fields.entry(parent.to_owned()).or_default().insert(field.to_owned(), freshness);
        self
    }

    /// What is promised of a field.
    #[must_use]
    pub fn of(&self, parent: &str, field: &str) -> Option<Freshness> {
        // An identifier tells no more than the field that led to it, and the name of a type is always the same. `node`
        // leads to objects of any type, and is asked for both.
        if field == "id" || field.starts_with("__") {
            return Some(Freshness::CONSTANT);
        }
        let own = self.fields.get(parent).and_then(|fields| fields.get(field));
        own.copied().unwrap_or_else(|| self.of_type(parent))
    }

    /// What is promised of an object, where a field leads to no other.
    #[must_use]
    pub fn of_type(&self, object: &str) -> Option<Freshness> {
        // Introspection tells the schema.
        if object.starts_with("__") { Some(Freshness::CONSTANT) } else { self.types.get(object).copied() }
    }

    /// What is promised of a field of objects of any of these types.
    pub(super) fn of_all(&self, parents: &[Name], field: &str) -> Option<Freshness> {
        let each = parents.iter().map(|parent| self.of(parent, field));
        each.reduce(|one, other| Some(one?.and(other?))).unwrap_or(Some(Freshness::CONSTANT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Freshness = Freshness { seconds: 60, rests_on: RestsOn::People };

    #[test]
    fn nothing_is_kept_that_nobody_spoke_of() {
        let hints = Hints::default().with_type("Role", Freshness::CONSTANT).with_field("Role", "searches", None);
        let hints = hints.with_field("Query", "role", Some(SHORT));
        assert_eq!(hints.of("Role", "title"), Some(Freshness::CONSTANT));
        assert_eq!(hints.of("Role", "searches"), None);
        assert_eq!(hints.of("Query", "role"), Some(SHORT));
        assert_eq!(hints.of("Query", "viewer"), None);
        assert_eq!(hints.of("Query", "__typename"), Some(Freshness::CONSTANT));
        assert_eq!((hints.of_type("__Type"), hints.of_type("Account")), (Some(Freshness::CONSTANT), None));
    }

    #[test]
    fn the_least_promise_holds() {
        let hints = Hints::default().with_type("Role", Freshness::CONSTANT).with_type("Market", SHORT);
        let names = |names: &[&str]| names.iter().map(|name| Name::new(name).expect("a name")).collect::<Vec<_>>();
        assert_eq!(hints.of_all(&names(&["Role", "Market"]), "title"), Some(SHORT));
        assert_eq!(hints.of_all(&names(&["Role", "Account"]), "title"), None);
        assert_eq!(hints.of_all(&names(&["Role", "Account"]), "id"), Some(Freshness::CONSTANT));
    }
}
