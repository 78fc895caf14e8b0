//! The market that postings, candidates and applications make: salary statistics, job seekers per posting, matching.
//!
//! Everything here is a pure function of the rows it is given: no database, no clock, no floating-point figure. Values
//! are exact fractions of a minor unit from the annualised amount to the finished figure and are rounded once, half to
//! even, so two sources of the same rows give the same figures to the last unit.
//!
//! A source of rows chooses how far down it enters:
//! - [`salary::salary_statistics`] and [`salary::salary_by_group`] take plain rows, one per posting;
//! - [`sample::summarise`] takes any [`sample::OrderedSample`], for sources that keep values in order themselves;
//! - [`seekers::SeekerJoin`] takes open postings with the groups they belong to, then seekers one by one.

pub mod annual;
pub mod codes;
pub mod histogram;
pub mod matching;
pub mod ranks;
pub mod rates;
pub mod ratio;
pub mod release;
pub mod salary;
pub mod sample;
pub mod seekers;
pub mod series;
pub mod value;

mod outliers;
