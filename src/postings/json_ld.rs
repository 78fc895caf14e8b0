//! A posting as schema.org's JobPosting, the form in which search engines read jobs.

use chrono::SecondsFormat;
use sea_orm::ActiveEnum;
use serde_json::{Map, Value, json};

use super::model::pay_of;
use crate::entities::sets::{EmploymentType, PayPeriod, Workplace};
use crate::entities::{employer, place, posting};
use crate::ids::{self, Kind};
use crate::money::{PayRange, format_amount};

/// The JSON-LD object. What the posting does not say is left out, as schema.org wants it.
#[must_use]
pub fn job_posting(
    posting: &posting::Model,
    employer: &employer::Model,
    places: &[place::Model],
    countries: &[String],
) -> Value {
    let at = |at: crate::clock::Timestamp| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut object = Map::new();
    let mut put = |name: &str, value: Option<Value>| value.map(|value| object.insert(name.to_owned(), value));
    put("@context", Some(json!("https://schema.org/")));
    put("@type", Some(json!("JobPosting")));
    put("title", Some(json!(posting.title)));
    put("description", Some(json!(posting.description)));
    let id = ids::encode(Kind::Posting, posting.id);
    put("identifier", Some(json!({"@type": "PropertyValue", "name": employer.name, "value": id})));
    put("datePosted", posting.published_at.map(|published| json!(at(published))));
    put("validThrough", posting.valid_through.map(|end| json!(at(end))));
    let types: Vec<_> = EmploymentType::of_bits(posting.employment_types).iter().map(ActiveEnum::to_value).collect();
    put("employmentType", (!types.is_empty()).then(|| json!(types)));
    put("hiringOrganization", Some(organization(employer)));
    let locations: Vec<_> = places.iter().map(location).collect();
    put("jobLocation", (!locations.is_empty()).then(|| json!(locations)));
    if posting.workplace == Workplace::Remote {
        put("jobLocationType", Some(json!("TELECOMMUTE")));
        let from: Vec<_> = countries.iter().map(|code| json!({"@type": "Country", "name": code})).collect();
        put("applicantLocationRequirements", (!from.is_empty()).then(|| json!(from)));
    }
    put("baseSalary", pay_of(posting).and_then(|pay| salary(&pay)));
    put("totalJobOpenings", Some(json!(posting.openings)));
    put(
        "experienceRequirements",
        posting
            .experience_months
            .map(|months| json!({"@type": "OccupationalExperienceRequirements", "monthsOfExperience": months})),
    );
    put("directApply", Some(json!(posting.apply_kind == crate::entities::sets::ApplyKind::Internal)));
    Value::Object(object)
}

fn organization(employer: &employer::Model) -> Value {
    let mut object = json!({"@type": "Organization", "name": employer.name});
    if let Some(website) = &employer.website {
        object["sameAs"] = json!(website);
    }
    object
}

fn location(place: &place::Model) -> Value {
    let mut address = json!({"@type": "PostalAddress", "addressCountry": place.country_code});
    if let Some(region) = &place.region_code {
        address["addressRegion"] = json!(region);
    }
    if let Some(city) = &place.city {
        address["addressLocality"] = json!(city);
    }
    json!({"@type": "Place", "address": address})
}

fn salary(pay: &PayRange) -> Option<Value> {
    let amount = |minor: i64| format_amount(minor.into(), pay.currency()).parse::<serde_json::Number>().ok();
    let mut value = json!({"@type": "QuantitativeValue", "unitText": PayPeriod::from(pay.period()).to_value()});
    match (pay.min(), pay.max()) {
        (Some(min), Some(max)) if min == max => value["value"] = json!(amount(min)?),
        (min, max) => {
            min.or(max)?;
            if let Some(min) = min {
                value["minValue"] = json!(amount(min)?);
            }
            if let Some(max) = max {
                value["maxValue"] = json!(amount(max)?);
            }
        }
    }
    Some(json!({"@type": "MonetaryAmount", "currency": pay.currency().code(), "value": value}))
}
