//! The market in the graph.

mod enums;
mod groups;
mod history;
mod market;
mod query;
mod salary;
mod seekers;

pub use market::Market;
pub use query::MarketQuery;
pub use seekers::Competition;

#[cfg(test)]
mod tests;
