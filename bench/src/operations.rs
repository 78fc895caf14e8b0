//! Operations that clients of the contract send, for a board that is being served.

use anyhow::Context;
use serde_json::{Value, json};

use crate::client::Client;
use crate::data::World;
use crate::queries::Query;

/// Six operations, as they stand in `tests/clients/operations`.
///
/// # Errors
/// The server does not answer.
pub async fn six(world: &World, client: &Client) -> anyhow::Result<Vec<Query>> {
    let roles = || world.roles.iter().take(20).map(|role| role.slug.as_str());
    let country = world.cities.first().map_or("US", |city| city.place.country_code.as_str());
    let list = roles().map(|role| {
        json!({"first": 20, "filter": {"roles": [role], "countries": [country]}, "orderBy": [{"field": "PUBLISHED_AT", "direction": "DESC"}]})
    });
    let searches = world.words.iter().skip(12).filter(|word| word.len() > 5).take(20);
    let searches = searches.map(|word| json!({"search": format!("developer {word}"), "first": 20}));
    let scopes = || roles().map(|role| json!({"roles": [role], "countries": [country]}));
    let market = scopes().map(|filter| json!({"filter": filter, "currency": "USD", "convert": true}));
    let groups =
        scopes().map(|filter| json!({"filter": filter, "by": "EXPERIENCE_LEVEL", "currency": "USD", "first": 20}));
    Ok(vec![
        operation("PostingList", include_str!("../../tests/clients/operations/PostingList.graphql"), list),
        operation(
            "PostingPage",
            include_str!("../../tests/clients/operations/PostingPage.graphql"),
            postings(client).await?,
        ),
        operation("Search", include_str!("../../tests/clients/operations/Search.graphql"), searches),
        operation(
            "RolePage",
            include_str!("../../tests/clients/operations/RolePage.graphql"),
            roles().map(|slug| json!({ "slug": slug })),
        ),
        operation("Market", include_str!("../../tests/clients/operations/Market.graphql"), market),
        operation("MarketGroups", include_str!("../../tests/clients/operations/MarketGroups.graphql"), groups),
    ])
}

/// An operation of a document that may have others.
fn operation(name: &'static str, document: &str, variables: impl IntoIterator<Item = Value>) -> Query {
    let body = |variables| json!({"query": document, "operationName": name, "variables": variables}).to_string();
    Query { name, bodies: variables.into_iter().map(body).collect() }
}

/// Variables of the pages of some postings.
async fn postings(client: &Client) -> anyhow::Result<Vec<Value>> {
    let some = json!({"query": "{ postings(first: 50) { edges { node { id } } } }"}).to_string();
    let answer = client.ask(&some).await?;
    let edges = answer["data"]["postings"]["edges"].as_array().context("no postings")?;
    Ok(edges.iter().map(|edge| json!({"id": edge["node"]["id"]})).collect())
}
