//! The bundle reaches the graph whole. One database is filled for all checks, since filling takes a while.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{Request as GraphRequest, Variables};
use sea_orm::PaginatorTrait;
use serde_json::{Value, json};

use super::*;
use crate::accounts::keys::{TokenKeys, generate_signing_key};
use crate::accounts::passwords::Passwords;
use crate::accounts::viewer::Viewer;
use crate::audit::Origin;
use crate::clock::Clock;
use crate::config::{Config, Flags, Settings};
use crate::db::Reads;
use crate::entities::{cited_salary, place, role_alias, skill_alias};
use crate::files::judge::Judge;
use crate::files::storage::Storage;
use crate::graphql::context::Request;
use crate::graphql::loads::Loads;
use crate::graphql::schema::{self, RolecallSchema};
use crate::limits::{Limits, Meter, Payer};
use crate::live::Live;
use crate::mail::mailer::Mailer;
use crate::market::annual::Factors;
use crate::market::rates::Rates;
use crate::mirror::Mirror;
use crate::pagination::CursorSeal;
use crate::postings::filter::search::SkillNames;
use crate::reference::Reference;
use crate::reference::titles::TitleIndex;
use crate::signing::Signer;
use crate::state::State;

/// A schema over a filled database, with a counter of the statements that it sends.
struct Board {
    _folder: tempfile::TempDir,
    state: State,
    schema: RolecallSchema,
    statements: Arc<AtomicUsize>,
}

impl Board {
    async fn new() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("board.db").display());
        let data = folder.path().display().to_string();
        let environment = BTreeMap::from([("DATABASE_URL".to_owned(), url), ("ROLECALL_DATA_DIR".to_owned(), data)]);
        let config = Config::new(&Settings::gather(&Flags::default(), &environment, None)?)?;
        let mut db = Database::connect(&config.database).await?;
        let statements = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&statements);
        db.on_statement(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        db.migrate().await?;
        let keys = TokenKeys::new(&generate_signing_key()?, None, "http://board", Duration::from_mins(1))?;
        let state = State {
            mailer: Arc::new(Mailer::new(&config)?),
            files: Storage::open(&config.files)?,
            judge: Judge::default(),
            live: Arc::new(Live::new(&config.live)),
            mirror: Arc::new(Mirror::new(config.engine_patience)),
            shelf: Arc::default(),
            limits: Arc::new(Limits::new(&config.limits, &Clock::default())),
            passwords: Passwords::new(config.password, "Board", 1, 1)?,
            config: Arc::new(config),
            db,
            clock: Clock::default(),
            keys: Arc::new(keys),
            cursors: Arc::new(CursorSeal::new(&[7; 32])?),
            signer: Arc::new(Signer::new(&[7; 32])),
            searches: Arc::default(),
            stopping: Arc::default(),
            reference: Arc::new(Reference {
                skills: SkillNames::default(),
                titles: TitleIndex::new([]),
                rates: Rates::from_records::<&str>([])?,
                factors: Factors::default(),
                roles: HashSet::new(),
            }),
        };
        Ok(Self { _folder: folder, schema: schema::build(Some(state.clone())), state, statements })
    }

    /// The answer to a query, and how many statements it took.
    async fn ask(&self, query: &str, variables: Value) -> (Value, usize) {
        let reads = Reads::Pool(self.state.db.reads().clone());
        let request = Request {
            viewer: Viewer::Anonymous,
            now: self.state.clock.now(),
            user_agent: None,
            origin: Origin::default(),
            reads: reads.clone(),
            meter: Arc::new(Meter::new(&self.state.limits, Payer::Address(None))),
        };
        let (loads, gather) = Loads::loader(reads.clone(), &self.state);
        let request = GraphRequest::new(query)
            .variables(Variables::from_json(variables))
            .data(self.state.clone())
            .data(request)
            .data(loads);
        self.statements.store(0, Ordering::Relaxed);
        let response = gather.drive(self.schema.execute(request)).await;
        let answer = serde_json::to_value(&response).expect("an answer is JSON");
        (answer, self.statements.load(Ordering::Relaxed))
    }

    async fn data(&self, query: &str) -> Value {
        let (answer, _) = self.ask(query, json!({})).await;
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"].clone()
    }

    async fn code(&self, query: &str) -> Value {
        self.ask(query, json!({})).await.0["errors"][0]["extensions"]["code"].clone()
    }
}

fn names(connection: &Value, field: &str) -> Vec<String> {
    let edges = connection["edges"].as_array().into_iter().flatten();
    edges.filter_map(|edge| edge["node"][field].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn the_bundle_reaches_the_graph() -> anyhow::Result<()> {
    let board = Board::new().await?;
    let report = seed(&board.state.db).await?;
    assert!(!report.was_current && report.places > 38_000 && report.roles > 900 && report.skills > 600);
    assert!(seed(&board.state.db).await?.was_current);
    what_was_written_can_be_written_again(&board, report).await?;
    the_role_page_is_whole(&board).await;
    lists_are_filtered_and_paged(&board).await;
    places_are_found_by_distance(&board).await;
    what_is_typed_is_completed(&board).await;
    arguments_are_checked(&board).await;
    Ok(())
}

async fn what_was_written_can_be_written_again(board: &Board, report: SeedReport) -> anyhow::Result<()> {
    let db = board.state.db.reads();
    let count = async || {
        let places = place::Entity::find().count(db).await?;
        let titles = role_alias::Entity::find().count(db).await?;
        let spellings = skill_alias::Entity::find().count(db).await?;
        anyhow::Ok((places, titles, spellings, cited_salary::Entity::find().count(db).await?))
    };
    let before = count().await?;
    assert_eq!(before.0, report.places as u64);
    let txn = board.state.db.begin().await?;
    property::Entity::delete_by_id(PROPERTY).exec(&txn).await?;
    txn.commit().await?;
    assert_eq!(seed(&board.state.db).await?, report);
    assert_eq!(count().await?, before);
    Ok(())
}

const ROLE_PAGE: &str = r#"query RolePage($slug: String!) {
  role(slug: $slug) {
    id slug title aliases educationLevel typicalExperience { minYears maxYears }
    responsibilities howToEnter summary socCode escoCode
    parent { slug } children { slug }
    similarRoles { slug title }
    industries { slug name }
    skills { skill { slug name kind } importance }
    citedSalaries {
      publisher asOf period experienceLevel sampleSize
      place { countryCode regionCode city name }
      low { amount currency } average { amount currency } averageLow { amount } averageHigh { amount } high { amount currency }
    }
    citedDemand {
      publisher month countryCode openPostings employersHiring jobSeekers seekersPerPosting statedSeekersPerPosting
      searches candidatesSearching employersSearching
    }
    outlooks { publisher occupation fromYear toYear growthPercent allOccupationsGrowthPercent openingsPerYear }
    courses { title provider enrolled ratings }
    trainingPaths { kind minWeeks maxWeeks }
    searchDemand(month: "2026-11") { month searches candidatesSearching employersSearching }
  }
}"#;

async fn the_role_page_is_whole(board: &Board) {
    let (answer, statements) = board.ask(ROLE_PAGE, json!({ "slug": "backend-developer" })).await;
    assert_eq!(answer.get("errors"), None);
    let role = &answer["data"]["role"];
    // The role, and one statement for each of its twelve relations.
    assert_eq!(statements, 13);
    assert_eq!(role["aliases"].as_array().map(Vec::len), Some(5), "{}", role["aliases"]);
    assert_eq!(role["similarRoles"][0]["title"], "Full-Stack Developer");
    assert_eq!(role["industries"].as_array().map(Vec::len), Some(8));
    assert_eq!(role["typicalExperience"], json!({ "minYears": 2, "maxYears": 3 }));
    let salaries = role["citedSalaries"].as_array().expect("salaries");
    assert_eq!(salaries.len(), 23);
    assert_eq!(salaries[0]["low"], json!({ "amount": "75000.00", "currency": "USD" }));
    assert_eq!(salaries[4]["averageLow"]["amount"], "47.12");
    assert_eq!(salaries[13]["place"]["name"], "San Francisco Bay Area");
    assert_eq!(role["citedDemand"][0]["seekersPerPosting"], "29.58");
    assert_eq!(role["citedDemand"][0]["statedSeekersPerPosting"], "30");
    assert_eq!(role["citedDemand"][1]["countryCode"], Value::Null);
    assert_eq!(role["searchDemand"]["searches"], 0);
    assert_eq!(role["searchDemand"]["month"], "2026-11");
    let node = board.data(&format!("{{ node(id: {}) {{ id ... on Role {{ slug }} }} }}", role["id"])).await;
    assert_eq!(node["node"]["slug"], "backend-developer");
}

async fn lists_are_filtered_and_paged(board: &Board) {
    let found = board.data(r#"{ roles(search: "back end dev") { totalCount edges { node { slug } } } }"#).await;
    assert!(names(&found["roles"], "slug").contains(&"backend-developer".to_owned()), "{found}");
    let query = r#"{ roles(first: 3, filter: { industries: ["financial-services"], skills: ["sql"] }, orderBy: [{ field: TITLE, direction: DESC }]) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { title industries { slug } skills { skill { slug aliases } } } } } }"#;
    let (answer, statements) = board.ask(query, json!({})).await;
    assert_eq!(answer.get("errors"), None);
    // The page, its total, industries, skills and their spellings: however many roles there are.
    assert_eq!(statements, 5);
    let roles = &answer["data"]["roles"];
    assert_eq!(names(roles, "title").len(), 3);
    assert!(roles["totalCount"].as_i64() > Some(3));
    let children = board
        .data(r#"{ roles(filter: { parent: "software-developer" }) { edges { node { slug parent { slug } } } } }"#);
    let children = children.await;
    assert!(names(&children["roles"], "slug").contains(&"backend-developer".to_owned()));
    let skills = board.data(r#"{ skills(search: "golang") { edges { node { slug aliases } } } skill(slug: "c-plus-plus") { name kind isReviewed } }"#);
    let skills = skills.await;
    assert_eq!(names(&skills["skills"], "slug"), ["go"]);
    assert_eq!(skills["skill"], json!({ "name": "C++", "kind": "LANGUAGE", "isReviewed": true }));
    let industries = board.data("{ industries(first: 100) { totalCount edges { node { slug } } } }").await;
    assert_eq!(json!(names(&industries["industries"], "slug").len()), industries["industries"]["totalCount"]);
}

async fn places_are_found_by_distance(board: &Board) {
    let query = |after: &str| {
        format!(
            r"{{ places(first: 40, {after} filter: {{ kinds: [CITY], near: {{ latitude: 52.52, longitude: 13.405, km: 30 }} }},
            orderBy: [{{ field: POPULATION, direction: DESC }}]) {{
              totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ name countryCode regionCode population }} }} }} }}"
        )
    };
    let first = board.data(&query("")).await;
    let mut all = names(&first["places"], "name");
    assert_eq!(all[0], "Berlin");
    assert_eq!(first["places"]["edges"][0]["node"]["regionCode"], "DE-BE");
    let total = first["places"]["totalCount"].as_u64().expect("a total");
    let mut page = first;
    while page["places"]["pageInfo"]["hasNextPage"] == true {
        page = board.data(&query(&format!("after: {},", page["places"]["pageInfo"]["endCursor"]))).await;
        all.extend(names(&page["places"], "name"));
    }
    assert_eq!(all.len() as u64, total);
    assert!(all.contains(&"Potsdam".to_owned()) && !all.contains(&"Leipzig".to_owned()));
    let fiji = board.data("{ places(filter: { near: { latitude: -16.8, longitude: -179.9, km: 300 } }) { edges { node { countryCode } } } }");
    assert!(names(&fiji.await["places"], "countryCode").contains(&"FJ".to_owned()));
    let here = board.data(r#"{ places(filter: { regions: ["US-NY"], kinds: [REGION] }) { edges { node { name } } } }"#);
    assert_eq!(names(&here.await["places"], "name"), ["New York"]);
}

async fn what_is_typed_is_completed(board: &Board) {
    let suggest = async |arguments: &str| {
        let (answer, statements) =
            board.ask(&format!("{{ suggest({arguments}) {{ kind key label }} }}"), json!({})).await;
        assert_eq!(answer.get("errors"), None, "{arguments}");
        (answer["data"]["suggest"].as_array().cloned().unwrap_or_default(), statements)
    };
    let (roles, statements) = suggest(r#"prefix: "back", kinds: [ROLE], first: 5"#).await;
    assert_eq!(statements, 1);
    assert_eq!(roles[0]["key"], "backend-developer", "{roles:?}");
    let (all, statements) = suggest(r#"prefix: "ber", first: 12"#).await;
    assert!(statements <= 6 && all.len() <= 12);
    assert!(all.iter().any(|found| found["label"] == "Berlin, DE"), "{all:?}");
    let (skills, _) = suggest(r#"prefix: "JS", kinds: [SKILL]"#).await;
    assert_eq!(skills[0]["label"], "JavaScript", "{skills:?}");
    let (places, _) = suggest(r#"prefix: "spring", kinds: [PLACE], first: 50"#).await;
    assert!(places.iter().any(|found| found["label"] == "Springfield, US-IL"), "{places:?}");
    let (germany, _) = suggest(r#"prefix: "ger", kinds: [PLACE]"#).await;
    assert_eq!(germany[0]["label"], "Germany");
    assert_eq!(suggest(r#"prefix: "日本橋", kinds: [ROLE]"#).await.0, Vec::<Value>::new());
    assert_eq!(suggest(r#"prefix: "100%_", kinds: [ROLE, SKILL, PLACE, EMPLOYER]"#).await.0, Vec::<Value>::new());
}

async fn arguments_are_checked(board: &Board) {
    for wrong in [
        r#"{ suggest(prefix: "") { key } }"#,
        r#"{ suggest(prefix: "a", first: 51) { key } }"#,
        r#"{ suggest(prefix: "a", first: 0) { key } }"#,
        "{ role { id } }",
        r#"{ role(slug: "a", id: "b") { id } }"#,
        "{ roles(first: 101) { totalCount } }",
        "{ places(filter: { near: { latitude: 91, longitude: 0, km: 1 } }) { totalCount } }",
        "{ places(filter: { near: { latitude: 1, longitude: 0, km: 501 } }) { totalCount } }",
        "{ skills(orderBy: [{ field: NAME, direction: ASC }, { field: NAME, direction: DESC }]) { totalCount } }",
    ] {
        assert_eq!(board.code(wrong).await, "BAD_USER_INPUT", "{wrong}");
    }
    let none = board.data(r#"{ role(slug: "none") { id } place(id: "role_x") { id } skill(id: "") { id } }"#).await;
    assert_eq!(none, json!({ "role": null, "place": null, "skill": null }));
}
