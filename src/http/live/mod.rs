//! Connections that stay open, whichever the transport: who is behind one and until when, and the answers to a
//! subscription.

mod subscription;
mod term;

pub(super) use term::{Ended, Term, crowded};
