//! The words of postings: an [index] on disk of all that were there when a base was built, and what finds a word among
//! the postings that came since.
//!
//! The index answers for the rows of one base and no others ([`texts::Texts`]): a posting that changes is buried in the
//! base and lives among the recent ones, whose few texts are looked through as they are. So a change can be found at once
//! although the index takes changes only when a base is built, and what a word was found in can be kept as long as the base.
//!
//! Each text has a fingerprint that the database keeps, too. An index that is old, torn, of another
//! database or lost is told by it posting by posting, and just what differs is read anew.

pub mod forms;
pub mod index;
pub mod sought;
pub mod texts;

/// The text of a posting, as it is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Words of the title, folded, each with a blank on both sides.
    pub title: Box<str>,
    /// All words, those of the title with them, in the same form.
    pub words: Box<str>,
    /// What tells it from any other.
    pub fingerprint: i64,
}
