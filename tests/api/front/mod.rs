//! What the HTTP front admits, before anything is executed.

mod bounds;
mod browsers;
mod guard;
