//! What the values of the schema's own scalars must look like.

use std::collections::HashMap;

/// Tells whether a value may stand for a scalar; the message says what was expected.
pub type ScalarCheck = fn(&serde_json::Value) -> Result<(), String>;

/// The checks of the schema's own scalars, by the scalar's name.
///
/// A literal that fails its check makes the document invalid, and a variable that fails it is refused before
/// anything runs. A scalar without a check takes any value, as in the specification.
#[derive(Debug, Clone, Default)]
pub struct Scalars {
    checks: HashMap<&'static str, ScalarCheck>,
}

impl Scalars {
    /// No checks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the check of one scalar.
    #[must_use]
    pub fn with(mut self, name: &'static str, check: ScalarCheck) -> Self {
        self.checks.insert(name, check);
        self
    }

    pub(super) fn check(&self, name: &str) -> Option<ScalarCheck> {
        self.checks.get(name).copied()
    }
}
