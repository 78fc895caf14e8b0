//! E-mail: a feature writes a letter into the outbox in its own transaction, and background work sends it. A change that
//! is rolled back takes its mail along; a mail server that is away loses none and doubles none.

pub mod letter;
pub mod outbox;
pub mod subscription;
