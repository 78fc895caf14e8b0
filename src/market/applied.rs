//! What the market reads of applications, and all the people about some postings.

use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::packed::{identifiers, packed};
use super::people::{SeekerRows, Window};
use crate::clock::Timestamp;
use crate::entities::application;

/// An application: the posting, the candidate and, where it was asked for, the instant.
pub type ApplicationRow = (Uuid, Uuid, Option<Timestamp>);

/// Whoever may meet some postings.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// Applications within the window, by whomever.
    pub applications: Vec<ApplicationRow>,
    /// Active candidates.
    pub seekers: SeekerRows,
}

/// The applications to the postings within the window. One statement.
///
/// # Errors
/// The database failed.
pub async fn applications(
    db: &impl ConnectionTrait,
    postings: &SelectStatement,
    window: Window,
    with_instants: bool,
) -> Result<Vec<ApplicationRow>, DbErr> {
    use application::Column as C;
    let select = application::Entity::find()
        .select_only()
        .column(C::PostingId)
        .filter(C::PostingId.in_subquery(postings.clone()))
        .filter(C::SubmittedAt.gt(window.after))
        .filter(C::SubmittedAt.lte(window.through));
    if with_instants {
        return select.columns([C::CandidateId, C::SubmittedAt]).into_tuple().all(db).await;
    }
    let candidates = packed(db.get_database_backend(), Expr::col((application::Entity, C::CandidateId)), []);
    let rows: Vec<(Uuid, String)> = select.expr(candidates).group_by(C::PostingId).into_tuple().all(db).await?;
    let mut applications = Vec::new();
    for (posting, candidates) in rows {
        applications.extend(identifiers(&candidates)?.into_iter().map(|candidate| (posting, candidate, None)));
    }
    Ok(applications)
}
