//! The HTTP front.

pub mod playground;
