//! What is asked: each query with several sets of variables, which take turns, so that no answer can be told from the last.

use anyhow::Context;
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::client::Client;
use crate::data::World;

/// A query.
#[derive(Debug)]
pub struct Query {
    /// As the table names it.
    pub name: &'static str,
    /// Bodies of requests.
    pub bodies: Vec<String>,
}

impl Query {
    fn new(name: &'static str, document: &str, variables: impl IntoIterator<Item = Value>) -> Self {
        let body = |variables| json!({"query": document, "variables": variables}).to_string();
        Self { name, bodies: variables.into_iter().map(body).collect() }
    }
}

const PAGE: &str = "edges { node { id title publishedAt employer { name } places { name } } }";
const PERCENTILES: &str = "sampleSize p10 { amount } p25 { amount } median { amount } p75 { amount } p90 { amount }";
const SEEKERS: &str = "seekersPerPosting { seekersPerPosting seekers postings }";

/// All queries, for a board that is being served.
///
/// # Errors
/// The server does not answer.
pub async fn all(world: &World, client: &Client, today: NaiveDate) -> anyhow::Result<Vec<Query>> {
    let mut queries = searches(world);
    queries.push(second_page(world, client).await?);
    queries.extend(market(world, today));
    queries.extend(others(world));
    Ok(queries)
}

fn searches(world: &World) -> Vec<Query> {
    let search = format!("query($search: String!) {{ postings(search: $search, first: 20) {{ totalCount {PAGE} }} }}");
    let pairs = world.words.iter().skip(12).filter(|word| word.len() > 5).take(20);
    let filtered = format!(
        "query($filter: PostingFilter) {{ postings(filter: $filter, first: 20) {{
            totalCount facets(first: 10) {{ dimension values {{ key count }} }} {PAGE} }} }}"
    );
    let filters = countries(world, 10).into_iter().flat_map(|country| {
        [20_000, 40_000, 60_000].map(|amount| {
            json!({"filter": {"countries": [country], "workplaces": ["REMOTE"],
                "payAtLeast": {"amount": amount.to_string(), "currency": "USD"}}})
        })
    });
    let newest = format!("{{ postings(first: 20, orderBy: [{{field: PUBLISHED_AT, direction: DESC}}]) {{ {PAGE} }} }}");
    vec![
        Query::new("commonest word, 20 of it and their number", &search, [json!({"search": "developer"})]),
        Query::new(
            "two common words, 20 and their number",
            &search,
            pairs.map(|word| json!({"search": format!("developer {word}")})),
        ),
        Query::new("country, remote and pay: 20, their number, six facets", &filtered, filters),
        Query::new("newest 20", &newest, [json!({})]),
    ]
}

async fn second_page(world: &World, client: &Client) -> anyhow::Result<Query> {
    let document = "query($filter: PostingFilter, $after: String) { postings(filter: $filter, first: 20, after: $after,
        orderBy: [{field: PUBLISHED_AT, direction: DESC}]) { pageInfo { endCursor } edges { node { id title } } } }";
    let mut variables = Vec::new();
    for country in countries(world, 10) {
        let first = json!({"filter": {"countries": [country]}});
        let answer = client.ask(&json!({"query": document, "variables": first}).to_string()).await?;
        let cursor = answer["data"]["postings"]["pageInfo"]["endCursor"].as_str().context("no cursor")?;
        variables.push(json!({"filter": first["filter"], "after": cursor}));
    }
    Ok(Query::new("second page of the newest in a country", document, variables))
}

fn market(world: &World, today: NaiveDate) -> Vec<Query> {
    let scope = format!(
        "query($filter: PostingFilter) {{ market(filter: $filter) {{
            salaryStatistics(currency: \"USD\", convert: true) {{ {PERCENTILES} employerCount }} {SEEKERS} }} }}"
    );
    let cells = world.roles.iter().take(10).flat_map(|role| {
        countries(world, 4).into_iter().map(|country| json!({"filter": {"roles": [role.slug], "countries": [country]}}))
    });
    let groups = format!(
        "query($by: MarketDimension!) {{ market {{ groups(by: $by, first: 20) {{ key label postings
            salaryStatistics(currency: \"USD\", convert: true) {{ {PERCENTILES} }} {SEEKERS} }} }} }}"
    );
    let pay = format!(
        "query($by: MarketDimension!) {{ market {{ groups(by: $by, first: 100) {{ key label postings
            salaryStatistics(currency: \"USD\", convert: true) {{ {PERCENTILES} }} }} }} }}"
    );
    let series = format!(
        "query($filter: PostingFilter, $from: LocalDate!, $to: LocalDate!) {{ market(filter: $filter) {{
            series(interval: WEEK, from: $from, to: $to) {{ start openPostings newPostings
            salaryStatistics(currency: \"USD\", convert: true) {{ sampleSize median {{ amount }} }} {SEEKERS} }} }} }}"
    );
    // Thirteen whole weeks, the last of which is this one.
    let (from, to) = (today - Days::new(7 * 12), today);
    let weeks = countries(world, 10);
    let weeks = weeks.into_iter().map(|country| json!({"filter": {"countries": [country]}, "from": from, "to": to}));
    vec![
        Query::new("pay and seekers of a role in a country", &scope, cells),
        Query::new("pay and seekers of everything", &scope, [json!({"filter": null})]),
        Query::new("100 roles with percentiles", &pay, [json!({"by": "ROLE"})]),
        Query::new("100 places with percentiles", &pay, [json!({"by": "PLACE"})]),
        Query::new("20 roles with percentiles and seekers", &groups, [json!({"by": "ROLE"})]),
        Query::new("20 places with percentiles and seekers", &groups, [json!({"by": "PLACE"})]),
        Query::new("13 weeks of a country", &series, weeks),
    ]
}

fn others(world: &World) -> Vec<Query> {
    let competition = "query($filter: PostingFilter) { postings(filter: $filter, first: 20) {
        edges { node { id competition { seekers } } } } }";
    let roles = world.roles.iter().take(20).map(|role| json!({"filter": {"roles": [role.slug]}}));
    let suggest = "query($prefix: String!) { suggest(prefix: $prefix) { kind key label } }";
    let prefixes = ["dev", "back", "data s", "new", "ber", "mana", "py", "sao", "nur", "c"];
    let page = format!(
        "query($slug: String!) {{ role(slug: $slug) {{ title summary aliases responsibilities
            skills {{ importance skill {{ slug name }} }} similarRoles {{ slug title }} industries {{ slug name }}
            citedSalaries {{ publisher asOf average {{ amount currency }} }}
            market {{ salaryStatistics(currency: \"USD\", convert: true) {{ {PERCENTILES} }} {SEEKERS} }} }} }}"
    );
    let slugs = world.roles.iter().take(40).map(|role| json!({"slug": role.slug}));
    vec![
        Query::new("seekers of each of 20 postings", competition, roles),
        Query::new("suggestions", suggest, prefixes.map(|prefix| json!({"prefix": prefix}))),
        Query::new("page of a role", &page, slugs),
    ]
}

/// Countries with cities of the board, the largest first.
fn countries(world: &World, count: usize) -> Vec<&str> {
    let mut countries: Vec<&str> = Vec::new();
    for city in &world.cities {
        let country = city.place.country_code.as_str();
        if !countries.contains(&country) {
            countries.push(country);
        }
    }
    countries.truncate(count);
    countries
}
