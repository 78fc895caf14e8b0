//! What may be uploaded, what it is called, and how long things last.

use chrono::TimeDelta;

use crate::error::{Code, Refusal};
use crate::text;

/// Most résumés of a candidate. The check of the column `resume.slot` names the same number.
pub const MAX_RESUMES: i32 = 10;
/// Most uploads of an account that wait to be used. The check of the column `upload.slot` names the same number.
pub const MAX_WAITING: i32 = 20;
/// How long the address of an upload holds.
pub const UPLOAD_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// How long an upload waits to be used, from its creation.
pub const USE_WITHIN: TimeDelta = TimeDelta::hours(1);
/// How long the address of a file holds.
pub const DOWNLOAD_WITHIN: TimeDelta = TimeDelta::minutes(5);

/// Most characters of a file name.
const MAX_NAME: usize = 200;

/// A form of document that is taken as a résumé.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentType {
    /// Portable Document Format (ISO 32000).
    Pdf,
    /// Office Open XML text (ISO 29500).
    Docx,
}

impl DocumentType {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Pdf, Self::Docx];

    /// The media type (RFC 6838).
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }

    /// The end of its file names.
    const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => ".pdf",
            Self::Docx => ".docx",
        }
    }

    /// Reads a media type; parameters and case do not matter.
    ///
    /// # Errors
    /// `INVALID` at `contentType`.
    pub fn parse(content_type: &str) -> Result<Self, Refusal> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let found = Self::ALL.into_iter().find(|one| one.content_type().eq_ignore_ascii_case(essence));
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::content_type).join(" or ");
            Refusal::new(Code::Invalid, "contentType", format!("It takes {known}."))
        })
    }
}

/// Reads the name that a file had on its owner's machine: one line of 1 to 200 characters without folders and without
/// marks that hide or turn around what follows. It ends as files of its type do, and is for people's eyes only: no path
/// is ever made of it.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `fileName`.
pub fn file_name(name: &str, document: DocumentType) -> Result<String, Refusal> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|c| !is_invisible(*c)).collect();
    let name = text::line("fileName", shown.trim_start_matches(['.', ' ']), 1, MAX_NAME)?;
    let extension = document.extension();
    let has_it = name.len() > extension.len()
        && name.is_char_boundary(name.len() - extension.len())
        && name[name.len() - extension.len()..].eq_ignore_ascii_case(extension);
    Ok(if has_it { name } else { format!("{name}{extension}") })
}

/// Reads what a candidate calls a résumé: one line of 1 to 120 characters.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `title`.
pub fn title(text: &str) -> Result<String, Refusal> {
    text::line("title", text, 1, 120)
}

/// What a résumé is called when nobody says: its file's name without the end, 120 characters at the most.
#[must_use]
pub fn title_of(file_name: &str) -> String {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    stem.chars().take(120).collect()
}

/// Letters without a shape of their own: joiners, marks of direction, and the like (Unicode `Cf`, as far as names need).
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The first of the numbers 1 to `most` that is not taken.
#[must_use]
pub fn free_slot(taken: &[i32], most: i32) -> Option<i32> {
    (1..=most).find(|slot| !taken.contains(slot))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_folders_and_hidden_marks_and_keep_their_letters() {
        let pdf = |name: &str| file_name(name, DocumentType::Pdf).expect("a name");
        assert_eq!(pdf("Lebenslauf – Zoë Müller.PDF"), "Lebenslauf – Zoë Müller.PDF");
        assert_eq!(pdf("../../etc/passwd"), "passwd.pdf");
        assert_eq!(pdf(r"C:\Users\me\cv.pdf"), "cv.pdf");
        assert_eq!(pdf("invoice\u{202e}fdp.exe"), "invoicefdp.exe.pdf");
        assert_eq!(pdf("..pdf"), "pdf.pdf");
        assert_eq!(pdf("né"), "né.pdf");
        assert_eq!(file_name("cv.pdf", DocumentType::Docx).expect("a name"), "cv.pdf.docx");
        for (wrong, code) in [("", Code::Required), ("a/", Code::Required), ("\u{202e}", Code::Required)] {
            assert_eq!(file_name(wrong, DocumentType::Pdf).expect_err("refused").code, code, "{wrong:?}");
        }
        assert_eq!(file_name("a\r\nX: y", DocumentType::Pdf).expect("one line"), "a X: y.pdf");
        assert_eq!(file_name("a\u{0}b", DocumentType::Pdf).expect_err("refused").code, Code::Invalid);
        assert_eq!(file_name(&"x".repeat(201), DocumentType::Pdf).expect_err("refused").code, Code::TooLong);
    }

    #[test]
    fn a_title_is_made_of_the_name() {
        assert_eq!(title_of("My CV.v2.pdf"), "My CV.v2");
        assert_eq!(title_of(&format!("{}.pdf", "x".repeat(190))).len(), 120);
    }

    #[test]
    fn types_are_read_without_case_and_parameters() {
        assert_eq!(DocumentType::parse("Application/PDF; version=1.7").ok(), Some(DocumentType::Pdf));
        for wrong in ["", "text/html", "application/msword", "application/pdfx"] {
            assert_eq!(DocumentType::parse(wrong).expect_err("refused").path, ["contentType"], "{wrong}");
        }
    }

    #[test]
    fn slots_fill_from_below() {
        assert_eq!(free_slot(&[], 2), Some(1));
        assert_eq!(free_slot(&[1, 3], 3), Some(2));
        assert_eq!(free_slot(&[2, 1], 2), None);
    }
}
