//! Maps by keys of our own making, which nobody can choose to collide.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Spreads keys by a multiplication for each eight bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spread(u64);

/// A map by codes, or by things that only the server makes.
pub type ByKey<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.write_u64(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }
}
