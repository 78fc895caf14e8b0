//! Is a text an executable document? The grammar of the specification, to the letter.
//!
//! The compiler's parser recovers from errors and overlooks some (an argument without a value, say), so a text is
//! recognised here first. Nothing is built: the compiler builds the tree of what passes.

use super::{
    Limits, Refusal, RefusalKind,
    lexer::{Lexer, Token},
    position::Lines,
};

const TYPE_SYSTEM: [&str; 9] =
    ["schema", "scalar", "type", "interface", "union", "enum", "input", "directive", "extend"];

enum Stop {
    Fault(String, usize),
    TooManyTokens,
    TooDeep,
    /// A type system definition, which validation refuses.
    NotExecutable,
}

type Parsed = Result<(), Stop>;

struct Recogniser<'t> {
    lexer: Lexer<'t>,
    token: Token<'t>,
    at: usize,
    tokens: usize,
    level: usize,
    limits: &'t Limits,
}

/// Recognises a document.
///
/// # Errors
/// A [`Refusal`] of kind `Syntax` for the first fault, or of kind `Cost` when the text has too many tokens or
/// brackets within one another.
pub(super) fn recognise(text: &str, limits: &Limits, lines: &Lines<'_>) -> Result<(), Refusal> {
    let mut recogniser = Recogniser { lexer: Lexer::new(text), token: Token::End, at: 0, tokens: 0, level: 0, limits };
    match recogniser.document() {
        Ok(()) | Err(Stop::NotExecutable) => Ok(()),
        Err(Stop::Fault(message, at)) => {
            Err(Refusal::new(RefusalKind::Syntax, format!("Syntax Error: {message}"), Some(lines.at_offset(at))))
        }
        Err(Stop::TooManyTokens) => {
            let limit = limits.tokens;
            let message = format!("The document has more than the {limit} tokens allowed.");
            Err(Refusal::new(RefusalKind::Cost, message, None).with("limit", limit as u64))
        }
        Err(Stop::TooDeep) => {
            let limit = limits.parser_recursion;
            let message = "The document has too many brackets within one another.";
            Err(Refusal::new(RefusalKind::Cost, message, None).with("limit", limit as u64))
        }
    }
}

impl Recogniser<'_> {
    fn advance(&mut self) -> Parsed {
        let (token, at) = self.lexer.next().map_err(|(message, at)| Stop::Fault(message, at))?;
        (self.token, self.at) = (token, at);
        if token != Token::End {
            self.tokens += 1;
            if self.tokens > self.limits.tokens {
                return Err(Stop::TooManyTokens);
            }
        }
        Ok(())
    }

    fn unexpected<T>(&self) -> Result<T, Stop> {
        Err(Stop::Fault(format!("Unexpected {}.", self.token.describe()), self.at))
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.token, Token::Punctuator(found) if found == sign)
    }

    fn is_keyword(&self, word: &str) -> bool {
        matches!(self.token, Token::Name(found) if found == word)
    }

    /// Takes this punctuator if it is next.
    fn take(&mut self, sign: &str) -> Result<bool, Stop> {
        let found = self.is(sign);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, sign: &str) -> Parsed {
        if self.take(sign)? {
            return Ok(());
        }
        Err(Stop::Fault(format!("Expected \"{sign}\", found {}.", self.token.describe()), self.at))
    }

    fn name(&mut self) -> Parsed {
        match self.token {
            Token::Name(_) => self.advance(),
            other => Err(Stop::Fault(format!("Expected Name, found {}.", other.describe()), self.at)),
        }
    }

    /// What stands between two brackets.
    fn between(&mut self, open: &str, close: &str, least: usize, item: impl Fn(&mut Self) -> Parsed) -> Parsed {
        self.expect(open)?;
        self.level += 1;
        if self.level > self.limits.parser_recursion {
            return Err(Stop::TooDeep);
        }
        let mut count = 0;
        while count < least || !self.is(close) {
            item(self)?;
            count += 1;
        }
        self.level -= 1;
        self.advance()
    }

    fn document(&mut self) -> Parsed {
        self.advance()?;
        loop {
            self.definition()?;
            if self.token == Token::End {
                return Ok(());
            }
        }
    }

    fn definition(&mut self) -> Parsed {
        match self.token {
            Token::Punctuator("{") => self.selection_set(),
            Token::Name("query" | "mutation" | "subscription") => self.operation(),
            Token::Name("fragment") => self.fragment(),
            Token::Name(word) if TYPE_SYSTEM.contains(&word) => Err(Stop::NotExecutable),
            Token::String => {
                // A description: only type system definitions have one.
                self.advance()?;
                match self.token {
                    Token::Name(word) if TYPE_SYSTEM.contains(&word) && word != "extend" => Err(Stop::NotExecutable),
                    _ => self.unexpected(),
                }
            }
            _ => self.unexpected(),
        }
    }

    fn operation(&mut self) -> Parsed {
        self.advance()?;
        if matches!(self.token, Token::Name(_)) {
            self.advance()?;
        }
        if self.is("(") {
            self.between("(", ")", 1, Self::variable_definition)?;
        }
        self.directives(false)?;
        self.selection_set()
    }

    fn variable_definition(&mut self) -> Parsed {
        self.expect("$")?;
        self.name()?;
        self.expect(":")?;
        self.type_reference()?;
        if self.take("=")? {
            self.value(true)?;
        }
        self.directives(true)
    }

    fn type_reference(&mut self) -> Parsed {
        // A list has one type between its brackets, which `between` would let repeat.
        if self.take("[")? {
            self.level += 1;
            if self.level > self.limits.parser_recursion {
                return Err(Stop::TooDeep);
            }
            self.type_reference()?;
            self.level -= 1;
            self.expect("]")?;
        } else {
            self.name()?;
        }
        self.take("!").map(drop)
    }

    fn fragment(&mut self) -> Parsed {
        self.advance()?;
        if self.is_keyword("on") {
            return self.unexpected();
        }
        self.name()?;
        if !self.is_keyword("on") {
            return Err(Stop::Fault(format!("Expected \"on\", found {}.", self.token.describe()), self.at));
        }
        self.advance()?;
        self.name()?;
        self.directives(false)?;
        self.selection_set()
    }

    fn selection_set(&mut self) -> Parsed {
        self.between("{", "}", 1, Self::selection)
    }

    fn selection(&mut self) -> Parsed {
        if !self.take("...")? {
            return self.field();
        }
        if self.is_keyword("on") {
            self.advance()?;
            self.name()?;
        } else if matches!(self.token, Token::Name(_)) {
            self.advance()?;
            return self.directives(false);
        }
        self.directives(false)?;
        self.selection_set()
    }

    fn field(&mut self) -> Parsed {
        self.name()?;
        if self.take(":")? {
            self.name()?;
        }
        self.arguments(false)?;
        self.directives(false)?;
        if self.is("{") { self.selection_set() } else { Ok(()) }
    }

    fn arguments(&mut self, constant: bool) -> Parsed {
        if !self.is("(") {
            return Ok(());
        }
        self.between("(", ")", 1, |this| this.named_value(constant))
    }

    fn named_value(&mut self, constant: bool) -> Parsed {
        self.name()?;
        self.expect(":")?;
        self.value(constant)
    }

    fn directives(&mut self, constant: bool) -> Parsed {
        while self.take("@")? {
            self.name()?;
            self.arguments(constant)?;
        }
        Ok(())
    }

    fn value(&mut self, constant: bool) -> Parsed {
        match self.token {
            Token::Punctuator("[") => self.between("[", "]", 0, |this| this.value(constant)),
            Token::Punctuator("{") => self.between("{", "}", 0, |this| this.named_value(constant)),
            Token::Punctuator("$") if !constant => {
                self.advance()?;
                self.name()
            }
            Token::Name(_) | Token::Number(_) | Token::String => self.advance(),
            _ => self.unexpected(),
        }
    }
}
