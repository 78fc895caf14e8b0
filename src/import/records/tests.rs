use super::*;

const POSTING: &str = r#"{"externalId":"p1","employer":"e1","title":"Engineer","description":"…","workplace":"ONSITE",
    "employmentTypes":["FULL_TIME"],"places":[{"countryCode":"US","regionCode":"US-NY","city":"New York"}],
    "pay":{"min":PAY,"currency":"USD","period":"YEAR"},"publishedAt":"2026-03-01T10:00:00+02:00"}"#;

fn amount(json: &str) -> Result<String, LineError> {
    let record: PostingRecord = parse_line(&POSTING.replace("PAY", json))?;
    Ok(record.pay.and_then(|pay| pay.min).map(|min| min.to_string()).unwrap_or_default())
}

#[test]
fn amounts_stay_as_written() {
    for (json, text) in [
        ("100000", "100000"),
        ("\"100000\"", "100000"),
        ("47.12", "47.12"),
        ("64.90", "64.90"),
        ("0.1", "0.1"),
        ("9007199254740993", "9007199254740993"),
        ("12345678901234567890.12", "12345678901234567890.12"),
        ("\" 5.5 \"", "5.5"),
        ("1e5", "100000"),
        ("-3", "-3"),
    ] {
        assert_eq!(amount(json).as_deref(), Ok(text), "{json}");
    }
    for json in
        ["true", "\"\"", "\"ten\"", "\"1,000\"", "\"1.\"", "\".5\"", "{}", "\"0x10\"", "\"1e99\"", "\"NaN\"", "\"+5\""]
    {
        let refused = amount(json).expect_err(json);
        assert_eq!(refused.path, "pay.min", "{json}");
    }
}

#[test]
fn a_posting_reads_and_writes_alike() {
    let record: PostingRecord = parse_line(&POSTING.replace("PAY", "1.50")).expect("a posting");
    assert_eq!(record.published_at.map(|at| at.to_rfc3339()).as_deref(), Some("2026-03-01T08:00:00+00:00"));
    let again = parse_line(&serde_json::to_string(&record).expect("JSON")).expect("a posting");
    assert_eq!(record, again);
}

#[test]
fn a_bad_line_says_where() {
    let refused = |line: &str| parse_line::<PostingRecord>(line).expect_err("refused");
    assert_eq!(refused("").path, ".");
    assert_eq!(refused("[]").path, ".");
    assert!(refused(&POSTING.replace("PAY", "1").replace("\"title\":\"Engineer\",", "")).reason.contains("`title`"));
    assert!(refused(&POSTING.replace("PAY", "1").replace("\"title\"", "\"titel\"")).reason.contains("`titel`"));
    assert_eq!(
        refused(&POSTING.replace("PAY", "1").replace("\"city\":\"New York\"", "\"city\":7")).path,
        "places[0].city"
    );
    assert_eq!(refused(&POSTING.replace("PAY", "1").replace("2026-03-01T", "yesterday")).path, "publishedAt");
    assert!(parse_line::<PostingRecord>(&(POSTING.replace("PAY", "1") + " {}")).is_err());
}

#[test]
fn the_other_kinds_read() {
    let employer: EmployerRecord =
        parse_line(r#"{"externalId":"e1","name":"Acme","isVerified":true}"#).expect("an employer");
    assert!(employer.is_verified);
    let candidate: CandidateRecord = parse_line(
        r#"{"externalId":"c1","email":"a@example.com","searchStatus":"OPEN","targetRoles":["backend-developer"],
            "targetPlaces":[{"countryCode":"US"}],"remote":true,"skills":[{"skill":"rust","level":4,"months":30}]}"#,
    )
    .expect("a candidate");
    assert_eq!(candidate.skills[0].months, Some(30));
    let application: ApplicationRecord = parse_line(
        r#"{"externalId":"a1","posting":{"employer":"e1","externalId":"p1"},"candidate":"c1",
            "submittedAt":"2026-03-01T10:00:00Z"}"#,
    )
    .expect("an application");
    assert_eq!(application.status, None);
}
