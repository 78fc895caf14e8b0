//! Reference data: what is bundled, and how names become identifiers.

pub mod bundle;
pub mod resolve;
pub mod titles;
