//! The roots of the graph, merged from what the features bring.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, Schema, ValidationMode};

use super::node::NodeQuery;
use super::rate_limit::RateLimitQuery;
use crate::accounts::graphql::{
    AccountMutation, AccountQuery, AdministrationLists, AdministrationMutation, AdministrationQuery, ProofMutation,
};
use crate::applications::graphql::{ApplicationMutation, ApplicationQuery};
use crate::audit::graphql::AuditLists;
use crate::candidates::graphql::{CandidateLists, CandidateMutation, InvitationMutation};
use crate::employers::graphql::{EmployerLists, EmployerMutation, EmployerQuery, MemberInvitationMutation};
use crate::files::graphql::FileMutation;
use crate::industries::graphql::{IndustryLists, IndustryQuery};
use crate::live::graphql::LiveSubscription;
use crate::mail::graphql::NotificationMutation;
use crate::market::graphql::MarketQuery;
use crate::moderation::graphql::{ModerationLists, ModerationMutation};
use crate::places::graphql::{PlaceLists, PlaceQuery};
use crate::postings::graphql::{PostingLists, PostingMutation, PostingQuery};
use crate::privacy::graphql::PrivacyMutation;
use crate::roles::graphql::query::{RoleLists, RoleQuery};
use crate::saved::graphql::SavedMutation;
use crate::search::graphql::SearchQuery;
use crate::search::suggest::graphql::SuggestQuery;
use crate::skills::graphql::{SkillLists, SkillQuery};
use crate::state::State;
use crate::work::graphql::JobQuery;

/// What can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    AccountQuery,
    EmployerQuery,
    EmployerLists,
    PostingQuery,
    PostingLists,
    ApplicationQuery,
    CandidateLists,
    RoleQuery,
    RoleLists,
    SkillQuery,
    SkillLists,
    PlaceQuery,
    PlaceLists,
    IndustryQuery,
    IndustryLists,
    SearchQuery,
    SuggestQuery,
    MarketQuery,
    AdministrationQuery,
    AdministrationLists,
    ModerationLists,
    AuditLists,
    JobQuery,
    RateLimitQuery,
);

/// What can be done.
#[derive(MergedObject, Default)]
pub struct Mutation(
    AccountMutation,
    ProofMutation,
    NotificationMutation,
    EmployerMutation,
    MemberInvitationMutation,
    CandidateMutation,
    InvitationMutation,
    FileMutation,
    PostingMutation,
    ApplicationMutation,
    SavedMutation,
    AdministrationMutation,
    ModerationMutation,
    PrivacyMutation,
);

/// What can be listened to.
#[derive(MergedSubscription, Default)]
pub struct Subscription(LiveSubscription);

/// Mutations that take a password or a token, or have one sent. One operation holds one of them at the most: whoever
/// guesses sends a request for each guess, and requests are counted.
pub const PROOFS: &[&str] = &[
    "accountErase",
    "accountRegister",
    "emailChange",
    "emailChangeRequest",
    "emailVerificationRequest",
    "emailVerify",
    "memberInvitationAccept",
    "passwordChange",
    "passwordReset",
    "passwordResetRequest",
    "sessionCreate",
    "sessionRefresh",
];

/// The schema of Rolecall.
pub type RolecallSchema = Schema<Query, Mutation, Subscription>;

/// Builds the schema over the state that resolvers share; without one it can be written down, not executed. Documents
/// reach it validated and measured by `conformance`, so it checks nothing itself.
#[must_use]
pub fn build(state: Option<State>) -> RolecallSchema {
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(usize::MAX);
    match state {
        Some(state) => schema.data(state).finish(),
        None => schema.finish(),
    }
}

/// The directive that `http::once` reads; async-graphql knows none that stands on an operation.
const IDEMPOTENT: &str = r#"
"""
Executes the mutation once: sent again with the same key within 24 hours, it gets the first answer again. The same as the
header `Idempotency-Key`.
"""
directive @idempotent(
  """
  1 to 255 visible ASCII characters that the client made up for this one mutation, a UUID for example. The same key with
  another document or other variables is `IDEMPOTENCY_MISMATCH`.
  """
  key: String!
) on MUTATION
"#;

/// The schema in the schema definition language, as committed in `schema.graphql` and served at `/schema.graphql`.
#[must_use]
pub fn sdl(schema: &RolecallSchema) -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    schema.sdl_with_options(options) + IDEMPOTENT
}
