//! Unpacking with a bound.

use std::io::Read;

use super::{MAX_UNPACKED, Objection};

/// A file of a few kilobytes may unpack to this much whatever the ratio: a blank picture does.
const GRACE: usize = 8 * 1024 * 1024;
/// How many bytes may come out for each byte that went in. Text packs about ten to one.
const MAX_RATIO: usize = 100;

const BOMB: Objection = Objection::Content("It unpacks to far more than a document holds.");

/// How much may still come out of a file, all its parts together.
#[derive(Debug)]
pub struct Budget {
    left: usize,
}

impl Budget {
    /// The budget of a file of `packed` bytes.
    pub fn of(packed: usize) -> Self {
        Self { left: MAX_UNPACKED.min(packed.saturating_mul(MAX_RATIO).max(GRACE)) }
    }

    /// All that comes out of a part. Memory is bounded by what is left.
    ///
    /// # Errors
    /// More comes out than is left, or the part is damaged.
    pub fn unpack(&mut self, part: impl Read) -> Result<Vec<u8>, Objection> {
        let mut out = Vec::new();
        let limit = u64::try_from(self.left).unwrap_or(u64::MAX).saturating_add(1);
        part.take(limit).read_to_end(&mut out).map_err(|_| DAMAGED)?;
        self.spend(out.len())?;
        Ok(out)
    }

    /// Notes that so many bytes came out.
    ///
    /// # Errors
    /// That is more than was left.
    pub fn spend(&mut self, bytes: usize) -> Result<(), Objection> {
        self.left = self.left.checked_sub(bytes).ok_or(BOMB)?;
        Ok(())
    }
}

/// The file breaks off, or its parts do not fit together.
pub const DAMAGED: Objection = Objection::Content("The file is damaged: open it and save it again.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_by_all_parts_together() {
        let mut budget = Budget::of(10);
        assert_eq!(budget.unpack(std::io::repeat(1).take(GRACE as u64 - 1)).map(|out| out.len()), Ok(GRACE - 1));
        assert_eq!(budget.unpack(&b"x"[..]), Ok(b"x".to_vec()));
        assert_eq!(budget.unpack(&b"x"[..]), Err(BOMB));
        assert_eq!(Budget::of(usize::MAX).unpack(std::io::repeat(1)), Err(BOMB), "an endless part ends");
    }
}
