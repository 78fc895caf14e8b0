//! The market that postings, candidates and applications make: salary statistics, job seekers per posting, matching.
//!
//! Figures are pure functions of the rows they are given: no database, no clock, no floating-point figure. Values are
//! exact fractions of a minor unit from the annualised amount to the finished figure and are rounded once, half to even,
//! so two sources of the same rows give the same figures to the last unit. [`source`] reads the rows (through `rows` and
//! `people`) and is the only way from the graph to a figure.
//!
//! [`snapshots`] writes the figures of every scope cell down once a day, for the market as it was.
//!
//! A source of rows chooses how far down it enters:
//! - [`salary::salary_statistics`] and [`salary::salary_by_group`] take plain rows, one per posting;
//! - [`sample::summarise`] takes any [`sample::OrderedSample`], for sources that keep values in order themselves;
//! - [`seekers::SeekerJoin`] takes open postings with the groups they belong to, then seekers one by one.

pub mod annual;
pub mod applied;
pub mod cells;
pub mod codes;
pub mod dimension;
pub mod figures;
pub mod graphql;
pub mod histogram;
pub mod loaders;
pub mod matching;
pub mod mirrored;
pub mod packed;
pub mod people;
pub mod ranks;
pub mod rates;
pub mod ratio;
pub mod release;
pub mod rows;
pub mod salary;
pub mod sample;
pub mod scope;
pub mod seekers;
pub mod series;
pub mod snapshots;
pub mod source;
pub mod value;

mod outliers;
