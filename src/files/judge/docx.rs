//! Office Open XML texts: a zip with the right parts and nothing that acts by itself.

use std::io::Cursor;

use memchr::memmem;
use zip::read::{ArchiveOffset, Config};
use zip::{CompressionMethod, ZipArchive};

use super::Objection;
use super::unpack::{Budget, DAMAGED};

/// Compound files: what Word wrote before 2007, what it writes around a document with a password, and OLE objects.
pub const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const ZIP: &[u8] = b"PK\x03\x04";
/// The record that ends a zip, without a comment behind it.
const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;

/// Parts of a document; Word needs about a dozen, and one for each picture.
const MAX_PARTS: usize = 1_000;
/// A chart carries its table as a workbook, which is a zip again; that one carries none.
const MAX_DEPTH: usize = 1;

const MAIN_TYPE: &[u8] = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

const MISUSED: Objection = Objection::Content("The file is put together in a way that no word processor does.");
const LOCKED: Objection = Objection::Content("The document is encrypted: save it without a password.");
const ACTIVE: Objection =
    Objection::Content("The document has macros, programs or linked objects inside: save it without them.");

/// Judges a zip as a text document.
pub fn judge(bytes: &[u8]) -> Result<(), Objection> {
    let mut parts = Parts { budget: Budget::of(bytes.len()), left: MAX_PARTS, types: None, has_document: false };
    parts.walk(bytes, 0)?;
    match parts.types {
        Some(types) if parts.has_document && contains(&types, MAIN_TYPE) => Ok(()),
        _ => Err(Objection::Type),
    }
}

struct Parts {
    budget: Budget,
    left: usize,
    /// What `[Content_Types].xml` says.
    types: Option<Vec<u8>>,
    has_document: bool,
}

impl Parts {
    fn walk(&mut self, bytes: &[u8], depth: usize) -> Result<(), Objection> {
        let mut archive = open(bytes, self.left)?;
        self.left -= archive.len();
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).map_err(|error| match error {
                zip::result::ZipError::UnsupportedArchive(text) if text.contains("assword") => LOCKED,
                _ => DAMAGED,
            })?;
            if part.encrypted() {
                return Err(LOCKED);
            }
            let name = part.name().map_err(|_| MISUSED)?.into_owned();
            let packs = matches!(part.compression(), CompressionMethod::Stored | CompressionMethod::Deflated);
            if !packs || !is_plain(&name) || part.is_symlink() {
                return Err(MISUSED);
            }
            let content = self.budget.unpack(&mut part)?;
            self.look_at(&name.to_ascii_lowercase(), content, depth)?;
        }
        Ok(())
    }

    fn look_at(&mut self, name: &str, content: Vec<u8>, depth: usize) -> Result<(), Objection> {
        let is_program = content.starts_with(b"MZ") || content.starts_with(b"\x7fELF");
        if is_program || content.starts_with(COMPOUND) || name.ends_with("vbaproject.bin") {
            return Err(ACTIVE);
        }
        if content.starts_with(ZIP) {
            if depth == MAX_DEPTH {
                return Err(MISUSED);
            }
            return self.walk(&content, depth + 1);
        }
        match name.rsplit('.').next() {
            Some("xml" | "vml") => refuse_entities(&content)?,
            Some("rels") => {
                refuse_entities(&content)?;
                refuse_fetching(&content)?;
            }
            _ => {}
        }
        if depth == 0 {
            match name {
                "word/document.xml" => self.has_document = true,
                "[content_types].xml" => self.types = Some(content),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Opens an archive that is nothing else besides: no bytes in front of it, behind it, or in its gaps that another reader
/// would take for a part.
fn open(bytes: &[u8], most: usize) -> Result<ZipArchive<Cursor<&[u8]>>, Objection> {
    let end = bytes.len().checked_sub(END_LENGTH).map(|at| &bytes[at..]).ok_or(DAMAGED)?;
    if !end.starts_with(END) {
        return Err(DAMAGED);
    }
    // Before the list of parts is read: it can be long.
    if usize::from(u16::from_le_bytes([end[10], end[11]])) > most {
        return Err(MISUSED);
    }
    let config = Config { archive_offset: ArchiveOffset::Known(0) };
    let mut archive = ZipArchive::with_config(config, Cursor::new(bytes)).map_err(|_| DAMAGED)?;
    if archive.len() > most {
        return Err(MISUSED);
    }
    archive.validate_header_consistency().map_err(|_| MISUSED)?;
    Ok(archive)
}

/// Whether a part's name stays where it is put, on every system.
fn is_plain(name: &str) -> bool {
    let is_short = name.len() <= 255;
    let goes_up = name.split('/').any(|step| step == ".." || step == ".");
    is_short && !goes_up && !name.starts_with('/') && !name.contains(['\\', ':', '\0'])
}

/// Entities grow without bound when they are replaced, and the format has no use for them.
fn refuse_entities(content: &[u8]) -> Result<(), Objection> {
    // In UTF-16 every other byte is zero.
    let wide: Vec<u8> = content.iter().copied().filter(|byte| *byte != 0).collect();
    if contains(&wide, b"<!DOCTYPE") || contains(&wide, b"<!ENTITY") { Err(MISUSED) } else { Ok(()) }
}

/// No document needs a template, an object or a frame that is fetched from elsewhere whenever somebody opens it.
fn refuse_fetching(content: &[u8]) -> Result<(), Objection> {
    let content: Vec<u8> = content.iter().copied().filter(|byte| *byte != 0).collect();
    let fetches = ["/attachedTemplate", "/oleObject", "/frame"].iter().any(|kind| contains(&content, kind.as_bytes()));
    let is_far = |start: &&str| targets(&content, start);
    if fetches && ["http:", "https:", "ftp:", "mhtml:", "\\\\", "file://"].iter().any(is_far) {
        return Err(ACTIVE);
    }
    Ok(())
}

/// Whether a relationship leads to an address that begins so. A template on the author's own disk (`file:///C:`) is what
/// Word notes of an innocent document.
fn targets(content: &[u8], start: &str) -> bool {
    [format!("Target=\"{start}"), format!("Target='{start}")].iter().any(|target| {
        memmem::find_iter(content, target.as_bytes())
            .any(|at| start != "file://" || !content[at + target.len()..].starts_with(b"/"))
    })
}

fn contains(content: &[u8], word: &[u8]) -> bool {
    memmem::find(content, word).is_some()
}
