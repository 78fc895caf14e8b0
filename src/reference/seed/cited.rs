//! What third parties published about roles.

use std::collections::HashMap;

use anyhow::Context;
use chrono::NaiveDate;
use sea_orm::{ActiveEnum, Set};
use uuid::Uuid;

use super::super::bundle::{CitedDemandRecord, CitedSalaryRecord, RoleRecord};
use super::whole;
use crate::entities::{cited_demand, cited_salary, course, outlook, training_path};
use crate::ids::{self, Kind};
use crate::money::{Currency, parse_amount};

/// What is to be written.
#[derive(Default)]
pub struct Rows {
    /// Salaries.
    pub salaries: Vec<cited_salary::ActiveModel>,
    /// Demand figures.
    pub demand: Vec<cited_demand::ActiveModel>,
    /// Forecasts.
    pub outlooks: Vec<outlook::ActiveModel>,
    /// Courses.
    pub courses: Vec<course::ActiveModel>,
    /// Ways of learning.
    pub training_paths: Vec<training_path::ActiveModel>,
}

/// Makes identifiers of what a figure says it is about, not of its place in a list, so that it keeps its identifier
/// when others are added. Figures about the same thing are numbered.
struct Names<'r> {
    role: &'r str,
    used: HashMap<(&'static str, String), usize>,
}

impl Names<'_> {
    fn id(&mut self, kind: Kind, table: &'static str, about: &[&str]) -> Uuid {
        let about = format!("{}/{}", self.role, about.join("/"));
        let number = self.used.entry((table, about.clone())).or_insert(0);
        *number += 1;
        ids::of_name(kind, &format!("{about}/{number}"))
    }
}

impl Rows {
    /// Adds what was published about a role. `countries` has their names by code.
    pub fn add(&mut self, role: Uuid, record: &RoleRecord, countries: &HashMap<&str, &str>) -> anyhow::Result<()> {
        let mut names = Names { role: &record.slug, used: HashMap::new() };
        for (position, salary) in record.cited_salaries.iter().enumerate() {
            let row = salary_row(role, whole(position)?, salary, countries, &mut names);
            self.salaries.push(row.with_context(|| format!("a cited salary of {}", record.slug))?);
        }
        for (position, demand) in record.cited_demand.iter().enumerate() {
            let row = demand_row(role, whole(position)?, demand, &mut names);
            self.demand.push(row.with_context(|| format!("a cited demand figure of {}", record.slug))?);
        }
        for (position, outlook) in record.outlooks.iter().enumerate() {
            let years = format!("{}-{}", outlook.from_year, outlook.to_year);
            let about = [outlook.publisher.as_str(), outlook.occupation.as_str(), years.as_str()];
            self.outlooks.push(outlook::ActiveModel {
                id: Set(names.id(Kind::Outlook, "outlook", &about)),
                role_id: Set(role),
                position: Set(whole(position)?),
                publisher: Set(outlook.publisher.clone()),
                occupation: Set(outlook.occupation.clone()),
                from_year: Set(outlook.from_year),
                to_year: Set(outlook.to_year),
                growth_percent: Set(outlook.growth_percent),
                all_occupations_growth_percent: Set(outlook.all_occupations_growth_percent),
                openings_per_year: Set(outlook.openings_per_year.map(whole).transpose()?),
            });
        }
        self.add_learning(role, record, &mut names)
    }

    fn add_learning(&mut self, role: Uuid, record: &RoleRecord, names: &mut Names) -> anyhow::Result<()> {
        for (position, course) in record.courses.iter().enumerate() {
            self.courses.push(course::ActiveModel {
                id: Set(names.id(Kind::Course, "course", &[&course.provider, &course.title])),
                role_id: Set(role),
                position: Set(whole(position)?),
                title: Set(course.title.clone()),
                provider: Set(course.provider.clone()),
                enrolled: Set(course.enrolled.map(whole).transpose()?),
                ratings: Set(course.ratings.map(whole).transpose()?),
            });
        }
        for (position, path) in record.training_paths.iter().enumerate() {
            self.training_paths.push(training_path::ActiveModel {
                id: Set(names.id(Kind::TrainingPath, "training_path", &[&path.kind.to_value()])),
                role_id: Set(role),
                position: Set(whole(position)?),
                kind: Set(path.kind),
                min_weeks: Set(path.duration_weeks.min.into()),
                max_weeks: Set(path.duration_weeks.max.into()),
            });
        }
        Ok(())
    }
}

fn salary_row(
    role: Uuid,
    position: i32,
    salary: &CitedSalaryRecord,
    countries: &HashMap<&str, &str>,
    names: &mut Names,
) -> anyhow::Result<cited_salary::ActiveModel> {
    let place = &salary.place;
    let country = countries.get(place.country_code.as_str()).context("a country that is not bundled")?;
    let place_name = place.city.as_deref().or(place.region_name.as_deref()).unwrap_or(country);
    let as_of = salary.as_of.to_string();
    let level = salary.experience_level.map(|level| level.to_value()).unwrap_or_default();
    let period = salary.period.to_value();
    let about = [&salary.publisher, as_of.as_str(), &place.country_code, place_name, &salary.currency, &period, &level];
    let currency = Currency::parse(&salary.currency)?;
    let amount = |text: &Option<String>| text.as_deref().map(|text| parse_amount(text, currency)).transpose();
    Ok(cited_salary::ActiveModel {
        id: Set(names.id(Kind::CitedSalary, "cited_salary", &about)),
        role_id: Set(role),
        position: Set(position),
        publisher: Set(salary.publisher.clone()),
        as_of: Set(salary.as_of),
        country_code: Set(place.country_code.clone()),
        // Publishers name areas of their own, which have no code.
        region_code: Set(None),
        city: Set(place.city.clone()),
        place_name: Set(place_name.to_owned()),
        currency: Set(salary.currency.clone()),
        period: Set(salary.period),
        experience_level: Set(salary.experience_level),
        sample_size: Set(salary.sample_size.map(whole).transpose()?),
        low: Set(amount(&salary.low)?),
        average: Set(amount(&salary.average)?),
        average_low: Set(amount(&salary.average_low)?),
        average_high: Set(amount(&salary.average_high)?),
        high: Set(amount(&salary.high)?),
    })
}

fn demand_row(
    role: Uuid,
    position: i32,
    demand: &CitedDemandRecord,
    names: &mut Names,
) -> anyhow::Result<cited_demand::ActiveModel> {
    let about = [demand.publisher.as_str(), &demand.month, demand.country_code.as_deref().unwrap_or_default()];
    let month = NaiveDate::parse_from_str(&format!("{}-01", demand.month), "%Y-%m-%d");
    let count = |number: Option<u32>| number.map(whole).transpose();
    Ok(cited_demand::ActiveModel {
        id: Set(names.id(Kind::CitedDemand, "cited_demand", &about)),
        role_id: Set(role),
        position: Set(position),
        publisher: Set(demand.publisher.clone()),
        month: Set(month.with_context(|| format!("the month {:?}", demand.month))?),
        country_code: Set(demand.country_code.clone()),
        open_postings: Set(count(demand.open_postings)?),
        employers_hiring: Set(count(demand.employers_hiring)?),
        job_seekers: Set(count(demand.job_seekers)?),
        seekers_per_posting: Set(demand.stated_seekers_per_posting.map(|stated| stated.to_string())),
        searches: Set(count(demand.searches)?),
        candidates_searching: Set(count(demand.candidates_searching)?),
        employers_searching: Set(count(demand.employers_searching)?),
    })
}
