//! Filters written by the schema's own types, with values right and silly: each is answered or refused at its place, and
//! from memory exactly as from the rows.

use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, name};
use rolecall::clock::Timestamp;
use rolecall::import::load::Batch;
use serde_json::{Map, Value, json};

use super::{Dice, config};
use crate::import::import;
use crate::inputs::schema::Inputs;
use crate::support::{TestApp, on_both_databases, text};

const ASK: &str = "query($filter: PostingFilter, $search: String) {
    postings(filter: $filter, search: $search, first: 50, orderBy: [{field: TITLE, direction: ASC}]) {
        totalCount edges { node { id } } facets(dimensions: [ROLE]) { values { key count } } }
    market(filter: $filter, search: $search) { seekersPerPosting { postings openings employers } } }";

/// Postings that differ in everything that a filter asks for.
fn board(now: Timestamp) -> (String, String) {
    let employers =
        (0..4).map(|at| json!({"externalId": format!("e{at}"), "name": format!("Employer {at}"), "isVerified": true}));
    let words = |of: &[&str], at: usize| of[at % of.len()].to_owned();
    let postings = (0..48_usize).map(|at| {
        let place = match at % 4 {
            0 => json!({"countryCode": "US", "regionCode": "US-NY", "city": "New York"}),
            1 => json!({"countryCode": "DE", "city": "Berlin"}),
            2 => json!({"countryCode": "US"}),
            _ => json!({"countryCode": "GB", "city": "Little Nowhere"}),
        };
        let mut posting = json!({"externalId": format!("p{at}"), "employer": format!("e{}", at % 4),
            "title": words(&["Backend Developer", "Registered Nurse", "Accountant", "Weaver"], at / 3),
            "description": "You write the services behind the board, and keep them running.",
            "workplace": words(&["ONSITE", "HYBRID", "REMOTE"], at), "places": [place], "openings": 1 + at % 3,
            "employmentTypes": [words(&["FULL_TIME", "PART_TIME", "CONTRACTOR"], at / 2)],
            "publishedAt": now - chrono::TimeDelta::days(i64::try_from(at).expect("small"))});
        if at % 5 > 0 {
            posting["experienceLevel"] = json!(words(&["ENTRY", "SENIOR"], at));
            posting["pay"] =
                json!({"min": 30_000 + 5_000 * at, "currency": words(&["USD", "EUR", "JPY"], at), "period": "YEAR"});
            posting["skillRequirements"] = json!([{"skill": words(&["rust", "sql"], at), "importance": "REQUIRED"},
                {"skill": words(&["nursing", "Punch Cards"], at), "importance": "PREFERRED"}]);
        }
        posting
    });
    let lines = |records: &mut dyn Iterator<Item = Value>| {
        records.map(|record| record.to_string()).collect::<Vec<_>>().join("\n")
    };
    (lines(&mut employers.into_iter()), lines(&mut postings.into_iter()))
}

/// Writes values of the schema's types.
struct Writer<'a> {
    inputs: &'a Inputs,
    dice: Dice,
    /// Chance of a silly value at each turn, in percent.
    risk: usize,
    /// Identifiers of what there is, and of something else.
    known: &'a [String],
}

impl Writer<'_> {
    fn value(&mut self, name: &str, ty: &Type, depth: usize) -> Value {
        if self.dice.percent(self.risk) {
            let silly =
                [json!(null), json!(true), json!(-1), json!("\u{0}"), json!([]), json!({}), json!([[1]]), json!(1e300)];
            return self.dice.pick(&silly).clone();
        }
        if ty.is_list() {
            let much = if self.dice.percent(self.risk) { 101 } else { 4 };
            let count = if much > 4 { much } else { self.dice.below(much) };
            return (0..count).map(|_| self.value(name, ty.item_type(), depth)).collect();
        }
        match self.inputs.named(ty) {
            ExtendedType::InputObject(object) => {
                let fields: Vec<_> = object.fields.iter().collect();
                let one = object.directives.iter().any(|directive| directive.name == "oneOf");
                let chosen = one.then(|| self.dice.below(fields.len()));
                let mut written = Map::new();
                for (at, (name, field)) in fields.into_iter().enumerate() {
                    let is_nested = ["and", "or", "not"].contains(&name.as_str());
                    // One level more than there may be, now and then.
                    let is_allowed = !is_nested || depth < 3 || self.dice.percent(self.risk);
                    let is_wanted = field.is_required() || self.dice.percent(9);
                    if chosen.map_or(is_wanted && is_allowed, |chosen| chosen == at) {
                        let value = self.value(name, &field.ty, depth + usize::from(is_nested));
                        written.insert(name.to_string(), value);
                    }
                }
                Value::Object(written)
            }
            ExtendedType::Enum(kind) => {
                let values: Vec<_> = kind.values.keys().map(ToString::to_string).collect();
                json!(self.dice.pick(&values))
            }
            kind => self.scalar(name, kind.name()),
        }
    }

    fn scalar(&mut self, name: &str, kind: &Name) -> Value {
        let words: &[&str] = match (kind.as_str(), name) {
            ("String", "roles") => &["backend-developer", "registered-nurse", "accountant", "", "\u{0}"],
            ("String", "skills" | "allSkills") => &["rust", "sql", "nursing", "punch-cards", "RUST", "' or 1=1 --"],
            ("String", "industries") => &["healthcare", "financial-services", "\u{202e}"],
            ("String", "languages") => &["en", "EN", "de-AT", "%", "_", "\\", "\u{0}", "\u{1F980}"],
            ("String", _) => &["US-NY", "DE-BE", "US", "us-ny", "\u{0}"],
            ("CountryCode", _) => &["US", "DE", "GB", "ZZ", "QQ"],
            ("Currency", _) => &["USD", "EUR", "JPY", "KWD"],
            ("Decimal", _) => &["0", "30000", "62400.01", "-1", "0.001", "99999999999999999999", "9223372036854775807"],
            ("DateTime", _) => &[
                "1900-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999999Z",
                "2026-11-01T00:00:00+14:00",
                "2016-12-31T23:59:60Z",
            ],
            ("Float", "latitude") => &["52.5", "40.7", "-90", "90.0000001", "0", "5e-324"],
            ("Float", "longitude") => &["13.4", "-74", "180", "-180.1", "-0.0"],
            ("Float", _) => &["30", "0", "0.001", "20000", "1e308", "-1"],
            ("ID", _) => return json!(self.dice.pick(self.known)),
            other => panic!("a scalar without words: {other:?}"),
        };
        let word = *self.dice.pick(words);
        if kind.as_str() == "Float" { json!(word.parse::<f64>().expect("a number")) } else { json!(word) }
    }
}

/// What an answer says, without what is each server's own.
fn said(answer: &crate::support::Answer) -> (u16, Value, Vec<Value>) {
    let errors = answer.body["errors"].as_array().cloned().unwrap_or_default();
    let errors = errors.into_iter().map(|error| json!([error["message"], error["path"], error["extensions"]["code"]]));
    (answer.status, answer.body["data"].clone(), errors.collect())
}

async fn filled(app: &TestApp) -> Vec<String> {
    let (employers, postings) = board(app.app.state.clock.now());
    assert_eq!(import(app, false, &employers, Batch::Employers).await.created, 4);
    assert_eq!(import(app, false, &postings, Batch::Postings).await.created, 48);
    let query = "{ postings(first: 9) { edges { node { id employer { id } places { id } } } } }";
    let seen = app.anonymous().ask(query, json!({})).await;
    let mut known = vec!["\u{0}".to_owned(), "employer_01jq0000000000000000000000".to_owned()];
    for edge in seen["postings"]["edges"].as_array().expect("edges") {
        known
            .extend([&edge["node"]["id"], &edge["node"]["employer"]["id"], &edge["node"]["places"][0]["id"]].map(text));
    }
    known
}

on_both_databases! {
    async fn filters_made_at_random_are_answered_or_refused_at_their_place(app: TestApp) {
        let known = filled(app).await;
        let from_memory = app.twin(|settings| settings).await;
        let from_rows = app.twin(|settings| settings.with("engine", "false")).await;
        let inputs = Inputs::read();
        let filter = Type::Named(name!("PostingFilter"));
        let (mut answered, mut found, mut refused) = (0, 0, 0);
        for seed in 0..u64::from(config(250).cases) {
            let mut dice = Dice(seed);
            let risk = *dice.pick(&[0, 0, 0, 2, 6]);
            let search = dice.pick(&[json!(null), json!(null), json!("developer"), json!("\u{0}"), json!("nurs \"")]).clone();
            let filter = Writer { inputs: &inputs, dice, risk, known: &known }.value("filter", &filter, 0);
            let variables = json!({"filter": filter, "search": search});
            let memory = from_memory.anonymous().send(ASK, variables.clone()).await;
            let rows = from_rows.anonymous().send(ASK, variables.clone()).await;
            assert_eq!(said(&memory), said(&rows), "seed {seed}: {variables}");
            let (_, data, errors) = said(&rows);
            if errors.is_empty() {
                answered += 1;
                found += usize::from(data["postings"]["totalCount"] != json!(0));
                assert_eq!(data["postings"]["totalCount"], data["market"]["seekersPerPosting"]["postings"], "seed {seed}: {variables}");
            } else {
                refused += 1;
                let is_told = |error: &Value| {
                    let message = text(&error[0]);
                    ["BAD_USER_INPUT", "COST_EXCEEDED"].contains(&error[2].as_str().unwrap_or_default())
                        && (message.contains("filter") || message.contains("search"))
                };
                assert!(errors.iter().all(is_told), "seed {seed}: {errors:?} for {variables}");
            }
        }
        assert!(answered > 100 && found > 20 && refused > 20, "{answered} answered, {found} with postings, {refused} refused");
        from_memory.close().await;
        from_rows.close().await;
    }

    /// As many values as may be, which every statement has room for, and more.
    async fn the_widest_filters_are_answered_and_wider_ones_refused(app: TestApp) {
        filled(app).await;
        let from_rows = app.twin(|settings| settings.with("engine", "false")).await;
        let slugs: Vec<_> = (0..100).map(|at| format!("s{at}")).collect();
        let leaf = json!({"roles": slugs, "skills": slugs});
        let country = json!({"countries": ["US"]});
        let circle = json!({"near": {"latitude": 51.0, "longitude": 5.0, "km": 500.0}});
        let floor = json!({"payAtLeast": {"amount": "1", "currency": "EUR"}});
        let wide = |count: usize, of: &Value| vec![of.clone(); count];
        for (filter, is_answered) in [
            (json!({"or": wide(4, &leaf)}), true),
            (json!({"and": wide(4, &json!({"not": leaf}))}), true),
            (json!({"or": wide(9, &json!({"and": wide(50, &country)}))}), true),
            (json!({"not": {"or": wide(19, &floor)}}), true),
            (json!({"places": wide(4, &circle)}), true),
            (json!({"or": wide(100, &leaf)}), false),
            (json!({"and": wide(100, &json!({"not": leaf}))}), false),
            (json!({"or": wide(5, &json!({"and": wide(100, &leaf)}))}), false),
            (json!({"or": wide(10, &json!({"or": wide(10, &json!({"or": wide(10, &country)}))}))}), false),
            (json!({"or": wide(100, &floor)}), false),
            (json!({"places": wide(5, &circle)}), false),
            (json!({"or": wide(5, &json!({"places": [circle]}))}), false),
        ] {
            let variables = json!({ "filter": filter });
            let memory = app.anonymous().send(ASK, variables.clone()).await;
            let rows = from_rows.anonymous().send(ASK, variables.clone()).await;
            let short = filter.to_string().chars().take(80).collect::<String>();
            let expected = if is_answered { "" } else { "BAD_USER_INPUT" };
            assert_eq!((memory.code(), rows.code()), (expected, expected), "{short}: {}", rows.body);
            assert_eq!(said(&memory), said(&rows), "{short}");
        }
        from_rows.close().await;
    }
}
