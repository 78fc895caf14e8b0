//! Questions about applications.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entities::{
    application, application_event, application_note, application_rating, gather, invitation, posting, posting_copy,
};
use crate::graphql::loads::{LoadError, Loads, by_id};

by_id! {
    /// Which application has this identifier?
    ApplicationById => application
}
by_id! {
    /// Which copy of a posting has this identifier?
    PostingCopyById => posting_copy
}
by_id! {
    /// Which note has this identifier?
    NoteById => application_note
}
by_id! {
    /// Which invitation has this identifier?
    InvitationById => invitation
}

/// Which application did this candidate make to this posting last?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LastApplication {
    /// The posting.
    pub posting_id: Uuid,
    /// The candidate.
    pub candidate_id: Uuid,
}

impl Loader<LastApplication> for Loads {
    type Value = application::Model;
    type Error = LoadError;

    async fn load(&self, keys: &[LastApplication]) -> Result<HashMap<LastApplication, Self::Value>, LoadError> {
        let rows = application::Entity::find()
            .filter(application::Column::PostingId.is_in(keys.iter().map(|key| key.posting_id)))
            .filter(application::Column::CandidateId.is_in(keys.iter().map(|key| key.candidate_id)))
            .order_by_asc(application::Column::SubmittedAt)
            .order_by_asc(application::Column::Id);
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        // Later rows replace earlier ones.
        let of =
            |row: &application::Model| LastApplication { posting_id: row.posting_id, candidate_id: row.candidate_id };
        Ok(rows.into_iter().map(|row| (of(&row), row)).collect())
    }
}

/// To which employers did this candidate apply?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EmployersAppliedTo(pub Uuid);

impl Loader<EmployersAppliedTo> for Loads {
    type Value = Vec<Uuid>;
    type Error = LoadError;

    async fn load(&self, keys: &[EmployersAppliedTo]) -> Result<HashMap<EmployersAppliedTo, Self::Value>, LoadError> {
        let to = application::Entity::belongs_to(posting::Entity)
            .from(application::Column::PostingId)
            .to(posting::Column::Id);
        let pairs = application::Entity::find()
            .join(sea_orm::JoinType::InnerJoin, to.into())
            .select_only()
            .column(application::Column::CandidateId)
            .column(posting::Column::EmployerId)
            .filter(application::Column::CandidateId.is_in(keys.iter().map(|key| key.0)))
            .distinct();
        let pairs = pairs.into_tuple::<(Uuid, Uuid)>().all(&self.db).await.map_err(Arc::new)?;
        Ok(gather(pairs.into_iter().map(|(candidate, employer)| (EmployersAppliedTo(candidate), employer))))
    }
}

/// Declares the question "which rows of this table belong to this application?", answered oldest first.
macro_rules! rows_of_application {
    ($(#[$doc:meta])* $key:ident => $table:ident by $time:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $key(pub Uuid);

        impl Loader<$key> for Loads {
            type Value = Vec<$table::Model>;
            type Error = LoadError;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>, LoadError> {
                let rows = $table::Entity::find()
                    .filter($table::Column::ApplicationId.is_in(keys.iter().map(|key| key.0)))
                    .order_by_asc($table::Column::$time)
                    .all(&self.db);
                let rows = rows.await.map_err(Arc::new)?;
                Ok(gather(rows.into_iter().map(|row| ($key(row.application_id), row))))
            }
        }
    };
}

rows_of_application! {
    /// Which steps did this application take?
    EventsOfApplication => application_event by At
}
rows_of_application! {
    /// What did members of the employer note about this application?
    NotesOfApplication => application_note by CreatedAt
}
rows_of_application! {
    /// How did members of the employer rate this application?
    RatingsOfApplication => application_rating by UpdatedAt
}
