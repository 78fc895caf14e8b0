//! What is written is read, nothing else is, and the form of it changes only with its version.

use std::fmt::Write as _;

use chrono::{DateTime, Days, NaiveDate};
use proptest::prelude::*;
use sea_orm::{ActiveEnum, Iterable};
use sha2::{Digest, Sha256};

use super::*;
use crate::entities::sets::{
    EducationLevel, ExperienceLevel, Importance, PayPeriod, PayStatus, PlaceKind, PostingStatus, SearchStatus,
    Workplace,
};
use crate::market::rows::{AskedRow, PlaceRow};
use crate::mirror::facts::PostingColumns;

fn at(second: i64) -> Timestamp {
    DateTime::from_timestamp(1_790_000_000 + second, 123_000).expect("an instant")
}

fn header() -> Header {
    let mark = Mark { id: 7, subject: Uuid::from_u128(9), at: at(0) };
    Header::new(Position::Sqlite { id: 8 }, Some(mark), at(1), 3)
}

fn posting(number: u128) -> PostingFacts {
    let id = Uuid::from_u128(number);
    let row = PostingColumns {
        id,
        employer_id: id,
        status: PostingStatus::Published,
        title_key: "weaver".to_owned(),
        search_hash: Some(-5),
        language: Some("en".to_owned()),
        role_id: Some(id),
        industry_id: None,
        employment_types: 3,
        workplace: Workplace::Hybrid,
        is_worldwide: true,
        experience_level: Some(ExperienceLevel::Senior),
        education: Some(EducationLevel::Bachelor),
        openings: 2,
        hired: 1,
        pay_status: PayStatus::Stated,
        pay_min: Some(1),
        pay_max: Some(2),
        pay_currency: Some("EUR".to_owned()),
        pay_period: Some(PayPeriod::Month),
        pay_hours_per_week: Some(38),
        pay_annual: Some(12),
        pay_rank: Some(-13),
        published_at: Some(at(2)),
        valid_through: None,
        closed_at: None,
        updated_at: at(3),
    };
    let place = PlaceRow { id, country: "DE".to_owned(), region: Some("DE-BE".to_owned()) };
    let asked = AskedRow { skill: id, importance: Importance::Required, min_level: Some(3), min_months: None };
    PostingFacts { row, text: None, places: vec![place], countries: vec!["AT".to_owned()], asked: vec![asked] }
}

fn candidate(number: u128) -> CandidateFacts {
    let id = Uuid::from_u128(number);
    let day = NaiveDate::from_ymd_opt(2026, 11, 27).expect("a day");
    let place = PlaceRow { id, country: "FR".to_owned(), region: None };
    CandidateFacts {
        id,
        is_looking: true,
        wants_remote: false,
        roles: vec![id],
        places: vec![(PlaceKind::City, place)],
        skills: vec![(id, Some(4), None)],
        days: vec![day, day - Days::new(40)],
    }
}

fn parts() -> Vec<Part> {
    let id = Uuid::from_u128(5);
    let application = ApplicationFacts { id, posting_id: id, candidate_id: id, submitted_at: at(4) };
    vec![
        Part::Postings((0..200).map(posting).collect()),
        Part::Postings(Vec::new()),
        Part::Candidates((0..300).map(candidate).collect()),
        Part::Applications(vec![application]),
    ]
}

async fn written(path: &Path) -> Vec<String> {
    let mut writer = Writer::begin(path.to_owned(), header());
    let told: Vec<String> = parts().iter().map(|part| format!("{part:?}")).collect();
    for part in parts() {
        writer.put(part).await;
    }
    writer.finish().await;
    told
}

/// Everything that a file tells, if it tells everything.
async fn told(path: &Path) -> Option<(Header, Vec<String>)> {
    let (header, mut parts) = open(path).await.ok()??;
    let mut told = Vec::new();
    while let Some(part) = parts.recv().await {
        match part.ok()? {
            Part::End => return Some((header, told)),
            part => told.push(format!("{part:?}")),
        }
    }
    None
}

#[tokio::test]
async fn what_is_written_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("facts");
    assert!(open(&path).await.expect("no error").is_none());
    let told_first = written(&path).await;
    assert_eq!(told(&path).await, Some((header(), told_first.clone())));
    // Whoever gives up leaves what was there.
    let mut writer = Writer::begin(path.clone(), Header::new(Position::Sqlite { id: 9 }, None, at(9), 0));
    writer.put(Part::Postings(vec![posting(1)])).await;
    drop(writer);
    assert_eq!(told(&path).await, Some((header(), told_first)));
}

#[tokio::test]
async fn a_torn_one_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("facts");
    let whole = written(&path).await;
    let bytes = std::fs::read(&path).expect("a file");
    let step = (bytes.len() / 400).max(1);
    for place in (0..bytes.len()).step_by(step) {
        let mut turned = bytes.clone();
        turned[place] ^= 0x10;
        for (torn, how) in [(&bytes[..place], "cut"), (&turned, "turned")] {
            std::fs::write(&path, torn).expect("written");
            let found = told(&path).await;
            // The last bytes may be missing, or a bit of the form be another, without a word of it being lost.
            let is_whole = found.as_ref().is_some_and(|(read, told)| *read == header() && *told == whole);
            assert!(found.is_none() || (is_whole && (how == "turned" || place + 8 >= bytes.len())), "{how} at {place}");
        }
    }
}

#[tokio::test]
async fn one_of_another_version_is_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("facts");
    Writer::begin(path.clone(), Header { format: FORMAT + 1, ..header() }).finish().await;
    assert!(open(&path).await.expect("no error").is_none());
}

/// The members of a set with the numbers that stand for them.
fn members<T: ActiveEnum<Value = String> + Iterable + Serialize>(form: &mut Vec<u8>) {
    for member in T::iter() {
        form.extend(postcard::to_stdvec(&(member.to_value(), member)).expect("written"));
    }
}

#[test]
fn the_form_is_the_one_of_this_version() {
    let mut form: Vec<u8> = parts().iter().flat_map(|part| postcard::to_stdvec(part).expect("written")).collect();
    members::<PostingStatus>(&mut form);
    members::<Workplace>(&mut form);
    members::<ExperienceLevel>(&mut form);
    members::<EducationLevel>(&mut form);
    members::<PayStatus>(&mut form);
    members::<PayPeriod>(&mut form);
    members::<Importance>(&mut form);
    members::<PlaceKind>(&mut form);
    members::<SearchStatus>(&mut form);
    let mut digest = String::new();
    for byte in Sha256::digest(&form) {
        let _ = write!(digest, "{byte:02x}");
    }
    assert_eq!(
        (FORMAT, &*digest),
        (1, "9389ea399c277adf72c92f372ad3308e0c3df4e71ee0c29f79653778b86b97ca"),
        "raise FORMAT and write the new digest here"
    );
}

proptest! {
    #[test]
    fn bytes_of_anybody_are_no_part(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        // Whatever it is, it neither panics nor takes more than there is.
        let _ = part(&mut &*bytes);
        let _ = postcard::from_bytes::<Part>(&bytes);
    }
}
