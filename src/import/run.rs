//! Reading records line by line and writing them in batches, in flat memory whatever the size of the file.

use std::io::{BufRead, Read as _};

use serde::de::DeserializeOwned;

use super::load::{Batch, Loader, Reject, Report};
use super::records::{LineError, parse_line};
use super::source::{RowError, SourceItem};

/// Records of a batch that come from elsewhere than lines: one transaction each.
const BATCH: usize = 2_000;
/// Lines of a batch at the most, and their bytes, about: long records make small batches, so that memory stays flat.
const LINES: usize = 5_000;
const BYTES: usize = 16 << 20;
/// Bytes of a line; a longer one is no record of ours.
const MAX_LINE: u64 = 1_048_576;

/// Imports JSON lines of one kind. `told` hears of every batch; rejects are handed over, not gathered.
///
/// # Errors
/// The input cannot be read, or the database failed. Batches before the failure stay.
pub async fn lines<T: DeserializeOwned>(
    loader: &mut Loader<'_>,
    mut input: impl BufRead,
    batch_of: fn(Vec<(u64, T)>) -> Batch,
    mut told: impl FnMut(Report) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (mut number, mut bytes) = (0, 0);
    let mut records = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut line)?;
        number += 1;
        if read == 0 {
            break;
        }
        match parse(&line, number) {
            Ok(Some(record)) => records.push((number, record)),
            Ok(None) => {}
            Err(reject) => {
                if line.last() != Some(&b'\n') && read as u64 > MAX_LINE {
                    input.skip_until(b'\n')?;
                }
                told(Report { rejects: vec![reject], ..Report::default() })?;
            }
        }
        bytes += read;
        if records.len() == LINES || bytes >= BYTES {
            bytes = 0;
            told(loader.write(batch_of(std::mem::take(&mut records))).await?)?;
        }
    }
    if !records.is_empty() {
        told(loader.write(batch_of(records)).await?)?;
    }
    Ok(())
}

/// A line as a record; blank lines are nothing.
fn parse<T: DeserializeOwned>(line: &[u8], number: u64) -> Result<Option<T>, Reject> {
    let reject = |reason: String| Reject { line: number, path: String::new(), reason };
    if line.len() as u64 > MAX_LINE {
        return Err(reject(format!("The line is longer than {MAX_LINE} bytes.")));
    }
    let text = std::str::from_utf8(line).map_err(|_| reject("The line is not UTF-8.".to_owned()))?.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match parse_line(text) {
        Ok(record) => Ok(Some(record)),
        Err(LineError { path, reason }) => Err(Reject { line: number, path, reason }),
    }
}

/// Imports records that are made rather than read.
///
/// # Errors
/// The database failed. Batches before the failure stay.
pub async fn records<T>(
    loader: &mut Loader<'_>,
    records: impl Iterator<Item = T>,
    batch_of: fn(Vec<(u64, T)>) -> Batch,
    mut told: impl FnMut(Report) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut numbered = (1..).zip(records);
    loop {
        let some: Vec<_> = numbered.by_ref().take(BATCH).collect();
        if some.is_empty() {
            return Ok(());
        }
        told(loader.write(batch_of(some)).await?)?;
    }
}

/// Imports what a source tells: employers and postings.
///
/// # Errors
/// The database failed. Batches before the failure stay.
pub async fn source(
    loader: &mut Loader<'_>,
    items: impl Iterator<Item = Result<SourceItem, RowError>>,
    mut told: impl FnMut(Report) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (mut employers, mut postings) = (Vec::new(), Vec::with_capacity(BATCH));
    let mut number = 0;
    for item in items {
        number += 1;
        match item {
            Ok(SourceItem::Employer(employer)) => employers.push((number, employer)),
            Ok(SourceItem::Posting(posting)) => {
                let mut record = posting.record;
                if record.role.is_none() && loader.role_of(&record.title).is_none() {
                    record.role = posting.role_hint.map(str::to_owned);
                }
                postings.push((number, record));
            }
            Err(RowError { line, path, reason }) => {
                told(Report { rejects: vec![Reject { line, path, reason }], ..Report::default() })?;
            }
        }
        if postings.len() == BATCH {
            // An employer comes before its first posting.
            told(loader.write(Batch::Employers(std::mem::take(&mut employers))).await?)?;
            told(loader.write(Batch::Postings(std::mem::take(&mut postings))).await?)?;
        }
    }
    told(loader.write(Batch::Employers(employers)).await?)?;
    told(loader.write(Batch::Postings(postings)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::records::EmployerRecord;

    fn read(line: &str) -> Result<Option<EmployerRecord>, Reject> {
        parse(line.as_bytes(), 7)
    }

    #[test]
    fn a_line_is_a_record_or_says_what_is_wrong() {
        assert!(read(r#"{"externalId": "e1", "name": "One"}"#).expect("read").is_some());
        assert_eq!(read("  \n"), Ok(None));
        let missing = read(r#"{"externalId": "e1"}"#).expect_err("no name");
        assert!(missing.line == 7 && missing.reason.contains("name"), "{missing:?}");
        assert!(read(r#"{"externalId": "e", "name": "x", "nmae": 1}"#).expect_err("unknown").reason.contains("nmae"));
        assert!(read("{").expect_err("cut off").reason.contains("EOF"));
        assert!(parse::<EmployerRecord>(&[0xff, b'\n'], 1).expect_err("bytes").reason.contains("UTF-8"));
        let long = format!("\"{}\"", "a".repeat(1_100_000));
        assert!(read(&long).expect_err("long").reason.contains("longer"));
    }
}
