//! The market's figures against published oracles and against naive implementations of their definitions.

mod checks;
mod naive;
mod oracle_jolts;
mod oracle_salaries;
mod salary_properties;
mod seekers_properties;
