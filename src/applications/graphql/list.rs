//! Lists of applications.

use async_graphql::Context;
use async_graphql::connection::EmptyFields;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::inputs::{ApplicationOrder, ApplicationOrderField};
use super::object::Application;
use crate::entities::application;
use crate::entities::sets::ApplicationStatus;
use crate::graphql::connection::{Grown, List, PageArguments, list};
use crate::graphql::context::Ask;
use crate::graphql::enums;
use crate::graphql::named::at_most_100;
use crate::graphql::order::{self, OrderDirection};
use crate::pagination::Keyset;

const MINE: &str = "viewer.applications";
const NEWEST: (ApplicationOrderField, OrderDirection) = (ApplicationOrderField::SubmittedAt, OrderDirection::Desc);

/// The applications of a candidate, newest first.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn of_candidate(
    ctx: &Context<'_>,
    candidate_id: Option<Uuid>,
    statuses: Option<Vec<enums::ApplicationStatus>>,
    page: &PageArguments,
) -> async_graphql::Result<List<Application>> {
    let mine = application::Entity::find().filter(match candidate_id {
        Some(id) => application::Column::CandidateId.eq(id),
        // Without a profile there is none.
        None => application::Column::Id.is_null(),
    });
    page_of(ctx, MINE, among(mine, statuses)?, None, page).await
}

/// The applications to a posting, newest first unless another order is given.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn of_posting(
    ctx: &Context<'_>,
    posting_id: Uuid,
    statuses: Option<Vec<enums::ApplicationStatus>>,
    order_by: Option<Vec<ApplicationOrder>>,
    page: &PageArguments,
) -> async_graphql::Result<List<Application>> {
    let all = application::Entity::find().filter(application::Column::PostingId.eq(posting_id));
    page_of(ctx, "posting.applications", among(all, statuses)?, order_by, page).await
}

fn among(
    select: Select<application::Entity>,
    statuses: Option<Vec<enums::ApplicationStatus>>,
) -> async_graphql::Result<Select<application::Entity>> {
    at_most_100("statuses", statuses.as_deref())?;
    Ok(match statuses {
        Some(statuses) => {
            let statuses = statuses.into_iter().map(ApplicationStatus::from);
            select.filter(application::Column::Status.is_in(statuses))
        }
        None => select,
    })
}

async fn page_of(
    ctx: &Context<'_>,
    name: &str,
    select: Select<application::Entity>,
    order_by: Option<Vec<ApplicationOrder>>,
    page: &PageArguments,
) -> async_graphql::Result<List<Application>> {
    let keyset = match order_by.filter(|wishes| !wishes.is_empty()) {
        Some(wishes) => order::keyset(name, id_column(), Some(wishes), NEWEST.0)?,
        None => order::by(name, id_column(), &[NEWEST]),
    };
    list(ctx.reads(), &ctx.state().cursors, select, &keyset, page, Application).await
}

fn id_column() -> SimpleExpr {
    Expr::col((application::Entity, application::Column::Id))
}

impl Grown for Application {
    type Entity = application::Entity;
    type EdgeFields = EmptyFields;

    fn in_list(&self) -> (Select<application::Entity>, Keyset) {
        (application::Entity::find_by_id(self.0.id), order::by(MINE, id_column(), &[NEWEST]))
    }

    fn edge(row: application::Model) -> (Self, EmptyFields) {
        (Self(row), EmptyFields)
    }
}
