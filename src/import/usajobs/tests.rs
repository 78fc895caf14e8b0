//! The bundled exports, and rows as they should not be.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::*;

const GRADES: &str = "control_number,title,agency,location,service_type,occ_series,occ_name,low_grade,high_grade,grade,\
open_date,close_date\n";
const AGENCIES: &str = "control_number,year,position_title,department,agency,subagency,appointment_type,occ_series,\
hiring_paths,open_date,close_date\n";

fn items(file: &str, seen: &mut Seen) -> Vec<Result<SourceItem, RowError>> {
    read(file.as_bytes(), Shift::default(), seen).expect("a header").collect()
}

fn postings(items: Vec<Result<SourceItem, RowError>>) -> Vec<SourcePosting> {
    let posting = |item| match item {
        Ok(SourceItem::Posting(posting)) => Some(*posting),
        _ => None,
    };
    items.into_iter().filter_map(posting).collect()
}

#[test]
fn both_layouts_become_postings() {
    let first = format!(
        "{GRADES}844112500,SUPERVISORY NURSE,Department of Justice,\"Gregg Township, Pennsylvania\",Competitive,0610,Nurse,12,12,\
GS-12,2025-08-22,2025-09-15\n"
    );
    let mut seen = Seen::new();
    let posting = postings(items(&first, &mut seen)).remove(0);
    assert_eq!(posting.role_hint, Some("registered-nurse"));
    let record = posting.record;
    assert_eq!((record.external_id.as_str(), record.title.as_str()), ("844112500", "Supervisory Nurse"));
    assert_eq!(record.employer, "usajobs-department-of-justice");
    assert_eq!(record.places[0].region_code.as_deref(), Some("US-PA"));
    assert!(record.description.contains("- **Grade:** GS-12") && record.pay.is_none());
    assert_eq!(record.valid_through.map(|at| at.to_rfc3339()).as_deref(), Some("2025-09-15T23:59:59+00:00"));
    let second = format!(
        "{AGENCIES}1,2024,Intern,Department of State,Other Agencies and Independent Organizations,,Internships,0130 - Foreign \
Affairs,vet|public,2024-02-01,2024-02-08\n844112500,2025,Nurse,Department of Justice,Bureau,,Permanent,0610 - Nurse,,\
2025-08-22,2025-09-15\n"
    );
    let mut reader = read(second.as_bytes(), Shift::default(), &mut seen).expect("a header");
    let all: Vec<_> = reader.by_ref().collect();
    assert_eq!(reader.repeated(), 1);
    let records = postings(all);
    assert_eq!(records.len(), 1);
    let record = &records[0].record;
    assert_eq!((record.employment_types[0].as_str(), record.experience_level.as_deref()), ("INTERN", Some("ENTRY")));
    assert!(record.description.contains("- **Open to:** Veterans; The public"));
}

#[test]
fn bad_rows_are_told() {
    let file = format!(
        "{GRADES}x,Nurse,A,B,C,0610,N,1,1,G,2025-08-22,2025-09-15\n1,Nurse,A,B,C,0610,N,1,1,G,22.8.2025,2025-09-15\n\
1,Nurse,A,B,C,0610,N,1,1,G,2025-08-22,2025-09-15\n"
    );
    let all = items(&file, &mut Seen::new());
    let faults: Vec<_> = all.iter().filter_map(|item| item.as_ref().err()).map(|e| (e.line, e.path.as_str())).collect();
    assert_eq!(faults, [(2, "control_number"), (3, "open_date")]);
    assert_eq!(postings(all).len(), 1);
    assert!(read(&b"a,b\n"[..], Shift::default(), &mut Seen::new()).is_err());
}

fn today() -> DateTime<Utc> {
    "2026-11-22T09:00:00Z".parse().expect("an instant")
}

fn moved<R: Read>(file: impl Fn() -> R, seen: &mut Seen) -> (Vec<SourcePosting>, BTreeSet<String>) {
    let newest = newest_publication(file()).expect("a CSV").expect("dates");
    let mut employers = BTreeSet::new();
    let reader = read(file(), Shift::moving(newest, today()), seen).expect("a header");
    let told = reader.inspect(|item| {
        if let Ok(SourceItem::Employer(employer)) = item {
            assert!(employers.insert(employer.external_id.clone()), "{} told twice", employer.name);
        }
        assert!(item.is_ok());
    });
    let all: Vec<_> = told.collect();
    (postings(all), employers)
}

#[test]
fn the_bundled_exports_are_read_whole() {
    let mut seen = Seen::new();
    let (first, departments) = moved(bundled_with_grades, &mut seen);
    let (second, agencies) = moved(bundled_with_agencies, &mut seen);
    assert_eq!((first.len(), second.len()), (13_649, 23_493 - 471));
    assert!(departments.len() == 24 && (60..120).contains(&agencies.len()), "{agencies:#?}");
    let mut open = HashMap::new();
    for posting in first.iter().chain(&second) {
        let record = &posting.record;
        assert!((30..=20_000).contains(&record.description.chars().count()));
        assert!((1..=120).contains(&record.title.chars().count()) && record.places.len() == 1);
        assert!(record.published_at <= Some(today()) && record.published_at < record.valid_through);
        *open.entry(record.valid_through > Some(today())).or_insert(0) += 1;
    }
    assert!(open[&true] > 8_000, "{open:?}");
}
