//! Applications in the graph.

use async_graphql::{Context, ID, Object};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entities::application;
use crate::graphql::connection::{List, PageArguments, list};
use crate::graphql::context::Ask;
use crate::graphql::enums::ApplicationStatus;
use crate::graphql::loads::one;
use crate::graphql::scalars::DateTime;
use crate::ids::{self, Kind};
use crate::pagination::{KeyKind, Keyset, SortKey};
use crate::postings::graphql::Posting;
use crate::postings::loaders::PostingById;

/// One candidate applying to one posting.
#[derive(Clone)]
pub struct Application(pub application::Model);

/// One candidate applying to one posting.
#[Object]
impl Application {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Application, self.0.id).into()
    }

    /// State.
    async fn status(&self) -> ApplicationStatus {
        self.0.status.into()
    }

    /// When it was submitted.
    async fn submitted_at(&self) -> DateTime {
        DateTime(self.0.submitted_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Counts up with every change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What was applied to. Who applied still sees it when others no longer do.
    async fn posting(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Posting>> {
        Ok(one(ctx.loads(), PostingById(self.0.posting_id)).await?.map(Posting))
    }
}

/// The applications of a candidate, newest first.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn of_candidate(
    ctx: &Context<'_>,
    candidate_id: Option<Uuid>,
    page: &PageArguments,
) -> async_graphql::Result<List<Application>> {
    let select = application::Entity::find().filter(match candidate_id {
        Some(id) => application::Column::CandidateId.eq(id),
        // Without a profile there is none.
        None => application::Column::Id.is_null(),
    });
    let submitted_at = SortKey {
        expression: Expr::col((application::Entity, application::Column::SubmittedAt)),
        kind: KeyKind::Instant,
        descending: true,
        nullable: false,
    };
    let keyset = Keyset {
        name: "viewer.applications".to_owned(),
        keys: vec![submitted_at],
        id: Expr::col((application::Entity, application::Column::Id)),
        id_descending: true,
    };
    list(ctx.reads(), &ctx.state().cursors, select, &keyset, page, Application).await
}
