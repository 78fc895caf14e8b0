//! How long answers may be kept, read off the objects themselves.
//!
//! `cache_control(max_age = …)` stands on an object, and holds for all of its fields, or on a field. Root fields need one
//! of their own. Where there is none an answer is not kept, and `no_cache` says so of what depends on who asks.
//! async-graphql adds hints up too, but takes a field without one for a field that may be kept.

use std::collections::BTreeMap;

use async_graphql::registry::{MetaField, MetaType, Registry};
use async_graphql::{CacheControl, OutputType};

use super::conformance::{Freshness, Hints, RestsOn};
use super::schema::Query;

/// The hints of the schema.
#[must_use]
pub fn hints() -> Hints {
    let mut registry = Registry::default();
    Query::create_type_info(&mut registry);
    let types = &registry.types;
    let mut hints = Hints::default();
    for (name, of) in types {
        let MetaType::Object { fields, .. } = of else { continue };
        if let Some(seconds) = seconds_of_type(types, name) {
            hints = hints.with_type(name, Freshness { seconds, rests_on: rests_on(name, "") });
        }
        for field in fields.values() {
            let told = match field.cache_control {
                // No word of its own.
                CacheControl { public: true, max_age: 0 } => continue,
                CacheControl { public: true, max_age } => u32::try_from(max_age).ok(),
                CacheControl { public: false, .. } => None,
            };
            let told = told.map(|seconds| Freshness { seconds, rests_on: rests_on(name, &field.name) });
            hints = hints.with_field(name, &field.name, told);
        }
    }
    hints
}

/// How long an object stays good. A connection, and a row of it, does as long as what it lists.
fn seconds_of_type(types: &BTreeMap<String, MetaType>, name: &str) -> Option<u32> {
    let MetaType::Object { fields, cache_control, .. } = types.get(name)? else { return None };
    match cache_control {
        // Where a page stands in its list.
        _ if name == "PageInfo" => Some(Freshness::CONSTANT.seconds),
        CacheControl { public: true, max_age: 1.. } => u32::try_from(cache_control.max_age).ok(),
        CacheControl { public: true, max_age: 0 } => {
            let listed = fields.get("edges").or_else(|| fields.get("node"));
            seconds_of_type(types, named(listed?))
        }
        _ => None,
    }
}

/// The name in the type of a field: `Posting` of `[Posting!]!`.
fn named(field: &MetaField) -> &str {
    field.ty.trim_matches(['[', ']', '!'])
}

/// What is made of employers, postings and reference data alone. What is not named here is taken to change with people,
/// too.
const BOARD: [&str; 4] = [
    "Query PageInfo Employer EmployerConnection EmployerEdge Posting PostingConnection PostingEdge Pay Money Facet",
    "FacetValue ScreeningQuestion SkillRequirement Role RoleConnection RoleEdge RoleSkill TypicalExperience Skill Place",
    "Industry IndustryConnection IndustryEdge CitedDemand CitedSalary CitedPlace Course Outlook TrainingPath Market",
    "MarketGroup MarketPoint SalaryStatistics SalaryExclusion SalaryFactors MoneyInterval HistogramBin Suppression",
];

/// What a field is made of.
///
/// Not in the log are the searches that are counted and the snapshots of past days, and they say so. Reference data
/// (roles, skills, industries, currencies and their rates) is written by a server that starts with a newer set, which is
/// not in the log either: what others keep then is old for as long as its hint says.
fn rests_on(object: &str, field: &str) -> RestsOn {
    match (object, field) {
        ("SearchDemand" | "MarketSnapshot" | "SalarySnapshot", _) => RestsOn::Anything,
        // A person may bring a place or a skill along that nobody had named before.
        ("Query", "places" | "skills" | "search" | "suggest") => RestsOn::People,
        _ if BOARD.iter().flat_map(|names| names.split(' ')).any(|name| name == object) => RestsOn::Board,
        _ => RestsOn::People,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_depends_on_who_asks_is_never_kept() {
        let hints = hints();
        for (object, field) in [
            ("Query", "viewer"),
            ("Query", "application"),
            ("Query", "candidates"),
            ("Query", "auditLog"),
            ("Posting", "viewerCanUpdate"),
            ("Posting", "match"),
            ("Posting", "applications"),
            ("ApplicationConnection", "totalCount"),
            ("Employer", "members"),
            ("MemberEdge", "cursor"),
            ("Account", "name"),
            ("Candidate", "headline"),
        ] {
            assert_eq!(hints.of(object, field), None, "{object}.{field}");
        }
    }

    #[test]
    fn what_is_public_is_kept() {
        let hints = hints();
        let of = |seconds, rests_on| Some(Freshness { seconds, rests_on });
        for (object, field, expected) in [
            ("Query", "postings", of(60, RestsOn::Board)),
            ("Query", "places", of(60, RestsOn::People)),
            ("Query", "role", of(300, RestsOn::Board)),
            ("PostingConnection", "totalCount", of(60, RestsOn::Board)),
            ("PostingConnection", "facets", of(60, RestsOn::Board)),
            ("PostingEdge", "snippet", of(60, RestsOn::Board)),
            ("Posting", "title", of(60, RestsOn::Board)),
            ("SkillEdge", "cursor", of(300, RestsOn::People)),
            ("SearchResults", "postings", of(60, RestsOn::People)),
            ("SeekerRatio", "seekers", of(60, RestsOn::People)),
            ("Competition", "applicants", of(60, RestsOn::People)),
            ("SearchDemand", "searches", of(60, RestsOn::Anything)),
            ("MarketSnapshot", "day", of(60, RestsOn::Anything)),
            ("PageInfo", "hasNextPage", of(300, RestsOn::Board)),
        ] {
            assert_eq!(hints.of(object, field), expected, "{object}.{field}");
        }
    }
}
