//! What clients say about uploads and résumés.

use async_graphql::{Enum, ID, InputObject};

use crate::entities::sets::FileKind;
use crate::files::uploads::UploadForm;

/// What a file is sent for.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadKind {
    /// A résumé of the viewer: PDF or DOCX.
    Resume,
}

/// A file that is about to be sent.
#[derive(InputObject)]
pub struct UploadCreateInput {
    /// What it is for.
    kind: UploadKind,
    /// What it is called, 1 to 200 characters.
    file_name: String,
    /// Its media type: `application/pdf` or `application/vnd.openxmlformats-officedocument.wordprocessingml.document`.
    /// The bytes must be of that type.
    content_type: String,
    /// Its bytes, exactly.
    size: i32,
}

impl From<UploadCreateInput> for UploadForm {
    fn from(input: UploadCreateInput) -> Self {
        let UploadCreateInput { kind, file_name, content_type, size } = input;
        let kind = match kind {
            UploadKind::Resume => FileKind::Resume,
        };
        Self { kind, file_name, content_type, size }
    }
}

/// An upload that becomes a résumé.
#[derive(InputObject)]
pub struct ResumeAddInput {
    /// The upload, after its bytes were sent.
    pub(super) upload_id: ID,
    /// What the résumé is called, 1 to 120 characters; the file's name if nothing is said.
    pub(super) title: Option<String>,
}

/// What a résumé is called from now on.
#[derive(InputObject)]
pub struct ResumeRenameInput {
    /// The résumé.
    pub(super) id: ID,
    /// 1 to 120 characters.
    pub(super) title: String,
}

/// Which résumé is to go.
#[derive(InputObject)]
pub struct ResumeRemoveInput {
    /// The résumé.
    pub(super) id: ID,
}
