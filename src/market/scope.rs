//! Names for scopes: the same postings asked for in the same way have the same name.

use std::fmt::Write as _;

use std::fmt::Debug;

use sha2::{Digest, Sha256};

use crate::postings::filter::{PlaceFilter, PostingFilter, Scope};

/// The identifier of the market of a scope. Neither the order of a list nor a repetition in it makes a difference.
#[must_use]
pub fn market_id(scope: &Scope) -> String {
    let text = format!("{:?} {:?}", normal(scope.filter.clone()), scope.search);
    let digest = Sha256::digest(text.as_bytes());
    let hex = digest.iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("market_{hex}")
}

fn normal(filter: PostingFilter) -> PostingFilter {
    let sorted = |filters: Vec<PostingFilter>| {
        let mut filters = Some(filters.into_iter().map(normal).collect::<Vec<_>>());
        sort(&mut filters);
        filters.unwrap_or_default()
    };
    let mut filter = PostingFilter {
        and: sorted(filter.and),
        or: sorted(filter.or),
        not: filter.not.map(|not| Box::new(normal(*not))),
        ..filter
    };
    sort(&mut filter.roles);
    sort(&mut filter.skills);
    sort(&mut filter.all_skills);
    sort(&mut filter.industries);
    sort(&mut filter.employers);
    sort(&mut filter.countries);
    for place in filter.places.iter_mut().flatten() {
        if let PlaceFilter::Among(ids) = place {
            ids.sort_unstable();
            ids.dedup();
        }
    }
    sort(&mut filter.places);
    sort(&mut filter.workplaces);
    sort(&mut filter.employment_types);
    sort(&mut filter.experience_levels);
    sort(&mut filter.education_levels);
    sort(&mut filter.languages);
    sort(&mut filter.pay_at_least);
    sort(&mut filter.pay_statuses);
    filter
}

/// Sorts by what things print as, which tells different ones apart.
fn sort<T: Debug>(items: &mut Option<Vec<T>>) {
    if let Some(items) = items {
        items.sort_by_cached_key(|item| format!("{item:?}"));
        items.dedup_by_key(|item| format!("{item:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(countries: &[&str]) -> Scope {
        let countries = Some(countries.iter().map(|&code| code.to_owned()).collect());
        Scope { filter: PostingFilter { countries, ..PostingFilter::default() }, search: None }
    }

    #[test]
    fn the_same_scope_has_the_same_name() {
        assert_eq!(market_id(&of(&["US", "DE"])), market_id(&of(&["DE", "US", "US"])));
        assert_ne!(market_id(&of(&["US"])), market_id(&of(&["DE"])));
        assert_ne!(market_id(&of(&[])), market_id(&Scope::default()));
        assert!(market_id(&Scope::default()).starts_with("market_"));
    }
}
