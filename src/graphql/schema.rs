//! The roots of the graph, merged from what the features bring.

use async_graphql::{EmptySubscription, MergedObject, SDLExportOptions, Schema, ValidationMode};

use super::node::NodeQuery;
use crate::accounts::graphql::{AccountMutation, AccountQuery};
use crate::market::graphql::MarketQuery;
use crate::postings::graphql::{PostingMutation, PostingQuery};

/// What can be asked.
#[derive(MergedObject, Default)]
pub struct Query(NodeQuery, AccountQuery, PostingQuery, MarketQuery);

/// What can be done.
#[derive(MergedObject, Default)]
pub struct Mutation(AccountMutation, PostingMutation);

/// The schema of Rolecall.
pub type RolecallSchema = Schema<Query, Mutation, EmptySubscription>;

/// Builds the schema. Documents reach it validated; see `conformance`.
#[must_use]
pub fn build() -> RolecallSchema {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(64)
        .finish()
}

/// The schema in the schema definition language, as committed in `schema.graphql` and served at `/schema.graphql`.
#[must_use]
pub fn sdl(schema: &RolecallSchema) -> String {
    schema.sdl_with_options(
        SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by(),
    )
}
