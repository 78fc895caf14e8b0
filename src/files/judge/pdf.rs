//! Portable documents: whole, bounded, open to reading, and without anything that acts by itself.

use std::borrow::Cow;
use std::collections::HashSet;

use flate2::read::ZlibDecoder;
use memchr::memmem;

use super::Objection;
use super::pdf_syntax::{Word, Words};
use super::unpack::{Budget, DAMAGED};

/// Objects of a document; a résumé of some pages has a few hundred.
const MAX_OBJECTS: u64 = 50_000;
/// Dictionaries and arrays in one another.
const MAX_DEPTH: usize = 64;
/// Where the end of a document must be (ISO 32000-2, annex I).
const TAIL: usize = 1024;

const LOCKED: Objection = Objection::Content("The document is encrypted: save it without a password.");
const ACTIVE: Objection =
    Objection::Content("The document has scripts, attachments or actions inside: print it into a new PDF.");
const TWOFOLD: Objection = Objection::Content("The file is a PDF and something else at the same time.");
const TOO_MANY: Objection = Objection::Content("The document has more objects than a résumé can have.");
const UNUSUAL: Objection = Objection::Content("The document is packed in an unusual way: print it into a new PDF.");

/// Names of what a document does by itself, of forms that are programs, and of what is played.
const ACTS: [&[u8]; 9] =
    [b"JavaScript", b"JS", b"Launch", b"ImportData", b"SubmitForm", b"GoToE", b"RichMedia", b"Rendition", b"XFA"];

/// Judges a file that begins as a PDF.
pub fn judge(bytes: &[u8]) -> Result<(), Objection> {
    let version = bytes.get(5..8).unwrap_or_default();
    if !matches!(version, [b'1', b'.', b'0'..=b'7'] | [b'2', b'.', b'0'..=b'9']) {
        return Err(Objection::Type);
    }
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    let has = |word: &[u8]| memmem::find(tail, word).is_some();
    if !has(b"startxref") || !has(b"%%EOF") {
        return Err(DAMAGED);
    }
    if is_zip_too(bytes) {
        return Err(TWOFOLD);
    }
    let mut document = Document::new(bytes.len());
    document.read(bytes).map_err(|objection| {
        // What is encrypted looks damaged from outside.
        if objection == DAMAGED && memmem::find(bytes, b"/Encrypt").is_some() { LOCKED } else { objection }
    })?;
    document.conclude()
}

/// Whether a reader of zips would find one: the record that ends it, and a comment that reaches the end of the file.
fn is_zip_too(bytes: &[u8]) -> bool {
    const END: &[u8] = b"PK\x05\x06";
    const LENGTH: usize = 22;
    let from = bytes.len().saturating_sub(LENGTH + usize::from(u16::MAX));
    let tail = &bytes[from..];
    memmem::find_iter(tail, END).any(|at| {
        let record = tail.get(at..at + LENGTH).unwrap_or_default();
        record.len() == LENGTH && at + LENGTH + usize::from(u16::from_le_bytes([record[20], record[21]])) <= tail.len()
    })
}

/// What the word at hand is the value of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Key {
    /// Nothing: a name is a key now.
    #[default]
    None,
    Type,
    Filter,
    Length,
    /// How many objects a stream of objects holds.
    Count,
    /// The streams of an attachment.
    Attachment,
    Other,
}

impl Key {
    fn of(name: &[u8]) -> Self {
        match name {
            b"Type" => Self::Type,
            b"Filter" => Self::Filter,
            b"Length" => Self::Length,
            b"N" => Self::Count,
            b"EF" => Self::Attachment,
            _ => Self::Other,
        }
    }
}

/// What the word at hand is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Dictionary,
    Attachment,
    Array,
    Filters,
}

/// What is known of the object at hand.
#[derive(Debug, Default)]
struct Object {
    number: u64,
    inside: Vec<Inside>,
    key: Key,
    /// The key whose number was read last: it may have been the beginning of a reference.
    numbered: Key,
    kind: Vec<u8>,
    filters: Vec<Vec<u8>>,
    length: Option<u64>,
    count: u64,
}

#[derive(Debug)]
struct Document {
    budget: Budget,
    objects: u64,
    has_pages: bool,
    object: Object,
    /// The two numbers read last.
    numbers: [u64; 2],
    /// Streams that are attachments.
    attached: HashSet<u64>,
    /// Streams that are XML.
    xml: HashSet<u64>,
}

impl Document {
    fn new(length: usize) -> Self {
        Self {
            budget: Budget::of(length),
            objects: 0,
            has_pages: false,
            object: Object::default(),
            numbers: [0; 2],
            attached: HashSet::new(),
            xml: HashSet::new(),
        }
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), Objection> {
        let mut words = Words::of(bytes);
        while let Some(word) = words.next() {
            match &word {
                Word::Keyword(b"obj") => {
                    self.count(1)?;
                    self.object = Object { number: self.numbers[0], ..Object::default() };
                }
                Word::Keyword(b"stream") => {
                    let data = words.stream(self.object.length).ok_or(DAMAGED)?;
                    self.read_stream(data)?;
                }
                _ => self.note(&word)?,
            }
        }
        Ok(())
    }

    fn count(&mut self, objects: u64) -> Result<(), Objection> {
        self.objects = self.objects.saturating_add(objects);
        if self.objects > MAX_OBJECTS { Err(TOO_MANY) } else { Ok(()) }
    }

    /// Notes a word of an object, wherever the object is kept.
    fn note(&mut self, word: &Word<'_>) -> Result<(), Objection> {
        let object = &mut self.object;
        let is_top = object.inside.len() == 1;
        match word {
            Word::Name(name) => return self.note_name(name),
            Word::Number(number) => return self.note_number(*number),
            Word::Keyword(b"R") => {
                if object.numbered == Key::Length && is_top {
                    object.length = None;
                }
                if object.inside.last() == Some(&Inside::Attachment) {
                    self.attached.insert(self.numbers[0]);
                }
            }
            Word::DictionaryOpen | Word::ArrayOpen if object.inside.len() == MAX_DEPTH => return Err(UNUSUAL),
            Word::DictionaryOpen => {
                let is_attachment = std::mem::take(&mut object.key) == Key::Attachment;
                object.inside.push(if is_attachment { Inside::Attachment } else { Inside::Dictionary });
            }
            Word::ArrayOpen => {
                let is_filters = std::mem::take(&mut object.key) == Key::Filter && is_top;
                object.inside.push(if is_filters { Inside::Filters } else { Inside::Array });
            }
            Word::DictionaryClose | Word::ArrayClose => drop(object.inside.pop()),
            Word::Keyword(_) | Word::Text => object.key = Key::None,
        }
        Ok(())
    }

    fn note_number(&mut self, number: u64) -> Result<(), Objection> {
        self.numbers = [self.numbers[1], number];
        let object = &mut self.object;
        let is_top = object.inside.len() == 1;
        match std::mem::take(&mut object.key) {
            // The second number of a reference.
            Key::None => return Ok(()),
            // Lists that stand somewhere else: nobody writes them so.
            Key::Attachment => return Err(ACTIVE),
            Key::Filter if is_top => return Err(UNUSUAL),
            Key::Length if is_top => {
                object.length = Some(number);
                object.numbered = Key::Length;
                return Ok(());
            }
            Key::Count if is_top => object.count = number,
            _ => {}
        }
        object.numbered = Key::Other;
        Ok(())
    }

    fn note_name(&mut self, name: &[u8]) -> Result<(), Objection> {
        if name == b"Encrypt" {
            return Err(LOCKED);
        }
        if ACTS.contains(&name) {
            return Err(ACTIVE);
        }
        self.has_pages |= name == b"Pages";
        let object = &mut self.object;
        let is_top = object.inside.len() == 1;
        match object.inside.last() {
            None | Some(Inside::Array) => return Ok(()),
            Some(Inside::Filters) => object.filters.push(name.to_vec()),
            Some(Inside::Dictionary | Inside::Attachment) => match std::mem::take(&mut object.key) {
                // Twice the same key: readers differ in which they believe.
                Key::None if is_top && name == b"Filter" && !object.filters.is_empty() => return Err(UNUSUAL),
                Key::None => object.key = Key::of(name),
                Key::Filter if is_top => object.filters.push(name.to_vec()),
                Key::Type if is_top => object.kind = name.to_vec(),
                _ => {}
            },
        }
        Ok(())
    }

    fn read_stream(&mut self, data: &[u8]) -> Result<(), Objection> {
        let Object { number, kind, filters, count, .. } = std::mem::take(&mut self.object);
        let content = self.unpack(data, &filters)?;
        if kind == b"ObjStm" {
            self.count(count)?;
            Words::of(&content).try_for_each(|word| self.note(&word))?;
            self.object = Object::default();
        }
        let text = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&content);
        if text.trim_ascii_start().starts_with(b"<?xml") {
            self.xml.insert(number);
        } else if kind == b"EmbeddedFile" {
            return Err(ACTIVE);
        }
        Ok(())
    }

    /// What a stream holds, up to the picture in it: that is for viewers to unpack.
    fn unpack<'d>(&mut self, data: &'d [u8], filters: &[Vec<u8>]) -> Result<Cow<'d, [u8]>, Objection> {
        let mut content = Cow::Borrowed(data);
        let mut was_packed = false;
        for (at, filter) in filters.iter().enumerate() {
            content = Cow::Owned(match filter.as_slice() {
                b"ASCII85Decode" => ascii85(&content),
                b"ASCIIHexDecode" => ascii_hex(&content),
                // Packed twice, a bomb fits into a page.
                b"FlateDecode" if !was_packed => {
                    was_packed = true;
                    self.budget.unpack(ZlibDecoder::new(&*content))?
                }
                b"DCTDecode" | b"JPXDecode" | b"CCITTFaxDecode" | b"JBIG2Decode" if at + 1 == filters.len() => {
                    Vec::new()
                }
                _ => return Err(UNUSUAL),
            });
        }
        Ok(content)
    }

    /// What only the whole tells. Attachments are taken if they are XML: Europass and invoices put theirs there.
    fn conclude(self) -> Result<(), Objection> {
        if !self.has_pages {
            return Err(DAMAGED);
        }
        if self.attached.is_subset(&self.xml) { Ok(()) } else { Err(ACTIVE) }
    }
}

/// Reads pairs of hexadecimal digits up to `>`.
fn ascii_hex(data: &[u8]) -> Vec<u8> {
    let digits = data.iter().take_while(|byte| **byte != b'>').filter_map(|byte| char::from(*byte).to_digit(16));
    let digits: Vec<_> = digits.collect();
    digits.chunks(2).filter_map(|pair| u8::try_from(pair[0] * 16 + pair.get(1).unwrap_or(&0)).ok()).collect()
}

/// Reads base 85 up to `~`: five digits are four bytes, `z` is four zeros.
fn ascii85(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut group = Vec::with_capacity(5);
    for byte in data.iter().take_while(|byte| **byte != b'~') {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(byte - b'!')),
            _ => {}
        }
        if group.len() == 5 {
            out.extend(of_base85(&group));
            group.clear();
        }
    }
    if group.len() > 1 {
        let kept = group.len() - 1;
        group.resize(5, 84);
        out.extend(&of_base85(&group)[..kept]);
    }
    out
}

fn of_base85(digits: &[u32]) -> [u8; 4] {
    digits.iter().fold(0_u32, |sum, digit| sum.wrapping_mul(85).wrapping_add(*digit)).to_be_bytes()
}
