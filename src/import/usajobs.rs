//! USAJOBS: announcements of the United States federal government, from two exports with different columns.
//!
//! Neither export has pay; the grade stands in the description. 471 announcements are in both, so the control numbers
//! seen are kept by the caller and carried from file to file.

mod organisations;
mod places;
mod series;

use std::collections::HashSet;
use std::io::Read;

use chrono::NaiveDate;
use flate2::read::GzDecoder;

use super::naming::readable;
use super::records::{EmployerRecord, PostingRecord};
use super::source::{PostingDates, Row, RowError, Shift, SourceItem, SourcePosting, Told};
use super::source::{bullet, level_word, newest_in_column, unreadable};
use crate::reference::bundle::BundleError;
use places::Places;

/// The bundled export of 2025 with grades and locations, unpacked as it is read. Read it first: it knows more about an
/// announcement than the other.
#[must_use]
pub fn bundled_with_grades() -> impl Read + Send {
    GzDecoder::new(&include_bytes!("../../data/postings/usajobs_2025.csv.gz")[..])
}

/// The bundled export of 2024 and 2025 with agencies and hiring paths, unpacked as it is read.
#[must_use]
pub fn bundled_with_agencies() -> impl Read + Send {
    GzDecoder::new(&include_bytes!("../../data/postings/usajobs_agencies_2024_2025.csv.gz")[..])
}

/// Control numbers of announcements already read, so that a second file does not bring them again.
pub type Seen = HashSet<u64>;

/// Which of the two exports a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Grades,
    Agencies,
}

impl Layout {
    fn of(columns: &csv::StringRecord) -> Option<Self> {
        let has = |names: &[&str]| names.iter().all(|name| columns.iter().any(|column| column == *name));
        if !has(&["control_number", "agency", "occ_series", "open_date", "close_date"]) {
            return None;
        }
        match (has(&["title", "location", "grade"]), has(&["position_title", "department", "subagency"])) {
            (true, false) => Some(Self::Grades),
            (false, true) => Some(Self::Agencies),
            _ => None,
        }
    }

    fn title_column(self) -> &'static str {
        match self {
            Self::Grades => "title",
            Self::Agencies => "position_title",
        }
    }
}

/// Why a file of USAJOBS cannot be begun.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The header is that of neither export.
    #[error(transparent)]
    Header(#[from] RowError),
    /// The bundled names of states and countries cannot be read.
    #[error(transparent)]
    Places(#[from] BundleError),
}

/// The newest publication in a file.
///
/// # Errors
/// The file is no CSV.
pub fn newest_publication<R: Read>(reader: R) -> Result<Option<NaiveDate>, RowError> {
    newest_in_column(reader, "open_date")
}

/// Reads a file of either layout, leaving out announcements already seen.
///
/// # Errors
/// The header is that of neither export.
pub fn read<R: Read>(reader: R, shift: Shift, seen: &mut Seen) -> Result<UsaJobs<'_, R>, OpenError> {
    let mut reader = csv::Reader::from_reader(reader);
    let columns = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let layout = Layout::of(&columns).ok_or_else(|| RowError {
        line: 1,
        path: ".".to_owned(),
        reason: "the columns are those of neither USAJOBS export".to_owned(),
    })?;
    Ok(UsaJobs {
        reader,
        cells: csv::StringRecord::new(),
        columns,
        layout,
        places: Places::new()?,
        shift,
        seen,
        told: Told::default(),
        waiting: None,
        repeated: 0,
    })
}

/// Employers and postings of a file, one at a time.
#[derive(Debug)]
pub struct UsaJobs<'a, R> {
    reader: csv::Reader<R>,
    cells: csv::StringRecord,
    columns: csv::StringRecord,
    layout: Layout,
    places: Places,
    shift: Shift,
    seen: &'a mut Seen,
    told: Told,
    waiting: Option<SourceItem>,
    repeated: u64,
}

impl<R> UsaJobs<'_, R> {
    /// Announcements left out so far because they had been read before.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.repeated
    }
}

impl<R: Read> Iterator for UsaJobs<'_, R> {
    type Item = Result<SourceItem, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(posting) = self.waiting.take() {
            return Some(Ok(posting));
        }
        loop {
            match self.reader.read_record(&mut self.cells) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(unreadable(&error))),
            }
            let row = Row { columns: &self.columns, cells: &self.cells };
            let announcement = Announcement { row, layout: self.layout };
            let number = match announcement.number() {
                Ok(number) => number,
                Err(error) => return Some(Err(error)),
            };
            if self.seen.contains(&number) {
                self.repeated += 1;
                continue;
            }
            let employer = announcement.employer();
            let record = match announcement.posting(number, &employer, &self.places, self.shift) {
                Ok(record) => record,
                Err(error) => return Some(Err(error)),
            };
            self.seen.insert(number);
            let role_hint = series::role(announcement.series().0);
            let posting = SourceItem::Posting(Box::new(SourcePosting { record, role_hint }));
            if self.told.first(&employer.external_id) {
                self.waiting = Some(posting);
                return Some(Ok(SourceItem::Employer(employer)));
            }
            return Some(Ok(posting));
        }
    }
}

/// A row of either layout.
struct Announcement<'a> {
    row: Row<'a>,
    layout: Layout,
}

impl Announcement<'_> {
    fn number(&self) -> Result<u64, RowError> {
        let cell = self.row.get("control_number");
        cell.parse().map_err(|_| self.row.fault("control_number", format!("{cell:?} is no control number")))
    }

    /// Code and name of the first occupational series.
    fn series(&self) -> (&str, &str) {
        match self.layout {
            Layout::Grades => (self.row.get("occ_series"), self.row.get("occ_name")),
            Layout::Agencies => {
                let first = self.row.get("occ_series").split('|').next().unwrap_or_default();
                first.split_once(" - ").unwrap_or((first, ""))
            }
        }
    }

    fn employer(&self) -> EmployerRecord {
        let name = match self.layout {
            Layout::Grades => organisations::department(self.row.get("agency")),
            Layout::Agencies => {
                let [department, agency, unit] =
                    ["department", "agency", "subagency"].map(|column| self.row.get(column));
                organisations::employer(department, agency, unit)
            }
        };
        EmployerRecord {
            external_id: format!("usajobs-{}", slug::slugify(&name)),
            about: Some(format!(
                "{name}, part of the federal government of the United States. Postings come from USAJOBS."
            )),
            website: Some("https://www.usajobs.gov/".to_owned()),
            industry: Some("government-and-public-sector".to_owned()),
            is_verified: true,
            name,
            ..EmployerRecord::default()
        }
    }

    fn posting(
        &self,
        number: u64,
        employer: &EmployerRecord,
        places: &Places,
        shift: Shift,
    ) -> Result<PostingRecord, RowError> {
        let published = self.row.date("open_date")?;
        let closes = self.row.maybe_date("close_date")?;
        let (published_at, valid_through) = shift.span(&PostingDates { published, renewed: published, closes });
        let title = readable(&self.row.title(self.layout.title_column())?);
        let found = places.find(self.row.get("location"));
        Ok(PostingRecord {
            external_id: number.to_string(),
            employer: employer.external_id.clone(),
            description: self.description(&title, &employer.name),
            workplace: if found.is_remote { "REMOTE" } else { "ONSITE" }.to_owned(),
            employment_types: vec![self.employment_type(&title).to_owned()],
            experience_level: self.level(&title),
            places: vec![found.place],
            status: Some("PUBLISHED".to_owned()),
            published_at: Some(published_at),
            valid_through: Some(valid_through),
            title,
            ..PostingRecord::default()
        })
    }

    /// The appointment where it is stated; a federal announcement that says nothing else is for full time.
    fn employment_type(&self, title: &str) -> &'static str {
        match self.row.get("appointment_type") {
            "Internships" => return "INTERN",
            "Temporary" | "Term" | "Temporary Promotion" | "Detail" | "Summer" | "Seasonal" => return "TEMPORARY",
            "Intermittent" => return "PER_DIEM",
            _ => {}
        }
        let title = title.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| title.contains(word));
        if says(&["part-time", "part time"]) {
            "PART_TIME"
        } else if says(&["intermittent"]) {
            "PER_DIEM"
        } else if says(&["temporary", "seasonal"]) {
            "TEMPORARY"
        } else if says(&["student trainee", "internship"]) {
            "INTERN"
        } else {
            "FULL_TIME"
        }
    }

    fn level(&self, title: &str) -> Option<String> {
        let executive = self.row.get("service_type") == "Senior Executive";
        if executive { Some("EXECUTIVE".to_owned()) } else { level_word(title) }
    }

    fn description(&self, title: &str, employer: &str) -> String {
        let mut text = format!("{title} with the {employer}, announced on USAJOBS.\n");
        let row = &self.row;
        bullet(&mut text, "Department", &organisations::tidy(row.get("department")));
        bullet(&mut text, "Agency", &organisations::tidy(row.get("agency")));
        bullet(&mut text, "Unit", &organisations::tidy(row.get("subagency")));
        bullet(&mut text, "Location", row.get("location"));
        let (code, name) = self.series();
        bullet(&mut text, "Occupational series", format!("{code} {name}").trim());
        bullet(&mut text, "Grade", row.get("grade"));
        bullet(&mut text, "Service", row.get("service_type"));
        bullet(&mut text, "Appointment", row.get("appointment_type"));
        let paths: Vec<_> = row.get("hiring_paths").split('|').filter_map(organisations::hiring_path).collect();
        bullet(&mut text, "Open to", &paths.join("; "));
        bullet(&mut text, "Control number", row.get("control_number"));
        text
    }
}

#[cfg(test)]
mod tests;
