//! What third parties published about a role. It stands beside what Rolecall computes and is never mixed with it.

use async_graphql::{ID, Object, SimpleObject};
use rust_decimal::Decimal as Number;

use crate::entities::{cited_demand, cited_salary, course, outlook, training_path};
use crate::graphql::enums::{ExperienceLevel, PayPeriod, TrainingKind};
use crate::graphql::errors::internal;
use crate::graphql::scalars::{CountryCode, Decimal, LocalDate, Money, YearMonth};
use crate::ids::{self, Kind};
use crate::money;

/// A salary that a third party published about a role: gross, in the publisher's currency, as the publisher states it.
#[derive(Clone)]
pub struct CitedSalary(pub cited_salary::Model);

/// The place for which a cited figure holds, in the publisher's words.
#[derive(SimpleObject, Clone)]
#[graphql(cache_control(max_age = 300))]
pub struct CitedPlace {
    /// The country (ISO 3166-1).
    country_code: CountryCode,
    /// The region (ISO 3166-2), if the publisher names one that has a code.
    region_code: Option<String>,
    /// The city, if the publisher names one.
    city: Option<String>,
    /// The place as the publisher names it.
    name: String,
}

impl CitedSalary {
    fn money(&self, amount: Option<i64>) -> async_graphql::Result<Option<Money>> {
        let currency = money::Currency::parse(&self.0.currency).map_err(internal)?;
        Ok(amount.map(|minor| Money::new(minor.into(), currency)))
    }
}

/// A salary that a third party published about a role: gross, in the publisher's currency, as the publisher states it.
#[Object(cache_control(max_age = 300))]
impl CitedSalary {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::CitedSalary, self.0.id).into()
    }

    /// Who published it.
    async fn publisher(&self) -> &str {
        &self.0.publisher
    }

    /// The day of the statement, or the first of its month.
    async fn as_of(&self) -> LocalDate {
        LocalDate(self.0.as_of)
    }

    /// The time that the amounts are for.
    async fn period(&self) -> PayPeriod {
        self.0.period.into()
    }

    /// The seniority for which it holds; null for everybody in the role.
    async fn experience_level(&self) -> Option<ExperienceLevel> {
        self.0.experience_level.map(ExperienceLevel::from)
    }

    /// How many salaries it rests on, if the publisher says so.
    async fn sample_size(&self) -> Option<i32> {
        self.0.sample_size
    }

    /// Where it holds.
    async fn place(&self) -> CitedPlace {
        CitedPlace {
            country_code: CountryCode(self.0.country_code.clone()),
            region_code: self.0.region_code.clone(),
            city: self.0.city.clone(),
            name: self.0.place_name.clone(),
        }
    }

    /// The lower end; what exactly that is, the publisher decides.
    async fn low(&self) -> async_graphql::Result<Option<Money>> {
        self.money(self.0.low)
    }

    /// The average.
    async fn average(&self) -> async_graphql::Result<Option<Money>> {
        self.money(self.0.average)
    }

    /// The lower end of the averages, where the publisher gives a range of them.
    async fn average_low(&self) -> async_graphql::Result<Option<Money>> {
        self.money(self.0.average_low)
    }

    /// The upper end of the averages, where the publisher gives a range of them.
    async fn average_high(&self) -> async_graphql::Result<Option<Money>> {
        self.money(self.0.average_high)
    }

    /// The upper end; what exactly that is, the publisher decides.
    async fn high(&self) -> async_graphql::Result<Option<Money>> {
        self.money(self.0.high)
    }
}

/// Demand for a role in a month, as a third party published it.
#[derive(Clone)]
pub struct CitedDemand(pub cited_demand::Model);

/// Demand for a role in a month, as a third party published it.
#[Object(cache_control(max_age = 300))]
impl CitedDemand {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::CitedDemand, self.0.id).into()
    }

    /// Who published it.
    async fn publisher(&self) -> &str {
        &self.0.publisher
    }

    /// The month it is about.
    async fn month(&self) -> YearMonth {
        YearMonth(self.0.month)
    }

    /// The country it is about (ISO 3166-1); null for the publisher's whole audience.
    async fn country_code(&self) -> Option<CountryCode> {
        self.0.country_code.clone().map(CountryCode)
    }

    /// Open postings.
    async fn open_postings(&self) -> Option<i32> {
        self.0.open_postings
    }

    /// Employers with at least one of them.
    async fn employers_hiring(&self) -> Option<i32> {
        self.0.employers_hiring
    }

    /// People who look for such a job.
    async fn job_seekers(&self) -> Option<i32> {
        self.0.job_seekers
    }

    /// `jobSeekers` divided by `openPostings`, with two decimals, half to even; null unless both are stated and there
    /// is a posting.
    async fn seekers_per_posting(&self) -> Option<Decimal> {
        quotient(self.0.job_seekers?, self.0.open_postings?).map(Decimal)
    }

    /// Seekers per posting as the publisher prints it, rounding included; null if not printed.
    async fn stated_seekers_per_posting(&self) -> Option<Decimal> {
        self.0.seekers_per_posting.clone().map(Decimal)
    }

    /// Searches for the role in the month.
    async fn searches(&self) -> Option<i32> {
        self.0.searches
    }

    /// Candidates who searched in the month.
    async fn candidates_searching(&self) -> Option<i32> {
        self.0.candidates_searching
    }

    /// Employers who searched in the month.
    async fn employers_searching(&self) -> Option<i32> {
        self.0.employers_searching
    }
}

/// A quotient of two counts with two decimals; `None` when nothing can be divided by.
fn quotient(seekers: i32, postings: i32) -> Option<String> {
    let exact = Number::from(seekers).checked_div(Number::from(postings))?;
    Some(format!("{:.2}", exact.round_dp(2)))
}

/// A forecast of employment in an occupation, as a third party published it.
#[derive(Clone)]
pub struct Outlook(pub outlook::Model);

/// A forecast of employment in an occupation, as a third party published it.
#[Object(cache_control(max_age = 300))]
impl Outlook {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Outlook, self.0.id).into()
    }

    /// Who published it.
    async fn publisher(&self) -> &str {
        &self.0.publisher
    }

    /// The occupation as the publisher names it.
    async fn occupation(&self) -> &str {
        &self.0.occupation
    }

    /// First year of the forecast.
    async fn from_year(&self) -> i32 {
        self.0.from_year
    }

    /// Last year of the forecast.
    async fn to_year(&self) -> i32 {
        self.0.to_year
    }

    /// Growth of employment from the first year to the last, in percent.
    async fn growth_percent(&self) -> f64 {
        self.0.growth_percent
    }

    /// Growth of employment in all occupations over these years, in percent.
    async fn all_occupations_growth_percent(&self) -> Option<f64> {
        self.0.all_occupations_growth_percent
    }

    /// Openings in an average year.
    async fn openings_per_year(&self) -> Option<i32> {
        self.0.openings_per_year
    }
}

/// A course that leads to a role, as its provider lists it.
#[derive(Clone)]
pub struct Course(pub course::Model);

/// A course that leads to a role, as its provider lists it.
#[Object(cache_control(max_age = 300))]
impl Course {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Course, self.0.id).into()
    }

    /// Name of the course.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Who gives it.
    async fn provider(&self) -> &str {
        &self.0.provider
    }

    /// People enrolled.
    async fn enrolled(&self) -> Option<i32> {
        self.0.enrolled
    }

    /// Ratings given.
    async fn ratings(&self) -> Option<i32> {
        self.0.ratings
    }
}

/// A way of learning a role.
#[derive(Clone)]
pub struct TrainingPath(pub training_path::Model);

/// A way of learning a role.
#[Object(cache_control(max_age = 300))]
impl TrainingPath {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::TrainingPath, self.0.id).into()
    }

    /// What it is.
    async fn kind(&self) -> TrainingKind {
        self.0.kind.into()
    }

    /// How many weeks it takes at the least.
    async fn min_weeks(&self) -> i32 {
        self.0.min_weeks
    }

    /// How many weeks it takes at the most.
    async fn max_weeks(&self) -> i32 {
        self.0.max_weeks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seekers_per_posting_is_the_quotient_of_what_was_published() {
        assert_eq!(quotient(86_504, 2_924).as_deref(), Some("29.58"));
        assert_eq!(quotient(1, 8).as_deref(), Some("0.12"));
        assert_eq!(quotient(3, 8).as_deref(), Some("0.38"));
        assert_eq!(quotient(7, 1).as_deref(), Some("7.00"));
        assert_eq!(quotient(0, 5).as_deref(), Some("0.00"));
        assert_eq!(quotient(5, 0), None);
    }
}
