//! Lines of an import, damaged in every way, among good ones: each line is loaded or refused with its number and a reason,
//! and whatever is wrong with one, the good ones beside it are loaded.

use std::collections::BTreeSet;

use rolecall::import::load::Batch;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Dice, config};
use crate::import::import;
use crate::support::{TestApp, on_both_databases};

/// What is put where something else was.
fn silly(dice: &mut Dice) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(i64::MAX),
        json!(1e300),
        json!(0.1),
        json!(""),
        json!(" "),
        json!("\u{0}"),
        json!("Ada\u{0}Lovelace"),
        json!("\u{202e}\u{1F980}"),
        json!("x".repeat(30_000)),
        json!("-262143-01-01"),
        json!("-4714-11-23"),
        json!("0000-01"),
        json!("-262143-01-01T00:00:00Z"),
        json!("+262142-12-31T23:59:59Z"),
        json!("9999-12-31T23:59:59.999999999Z"),
        json!("2016-12-31T23:59:60Z"),
        json!("99999999999999999999999999"),
        json!([]),
        json!({}),
        json!([null]),
        json!(vec!["x"; 300]),
    ];
    dice.pick(&values).clone()
}

/// Puts something silly somewhere into a value, or takes something out.
fn spoil(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let keys: Vec<_> = fields.keys().cloned().collect();
            let key = dice.pick(&keys).clone();
            match dice.below(10) {
                0 => drop(fields.remove(&key)),
                1 => drop(fields.insert("surprise".to_owned(), silly(dice))),
                2..6 => drop(fields.insert(key, silly(dice))),
                _ => spoil(&mut fields[&key], dice),
            }
        }
        Value::Array(items) if !items.is_empty() && !dice.percent(40) => {
            let at = dice.below(items.len());
            spoil(&mut items[at], dice);
        }
        other => *other = silly(dice),
    }
}

/// A line that was right, as bytes that may be anything.
fn damaged(mut record: Value, dice: &mut Dice) -> Vec<u8> {
    for _ in 0..=dice.below(2) {
        spoil(&mut record, dice);
    }
    let mut line = record.to_string().into_bytes();
    if dice.percent(30) {
        for _ in 0..=dice.below(3) {
            let at = dice.below(line.len());
            if line.len() < 2 {
                break;
            }
            match dice.below(4) {
                0 => drop(line.remove(at)),
                1 => line[at] = u8::try_from(dice.below(256)).expect("a byte"),
                2 => line.truncate(at.max(1)),
                _ => line.splice(at..at, *b"\\ud800").for_each(drop),
            }
        }
    }
    // A line has no end within it.
    line.retain(|byte| *byte != b'\n');
    line
}

/// What is called so by nobody else, even if a letter is another.
fn named(is_other: bool, kind: &str, at: usize) -> String {
    if is_other { format!("other-{kind}-{at}") } else { format!("{kind}{at}") }
}

fn employer(name: &str) -> Value {
    json!({"externalId": name, "name": format!("Employer {name}"), "about": "Engines.", "website": "https://engines.example",
        "industry": "healthcare", "isVerified": true})
}

fn posting(name: &str) -> Value {
    json!({"externalId": name, "employer": "e", "title": "Backend Developer", "workplace": "HYBRID", "openings": 2,
        "description": "You write the services behind the board.", "employmentTypes": ["FULL_TIME"],
        "places": [{"countryCode": "US", "regionCode": "US-NY", "city": "New York"}], "experienceLevel": "SENIOR",
        "pay": {"min": 120_000, "max": "150000.50", "currency": "USD", "period": "YEAR", "hoursPerWeek": 38.5},
        "skillRequirements": [{"skill": "rust", "importance": "REQUIRED", "minLevel": 3, "minMonths": 12, "weight": 5}],
        "status": "CLOSED", "publishedAt": "2026-01-01T00:00:00Z", "validThrough": "2026-02-01T00:00:00Z",
        "closedAt": "2026-01-20T00:00:00Z"})
}

fn candidate(name: &str) -> Value {
    json!({"externalId": name, "email": format!("{name}@example.org"), "name": "Ada", "headline": "Engines",
        "searchStatus": "ACTIVE", "targetRoles": ["backend-developer"], "targetPlaces": [{"countryCode": "US"}], "remote": true,
        "skills": [{"skill": "rust", "level": 4, "months": 30}], "lastActiveAt": "2026-11-01T00:00:00Z"})
}

fn application(name: &str) -> Value {
    json!({"externalId": name, "posting": {"employer": "e", "externalId": "p"}, "candidate": name,
        "submittedAt": "2026-01-02T00:00:00Z", "status": "REJECTED"})
}

fn day(name: &str) -> Value {
    json!({"day": format!("{name}-01"), "role": "backend-developer", "country": "DE", "postings": 40,
        "openings": 50, "employers": 12, "applications": 90, "applicants": 60, "seekers": 130, "qualifiedSeekers": 40,
        "pay": [{"currency": "EUR", "sampleSize": 30, "employers": 10, "p10": "48000", "p25": 55000, "median": "64000.50",
            "p75": "72000", "p90": "81000"}]})
}

fn month(name: &str) -> Value {
    json!({"role": "backend-developer", "month": name, "searches": 900, "candidatesSearching": 300, "employersSearching": 20})
}

/// A line for itself that was right before `spoil`, between lines that are right; each is accounted for.
async fn hold<T: DeserializeOwned>(
    app: &TestApp,
    record: fn(&str) -> Value,
    name: impl Fn(bool, usize) -> String,
    batch_of: fn(Vec<(u64, T)>) -> Batch,
) {
    let mut refused = 0;
    // There are so many months in the past.
    let rounds = config(12).cases.min(90);
    for round in 0..rounds as usize {
        let mut dice = Dice(round as u64);
        let (mut lines, mut good) = (Vec::new(), BTreeSet::new());
        for at in 0..14 {
            if at % 2 == 0 {
                good.insert(lines.len() as u64 + 1);
                lines.push(record(&name(false, round * 7 + at / 2)).to_string().into_bytes());
            } else {
                lines.push(damaged(record(&name(true, round * 7 + at / 2)), &mut dice));
            }
        }
        let report = import(app, false, lines.join(&b'\n'), batch_of).await;
        let told: BTreeSet<_> = report.rejects.iter().map(|reject| reject.line).collect();
        let text = || lines.iter().map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>().join("\n");
        assert!(told.is_disjoint(&good), "round {round}: good lines were refused: {:?} of\n{}", report.rejects, text());
        assert!(report.rejects.iter().all(|reject| !reject.reason.is_empty()), "round {round}: {:?}", report.rejects);
        let is_blank = |line: &&Vec<u8>| std::str::from_utf8(line).is_ok_and(|text| text.trim().is_empty());
        let blank = lines.iter().filter(is_blank).count() as u64;
        let counted = report.created + report.updated + report.unchanged + told.len() as u64 + blank;
        assert_eq!(counted, lines.len() as u64, "round {round}: {report:?} of\n{}", text());
        assert!(report.created >= good.len() as u64, "round {round}: {report:?}");
        refused += told.len();
    }
    assert!(refused > rounds as usize, "{refused} lines were refused");
}

on_both_databases! {
    async fn damaged_lines_of_employers_and_postings_stop_no_others(app: TestApp) {
        hold(app, employer, |is_other, at| named(is_other, "e", at), Batch::Employers).await;
        import(app, false, employer("e").to_string(), Batch::Employers).await;
        hold(app, posting, |is_other, at| named(is_other, "p", at), Batch::Postings).await;
    }

    async fn damaged_lines_of_candidates_and_applications_stop_no_others(app: TestApp) {
        hold(app, candidate, |is_other, at| named(is_other, "c", at), Batch::Candidates).await;
        import(app, false, employer("e").to_string(), Batch::Employers).await;
        import(app, false, posting("p").to_string(), Batch::Postings).await;
        let people = (0..config(12).cases.min(90) as usize * 7).flat_map(|at| [false, true].map(|is_other| named(is_other, "a", at)));
        let people: Vec<_> = people.map(|name| candidate(&name).to_string().into_bytes()).collect();
        assert_eq!(import(app, false, people.join(&b'\n'), Batch::Candidates).await.created, people.len() as u64);
        hold(app, application, |is_other, at| named(is_other, "a", at), Batch::Applications).await;
    }

    async fn damaged_lines_of_the_past_stop_no_others(app: TestApp) {
        let month_of = |is_other, at: usize| format!("{}-{:02}", if is_other { 1_960 } else { 1_900 } + at / 12, at % 12 + 1);
        hold(app, month, month_of, Batch::SearchMonths).await;
        hold(app, day, month_of, Batch::MarketDays).await;
    }
}
