//! Which employers are meant, and in which order they are listed.

use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use crate::entities::sets::Headcount;
use crate::entities::{employer, employer_place, place};
use crate::error::{Code, Outcome, Refusals};
use crate::ids::{self, Kind};
use crate::pagination::{KeyKind, Keyset, SortKey};
use crate::text;

/// Most values of one field, and most words of a search.
const MAX_VALUES: usize = 100;
const MAX_WORDS: usize = 10;

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

/// The employers that meet a filter and a search. Every word of the search must begin a word of the name.
#[must_use]
pub fn select(filter: &EmployerFilter, search: Option<&str>) -> Select<employer::Entity> {
    let folded = text::fold(search.unwrap_or_default());
    let words = folded.split_whitespace().take(MAX_WORDS);
    let searched = words.fold(Condition::all(), |all, word| all.add(begins_a_word(word)));
    employer::Entity::find().filter(filter.condition()).filter(searched)
}

fn begins_a_word(word: &str) -> Condition {
    ["", "% ", "%-"].into_iter().fold(Condition::any(), |any, before| {
        let name = Expr::col((employer::Entity, employer::Column::NameKey));
        any.add(name.like(LikeExpr::new(text::like(before, word, "%")).escape('\\')))
    })
}

/// What employers can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderField {
    /// Name, without regard to case and accents.
    Name,
    /// When the employer was made.
    CreatedAt,
}

/// A sort key with its direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// What is sorted by.
    pub field: OrderField,
    /// Whether the largest come first.
    pub descending: bool,
}

/// The ordering of a list of employers; by name when none is given. A field that comes again changes nothing.
#[must_use]
pub fn keyset(given: &[Order]) -> Keyset {
    let mut orders: Vec<Order> = Vec::new();
    for order in given {
        if orders.iter().all(|earlier| earlier.field != order.field) {
            orders.push(*order);
        }
    }
    if orders.is_empty() {
        orders.push(Order { field: OrderField::Name, descending: false });
    }
    let column = |column: employer::Column| Expr::col((employer::Entity, column));
    let keys = orders.iter().map(|order| {
        let (expression, kind) = match order.field {
            OrderField::Name => (column(employer::Column::NameKey), KeyKind::Text),
            OrderField::CreatedAt => (column(employer::Column::CreatedAt), KeyKind::Instant),
        };
        SortKey { expression, kind, descending: order.descending, nullable: false }
    });
    // Ties are broken in the direction of the last key, so that one index serves the whole ordering.
    let id_descending = orders.last().is_some_and(|order| order.descending);
    Keyset {
        name: format!("employers {orders:?}"),
        keys: keys.collect(),
        id: column(employer::Column::Id),
        id_descending,
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
    fn a_search_takes_its_characters_literally() {
        let text = sql(&EmployerFilter::default(), Some("AT&T 100%"));
        assert!(text.contains(r"LIKE 'at&t%' ESCAPE '\'"), "{text}");
        assert!(text.contains(r"LIKE '% 100\%%' ESCAPE '\'"), "{text}");
    }

    #[test]
    fn blank_searches_and_empty_filters_mean_everything() {
        let text = sql(&EmployerFilter::default(), Some("  "));
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

    #[test]
    fn a_field_sorts_once_and_names_the_ordering() {
        let by = |field, descending| Order { field, descending };
        let twice = keyset(&[by(OrderField::CreatedAt, true), by(OrderField::CreatedAt, false)]);
        assert_eq!(twice.keys.len(), 1);
        assert!(twice.id_descending);
        assert_eq!(keyset(&[]).name, keyset(&[by(OrderField::Name, false)]).name);
        assert_ne!(keyset(&[]).name, twice.name);
    }
}
