//! What a file is and whether it is safe to keep, told by its bytes alone. Nothing here trusts a name or a header: what is
//! packed is unpacked, with a bound on what comes out.
//!
//! This is no virus scanner. It keeps out what cannot be a résumé, bombs, what is locked against reading, and the
//! parts of both formats that do things by themselves: scripts, macros, programs to launch, objects and templates from
//! elsewhere.

mod docx;
mod pdf;
mod pdf_syntax;
mod unpack;

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::model::DocumentType;

/// Most bytes that may come out of a file, however it is packed.
const MAX_UNPACKED: usize = 50 * 1024 * 1024;
/// Files judged at the same time. Each takes a core for up to a second and memory for what it unpacks.
const AT_ONCE: usize = 2;

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It is of no type that is taken.
    Type,
    /// It is of such a type, but damaged, locked, a bomb, or does things by itself: the reason, for people.
    Content(&'static str),
}

/// Judges files beside everything else that the server does. Clones share the workers.
#[derive(Clone, Debug)]
pub struct Judge(Arc<Semaphore>);

impl Default for Judge {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Judge {
    /// Judges a file, and gives it back with the verdict.
    ///
    /// # Errors
    /// The server is stopping.
    pub async fn judge(&self, bytes: Vec<u8>) -> anyhow::Result<(Vec<u8>, Result<DocumentType, Objection>)> {
        let permit = Arc::clone(&self.0).acquire_owned().await?;
        let judged = tokio::task::spawn_blocking(move || {
            // Held by the work, not by who waits for it: a client that goes away frees no worker.
            let _permit = permit;
            let verdict = judge(&bytes);
            (bytes, verdict)
        });
        Ok(judged.await?)
    }
}

/// What a file is.
///
/// # Errors
/// Why it is not taken.
pub fn judge(bytes: &[u8]) -> Result<DocumentType, Objection> {
    if bytes.starts_with(b"%PDF-") {
        pdf::judge(bytes)?;
        Ok(DocumentType::Pdf)
    } else if bytes.starts_with(b"PK\x03\x04") {
        docx::judge(bytes)?;
        Ok(DocumentType::Docx)
    } else if bytes.starts_with(docx::COMPOUND) {
        Err(Objection::Content("This is an old Word document or one with a password: save it as DOCX without one."))
    } else {
        Err(Objection::Type)
    }
}
