//! What a filter of postings means in the numbers of an image. A thing without a number is in no posting.

use std::borrow::Borrow;
use std::hash::Hash;

use super::image::{Vocabulary, position};
use crate::engine::filter::Filter;
use crate::engine::names::Names;
use crate::engine::row::Field;
use crate::engine::text::sought::{Word, Words};
use crate::money::Currency;
use crate::postings::filter::{PlaceFilter, PostingFilter, Search};

impl Vocabulary {
    /// The filter as the engine takes it.
    #[must_use]
    pub fn filter(&self, filter: &PostingFilter) -> Filter {
        let mut all = Vec::new();
        self.on_references(filter, &mut all);
        self.on_places(filter, &mut all);
        on_columns(filter, &mut all);
        all.extend(
            filter.languages.as_ref().map(|languages| Filter::Has(Field::Language, codes(&self.languages, languages))),
        );
        all.extend(filter.and.iter().map(|filter| self.filter(filter)));
        if !filter.or.is_empty() {
            all.push(Filter::Any(filter.or.iter().map(|filter| self.filter(filter)).collect()));
        }
        all.extend(filter.not.as_ref().map(|filter| Filter::Not(Box::new(self.filter(filter)))));
        Filter::All(all)
    }

    /// The search as the engine takes it.
    #[must_use]
    pub fn words(&self, search: &Search) -> Words {
        let word = |word: &crate::postings::filter::search::Word| Word {
            text: word.text.clone(),
            skills: codes(&self.skills, &word.skills),
        };
        Words { words: search.words().iter().map(word).collect(), roles: codes(&self.roles, &search.title_of()) }
    }

    fn on_references(&self, filter: &PostingFilter, all: &mut Vec<Filter>) {
        let fields = [
            (Field::Role, &self.roles, &filter.roles),
            (Field::Industry, &self.industries, &filter.industries),
            (Field::Employer, &self.employers, &filter.employers),
            (Field::Skill, &self.skills, &filter.skills),
        ];
        for (field, names, wanted) in fields {
            all.extend(wanted.as_ref().map(|wanted| Filter::Has(field, codes(names, wanted))));
        }
        for skill in filter.all_skills.iter().flatten() {
            all.push(Filter::Has(Field::Skill, codes(&self.skills, [skill])));
        }
    }

    fn on_places(&self, filter: &PostingFilter, all: &mut Vec<Filter>) {
        if let Some(countries) = &filter.countries {
            all.push(Filter::of_countries(&codes(&self.countries, countries)));
        }
        if let Some(places) = &filter.places {
            let place = |place: &PlaceFilter| match place {
                PlaceFilter::Country(code) => Filter::Has(Field::Country, codes(&self.countries, [code])),
                PlaceFilter::Region(code) => Filter::Has(Field::Region, codes(&self.regions, [code])),
                PlaceFilter::Among(ids) => Filter::Has(Field::Place, codes(&self.places, ids)),
            };
            all.push(Filter::Any(places.iter().map(place).collect()));
        }
    }
}

fn on_columns(filter: &PostingFilter, all: &mut Vec<Filter>) {
    /// One of these words of a set, if any are asked for.
    macro_rules! one_of {
        ($field:ident, $wanted:expr) => {
            all.extend(
                $wanted.as_ref().map(|wanted| {
                    Filter::Has(Field::$field, wanted.iter().map(|word| position(word).into()).collect())
                }),
            )
        };
    }
    one_of!(Workplace, filter.workplaces);
    one_of!(EmploymentType, filter.employment_types);
    one_of!(Level, filter.experience_levels);
    one_of!(Education, filter.education_levels);
    one_of!(PayStatus, filter.pay_statuses);
    if let Some(floors) = &filter.pay_at_least {
        let known = floors.iter().filter_map(|(code, least)| Some((Currency::parse(code).ok()?, *least)));
        all.push(Filter::PayAtLeast(known.collect()));
    }
    if filter.published_since.is_some() || filter.published_before.is_some() {
        all.push(Filter::Published {
            since: filter.published_since.map(|at| at.timestamp_micros()),
            before: filter.published_before.map(|at| at.timestamp_micros()),
        });
    }
}

/// The numbers of those things that have one.
fn codes<'a, T, Q>(names: &Names<T>, things: impl IntoIterator<Item = &'a Q>) -> Vec<u32>
where
    T: Hash + Eq + Clone + Borrow<Q>,
    Q: Hash + Eq + 'a,
{
    things.into_iter().filter_map(|thing| names.get(thing)).collect()
}
