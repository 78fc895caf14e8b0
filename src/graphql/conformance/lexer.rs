//! The tokens of a document, by the lexical grammar of the specification.

/// Kind of a token; white space, commas and comments are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Punctuator(&'static str),
    Name(&'t str),
    Number(&'t str),
    String,
    End,
}

impl Token<'_> {
    pub(super) fn describe(self) -> String {
        match self {
            Self::Punctuator(sign) => format!("\"{sign}\""),
            Self::Name(name) => format!("Name \"{name}\""),
            Self::Number(digits) => format!("Number \"{digits}\""),
            Self::String => "String".to_owned(),
            Self::End => "<EOF>".to_owned(),
        }
    }
}

/// What is wrong, and at which byte.
pub(super) type Fault = (String, usize);

const PUNCTUATORS: [&str; 14] = ["...", "!", "$", "&", "(", ")", ":", "=", "@", "[", "]", "{", "|", "}"];

/// Reads a text token by token.
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next token and where it starts.
    pub(super) fn next(&mut self) -> Result<(Token<'t>, usize), Fault> {
        self.skip_ignored();
        let start = self.at;
        let Some(byte) = self.peek() else {
            return Ok((Token::End, start));
        };
        let token = match byte {
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.name(),
            b'-' | b'0'..=b'9' => self.number()?,
            b'"' => self.string()?,
            _ => {
                let sign = PUNCTUATORS.into_iter().find(|sign| self.rest().starts_with(sign));
                let sign = sign.ok_or_else(|| {
                    let letter = self.rest().chars().next().unwrap_or_default();
                    (format!("Unexpected character: {letter:?}."), start)
                })?;
                self.at += sign.len();
                Token::Punctuator(sign)
            }
        };
        Ok((token, start))
    }

    fn skip_ignored(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r' | b',') => self.at += 1,
                Some(b'#') => {
                    let rest = self.rest();
                    self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
                }
                Some(0xEF) if self.rest().starts_with('\u{feff}') => self.at += '\u{feff}'.len_utf8(),
                _ => return,
            }
        }
    }

    fn name(&mut self) -> Token<'t> {
        let rest = self.rest();
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
        self.at += end;
        Token::Name(&rest[..end])
    }

    fn number(&mut self) -> Result<Token<'t>, Fault> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if self.peek().is_some_and(|next| next.is_ascii_digit()) {
                return Err(self.invalid_number());
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        if self.peek().is_some_and(|next| next == b'.' || next == b'_' || next.is_ascii_alphabetic()) {
            return Err(self.invalid_number());
        }
        Ok(Token::Number(&self.text[start..self.at]))
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|next| next.is_ascii_digit()) {
            self.at += 1;
        }
        if start == self.at { Err(self.invalid_number()) } else { Ok(()) }
    }

    fn invalid_number(&self) -> Fault {
        let found = self.rest().chars().next().map_or("<EOF>".to_owned(), |letter| format!("{letter:?}"));
        (format!("Invalid number, unexpected {found}."), self.at)
    }

    fn string(&mut self) -> Result<Token<'t>, Fault> {
        if self.rest().starts_with("\"\"\"") {
            return self.block_string();
        }
        self.at += 1;
        loop {
            match self.peek() {
                None | Some(b'\n' | b'\r') => {
                    return Err(("Unterminated string.".to_owned(), self.at));
                }
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Token::String);
                }
                Some(b'\\') => self.escape()?,
                Some(_) => self.at += self.rest().chars().next().map_or(1, char::len_utf8),
            }
        }
    }

    fn block_string(&mut self) -> Result<Token<'t>, Fault> {
        self.at += 3;
        loop {
            let rest = self.rest();
            let Some(found) = rest.find("\"\"\"") else {
                return Err(("Unterminated string.".to_owned(), self.text.len()));
            };
            self.at += found + 3;
            if !rest[..found].ends_with('\\') {
                return Ok(Token::String);
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let rest = self.rest();
        let length = match rest.as_bytes().get(1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Some(2),
            Some(b'u') if rest.as_bytes().get(2) == Some(&b'{') => braced_escape(rest),
            Some(b'u') => fixed_escape(rest),
            _ => None,
        };
        self.at += length.ok_or_else(|| ("Invalid character escape sequence.".to_owned(), start))?;
        Ok(())
    }
}

/// Length of `\u{1F600}`.
fn braced_escape(rest: &str) -> Option<usize> {
    let end = rest.find('}')?;
    let digits = rest.get(3..end)?;
    let hexadecimal = (1..=8).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let scalar = hexadecimal.then(|| u32::from_str_radix(digits, 16).ok()).flatten().and_then(char::from_u32);
    scalar.map(|_| end + 1)
}

/// Length of `\u00e9`, or of two such that are a surrogate pair.
fn fixed_escape(rest: &str) -> Option<usize> {
    let unit = |from: usize| {
        let digits = rest.get(from..from + 6)?.strip_prefix("\\u")?;
        let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        hexadecimal.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    };
    let first = unit(0)?;
    if char::from_u32(u32::from(first)).is_some() {
        return Some(6);
    }
    let pair = [first, unit(6)?];
    char::decode_utf16(pair).all(|letter| letter.is_ok()).then_some(12)
}
