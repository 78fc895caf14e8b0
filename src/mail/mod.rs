//! E-mail: a feature writes a letter into the outbox in its own transaction, and background work sends it. A change that
//! is rolled back takes its mail along; a mail server that is away loses none and doubles none.
//!
//! A [`letter::Letter`] is put into words once (`wording`), and two templates give the same page as HTML and as text, so
//! that neither form can say what the other does not.

pub mod delivery;
pub mod forget;
pub mod graphql;
pub mod letter;
pub mod mailer;
pub mod outbox;
mod page;
pub mod queue;
pub mod samples;
pub mod subscription;
pub mod transport;
mod wording;
