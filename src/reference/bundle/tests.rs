//! The bundled sets are whole, and every reference among them leads somewhere.

use std::collections::HashSet;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::*;

fn unique<'a>(values: impl IntoIterator<Item = &'a str>) -> HashSet<&'a str> {
    let mut seen = HashSet::new();
    for value in values {
        assert!(seen.insert(value), "{value} stands twice");
    }
    seen
}

#[test]
fn the_fingerprint_is_a_sha256_and_stays() {
    assert_eq!(fingerprint().len(), 64);
    assert_eq!(fingerprint(), fingerprint());
}

#[test]
fn currencies_have_their_minor_units() {
    let all = currencies().expect("currencies");
    unique(all.iter().map(|c| c.code.as_str()));
    let minor = |code: &str| all.iter().find(|c| c.code == code).map(|c| c.minor_unit);
    assert_eq!((minor("USD"), minor("JPY"), minor("BHD"), minor("XAU")), (Some(2), Some(0), Some(3), None));
    assert_eq!(all.iter().find(|c| c.code == "BGN").and_then(|c| c.withdrawn.as_deref()), Some("2026-01"));
    assert_eq!(all.len(), 176);
}

#[test]
fn every_rate_is_of_a_known_currency_and_days_ascend() {
    let all = currencies().expect("currencies");
    let known = unique(all.iter().map(|c| c.code.as_str()));
    let mut days = 0;
    let mut last = None;
    for day in exchange_rates().expect("header") {
        let day = day.expect("a day of rates");
        assert!(last < Some(day.date));
        assert!(day.rates.iter().all(|(code, _)| known.contains(code.as_str())));
        if day.date.to_string() == "1999-01-04" {
            assert!(day.rates.contains(&("USD".to_owned(), Decimal::new(11_789, 4))));
        }
        last = Some(day.date);
        days += 1;
    }
    assert_eq!((days, last.map(|d| d.to_string())), (7_126, Some("2026-10-30".to_owned())));
}

#[test]
fn places_hang_together() {
    let countries = countries().expect("countries");
    let codes = unique(countries.iter().map(|c| c.alpha2.as_str()));
    assert_eq!(codes.len(), 250);
    let currencies = currencies().expect("currencies");
    let money: HashSet<_> = currencies.iter().filter(|c| c.withdrawn.is_none()).map(|c| c.code.as_str()).collect();
    assert!(countries.iter().all(|c| c.currency.as_deref().is_none_or(|code| money.contains(code))));
    let regions = regions().expect("regions");
    unique(regions.iter().filter_map(|r| r.iso_code.as_deref()));
    assert!(regions.iter().all(|r| codes.contains(r.country.as_str())));
    assert!(regions.iter().all(|r| r.iso_code.as_ref().is_none_or(|iso| iso.starts_with(&format!("{}-", r.country)))));
    assert_eq!(regions.iter().filter(|r| r.country == "US").count(), 56);
    let known: HashSet<_> = regions.iter().map(|r| (r.country.as_str(), r.geonames_code.as_str())).collect();
    let cities = cities().expect("cities");
    assert_eq!(cities.len(), 34_006);
    assert!(cities.iter().all(|c| codes.contains(c.country.as_str()) && c.other_names.len() <= 4));
    let mut placed = cities.iter().filter_map(|c| Some((c.country.as_str(), c.geonames_region.as_deref()?)));
    assert!(placed.all(|place| known.contains(&place)));
    let york = cities.iter().find(|c| c.geonameid == 5_128_581).expect("New York");
    assert_eq!((york.name.as_str(), york.geonames_region.as_deref()), ("New York", Some("NY")));
    assert!(york.other_names.contains(&"New York City".to_owned()));
}

#[test]
fn skills_have_one_owner_per_name() {
    let all = skills().expect("skills");
    unique(all.iter().map(|s| s.slug.as_str()));
    let names: Vec<_> = all.iter().flat_map(|s| s.aliases.iter().chain([&s.name])).map(|n| n.to_lowercase()).collect();
    unique(names.iter().map(String::as_str));
    assert!(all.len() > 600);
    let called = |slug: &str| all.iter().find(|s| s.slug == slug).map(|s| s.name.as_str());
    assert_eq!(
        (called("c-plus-plus"), called("dot-net"), called("node-js")),
        (Some("C++"), Some(".NET"), Some("Node.js"))
    );
}

#[test]
fn every_reference_of_a_role_leads_somewhere() {
    let all = roles().expect("roles");
    let slugs = unique(all.iter().map(|r| r.slug.as_str()));
    let skills = skills().expect("skills");
    let skills = unique(skills.iter().map(|s| s.slug.as_str()));
    let industries = industries().expect("industries");
    let industries = unique(industries.iter().map(|i| i.slug.as_str()));
    assert!(all.len() > 900);
    for role in &all {
        let title = &role.title;
        assert!(role.similar.iter().all(|s| s != &role.slug && slugs.contains(s.as_str())), "similar of {title}");
        assert!(
            role.parent.as_ref().is_none_or(|p| p != &role.slug && slugs.contains(p.as_str())),
            "parent of {title}"
        );
        assert!(role.industries.iter().all(|i| industries.contains(i.as_str())), "industries of {title}");
        let used = unique(role.skills.iter().map(|s| s.skill.as_str()));
        assert!(used.iter().all(|s| skills.contains(s)), "skills of {title}");
        unique(role.similar.iter().map(String::as_str));
        unique(role.aliases.iter().map(String::as_str));
        assert!(!role.industries.is_empty() && role.title.len() <= 120);
        for salary in &role.cited_salaries {
            let CitedSalaryRecord { low, average, average_low, average_high, high, .. } = salary;
            let figures: Vec<_> = [low, average, average_low, average_high, high].into_iter().flatten().collect();
            assert!(!figures.is_empty() && figures.iter().all(|f| f.parse::<Decimal>().is_ok()), "salaries of {title}");
        }
    }
}

#[test]
fn parents_form_no_circle() {
    let all = roles().expect("roles");
    for role in &all {
        let mut at = role;
        for _ in 0..5 {
            let Some(parent) = at.parent.as_ref() else { break };
            at = all.iter().find(|r| &r.slug == parent).expect("the parent");
        }
        assert_eq!(at.parent, None, "{} has no end upwards", role.slug);
    }
}

/// The file of facts about the role, as it came.
fn facts() -> Value {
    serde_json::from_str(include_str!("../../../data/roles/backend-developer.json")).expect("valid JSON")
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn backend_developer_is_what_its_file_says() {
    let (facts, all, skills) = (facts(), roles().expect("roles"), skills().expect("skills"));
    let titled = |slug: &str| all.iter().find(|r| r.slug == slug).map(|r| r.title.as_str());
    let role = all.iter().find(|r| r.slug == "backend-developer").expect("the role");
    assert_eq!(role.title, facts["role"]["title"]);
    assert_eq!(role.aliases, texts(&facts["role"]["aliases"]));
    let similar: Vec<_> = role.similar.iter().filter_map(|slug| titled(slug)).collect();
    assert_eq!(similar, texts(&facts["role"]["similarTitles"]));
    let industries = industries().expect("industries");
    let named = |slug: &String| industries.iter().find(|i| &i.slug == slug).map(|i| i.name.as_str());
    assert_eq!(role.industries.iter().filter_map(named).collect::<Vec<_>>(), texts(&facts["role"]["industries"]));
    assert_eq!(json!(role.education_level), facts["role"]["educationLevel"]);
    assert_eq!(role.typical_experience, Some(YearsRecord { min_years: 2, max_years: 3 }));
    let stated: Vec<_> = facts["role"]["skills"].as_object().expect("groups").values().flat_map(texts).collect();
    assert_eq!(role.skills.len(), stated.len());
    for name in stated {
        let skill = skills.iter().find(|s| s.name == name).expect("a skill of that name");
        assert!(role.skills.iter().any(|s| s.skill == skill.slug), "{name}");
    }
    assert!(role.summary.is_some() && role.responsibilities.len() >= 5 && role.how_to_enter.len() >= 3);
}

#[test]
fn backend_developer_has_every_cited_figure() {
    let (facts, all) = (facts(), roles().expect("roles"));
    let role = all.iter().find(|r| r.slug == "backend-developer").expect("the role");
    let stated = facts["salaryBenchmarks"].as_array().expect("benchmarks");
    assert_eq!((role.cited_salaries.len(), stated.len()), (23, 23));
    let number = |text: &Option<String>| text.as_ref().map(|t| t.parse::<f64>().expect("a number"));
    for (ours, theirs) in role.cited_salaries.iter().zip(stated) {
        assert_eq!(ours.publisher, theirs["publisher"]);
        assert_eq!(ours.as_of.to_string(), theirs["asOf"]);
        assert_eq!(number(&ours.low), theirs["low"].as_f64());
        assert_eq!(number(&ours.average), theirs["average"].as_f64());
        assert_eq!(number(&ours.high), theirs["high"].as_f64());
        assert_eq!(number(&ours.average_low), theirs["averageRange"][0].as_f64());
        assert_eq!(number(&ours.average_high), theirs["averageRange"][1].as_f64());
        assert_eq!(number(&ours.stated_usd), theirs["statedUsd"].as_f64());
        assert_eq!(ours.place.city.as_deref(), theirs["city"].as_str());
        assert_eq!(ours.place.region_name.as_deref(), theirs["region"].as_str());
        assert_eq!(ours.sample_size.map(u64::from), theirs["sampleSize"].as_u64());
        assert_eq!(json!(ours.experience_level), theirs["experienceLevel"]);
    }
    assert_eq!(role.all_occupations_salary.as_ref().map(|w| w.average.as_str()), Some("56310"));
    assert_eq!((role.cited_demand.len(), role.outlooks.len(), role.courses.len()), (2, 3, 3));
    assert_eq!((role.cited_demand[0].job_seekers, role.cited_demand[0].open_postings), (Some(86_504), Some(2_924)));
    assert_eq!(role.training_paths.len(), 2);
}
