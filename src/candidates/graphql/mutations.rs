//! What people do with their profiles.

use async_graphql::{Context, Object};

use super::inputs::CandidateUpdateInput;
use super::object::Candidate;
use crate::candidates::form::CandidateForm;
use crate::candidates::service;
use crate::graphql::context::{Ask, conclude};
use crate::graphql::errors::payload;

payload! {
    /// The outcome of `candidateUpdate`.
    CandidatePayload {
        /// The profile, as it is now.
        candidate: Candidate
    }
}

/// What people do with their profiles.
#[derive(Default)]
pub struct CandidateMutation;

/// What people do with their profiles.
#[Object]
impl CandidateMutation {
    /// Writes the viewer's own profile; the first time this makes it.
    async fn candidate_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The profile.")] input: CandidateUpdateInput,
    ) -> async_graphql::Result<Option<CandidatePayload>> {
        let me = ctx.viewer().require()?;
        let (seen, form) = (input.version, CandidateForm::from(input));
        let txn = ctx.begin().await?;
        let updated = service::update(&txn, me, seen, form, ctx.now()).await;
        CandidatePayload::of(conclude(txn, updated).await.map(Candidate))
    }
}
