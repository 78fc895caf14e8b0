//! NYC Jobs: postings of the City of New York, as its open data portal published them on 19 March 2019.

mod agencies;

use std::io::Read;

use chrono::NaiveDate;
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::naming::readable;
use super::records::{Amount, EmployerRecord, PayRecord, PlaceRecord, PostingRecord};
use super::source::{PostingDates, Row, RowError, Shift, SourceItem, SourcePosting, Told};
use super::source::{bullet, level_word, newest_in_column, unreadable};

/// The bundled export, unpacked as it is read.
#[must_use]
pub fn bundled() -> impl Read + Send {
    GzDecoder::new(&include_bytes!("../../data/postings/nyc_jobs_2019.csv.gz")[..])
}

/// The newest publication in a file.
///
/// # Errors
/// The file is no CSV.
pub fn newest_publication<R: Read>(reader: R) -> Result<Option<NaiveDate>, RowError> {
    newest_in_column(reader, "posting_date")
}

/// Reads a file of NYC Jobs.
///
/// # Errors
/// The header cannot be read, or is another one.
pub fn read<R: Read>(reader: R, shift: Shift) -> Result<NycJobs<R>, RowError> {
    let mut reader = csv::Reader::from_reader(reader);
    let columns = reader.headers().map_err(|error| unreadable(&error))?.clone();
    for column in ["job_id", "agency", "business_title", "posting_date"] {
        if !columns.iter().any(|name| name == column) {
            return Err(RowError { line: 1, path: column.to_owned(), reason: "the column is missing".to_owned() });
        }
    }
    Ok(NycJobs { reader, cells: csv::StringRecord::new(), columns, shift, told: Told::default(), waiting: None })
}

/// Employers and postings of a file, one at a time.
#[derive(Debug)]
pub struct NycJobs<R> {
    reader: csv::Reader<R>,
    cells: csv::StringRecord,
    columns: csv::StringRecord,
    shift: Shift,
    told: Told,
    waiting: Option<SourceItem>,
}

impl<R: Read> Iterator for NycJobs<R> {
    type Item = Result<SourceItem, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(posting) = self.waiting.take() {
            return Some(Ok(posting));
        }
        match self.reader.read_record(&mut self.cells) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(unreadable(&error))),
        }
        let row = Row { columns: &self.columns, cells: &self.cells };
        let employer = match employer(&row) {
            Ok(employer) => employer,
            Err(error) => return Some(Err(error)),
        };
        let posting = match posting(&row, &employer, self.shift) {
            Ok(record) => SourceItem::Posting(Box::new(SourcePosting { record, role_hint: None })),
            Err(error) => return Some(Err(error)),
        };
        if self.told.first(&employer.external_id) {
            self.waiting = Some(posting);
            return Some(Ok(SourceItem::Employer(employer)));
        }
        Some(Ok(posting))
    }
}

fn employer(row: &Row<'_>) -> Result<EmployerRecord, RowError> {
    let agency = row.get("agency");
    if agency.is_empty() {
        return Err(row.fault("agency", "the agency is empty"));
    }
    let name = agencies::name(agency);
    Ok(EmployerRecord {
        external_id: slug::slugify(&name),
        about: Some(format!("{name}, an agency of the City of New York. Postings come from NYC Open Data (NYC Jobs).")),
        industry: Some("government-and-public-sector".to_owned()),
        is_verified: true,
        name,
        ..EmployerRecord::default()
    })
}

fn posting(row: &Row<'_>, employer: &EmployerRecord, shift: Shift) -> Result<PostingRecord, RowError> {
    let published = row.date("posting_date")?;
    let renewed = row.maybe_date("posting_updated")?.unwrap_or(published);
    let closes = row.maybe_date("post_until")?;
    let (published_at, valid_through) = shift.span(&PostingDates { published, renewed, closes });
    let title = readable(&row.title("business_title")?);
    Ok(PostingRecord {
        external_id: external_id(row)?,
        employer: employer.external_id.clone(),
        description: description(row, &title, &employer.name),
        workplace: "ONSITE".to_owned(),
        employment_types: vec![if row.get("full_part") == "P" { "PART_TIME" } else { "FULL_TIME" }.to_owned()],
        experience_level: level_word(&title),
        places: vec![place()],
        openings: openings(row)?,
        pay: pay(row)?,
        status: Some("PUBLISHED".to_owned()),
        published_at: Some(published_at),
        valid_through: Some(valid_through),
        title,
        ..PostingRecord::default()
    })
}

/// Number and kind are not unique in the source (one job may be posted for several places), so a hash of the whole row
/// follows them. It is always there, which keeps names the same when rows change their order.
fn external_id(row: &Row<'_>) -> Result<String, RowError> {
    let (job, kind) = (row.get("job_id"), row.get("posting_type").to_lowercase());
    if job.is_empty() {
        return Err(row.fault("job_id", "the number is empty"));
    }
    let mut hasher = Sha256::new();
    for cell in row.cells {
        hasher.update(cell.as_bytes());
        hasher.update([0]);
    }
    let digest = hasher.finalize();
    let short = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    Ok(format!("{job}-{kind}-{short:08x}"))
}

/// The source names streets and, for a few, places around the city; what it means is work for the city.
fn place() -> PlaceRecord {
    PlaceRecord {
        country_code: "US".to_owned(),
        region_code: Some("US-NY".to_owned()),
        city: Some("New York".to_owned()),
    }
}

fn openings(row: &Row<'_>) -> Result<Option<i32>, RowError> {
    match row.get("positions") {
        "" => Ok(None),
        count => match count.parse() {
            Ok(count) if count > 0 => Ok(Some(count)),
            _ => Err(row.fault("positions", format!("{count:?} is no number of positions"))),
        },
    }
}

/// Pay, unless its lower bound is zero, which means "not stated" in this source.
fn pay(row: &Row<'_>) -> Result<Option<PayRecord>, RowError> {
    let period = match row.get("salary_frequency") {
        "Annual" => "YEAR",
        "Hourly" => "HOUR",
        "Daily" => "DAY",
        "" => return Ok(None),
        other => return Err(row.fault("salary_frequency", format!("{other:?} is no known frequency"))),
    };
    let bound = |column: &str| match row.get(column) {
        "" => Ok(None),
        // Hourly rates come with more decimals than a dollar has.
        cell => Amount::parse(cell)
            .map(|amount| Some(amount.rounded(2)))
            .map_err(|error| row.fault(column, format!("{cell:?}: {error}"))),
    };
    let (min, max) = (bound("salary_from")?, bound("salary_to")?);
    let is_stated = row.get("salary_from").contains(|c: char| matches!(c, '1'..='9'));
    let pay = PayRecord { min, max, currency: "USD".to_owned(), period: period.to_owned(), hours_per_week: None };
    Ok(is_stated.then_some(pay))
}

fn description(row: &Row<'_>, title: &str, agency: &str) -> String {
    let mut text = format!("{title} with the {agency}, City of New York.\n");
    bullet(&mut text, "Division", row.get("division"));
    bullet(&mut text, "Civil service title", &civil_service_title(row));
    bullet(&mut text, "Category", row.get("job_category"));
    let hours = match row.get("full_part") {
        "F" => "full time",
        "P" => "part time",
        _ => "",
    };
    bullet(&mut text, "Hours", hours);
    bullet(&mut text, "Positions", row.get("positions"));
    bullet(&mut text, "Work location", row.get("work_location"));
    let kind = match row.get("posting_type") {
        "Internal" => "internal, for people who work for the city already",
        "External" => "external, for everybody",
        _ => "",
    };
    bullet(&mut text, "Kind of posting", kind);
    bullet(&mut text, "Job number", row.get("job_id"));
    text
}

fn civil_service_title(row: &Row<'_>) -> String {
    let (title, code, level) = (row.get("civil_service_title"), row.get("title_code"), row.get("level"));
    if title.is_empty() {
        return String::new();
    }
    format!("{} (title code {code}, level {level})", readable(title))
}

#[cfg(test)]
mod tests;
