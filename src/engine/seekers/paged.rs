//! Lists by number that can be replaced: a page holds some hundred, so a change moves only what is in it.

use crate::engine::bits::number;
use crate::engine::post::Lists;

/// Lists in a page.
const PAGE: usize = 256;

/// A list of things for each number.
pub struct Paged<T> {
    pages: Vec<Lists<T>>,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self { pages: Vec::new() }
    }
}

impl<T: Copy> Paged<T> {
    /// The list of a number; empty where none was put.
    pub fn of(&self, at: u32) -> &[T] {
        let page = self.pages.get(at as usize / PAGE);
        let within = at as usize % PAGE;
        page.filter(|page| within < page.len()).map_or(&[], |page| page.of(number(within)))
    }

    /// Replaces the list of a number. O(page).
    pub fn replace(&mut self, at: u32, items: &[T]) {
        let (at, within) = (at as usize / PAGE, at as usize % PAGE);
        while self.pages.len() <= at {
            if let Some(last) = self.pages.last_mut() {
                last.shrink();
            }
            self.pages.push(Lists::default());
        }
        let page = &mut self.pages[at];
        if within < page.len() {
            page.replace(number(within), items);
            return;
        }
        while page.len() < within {
            page.push([]);
        }
        page.push(items.iter().copied());
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.pages.iter().map(|page| page.bytes() + size_of::<Lists<T>>()).sum()
    }
}
