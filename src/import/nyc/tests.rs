//! The bundled export, and rows as they should not be.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};

use super::*;

const HEADER: &str = "job_id,agency,posting_type,positions,business_title,civil_service_title,title_code,level,job_category,\
full_part,salary_from,salary_to,salary_frequency,work_location,division,posting_date,post_until,posting_updated,process_date\n";

fn items(rows: &str) -> Vec<Result<SourceItem, RowError>> {
    let file = format!("{HEADER}{rows}");
    read(file.as_bytes(), Shift::default()).expect("a header").collect()
}

fn postings(items: Vec<Result<SourceItem, RowError>>) -> Vec<PostingRecord> {
    let posting = |item| match item {
        Ok(SourceItem::Posting(posting)) => Some(posting.record),
        _ => None,
    };
    items.into_iter().filter_map(posting).collect()
}

#[test]
fn a_row_becomes_a_posting() {
    let row = "87990,DEPARTMENT OF BUSINESS SERV.,Internal,2,SENIOR ACCOUNT MANAGER,CONTRACT REVIEWER,40563,1,Health,P,42405,\
65485.5,Annual,110 William St. N Y,Strategy & Analytics,2018-06-24,,2018-07-24,2019-03-19\n";
    let all = items(row);
    let Ok(SourceItem::Employer(employer)) = &all[0] else { panic!("the employer comes first") };
    assert_eq!(employer.name, "NYC Department of Small Business Services");
    assert_eq!(employer.external_id, "nyc-department-of-small-business-services");
    let posting = &postings(all)[0];
    assert_eq!(posting.title, "Senior Account Manager");
    assert!(posting.external_id.starts_with("87990-internal-"));
    assert_eq!((posting.openings, posting.employment_types.as_slice()), (Some(2), &["PART_TIME".to_owned()][..]));
    assert_eq!(posting.experience_level.as_deref(), Some("SENIOR"));
    let pay = posting.pay.as_ref().expect("pay");
    assert_eq!((pay.max.as_ref().map(Amount::to_decimal).as_deref(), pay.period.as_str()), (Some("65485.5"), "YEAR"));
    assert_eq!(posting.valid_through.map(|at| at.date_naive().to_string()).as_deref(), Some("2018-09-22"));
    assert!(posting.description.contains("- **Division:** Strategy & Analytics"));
}

#[test]
fn zero_is_no_pay() {
    let row = |pay: &str| {
        let row = format!("1,LAW DEPARTMENT,External,1,Counsel,X,1,1,,F,{pay},a,b,2018-06-24,,,2019-03-19\n");
        postings(items(&row))[0].pay.clone()
    };
    assert_eq!(row("0,0,Annual"), None);
    assert_eq!(row("0,50.5,Hourly"), None);
    assert_eq!(row("15,50.5,Hourly").expect("pay").period, "HOUR");
    assert_eq!(row("300,300,Daily").expect("pay").period, "DAY");
}

#[test]
fn a_bad_row_is_told_and_the_next_is_read() {
    let rows = "1,LAW DEPARTMENT,External,none,Counsel,X,1,1,,F,1,2,Annual,a,b,2018-06-24,,,2019-03-19\n\
1,LAW DEPARTMENT,External,1,Counsel,X,1,1,,F,1,2,Weekly,a,b,2018-06-24,,,2019-03-19\n\
1,LAW DEPARTMENT,External,1,Counsel,X,1,1,,F,1,2,Annual,a,b,June,,,2019-03-19\n\
1,LAW DEPARTMENT\n\
1,LAW DEPARTMENT,External,1,,X,1,1,,F,1,2,Annual,a,b,2018-06-24,,,2019-03-19\n\
1,LAW DEPARTMENT,External,1,Counsel,X,1,1,,F,1,2,Annual,a,b,2018-06-24,,,2019-03-19\n";
    let all = items(rows);
    let faults: Vec<_> = all.iter().filter_map(|item| item.as_ref().err()).map(|e| (e.line, e.path.as_str())).collect();
    assert_eq!(
        faults,
        [(2, "positions"), (3, "salary_frequency"), (4, "posting_date"), (5, "."), (6, "business_title")]
    );
    assert_eq!(postings(all).len(), 1);
    assert!(read(&b"job,title\n"[..], Shift::default()).is_err());
}

/// The instant at which a demonstration runs.
fn today() -> DateTime<Utc> {
    "2026-11-22T09:00:00Z".parse().expect("an instant")
}

#[test]
fn the_bundled_export_is_read_whole() {
    let newest = newest_publication(bundled()).expect("a CSV").expect("dates");
    assert_eq!(newest.to_string(), "2019-03-19");
    let all: Vec<_> = read(bundled(), Shift::moving(newest, today())).expect("a header").collect();
    assert!(all.iter().all(Result::is_ok));
    let employers = all.iter().filter(|item| matches!(item, Ok(SourceItem::Employer(_)))).count();
    let postings = postings(all);
    assert_eq!((employers, postings.len()), (54, 3_804));
    let ids: HashSet<_> = postings.iter().map(|p| (&p.employer, &p.external_id)).collect();
    assert_eq!(ids.len(), 3_804);
    let mut periods = BTreeMap::new();
    for posting in &postings {
        assert!((30..=20_000).contains(&posting.description.chars().count()), "{}", posting.description);
        assert!((1..=120).contains(&posting.title.chars().count()));
        assert!(posting.published_at <= Some(today()) && posting.published_at < posting.valid_through);
        *periods.entry(posting.pay.as_ref().map(|pay| pay.period.clone())).or_insert(0) += 1;
    }
    let open = postings.iter().filter(|p| p.valid_through > Some(today())).count();
    assert!(open > 1_400, "{open} open");
    let paid = |period: &str| periods[&Some(period.to_owned())];
    assert_eq!((periods[&None], paid("YEAR") + paid("HOUR") + paid("DAY")), (29, 3_775));
}
