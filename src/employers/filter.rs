//! Which employers are meant.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use crate::entities::sets::Headcount;
use crate::entities::{employer, employer_place, place};
use crate::error::{Code, Outcome, Refusals};
use crate::ids::{self, Kind};
use crate::search::names::{begins_with, has_words};
use crate::text;

/// Most values of one field.
const MAX_VALUES: usize = 100;

/// Which employers are meant: those that meet every part that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmployerFilter {
    /// Slugs of industries.
    pub industries: Option<Vec<String>>,
    /// ISO 3166-1 codes of countries where the employer has people.
    pub countries: Option<Vec<String>>,
    /// How many people the employer has.
    pub headcounts: Option<Vec<Headcount>>,
    /// Whether an administrator has verified the employer.
    pub is_verified: Option<bool>,
}

impl EmployerFilter {
    /// Refuses lists that are too long.
    ///
    /// # Errors
    /// `TOO_LONG` at `filter.…`.
    pub fn check(&self) -> Outcome<()> {
        let mut refusals = Refusals::default();
        let lengths = [
            ("filter.industries", self.industries.as_ref().map(Vec::len)),
            ("filter.countries", self.countries.as_ref().map(Vec::len)),
            ("filter.headcounts", self.headcounts.as_ref().map(Vec::len)),
        ];
        for (path, length) in lengths {
            if length > Some(MAX_VALUES) {
                refusals.add(Code::TooLong, path, format!("at most {MAX_VALUES} values."));
            }
        }
        refusals.check()
    }

    fn condition(&self) -> Condition {
        let mut all = Condition::all();
        if let Some(slugs) = &self.industries {
            let industries = slugs.iter().map(|slug| ids::of_name(Kind::Industry, slug));
            all = all.add(employer::Column::IndustryId.is_in(industries));
        }
        if let Some(countries) = &self.countries {
            all = all.add(in_countries(countries));
        }
        if let Some(headcounts) = &self.headcounts {
            all = all.add(employer::Column::Headcount.is_in(headcounts.iter().copied()));
        }
        match self.is_verified {
            Some(true) => all.add(employer::Column::VerifiedAt.is_not_null()),
            Some(false) => all.add(employer::Column::VerifiedAt.is_null()),
            None => all,
        }
    }
}

fn in_countries(countries: &[String]) -> Condition {
    let there = Query::select()
        .column((employer_place::Entity, employer_place::Column::EmployerId))
        .from(employer_place::Entity)
        .inner_join(
            place::Entity,
            Expr::col((place::Entity, place::Column::Id))
                .equals((employer_place::Entity, employer_place::Column::PlaceId)),
        )
        .and_where(place::Column::CountryCode.is_in(countries))
        .to_owned();
    Condition::all().add(employer::Column::Id.in_subquery(there))
}

/// The employers that meet a filter and a search: every word of it begins a word of the name, or the name begins with
/// all of it (`AT&T`). A search without a word is met by all.
#[must_use]
pub fn select(filter: &EmployerFilter, search: Option<&str>) -> Select<employer::Entity> {
    let employers = employer::Entity::find().filter(filter.condition());
    let name = Expr::col((employer::Entity, employer::Column::NameKey));
    match search.and_then(|search| Some((search, has_words(&name, search)?))) {
        Some((search, words)) => {
            employers.filter(Condition::any().add(words).add(begins_with(&name, &text::fold(search))))
        }
        None => employers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::{DbBackend, QueryTrait};

    fn sql(filter: &EmployerFilter, search: Option<&str>) -> String {
        select(filter, search).build(DbBackend::Sqlite).to_string()
    }

    #[test]
    fn a_search_is_met_by_words_or_by_the_beginning_as_it_is_written() {
        let text = sql(&EmployerFilter::default(), Some("AT&T"));
        assert!(text.contains(r"LIKE '% at%' ESCAPE '\'"), "{text}");
        assert!(text.contains(">= 'at&t'"), "{text}");
    }

    #[test]
    fn blank_searches_and_empty_filters_mean_everything() {
        let text = sql(&EmployerFilter::default(), Some(" % "));
        assert_eq!(text, sql(&EmployerFilter::default(), None));
        assert!(!text.contains("LIKE") && !text.contains(" IN "), "{text}");
    }

    #[test]
    fn an_empty_list_is_met_by_nobody_and_a_long_one_is_refused() {
        let none = EmployerFilter { headcounts: Some(Vec::new()), ..EmployerFilter::default() };
        assert!(sql(&none, None).contains("1 = 2"), "{}", sql(&none, None));
        let long = EmployerFilter { countries: Some(vec!["US".to_owned(); 101]), ..EmployerFilter::default() };
        assert!(none.check().is_ok());
        assert!(long.check().is_err());
    }
}
