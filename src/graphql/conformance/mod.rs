//! Exact to the specification where async-graphql is not.
//!
//! async-graphql 7.2.1 executes resolvers well, but drops failed fields, resolves merged fields twice, accepts
//! invalid variables, answers in the order in which fields were ready and walks fragments exponentially. This layer
//! stands before and after it:
//!
//! 1. [`Documents::prepare`] measures a document (memoised, so that no text is worth more work than its length),
//!    parses and validates it completely, and remembers it;
//! 2. [`Prepared::call`] selects the operation, coerces the variables and tells the price;
//! 3. [`Call::request`] is what async-graphql executes: fragments written out, conditions decided, fields merged;
//! 4. [`Call::complete`] puts nulls, errors and the order of fields right.
//!
//! ```
//! # use rolecall::graphql::conformance::{Documents, Limits, Scalars};
//! # struct Query;
//! # #[async_graphql::Object]
//! # impl Query { async fn answer(&self) -> i32 { 42 } }
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let schema = async_graphql::Schema::build(Query, async_graphql::EmptyMutation, async_graphql::EmptySubscription)
//!     .validation_mode(async_graphql::ValidationMode::Fast)
//!     .limit_recursive_depth(usize::MAX)
//!     .finish();
//! let documents = Documents::new(&schema.sdl(), Limits::default(), Scalars::new()).unwrap();
//! let call = documents.prepare("{ answer }").unwrap().call(None, &serde_json::Map::new()).unwrap();
//! let response = call.complete(schema.execute(call.request()).await);
//! assert_eq!(response.data.to_string(), "{answer: 42}");
//! # });
//! ```
//!
//! What graphql-js 16 answers is what this layer answers: `tests/conformance` compares them.

mod budget;
mod coercion;
mod collected;
mod completion;
mod documents;
mod freshness;
mod introspection;
mod lexer;
mod limits;
mod literals;
mod masking;
mod plan;
mod position;
mod prepared;
mod price;
mod refusal;
mod rewrite;
mod rules;
mod scalars;
mod suggestions;
mod syntax;
mod types;

pub use budget::Measure;
pub use documents::Documents;
pub use freshness::{Freshness, Hints, RestsOn};
pub use limits::Limits;
pub use masking::Away;
pub use prepared::{Call, OperationType, Prepared};
pub use price::Price;
pub(crate) use refusal::coded;
pub use refusal::{Refusal, RefusalKind};
pub use scalars::{ScalarCheck, Scalars};

/// The schema's definition cannot be read; the text tells why, for a developer.
#[derive(Debug, thiserror::Error)]
#[error("the schema's definition is not valid: {0}")]
pub struct SchemaError(pub(crate) String);
