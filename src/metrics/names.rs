//! Names that clients make up, of which only so many become labels.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

/// The longest name that becomes a label.
const LENGTH: usize = 64;
/// Stands for operations without a name.
const ANONYMOUS: &str = "anonymous";
/// Stands for all that came too late.
const OTHER: &str = "other";

/// The first names that were seen.
pub(super) struct Names {
    known: RwLock<HashSet<&'static str>>,
    most: usize,
}

impl Names {
    /// Room for so many.
    pub(super) fn new(most: usize) -> Self {
        Self { known: RwLock::default(), most }
    }

    /// The label for a name. Names are kept for good, for there are only so many.
    pub(super) fn admit(&self, name: Option<&str>) -> &'static str {
        let Some(name) = name else { return ANONYMOUS };
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return known;
        }
        if name.len() > LENGTH {
            return OTHER;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(name) {
            return known;
        }
        if known.len() >= self.most {
            return OTHER;
        }
        let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
        known.insert(kept);
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_names_become_labels() {
        let names = Names::new(2);
        let admitted = [None, Some("A"), Some("B"), Some("C"), Some("A")].map(|name| names.admit(name));
        assert_eq!(admitted, ["anonymous", "A", "B", "other", "A"]);
        assert_eq!(Names::new(2).admit(Some(&"x".repeat(65))), "other");
    }
}
