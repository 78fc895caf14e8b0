//! Files made at random: each gets a verdict, soon, and what is taken is what it is taken for.

use std::io::{Cursor, Read, Write};
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rolecall::files::judge::{Objection, judge};
use rolecall::files::model::DocumentType::{Docx, Pdf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::config;
use crate::documents::{deflated, docx, parts, pdf, pdf_of, stream};

/// Nothing takes longer, on a busy machine and without optimisation.
const SOON: Duration = Duration::from_secs(10);

fn is_taken(bytes: &[u8]) -> bool {
    let begun = Instant::now();
    let verdict = judge(bytes);
    assert!(begun.elapsed() < SOON, "{:?} for {} bytes", begun.elapsed(), bytes.len());
    match verdict {
        Ok(kind) => {
            assert!(bytes.starts_with(if kind == Pdf { b"%PDF-" } else { b"PK\x03\x04" }));
            true
        }
        Err(Objection::Content(reason)) => {
            assert!(!reason.is_empty());
            false
        }
        Err(Objection::Type) => false,
    }
}

/// Pieces of the grammar of PDF, right and wrong.
const TOKENS: &[&[u8]] = &[
    b"<<",
    b">>",
    b"[",
    b"]",
    b"(",
    b")",
    b"\\",
    b"<",
    b">",
    b"/",
    b"%",
    b"{",
    b"}",
    b"\r",
    b"\n",
    b"\0",
    b"/Length 5",
    b"/Length -1",
    b"/Length 99999999999999999999",
    b"/Length 7 0 R",
    b"/Filter/FlateDecode",
    b"/Filter[/ASCII85Decode/ASCIIHexDecode]",
    b"/DecodeParms<</Predictor 15/Columns 2147483647>>",
    b"/Type/ObjStm",
    b"/N 2147483647",
    b"/First -3",
    b"/Type/XRef/W[1 8 8]",
    b"stream\n",
    b"\nendstream",
    b"endobj",
    b"6 0 obj",
    b"obj",
    b"xref\n0 1\n",
    b"trailer",
    b"startxref\n0\n",
    b"%%EOF",
    b"/J#53",
    b"/#",
    b"#zz",
    b"1e9",
    b"-0.0.0",
    b"9 0 R",
    b"<4A",
    b"(\\777)",
    b"true",
    b"null",
    b"\xff\xfe",
];

fn token() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => select(TOKENS).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..6),
        1 => select(vec![b'[', b'<', b'(', b'{']).prop_map(|sign| vec![sign; 300]),
        1 => vec(any::<u8>(), 0..40).prop_map(|bytes| stream("/Filter/FlateDecode", &deflated(&bytes))),
    ]
}

/// Where parts of a zip may say that they belong.
fn name() -> impl Strategy<Value = String> {
    let steps = vec![
        "word",
        "media",
        "..",
        ".",
        "",
        "C:",
        "\\",
        "image.png",
        "a.xml",
        "_rels",
        "document.xml",
        "\u{0}",
        "é",
        "COM1",
    ];
    vec(select(steps), 1..5).prop_map(|steps| steps.join("/"))
}

/// Whether a name leads to a place below the folder into which it is unpacked.
fn stays_within(name: &str) -> bool {
    let leads_away = name.starts_with('/') || name.contains(['\\', ':', '\0']);
    !leads_away && name.split('/').all(|step| step != "..")
}

/// A good document with further parts, as they come.
fn zip_with(more: &[(String, Vec<u8>, bool)]) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let good = parts("Ada").into_iter().map(|(name, content)| (name.to_owned(), content, true));
    for (name, content, is_packed) in good.chain(more.iter().cloned()) {
        let method = if is_packed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        // The writer itself refuses the same name twice.
        zip.start_file(name, SimpleFileOptions::default().compression_method(method)).ok()?;
        zip.write_all(&content).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn bytes_at_random_are_no_document(head in select(vec![&b""[..], b"%PDF-", b"%PDF-1.7\n", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"]), rest in vec(any::<u8>(), 0..2_000)) {
        prop_assert!(!is_taken(&[head, &rest].concat()));
    }

    #[test]
    fn objects_at_random_in_a_pdf_are_judged(objects in vec(vec(token(), 0..30), 1..6), edits in vec((any::<Index>(), token()), 0..3)) {
        let objects: Vec<_> = objects.into_iter().map(|tokens| tokens.join(&b' ')).collect();
        let mut bytes = pdf("Ada", &objects);
        is_taken(&bytes);
        is_taken(&pdf_of(&objects));
        for (at, token) in edits {
            let at = at.index(bytes.len());
            bytes.splice(at..at, token);
        }
        is_taken(&bytes);
    }

    #[test]
    fn a_zip_is_taken_only_with_parts_that_stay_within_it(more in vec((name(), vec(any::<u8>(), 0..40), any::<bool>()), 0..4)) {
        let Some(bytes) = zip_with(&more) else { return Ok(()) };
        let is_safe = more.iter().all(|(name, ..)| stays_within(name));
        prop_assert!(is_safe || !is_taken(&bytes), "{more:?}");
    }

    /// Sizes, offsets, counts and checksums that say something else than what there is.
    #[test]
    fn numbers_of_a_zip_are_not_believed(field in any::<Index>(), value in prop_oneof![any::<u32>(), Just(0), Just(u32::MAX), 0..5_000_u32]) {
        let mut bytes = docx("Ada", &[("word/media/image.png", vec![7; 4_000])]);
        let heads: Vec<_> = (0..bytes.len() - 30).filter(|at| bytes[*at..].starts_with(b"PK")).collect();
        // Each head has its numbers in its first 46 bytes.
        let places: Vec<_> = heads.iter().flat_map(|head| (head + 4..head + 42).step_by(2)).filter(|at| at + 4 <= bytes.len()).collect();
        let at = places[field.index(places.len())];
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        if is_taken(&bytes) {
            // Whoever opens it finds the document that was judged.
            let mut archive = ZipArchive::new(Cursor::new(&bytes)).expect("a zip");
            let mut text = String::new();
            archive.by_name("word/document.xml").expect("a part").read_to_string(&mut text).expect("a text");
            prop_assert!(text.contains("Ada"));
        }
    }

    #[test]
    fn what_is_cut_off_is_refused(cut in any::<Index>(), is_pdf in any::<bool>()) {
        let good = if is_pdf { pdf("Ada", &[]) } else { docx("Ada", &[]) };
        let kind = if is_pdf { Pdf } else { Docx };
        prop_assert_eq!(judge(&good), Ok(kind));
        // The end of a PDF may lack its last line break.
        let least = usize::from(is_pdf);
        prop_assert!(!is_taken(&good[..cut.index(good.len() - least)]));
    }
}

#[test]
fn bombs_of_every_size_are_refused_soon() {
    const MIB: usize = 1024 * 1024;
    for (count, each) in [(1, 60 * MIB), (7, 8 * MIB), (600, MIB / 8)] {
        let more: Vec<_> = (0..count).map(|at| (format!("word/media/{at}.bmp"), vec![0; each], true)).collect();
        let bytes = zip_with(&more).expect("a zip");
        assert!(bytes.len() < 2 * MIB && !is_taken(&bytes), "{count} of {each}");
        let streams = vec![stream("/Filter/FlateDecode", &deflated(&vec![0; each])); count];
        assert!(!is_taken(&pdf("Ada", &streams)), "{count} of {each}");
    }
}
