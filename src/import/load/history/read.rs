//! Records of the past, read: each with all that is wrong with it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::error::{Code, Failure, Refusal, Refusals};
use crate::ids::{self, Kind};
use crate::import::records::{MarketDayRecord, PayDayRecord, SearchMonthRecord};
use crate::market::cells::{CellFigures, Countries, PayFigures, ScopeCell};
use crate::market::seekers::SeekerCounts;
use crate::money::{Currency, parse_amount};
use crate::reference::Reference;
use crate::search::demand::month_of;

/// A month of searches of a role: all of them, those candidates and those employers who searched.
pub type Month = ((Uuid, NaiveDate), [i64; 3]);

/// The figures of a cell on a day before today.
///
/// # Errors
/// All that is wrong, each at its argument.
pub fn read_day(record: &MarketDayRecord, reference: &Reference, today: NaiveDate) -> Result<CellFigures, Failure> {
    let mut refusals = Refusals::default();
    let role = record.role.as_deref().map(|slug| refusals.keep(role_of("role", slug, reference)));
    let countries = match record.country.as_deref() {
        None => Some(Countries::All),
        Some(code) => refusals.keep(country(code)).map(Countries::One),
    };
    if record.day >= today {
        refusals.add(Code::Invalid, "day", "A day before today; today is counted by the board itself.");
    }
    let pay = read_pays(&record.pay, &mut refusals);
    let counts = SeekerCounts {
        postings: record.postings.into(),
        openings: record.openings.unwrap_or(record.postings).into(),
        employers: record.employers.into(),
        applications: record.applications.into(),
        applicants: record.applicants.into(),
        seekers: record.seekers.into(),
        qualified_seekers: record.qualified_seekers.into(),
    };
    let bounds = [
        ("employers", counts.employers <= counts.postings, "No more than postings."),
        ("applicants", counts.applicants <= counts.applications, "No more than applications."),
        ("applicants", counts.applicants <= counts.seekers, "No more than seekers: whoever applied seeks."),
        ("qualifiedSeekers", counts.qualified_seekers <= counts.seekers, "No more than seekers."),
    ];
    for (path, _, words) in bounds.into_iter().filter(|(_, holds, _)| !holds) {
        refusals.add(Code::Invalid, path, words);
    }
    match (role, countries) {
        (None | Some(Some(_)), Some(countries)) if refusals.is_empty() => {
            Ok(CellFigures { cell: ScopeCell { role: role.flatten(), countries }, counts, pay })
        }
        _ => Err(Failure::Refused(refusals.into_list())),
    }
}

fn read_pays(records: &[PayDayRecord], refusals: &mut Refusals) -> BTreeMap<Currency, PayFigures> {
    let mut pay = BTreeMap::new();
    for (at, record) in records.iter().enumerate() {
        if let Some((currency, figures)) = refusals.keep(read_pay(at, record))
            && pay.insert(currency, figures).is_some()
        {
            refusals.add(Code::Duplicate, &format!("pay.{at}.currency"), "This currency is there already.");
        }
    }
    pay
}

fn read_pay(at: usize, record: &PayDayRecord) -> Result<(Currency, PayFigures), Refusal> {
    let path = |name: &str| format!("pay.{at}.{name}");
    let refuse = |name: &str, words: String| Refusal::new(Code::Invalid, &path(name), words);
    let currency = Currency::parse(record.currency.trim());
    let currency = currency.map_err(|_| refuse("currency", "A currency of ISO 4217.".to_owned()))?;
    let written = [
        ("p10", &record.p10),
        ("p25", &record.p25),
        ("median", &record.median),
        ("p75", &record.p75),
        ("p90", &record.p90),
    ];
    let mut percentiles = [0; 5];
    let mut least = 0;
    for (minor, (name, amount)) in percentiles.iter_mut().zip(written) {
        let amount = parse_amount(&amount.to_decimal(), currency).map_err(|error| refuse(name, error.to_string()))?;
        *minor = i128::from(amount);
        if *minor < least {
            return Err(refuse(name, "Percentiles ascend from zero.".to_owned()));
        }
        least = *minor;
    }
    if record.sample_size == 0 || record.employers == 0 || record.employers > record.sample_size {
        return Err(refuse("sampleSize", "At least one posting, and an employer for each at the most.".to_owned()));
    }
    let (sample, employers) = (record.sample_size.into(), record.employers.into());
    Ok((currency, PayFigures { sample, employers, percentiles }))
}

/// The searches of a month before this one.
///
/// # Errors
/// All that is wrong, each at its argument.
pub fn read_month(record: &SearchMonthRecord, reference: &Reference, today: NaiveDate) -> Result<Month, Failure> {
    let mut refusals = Refusals::default();
    let role = refusals.keep(role_of("role", &record.role, reference));
    let month = format!("{}-01", record.month).parse::<NaiveDate>().ok().filter(|_| record.month.len() == 7);
    if month.is_none_or(|month| month >= month_of(today)) {
        refusals.add(Code::Invalid, "month", "A month before this one, as in 2026-01.");
    }
    let searchers =
        [("candidatesSearching", record.candidates_searching), ("employersSearching", record.employers_searching)];
    for (path, _) in searchers.into_iter().filter(|(_, count)| *count > record.searches) {
        refusals.add(Code::Invalid, path, "No more than searches.");
    }
    match (role, month) {
        (Some(role), Some(month)) if refusals.is_empty() => {
            let counts = [record.searches, record.candidates_searching, record.employers_searching];
            Ok(((role, month), counts.map(i64::from)))
        }
        _ => Err(Failure::Refused(refusals.into_list())),
    }
}

fn role_of(path: &str, slug: &str, reference: &Reference) -> Result<Uuid, Refusal> {
    let id = ids::of_name(Kind::Role, slug.trim());
    let is_known = reference.roles.contains(&id);
    is_known.then_some(id).ok_or_else(|| Refusal::new(Code::NotFound, path, "There is no role of this slug."))
}

fn country(code: &str) -> Result<String, Refusal> {
    let code = code.trim();
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code
        .then(|| code.to_owned())
        .ok_or_else(|| Refusal::new(Code::Invalid, "country", "A code of ISO 3166-1, as in DE."))
}
