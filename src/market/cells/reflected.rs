//! The figures of the scope cells, read off the image in memory: a filter for each cell, rather than every row and person.

use std::collections::BTreeSet;

use super::{CellFigures, Countries, PayFigures, ScopeCell};
use crate::clock::Timestamp;
use crate::engine::filter::Filter;
use crate::engine::row::{Field, REMOTE};
use crate::engine::seekers::Window;
use crate::engine::snap::{Basis, Set, Snap};
use crate::market::annual::Factors;
use crate::market::release::SalaryThresholds;
use crate::market::salary::SalarySpec;
use crate::mirror::image::Image;

/// The figures of every cell that has a posting, and of the whole board, as [`super::Board::figures`] has them; the board
/// comes first. `None` where the days that count are not all known.
///
/// O(cells × what a filter costs). People are those of the moment at which a cell is looked at, so a change may be seen by
/// the later cells alone.
#[must_use]
pub fn figures(image: &Image, now: Timestamp, factors: Factors) -> Option<Vec<CellFigures>> {
    let at = now.timestamp_micros();
    let market = Market { image, snap: &image.postings(), at, window: Window::ending(at), factors };
    let mut found = Vec::new();
    let roles = market.snap.counts(&market.open(Vec::new()), Field::Role);
    for role in std::iter::once(None).chain(roles.into_iter().map(|(code, _)| Some(code))) {
        market.add_role(role, &mut found)?;
    }
    Some(found)
}

/// The board at an instant.
struct Market<'a> {
    image: &'a Image,
    snap: &'a Snap,
    at: i64,
    window: Window,
    factors: Factors,
}

impl Market<'_> {
    fn open(&self, filters: Vec<Filter>) -> Set {
        self.snap.select(Basis::Open(self.at), &Filter::All(filters))
    }

    /// Adds the cells of a role, or those of all roles.
    fn add_role(&self, role: Option<u32>, found: &mut Vec<CellFigures>) -> Option<()> {
        let id = match role {
            None => None,
            Some(code) => Some(*self.image.people().names.roles.thing(code)?),
        };
        let of_role: Vec<Filter> = role.map(|role| Filter::Has(Field::Role, vec![role])).into_iter().collect();
        let open = |filter: Option<Filter>| self.open(of_role.iter().cloned().chain(filter).collect());
        let add = |countries, set: &Set| self.figures(ScopeCell { role: id, countries }, set);
        let all = open(None);
        found.push(add(Countries::All, &all)?);
        for code in self.named(&all, &open(Some(remote()))) {
            let country = self.image.people().names.countries.thing(code)?.clone();
            found.push(add(Countries::One(country), &open(Some(Filter::of_countries(&[code]))))?);
        }
        // No posting names a country of this cell, so just those are in it that are open to the whole world.
        let everywhere = open(Some(Filter::All(vec![remote(), Filter::Has(Field::Worldwide, vec![1])])));
        if !everywhere.is_empty() {
            found.push(add(Countries::Unnamed, &everywhere)?);
        }
        Some(())
    }

    /// The countries that some postings name: where their places are, or from where one may apply to the remote ones.
    fn named(&self, all: &Set, remote: &Set) -> BTreeSet<u32> {
        let places = self.snap.counts(all, Field::Country);
        places.into_iter().chain(self.snap.counts(remote, Field::Applicant)).map(|(code, _)| code).collect()
    }

    fn figures(&self, cell: ScopeCell, set: &Set) -> Option<CellFigures> {
        let counts = {
            let people = self.image.people();
            if !people.knows(&self.window) {
                return None;
            }
            people.seekers.count(self.snap, set, &self.window)
        };
        let everything = SalaryThresholds { postings: 1, employers: 0, tails: 0 };
        let pay = self.snap.currencies(set).into_iter().filter_map(|currency| {
            let spec = SalarySpec { factors: self.factors, thresholds: everything, ..SalarySpec::new(currency) };
            let statistics = self.snap.salaries(set, &spec);
            PayFigures::of(&statistics).map(|figures| (currency, figures))
        });
        Some(CellFigures { cell, counts, pay: pay.collect() })
    }
}

fn remote() -> Filter {
    Filter::Has(Field::Workplace, vec![REMOTE])
}
