//! What people do with files.

use async_graphql::{Context, ID, Object};

use super::inputs::{ResumeAddInput, ResumeRemoveInput, ResumeRenameInput, UploadCreateInput};
use super::object::{Resume, Upload};
use crate::files::{resumes, uploads};
use crate::graphql::context::{Ask, conclude};
use crate::graphql::errors::payload;
use crate::ids::{self, Kind};

payload! {
    /// The outcome of `uploadCreate`.
    UploadPayload {
        /// Where the bytes are to be sent.
        upload: Upload
    }
}
payload! {
    /// The outcome of an action on a résumé.
    ResumePayload {
        /// The résumé, as it is now.
        resume: Resume
    }
}
payload! {
    /// The outcome of `resumeRemove`.
    ResumeRemovePayload {
        /// Identifier of the résumé that is gone.
        deleted_id: ID
    }
}

/// What people do with files.
#[derive(Default)]
pub struct FileMutation;

/// What people do with files.
#[Object]
impl FileMutation {
    /// Gives an address to which the bytes of a file are sent by PUT. At most 20 uploads of an account wait at a time;
    /// one that is not used within an hour goes.
    async fn upload_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: UploadCreateInput,
    ) -> async_graphql::Result<Option<UploadPayload>> {
        let me = ctx.viewer().require()?;
        let max_bytes = ctx.state().config.files.max_upload;
        let txn = ctx.begin().await?;
        let created = uploads::create(&txn, me, input.into(), max_bytes, ctx.now()).await;
        UploadPayload::of(conclude(txn, created).await.map(|row| Upload::new(&row, ctx.state())))
    }

    /// Makes a file that was sent a résumé of the viewer's profile, which is made if there is none. Ten at the most.
    async fn resume_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: ResumeAddInput,
    ) -> async_graphql::Result<Option<ResumePayload>> {
        let me = ctx.viewer().require()?;
        let upload_id = ids::decode(Kind::Upload, &input.upload_id);
        let txn = ctx.begin().await?;
        let added = resumes::add(&txn, me, upload_id, input.title.as_deref(), ctx.now()).await;
        ResumePayload::of(conclude(txn, added).await.map(Resume))
    }

    /// Calls a résumé of the viewer something else.
    async fn resume_rename(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name.")] input: ResumeRenameInput,
    ) -> async_graphql::Result<Option<ResumePayload>> {
        let me = ctx.viewer().require()?;
        let id = ids::decode(Kind::Resume, &input.id);
        let txn = ctx.begin().await?;
        let renamed = resumes::rename(&txn, me, id, &input.title, ctx.now()).await;
        ResumePayload::of(conclude(txn, renamed).await.map(Resume))
    }

    /// Removes a résumé of the viewer for good. Employers no longer see it, not even those who were applied to with it.
    async fn resume_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which résumé.")] input: ResumeRemoveInput,
    ) -> async_graphql::Result<Option<ResumeRemovePayload>> {
        let me = ctx.viewer().require()?;
        let id = ids::decode(Kind::Resume, &input.id);
        let txn = ctx.begin().await?;
        let removed = resumes::remove(&txn, me, id, ctx.now()).await;
        ResumeRemovePayload::of(conclude(txn, removed).await.map(|id| ids::encode(Kind::Resume, id).into()))
    }
}
