//! An upload and a résumé in the graph.

use std::fmt::Write as _;

use async_graphql::{Context, ID, Object, SimpleObject};

use crate::entities::upload;
use crate::files::address::Grant;
use crate::files::loaders::EmployersShown;
use crate::files::resumes::Kept;
use crate::files::service::{address_of, is_visible_to};
use crate::files::uploads::closes_at;
use crate::graphql::context::Ask;
use crate::graphql::loads::list;
use crate::graphql::scalars::{DateTime, Url};
use crate::ids::{self, Kind};
use crate::state::State;

/// A promise to take one file. Send its bytes to `url`, then name the upload where the file is used.
#[derive(SimpleObject)]
pub struct Upload {
    /// Identifier, for the mutation that uses the file.
    id: ID,
    /// Where the bytes are sent, once, before `expiresAt`. The address is a permit: keep it to yourself.
    url: Url,
    /// The method of the request: PUT.
    method: &'static str,
    /// Headers of the request.
    headers: Vec<UploadHeader>,
    /// When the address stops holding. A file that was sent waits longer to be used: an hour from `uploadCreate`.
    expires_at: DateTime,
    /// Bytes of a file at the most.
    max_bytes: i32,
}

/// A header of the request that sends a file.
#[derive(SimpleObject)]
pub struct UploadHeader {
    /// Its name.
    name: &'static str,
    /// Its value.
    value: String,
}

impl Upload {
    /// The promise, with the address that takes it up.
    pub fn new(row: &upload::Model, state: &State) -> Self {
        let until = closes_at(row);
        let address = Grant::Send { upload_id: row.id }.address(&state.config.public_url, &state.signer, until);
        Self {
            id: ids::encode(Kind::Upload, row.id).into(),
            url: Url(address),
            method: "PUT",
            headers: vec![UploadHeader { name: "Content-Type", value: row.content_type.clone() }],
            expires_at: DateTime(until),
            max_bytes: i32::try_from(state.config.files.max_upload).unwrap_or(i32::MAX),
        }
    }
}

/// A file that a candidate shows to employers. Its owner sees it, and the members of employers to whom the owner applied
/// with it, until the résumé is removed or the application withdrawn.
#[derive(Clone)]
pub struct Resume(pub Kept);

impl Resume {
    /// Whether the viewer may see it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_visible(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let Some(me) = ctx.viewer().account() else { return Ok(false) };
        let shown_to = list(ctx.loads(), EmployersShown(self.0.resume.id)).await?;
        Ok(is_visible_to(&self.0.file, &shown_to, me.account.id, |employer| ctx.viewer().is_member(employer)))
    }
}

/// A file that a candidate shows to employers. Its owner sees it, and the members of employers to whom the owner applied
/// with it, until the résumé is removed or the application withdrawn.
#[Object]
impl Resume {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Resume, self.0.resume.id).into()
    }

    /// What its owner calls it.
    async fn title(&self) -> &str {
        &self.0.resume.title
    }

    /// The name of the file, as it was on its owner's machine but for what would mislead.
    async fn file_name(&self) -> &str {
        &self.0.file.file_name
    }

    /// The media type of the file: that of a PDF or a DOCX.
    async fn content_type(&self) -> &str {
        &self.0.file.content_type
    }

    /// Bytes of the file.
    async fn size(&self) -> i32 {
        i32::try_from(self.0.file.size).unwrap_or(i32::MAX)
    }

    /// SHA-256 of the file, in hexadecimal digits.
    async fn sha256(&self) -> String {
        self.0.file.sha256.iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// When it was added.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.resume.created_at)
    }

    /// Where the viewer fetches the file, for five minutes. Who may see the file is asked again then.
    async fn url(&self, ctx: &Context<'_>) -> async_graphql::Result<Url> {
        let me = ctx.viewer().require()?;
        Ok(Url(address_of(ctx.state(), self.0.file.id, me.account.id, ctx.now())))
    }
}
