//! Titles as words: folded, without accents, with the separators between them.

use super::Span;

/// What stands before a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// A blank or a hyphen inside a word.
    Blank,
    /// A comma.
    Comma,
    /// A slash or a bar: another name for the same thing, or another job.
    Slash,
    /// A dash between blanks, a colon and the like.
    Break,
}

/// A title taken apart. The words lie in one text without blanks, so the key of any run of words is a slice of it.
#[derive(Debug, Default)]
pub(super) struct Title {
    text: String,
    /// Start and end of each word in `text`. Words in brackets come after all others.
    words: Vec<(usize, usize)>,
    segments: Vec<(Gap, Span)>,
    outer: usize,
    brackets: Vec<Span>,
}

impl Title {
    pub(super) fn parse(title: &str) -> Self {
        let folded = if title.is_ascii() { title.to_ascii_lowercase() } else { fold(title) };
        let (outer, inner) = split_brackets(&folded);
        let mut parsed = Self { text: String::with_capacity(folded.len()), ..Self::default() };
        parsed.segments = parsed.read(&outer);
        parsed.outer = parsed.words.len();
        for bracket in inner {
            let start = parsed.words.len();
            parsed.read(bracket);
            if parsed.words.len() > start {
                parsed.brackets.push(start..parsed.words.len());
            }
        }
        parsed
    }

    /// All words outside brackets.
    pub(super) fn whole(&self) -> Span {
        0..self.outer
    }

    /// The texts in brackets.
    pub(super) fn brackets(&self) -> impl Iterator<Item = Span> {
        self.brackets.iter().cloned()
    }

    /// The parts between separators, each with what stands before it.
    pub(super) fn segments(&self) -> &[(Gap, Span)] {
        &self.segments
    }

    pub(super) fn has_comma(&self) -> bool {
        self.segments.iter().any(|(gap, _)| *gap == Gap::Comma)
    }

    pub(super) fn word(&self, at: usize) -> &str {
        let (start, end) = self.words[at];
        &self.text[start..end]
    }

    /// The words of a span without anything between them.
    pub(super) fn key(&self, span: &Span) -> &str {
        if span.is_empty() { "" } else { &self.text[self.words[span.start].0..self.words[span.end - 1].1] }
    }

    /// Where the head of a phrase ends: before the first preposition, if something stands before it.
    pub(super) fn head_end_within(&self, span: &Span) -> usize {
        let mut inner = span.start + 1..span.end;
        inner.find(|at| is_preposition(self.word(*at))).unwrap_or(span.end)
    }

    /// Adds the words of a text and gives its segments.
    fn read(&mut self, text: &str) -> Vec<(Gap, Span)> {
        let mut segments = Vec::new();
        let (mut first, mut gap, mut next_gap) = (self.words.len(), Gap::Break, Gap::Blank);
        let mut start = self.text.len();
        let mut characters = text.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            let following = characters.peek().map(|(_, c)| *c);
            match c {
                'a'..='z' | '0'..='9' | '+' | '#' => self.text.push(c),
                '.' if start == self.text.len() && text[at..].starts_with(".net") => self.text.push(c),
                // "Node.js" and "U.S." are one word, and so are "driver's" and "Women's".
                '.' | '\'' | '`' | '"' => {}
                _ => {
                    self.end_word(&mut start);
                    if c == '&' {
                        self.text.push_str("and");
                        self.end_word(&mut start);
                    }
                    next_gap = wider(next_gap, gap_of(c, text[..at].ends_with(' '), following == Some(' ')));
                }
            }
            if next_gap != Gap::Blank && self.text.len() > start {
                close(&mut segments, gap, first..self.words.len());
                (first, gap, next_gap) = (self.words.len(), next_gap, Gap::Blank);
            }
        }
        self.end_word(&mut start);
        close(&mut segments, gap, first..self.words.len());
        segments
    }

    fn end_word(&mut self, start: &mut usize) {
        if self.text.len() > *start {
            singular(&mut self.text, *start);
            self.words.push((*start, self.text.len()));
            *start = self.text.len();
        }
    }
}

fn close(segments: &mut Vec<(Gap, Span)>, gap: Gap, span: Span) {
    if !span.is_empty() {
        segments.push((gap, span));
    }
}

fn gap_of(c: char, after_blank: bool, before_blank: bool) -> Gap {
    match c {
        ',' => Gap::Comma,
        '/' | '|' | '\\' => Gap::Slash,
        '-' if !(after_blank || before_blank) => Gap::Blank,
        '-' | ';' | ':' | '@' | '*' | '!' | '~' | '_' | '\n' | '\t' => Gap::Break,
        _ => Gap::Blank,
    }
}

/// Of two separators in a row the stronger one counts.
fn wider(one: Gap, other: Gap) -> Gap {
    let strength = |gap| match gap {
        Gap::Blank => 0,
        Gap::Slash => 1,
        Gap::Comma => 2,
        Gap::Break => 3,
    };
    if strength(other) > strength(one) { other } else { one }
}

/// Lower case and ASCII, with every long dash between blanks so that it separates.
fn fold(title: &str) -> String {
    let dashed = title.replace(['\u{2013}', '\u{2014}', '\u{2022}', '\u{b7}'], " - ").replace('\u{2019}', "'");
    deunicode::deunicode(&dashed).to_lowercase()
}

/// The text outside brackets, and each text inside them.
fn split_brackets(text: &str) -> (String, Vec<&str>) {
    let mut outer = String::with_capacity(text.len());
    let (mut inner, mut rest) = (Vec::new(), text);
    while let Some(open) = rest.find(['(', '[', '{']) {
        let after = &rest[open + 1..];
        let close = after.find([')', ']', '}']).unwrap_or(after.len());
        outer.push_str(&rest[..open]);
        outer.push(' ');
        inner.push(&after[..close]);
        rest = after.get(close + 1..).unwrap_or_default();
    }
    outer.push_str(rest);
    (outer, inner)
}

/// Cuts the plural ending off the word at the end of `text`. It need not be good English, only the same on both sides.
fn singular(text: &mut String, start: usize) {
    let word = &text[start..];
    let (length, cut) = match word {
        _ if word.len() < 4 || !word.ends_with('s') => return,
        _ if word.ends_with("ies") && word.len() > 4 => (3, true),
        _ if ["sses", "ches", "shes", "xes"].iter().any(|end| word.ends_with(end)) => (2, false),
        _ if ["ss", "us", "is", "ics"].iter().any(|end| word.ends_with(end)) => return,
        _ => (1, false),
    };
    text.truncate(text.len() - length);
    if cut {
        text.push('y');
    }
}

/// The form under which two spellings of a title are one: lower case, ASCII, no blanks or hyphens; `c++`, `c#` and
/// `.net` keep their marks. Plurals stay what they are.
#[must_use]
pub fn title_key(title: &str) -> String {
    let folded = if title.is_ascii() { title.to_ascii_lowercase() } else { fold(title) };
    let mut key = String::with_capacity(folded.len());
    let mut in_word = false;
    for (at, c) in folded.char_indices() {
        match c {
            'a'..='z' | '0'..='9' | '+' | '#' => key.push(c),
            '.' if !in_word && folded[at..].starts_with(".net") => key.push(c),
            '&' => key.push_str("and"),
            _ => {}
        }
        in_word = c.is_ascii_alphanumeric();
    }
    key
}

pub(super) fn is_preposition(word: &str) -> bool {
    matches!(word, "of" | "for" | "to" | "in" | "at" | "with" | "on" | "by" | "from" | "under" | "within")
}

/// A word before a title that says it is somebody else, or only half of what is meant ("safety and health assistant").
pub(super) fn negates(word: &str) -> bool {
    matches!(word, "non" | "pre" | "ex" | "former" | "un" | "and" | "or")
}

/// Words about rank, contract or place of work that do not change the role, sorted.
const NOISE: [&str; 69] = [
    "1",
    "2",
    "3",
    "4",
    "5",
    "a",
    "advanced",
    "an",
    "and",
    "apprentice",
    "bilingual",
    "certified",
    "chief",
    "contract",
    "contractor",
    "d",
    "entry",
    "experienced",
    "expert",
    "f",
    "freelance",
    "fulltime",
    "graduate",
    "head",
    "hiring",
    "hybrid",
    "i",
    "ii",
    "iii",
    "interdisciplinary",
    "intermediate",
    "intern",
    "internship",
    "iv",
    "job",
    "jr",
    "junior",
    "lead",
    "level",
    "m",
    "mid",
    "needed",
    "nonsupervisory",
    "onsite",
    "opening",
    "parttime",
    "permanent",
    "position",
    "principal",
    "recent",
    "remote",
    "seasonal",
    "senior",
    "snr",
    "sr",
    "staff",
    "supervising",
    "supervisory",
    "temp",
    "temporary",
    "the",
    "trainee",
    "urgent",
    "v",
    "vacancy",
    "vi",
    "w",
    "wanted",
    "x",
];

/// Whether a word at the edge of a title says nothing about the role.
pub(super) fn is_noise(word: &str) -> bool {
    NOISE.binary_search(&word).is_ok()
}

/// Noise that only two words together are.
pub(super) fn is_noise_pair(first: &str, second: &str) -> bool {
    matches!(
        (first, second),
        ("full" | "part", "time") | ("student", "trainee") | ("direct", "hire") | ("work" | "working", "from")
    )
}

#[cfg(test)]
mod tests {
    use super::{NOISE, is_noise};

    #[test]
    fn noise_is_sorted_so_that_it_can_be_searched() {
        assert!(NOISE.is_sorted());
        assert!(is_noise("sr") && !is_noise("developer"));
    }
}
