//! Byte offsets turned into the lines and columns that errors tell.

use apollo_compiler::parser::SourceSpan;
use async_graphql::Pos;

/// Where each line of a document starts.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (index, byte) in bytes.iter().enumerate() {
            // A carriage return ends a line unless a line feed follows and ends it instead.
            if *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')) {
                starts.push(index + 1);
            }
        }
        Self { text, starts }
    }

    /// Line and column, both counted from one, columns in characters.
    pub(super) fn at(&self, span: Option<SourceSpan>) -> Option<Pos> {
        span.map(|span| self.at_offset(span.offset()))
    }

    pub(super) fn at_offset(&self, offset: usize) -> Pos {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let before = self.text.get(start..offset).map_or(0, |part| part.chars().count());
        Pos { line, column: before + 1 }
    }
}
