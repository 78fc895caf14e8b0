//! Reference data: what is bundled, and how names become identifiers.

pub mod resolve;
