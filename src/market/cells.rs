//! Scope cells: the parts of the market that are written down every day. A cell is the whole board, one role, one
//! country, or one role in one country, and holds the very postings that a filter by these would mean.
//!
//! A posting that is open to the whole world is in every country there is. It is counted in those that another posting
//! of the board (or of its role) names; all others have the same figures, so they share one cell.

pub mod reflected;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::annual::Factors;
use super::applied::{People, applications};
use super::figures::Postings;
use super::people::{SeekerRows, Wanted, Window};
use super::rates::Rates;
use super::release::SalaryThresholds;
use super::rows::{self, Basis, ByPosting, PostingRow};
use super::salary::{PostedPay, SalarySpec, salary_by_group};
use super::sample::SalaryStatistics;
use super::seekers::SeekerCounts;
use crate::clock::Timestamp;
use crate::entities::sets::Workplace;
use crate::entities::{gather, posting, posting_country};
use crate::money::Currency;
use crate::postings::filter::{PostingFilter, Scope};

/// The countries of a cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Countries {
    /// All.
    All,
    /// This one (ISO 3166-1).
    One(String),
    /// Each that no posting names, with the postings that are open to the whole world.
    Unnamed,
}

/// A part of the market that is written down every day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeCell {
    /// The role; all if there is none.
    pub role: Option<Uuid>,
    /// The countries.
    pub countries: Countries,
}

impl ScopeCell {
    /// The whole board.
    pub const BOARD: Self = Self { role: None, countries: Countries::All };

    /// The cell that a scope is: nothing but one role, one country, both or neither is asked for.
    #[must_use]
    pub fn of(scope: &Scope) -> Option<Self> {
        let Scope { filter, search: None } = scope else { return None };
        // Written out, so that a new kind of filter has to be thought of here.
        let PostingFilter {
            roles,
            countries,
            skills: None,
            all_skills: None,
            industries: None,
            employers: None,
            places: None,
            workplaces: None,
            employment_types: None,
            experience_levels: None,
            education_levels: None,
            languages: None,
            pay_at_least: None,
            pay_statuses: None,
            published_since: None,
            published_before: None,
            and,
            or,
            not: None,
        } = filter
        else {
            return None;
        };
        if !and.is_empty() || !or.is_empty() {
            return None;
        }
        let role = match roles {
            Some(roles) => Some(only(roles)?),
            None => None,
        };
        let countries = match countries {
            Some(countries) => Countries::One(only(countries)?),
            None => Countries::All,
        };
        Some(Self { role, countries })
    }
}

/// The one thing that a list holds, however often.
fn only<T: Clone + PartialEq>(things: &[T]) -> Option<T> {
    let (first, others) = things.split_first()?;
    others.iter().all(|other| other == first).then(|| first.clone())
}

/// What was counted in a cell at an instant. Not everything of it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFigures {
    /// The cell.
    pub cell: ScopeCell,
    /// Open postings and their seekers.
    pub counts: SeekerCounts,
    /// What the postings pay that state it, by the currency in which they do.
    pub pay: BTreeMap<Currency, PayFigures>,
}

/// Annual full-time pay (midpoints of ranges) in minor units, rounded half to even.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayFigures {
    /// Postings behind the figures.
    pub sample: u64,
    /// Distinct employers of them.
    pub employers: u64,
    /// The 10th, 25th, 50th, 75th and 90th percentile.
    pub percentiles: [i128; 5],
}

impl PayFigures {
    /// The figures of statistics that withhold nothing; `None` if there are none.
    fn of(statistics: &SalaryStatistics) -> Option<Self> {
        let figures = statistics.figures.as_ref().ok()?;
        let percentiles = [figures.p10?, figures.p25, figures.median, figures.p75, figures.p90?];
        Some(Self { sample: statistics.sample_size, employers: statistics.employers, percentiles })
    }
}

/// From where one may apply to remote postings.
#[derive(Clone, Debug, Default)]
struct Reach {
    worldwide: HashSet<Uuid>,
    countries: ByPosting<String>,
}

/// The open postings of the whole board, and everybody about them.
#[derive(Debug)]
pub struct Board {
    postings: Postings,
    people: People,
    reach: Reach,
}

impl Board {
    /// Reads the board at an instant: what its market reads, and two statements for where remote postings are open to.
    ///
    /// # Errors
    /// The database failed.
    pub async fn read(db: &impl ConnectionTrait, now: Timestamp) -> Result<Self, DbErr> {
        let condition = Basis::Open.condition(now);
        let (ids, window) = (rows::ids(&condition), Window::ending(now));
        let open = rows::postings(db, &condition, now).await?;
        let (places, asked) = (rows::places(db, &ids).await?, rows::asked(db, &ids).await?);
        let applications = applications(db, &ids, window, false).await?;
        let wanted = Wanted::for_postings(ids, &open, &asked, window, false);
        let seekers = SeekerRows::read(db, &wanted).await?;
        Ok(Self {
            postings: Postings { rows: open.into(), places: places.into(), asked: asked.into() },
            people: People { applications, seekers },
            reach: Reach::read(db, &condition).await?,
        })
    }

    /// The figures of every cell that has a posting, and of the whole board, in one pass over postings and seekers.
    #[must_use]
    pub fn figures(&self, factors: Factors) -> Vec<CellFigures> {
        let Membership { cells, of } = Membership::new(&self.postings, &self.reach);
        let counts = self.postings.join(of.iter().cloned(), cells.len(), &self.people);
        let mut pay = self.pay(&of, cells.len(), factors).into_iter();
        let figures = cells.into_iter().zip(counts);
        figures.map(|(cell, counts)| CellFigures { cell, counts, pay: pay.next().unwrap_or_default() }).collect()
    }

    /// What the postings of each cell pay. Each currency is by itself, as nothing is converted.
    fn pay(&self, cells_of: &[Vec<u32>], cells: usize, factors: Factors) -> Vec<BTreeMap<Currency, PayFigures>> {
        let stated = self.postings.rows.iter().zip(cells_of);
        let by_currency = gather(stated.filter_map(|(row, cells)| match row.pay {
            PostedPay::Stated(range) => Some((range.currency(), (row.pay_row(), cells))),
            _ => None,
        }));
        let everything = SalaryThresholds { postings: 1, employers: 0, tails: 0 };
        let mut pay = vec![BTreeMap::new(); cells];
        for (currency, rows) in by_currency {
            let spec = SalarySpec { factors, thresholds: everything, ..SalarySpec::new(currency) };
            let rows = rows.into_iter().map(|(row, cells)| (row, cells.iter().copied()));
            for (cell, statistics) in salary_by_group(rows, &spec, &Rates::default()).groups {
                if let Some(figures) = PayFigures::of(&statistics) {
                    pay[cell as usize].insert(currency, figures);
                }
            }
        }
        pay
    }
}

impl Reach {
    async fn read(db: &impl ConnectionTrait, open: &Condition) -> Result<Self, DbErr> {
        let remote = || open.clone().add(posting::Column::Workplace.eq(Workplace::Remote));
        let worldwide = posting::Entity::find().select_only().column(posting::Column::Id);
        let worldwide = worldwide.filter(remote().add(posting::Column::IsWorldwide.eq(true)));
        let worldwide: Vec<Uuid> = worldwide.into_tuple().all(db).await?;
        let countries = posting_country::Entity::find()
            .select_only()
            .columns([posting_country::Column::PostingId, posting_country::Column::CountryCode])
            .filter(posting_country::Column::PostingId.in_subquery(rows::ids(&remote())));
        let countries: Vec<(Uuid, String)> = countries.into_tuple().all(db).await?;
        Ok(Self { worldwide: worldwide.into_iter().collect(), countries: gather(countries) })
    }
}

/// Which postings are in which cell. Cells have numbers; that of the board is 0.
struct Membership {
    cells: Vec<ScopeCell>,
    /// The cells of each posting.
    of: Vec<Vec<u32>>,
}

impl Membership {
    fn new(postings: &Postings, reach: &Reach) -> Self {
        let named_by = |row: &PostingRow| -> BTreeSet<String> {
            let places = postings.places.get(&row.id).into_iter().flatten().map(|at| at.country.clone());
            places.chain(reach.countries.get(&row.id).into_iter().flatten().cloned()).collect()
        };
        // A posting counts for all roles, and for its own.
        let roles_of = |row: &PostingRow| std::iter::once(None).chain(row.role.map(Some));
        let countries: Vec<_> = postings.rows.iter().map(named_by).collect();
        let mut named: HashMap<Option<Uuid>, BTreeSet<&String>> = HashMap::new();
        for (row, countries) in postings.rows.iter().zip(&countries) {
            for role in roles_of(row) {
                named.entry(role).or_default().extend(countries);
            }
        }
        let mut numbers = HashMap::from([(ScopeCell::BOARD, 0)]);
        let mut number = |role, countries| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(ScopeCell { role, countries }).or_insert(next)
        };
        let mut everywhere: HashMap<Option<Uuid>, Vec<u32>> = HashMap::new();
        let mut of = Vec::with_capacity(countries.len());
        for (row, countries) in postings.rows.iter().zip(&countries) {
            let mut own = Vec::new();
            for role in roles_of(row) {
                own.push(number(role, Countries::All));
                if reach.worldwide.contains(&row.id) {
                    own.extend_from_slice(everywhere.entry(role).or_insert_with(|| {
                        let all = named[&role].iter().map(|code| Countries::One((*code).clone()));
                        all.chain([Countries::Unnamed]).map(|countries| number(role, countries)).collect()
                    }));
                } else {
                    own.extend(countries.iter().map(|code| number(role, Countries::One(code.clone()))));
                }
            }
            of.push(own);
        }
        let mut cells: Vec<_> = numbers.into_iter().collect();
        cells.sort_unstable_by_key(|(_, number)| *number);
        Self { cells: cells.into_iter().map(|(cell, _)| cell).collect(), of }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postings::filter::Search;
    use crate::postings::filter::search::SkillNames;

    fn cell(filter: PostingFilter) -> Option<ScopeCell> {
        ScopeCell::of(&Scope { filter, search: None })
    }

    #[test]
    fn a_role_a_country_both_and_neither_are_cells() {
        let (role, us) = (Uuid::from_u128(7), || "US".to_owned());
        let none = PostingFilter::default;
        assert_eq!(cell(none()), Some(ScopeCell::BOARD));
        let both = PostingFilter { roles: Some(vec![role, role]), countries: Some(vec![us()]), ..none() };
        assert_eq!(cell(both.clone()), Some(ScopeCell { role: Some(role), countries: Countries::One(us()) }));
        for other in [
            PostingFilter { roles: Some(vec![role, Uuid::nil()]), ..none() },
            PostingFilter { roles: Some(Vec::new()), ..none() },
            PostingFilter { countries: Some(vec![us(), "DE".to_owned()]), ..none() },
            PostingFilter { workplaces: Some(vec![Workplace::Remote]), ..none() },
            PostingFilter { and: vec![both.clone()], ..none() },
            PostingFilter { not: Some(Box::new(both)), ..none() },
        ] {
            assert_eq!(cell(other.clone()), None, "{other:?}");
        }
        let search = Search::new("rust", &SkillNames::default());
        assert_eq!(ScopeCell::of(&Scope { filter: none(), search }), None);
    }
}
