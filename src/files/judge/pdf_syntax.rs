//! The words of a PDF (ISO 32000-2, 7.2 and 7.3): one pass, no recursion, nothing kept but the word at hand.

use std::borrow::Cow;

use memchr::memmem;

/// A word of a PDF, as far as judging it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word<'a> {
    /// A name without its slash, `#xx` replaced.
    Name(Cow<'a, [u8]>),
    /// A whole number without sign.
    Number(u64),
    /// `<<`
    DictionaryOpen,
    /// `>>`
    DictionaryClose,
    /// `[`
    ArrayOpen,
    /// `]`
    ArrayClose,
    /// `obj`, `R`, `stream`, `trailer` and the like, and numbers of other forms.
    Keyword(&'a [u8]),
    /// A text. What stands in it is no syntax.
    Text,
}

/// Reads words one after the other.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    bytes: &'a [u8],
    at: usize,
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'a> Words<'a> {
    /// The words of these bytes.
    pub const fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The data of the stream whose keyword was read last, up to its `endstream`; reading goes on behind it. `length` is
    /// believed only if `endstream` is there.
    pub fn stream(&mut self, length: Option<u64>) -> Option<&'a [u8]> {
        const END: &[u8] = b"endstream";
        let mut start = self.at;
        if self.bytes.get(start) == Some(&b'\r') {
            start += 1;
        }
        if self.bytes.get(start) == Some(&b'\n') {
            start += 1;
        }
        let told = length.and_then(|length| start.checked_add(usize::try_from(length).ok()?)).filter(|end| {
            let behind = self.bytes.get(*end..).unwrap_or_default();
            let spaces = behind.iter().take(3).take_while(|byte| is_space(**byte)).count();
            behind[spaces..].starts_with(END)
        });
        let rest = self.bytes.get(start..)?;
        let end = told.or_else(|| memmem::find(rest, END).map(|at| start + at))?;
        self.at = end;
        self.bytes.get(start..end)
    }

    fn name(&mut self) -> Word<'a> {
        let raw = self.regular();
        if !raw.contains(&b'#') {
            return Word::Name(Cow::Borrowed(raw));
        }
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((first, others)) = rest.split_first() {
            let hex = |at: usize| others.get(at).and_then(|digit| char::from(*digit).to_digit(16));
            rest = if let (b'#', Some(high), Some(low)) = (first, hex(0), hex(1)) {
                name.extend(u8::try_from(high * 16 + low));
                &others[2..]
            } else {
                name.push(*first);
                others
            };
        }
        Word::Name(Cow::Owned(name))
    }

    /// Bytes up to a space or a delimiter.
    fn regular(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| is_space(*byte) || is_delimiter(*byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Goes behind a text in parentheses, which nest.
    fn text(&mut self) {
        let mut depth = 1_usize;
        while depth > 0 {
            let Some(byte) = self.bytes.get(self.at) else { return };
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
        }
    }

    fn skip_while(&mut self, is_skipped: impl Fn(u8) -> bool) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|byte| !is_skipped(*byte)).unwrap_or(rest.len());
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        loop {
            self.skip_while(is_space);
            if self.bytes.get(self.at)? != &b'%' {
                break;
            }
            self.skip_while(|byte| byte != b'\n' && byte != b'\r');
        }
        let rest = &self.bytes[self.at..];
        let (word, length) = match rest {
            [b'<', b'<', ..] => (Word::DictionaryOpen, 2),
            [b'>', b'>', ..] => (Word::DictionaryClose, 2),
            [b'[', ..] => (Word::ArrayOpen, 1),
            [b']', ..] => (Word::ArrayClose, 1),
            [b'(', ..] => {
                self.at += 1;
                self.text();
                return Some(Word::Text);
            }
            [b'<', ..] => {
                self.skip_while(|byte| byte != b'>');
                (Word::Text, 1)
            }
            [b'/', ..] => {
                self.at += 1;
                return Some(self.name());
            }
            [byte, ..] if is_delimiter(*byte) => (Word::Text, 1),
            _ => {
                let raw = self.regular();
                let number = std::str::from_utf8(raw).ok().filter(|_| raw[0].is_ascii_digit());
                return Some(number.and_then(|text| text.parse().ok()).map_or(Word::Keyword(raw), Word::Number));
            }
        };
        self.at += length;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &[u8]) -> Vec<Word<'_>> {
        Words::of(text).collect()
    }

    fn name(text: &str) -> Word<'_> {
        Word::Name(Cow::Borrowed(text.as_bytes()))
    }

    #[test]
    fn texts_and_comments_hide_what_is_in_them() {
        let found = words(b"1 0 obj % /JS\n<</Title (C++ (and) \\) /JS) /A <2F4A53>/B[/C]>>endobj");
        assert_eq!(
            found,
            [
                Word::Number(1),
                Word::Number(0),
                Word::Keyword(b"obj"),
                Word::DictionaryOpen,
                name("Title"),
                Word::Text,
                name("A"),
                Word::Text,
                name("B"),
                Word::ArrayOpen,
                name("C"),
                Word::ArrayClose,
                Word::DictionaryClose,
                Word::Keyword(b"endobj"),
            ]
        );
    }

    #[test]
    fn names_are_read_through_their_escapes() {
        assert_eq!(words(b"/J#61vaScript/A#2fB#/#zz#4"), [name("JavaScript"), name("A/B#"), name("#zz#4")]);
    }

    #[test]
    fn whatever_is_cut_off_ends() {
        for text in [&b"("[..], b"(\\", b"<", b"<<", b"/", b"%", b")", b"}", b"#", b"", b"1 0 obj<</A("] {
            assert!(words(text).len() <= 6);
        }
    }

    #[test]
    fn a_stream_ends_where_its_length_says_if_it_does() {
        let of = |text: &'static [u8], length| {
            let mut words = Words::of(text);
            assert_eq!(words.next(), Some(Word::Keyword(b"stream")));
            let data = words.stream(length);
            (data, words.next())
        };
        let end = Some(Word::Keyword(&b"endstream"[..]));
        assert_eq!(of(b"stream\r\nendstream\nendstream", Some(9)), (Some(&b"endstream"[..]), end.clone()));
        assert_eq!(of(b"stream\nab\nendstream", Some(7)), (Some(&b"ab\n"[..]), end));
        assert_eq!(of(b"stream\nab\n", Some(3)).0, None);
        assert_eq!(of(b"stream\nab\n", Some(u64::MAX)).0, None);
    }
}
