//! "Did you mean …?": names of the schema that are spelled like one that is not there, as graphql-js suggests them.
//!
//! The messages are those of graphql-js, and what they are about is read off them.

use apollo_compiler::Name;
use apollo_compiler::schema::ExtendedType;

use super::{Refusal, types::Types};

/// Errors of one answer that get a suggestion; each costs a look at every name that could have been meant.
const ERRORS: usize = 10;
/// Names in one suggestion.
const NAMES: usize = 5;
/// Longer than any name that somebody may have meant.
const LONGEST: usize = 60;

/// Adds suggestions to the errors of a refused document.
pub(super) fn add(refusal: &mut Refusal, types: &Types) {
    for error in refusal.errors.iter_mut().take(ERRORS) {
        if let Some(suggestion) = suggestion(&error.message, types) {
            error.message.push(' ');
            error.message.push_str(&suggestion);
        }
    }
}

fn suggestion(message: &str, types: &Types) -> Option<String> {
    if let Some((field, of)) = between(message, "Cannot query field \"", "\" on type \"") {
        return did_you_mean("", field, fields(types, of)?);
    }
    if let Some((argument, of)) = between(message, "Unknown argument \"", "\" on field \"") {
        let (object, field) = of.split_once('.')?;
        let definition = types.field(object, field)?;
        return did_you_mean("", argument, definition.arguments.iter().map(|known| known.name.as_str()));
    }
    if let Some((field, of)) = between(message, "Field \"", "\" is not defined by type \"") {
        let definition = types.schema.get_input_object(of)?;
        return did_you_mean("", field, definition.fields.keys().map(Name::as_str));
    }
    if let Some((value, of)) = between(message, "Value ", " does not exist in \"") {
        let definition = types.schema.get_enum(of)?;
        return did_you_mean("the enum value ", value, definition.values.keys().map(Name::as_str));
    }
    let name = message.strip_prefix("Unknown type \"")?.strip_suffix("\".")?;
    let known = types.schema.types.keys().map(Name::as_str);
    did_you_mean("", name, known.filter(|known| !known.starts_with("__")))
}

/// What stands between two texts, and what stands in quotation marks behind the second.
fn between<'m>(message: &'m str, before: &str, middle: &str) -> Option<(&'m str, &'m str)> {
    let (name, rest) = message.strip_prefix(before)?.split_once(middle)?;
    Some((name, rest.split_once('"')?.0))
}

fn fields<'t>(types: &'t Types, of: &str) -> Option<Vec<&'t str>> {
    match types.schema.types.get(of)? {
        ExtendedType::Object(object) => Some(object.fields.keys().map(Name::as_str).collect()),
        ExtendedType::Interface(interface) => Some(interface.fields.keys().map(Name::as_str).collect()),
        _ => None,
    }
}

fn did_you_mean<'t>(kind: &str, name: &str, known: impl IntoIterator<Item = &'t str>) -> Option<String> {
    if name.len() > LONGEST {
        return None;
    }
    let lower = name.to_lowercase();
    // As far from it as graphql-js goes.
    let furthest = name.len() * 2 / 5 + 1;
    let near = known.into_iter().filter(|known| known.len().abs_diff(name.len()) <= furthest).filter_map(|known| {
        let distance = match known.to_lowercase() {
            same if same == lower => 1,
            other => strsim::osa_distance(&lower, &other),
        };
        (distance <= furthest).then_some((distance, known))
    });
    let mut near: Vec<_> = near.collect();
    near.sort_unstable();
    let names: Vec<_> = near.iter().take(NAMES).map(|(_, name)| format!("\"{name}\"")).collect();
    let (last, others) = names.split_last()?;
    let named = match others {
        [] => last.clone(),
        [one] => format!("{one} or {last}"),
        _ => format!("{}, or {last}", others.join(", ")),
    };
    Some(format!("Did you mean {kind}{named}?"))
}

#[cfg(test)]
mod tests {
    use crate::graphql::conformance::{Documents, Limits, Scalars};

    const SDL: &str = "type Query { posting(ids: [ID!], order: Order): Posting }
        type Posting { title: String titles: String employer: String } enum Order { NEWEST OLDEST } input Filter { role: ID }
        extend type Query { search(filter: Filter): Posting }";

    fn told(query: &str, suggestions: bool) -> Vec<String> {
        let limits = Limits { suggestions, ..Limits::default() };
        let documents = Documents::new(SDL, limits, Scalars::new()).expect("a schema");
        let refusal = documents.prepare(query).err().expect("a refusal");
        refusal.errors.into_iter().map(|error| error.message).collect()
    }

    #[test]
    fn what_is_spelled_alike_is_suggested() {
        for (query, expected) in [
            (
                "{ posting { titel } }",
                "Cannot query field \"titel\" on type \"Posting\". Did you mean \"title\" or \"titles\"?",
            ),
            (
                "{ posting { TITLE } }",
                "Cannot query field \"TITLE\" on type \"Posting\". Did you mean \"title\" or \"titles\"?",
            ),
            (
                "{ posting(idss: []) { title } }",
                "Unknown argument \"idss\" on field \"Query.posting\". Did you mean \"ids\"?",
            ),
            (
                "{ posting(order: NEWSET) { title } }",
                "Value NEWSET does not exist in \"Order\" enum. Did you mean the enum value \"NEWEST\"?",
            ),
            (
                "{ search(filter: {rolle: 1}) { title } }",
                "Field \"rolle\" is not defined by type \"Filter\". Did you mean \"role\"?",
            ),
            ("{ ... on Postin { title } }", "Unknown type \"Postin\". Did you mean \"Posting\"?"),
            ("{ posting { nothingLikeIt } }", "Cannot query field \"nothingLikeIt\" on type \"Posting\"."),
        ] {
            // What lacks every field that was asked for may be told to lack a selection, too.
            assert!(told(query, true).iter().any(|message| message == expected), "{query}");
            let (plain, _) = expected.split_once(" Did you mean").unwrap_or((expected, ""));
            assert!(told(query, false).iter().any(|message| message == plain), "{query}");
        }
    }
}
