//! A set of rows: a list where there are few, one bit each where there are many.

use std::borrow::Cow;

use super::bits::{Bits, number};

/// One of this many rows makes a set dense: a list of them would be as long as the bits.
const DENSE: usize = 32;

/// Up to so many rows are sorted rather than set as bits.
const SORTED: usize = 1_024;

/// A set of rows below a bound.
#[derive(Clone, Debug)]
pub enum Post {
    /// One bit for each row.
    Dense(Bits),
    /// The rows in ascending order.
    Sparse(Vec<u32>),
}

impl Default for Post {
    fn default() -> Self {
        Self::Sparse(Vec::new())
    }
}

impl Post {
    /// The set of these rows, in ascending order and below `bound`.
    #[must_use]
    pub fn of(rows: Vec<u32>, bound: usize) -> Self {
        debug_assert!(rows.is_sorted_by(|one, next| one < next), "rows ascend");
        if is_dense(rows.len(), bound) {
            Self::Dense(Bits::of(bound, &rows))
        } else {
            let mut rows = rows;
            rows.shrink_to_fit();
            Self::Sparse(rows)
        }
    }

    /// The set of these rows in any order, each once and below `bound`.
    #[must_use]
    pub fn of_unsorted(rows: &[u32], bound: usize) -> Self {
        Self::union([&Self::Sparse(rows.to_vec())], bound)
    }

    /// How many rows. O(words) or O(1).
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Dense(bits) => bits.count(),
            Self::Sparse(rows) => rows.len(),
        }
    }

    /// How many rows are less than this one. O(words) or O(log rows).
    #[must_use]
    pub fn count_below(&self, row: usize) -> usize {
        match self {
            Self::Dense(bits) => bits.count_below(row),
            Self::Sparse(rows) => rows.partition_point(|other| (*other as usize) < row),
        }
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Dense(bits) => bits.words().iter().all(|word| *word == 0),
            Self::Sparse(rows) => rows.is_empty(),
        }
    }

    /// How many rows, if it is known at once; otherwise the most there can be.
    #[must_use]
    pub fn len_or(&self, bound: usize) -> usize {
        match self {
            Self::Dense(_) => bound,
            Self::Sparse(rows) => rows.len(),
        }
    }

    /// Whether a row is in these bits, too.
    #[must_use]
    pub fn any_in(&self, bits: &Bits) -> bool {
        match self {
            Self::Dense(rows) => rows.words().iter().zip(bits.words()).any(|(one, other)| one & other != 0),
            Self::Sparse(rows) => rows.iter().any(|row| bits.contains(*row)),
        }
    }

    /// Takes the form that needs less memory, and gives back what was taken for more rows.
    pub fn shrink(&mut self, bound: usize) {
        match self {
            Self::Sparse(rows) => rows.shrink_to_fit(),
            Self::Dense(bits) if !is_dense(bits.count(), bound) => *self = Self::Sparse(bits.iter().collect()),
            Self::Dense(_) => {}
        }
    }

    /// Whether the row is in the set. O(1) or O(log rows).
    #[must_use]
    pub fn contains(&self, row: u32) -> bool {
        match self {
            Self::Dense(bits) => bits.contains(row),
            Self::Sparse(rows) => rows.binary_search(&row).is_ok(),
        }
    }

    /// Does something for each row, in ascending order.
    pub fn each(&self, mut act: impl FnMut(u32)) {
        match self {
            Self::Dense(bits) => bits.iter().for_each(act),
            Self::Sparse(rows) => rows.iter().for_each(|row| act(*row)),
        }
    }

    /// Whether a row of the set passes the test; stops at the first.
    pub fn any(&self, mut test: impl FnMut(u32) -> bool) -> bool {
        match self {
            Self::Dense(bits) => bits.iter().any(test),
            Self::Sparse(rows) => rows.iter().any(|row| test(*row)),
        }
    }

    /// The rows in ascending order.
    #[must_use]
    pub fn rows(&self) -> Cow<'_, [u32]> {
        match self {
            Self::Dense(bits) => Cow::Owned(bits.iter().collect()),
            Self::Sparse(rows) => Cow::Borrowed(rows),
        }
    }

    /// The set as bits below `bound`.
    #[must_use]
    pub fn into_bits(self, bound: usize) -> Bits {
        match self {
            Self::Dense(bits) => bits,
            Self::Sparse(rows) => Bits::of(bound, &rows),
        }
    }

    /// The rows of both sets. O(words), or O(rows) of the sparse one.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Dense(one), Self::Dense(other)) => {
                let mut bits = one.clone();
                bits.keep(other);
                Self::Dense(bits)
            }
            (Self::Sparse(rows), Self::Dense(bits)) | (Self::Dense(bits), Self::Sparse(rows)) => {
                Self::Sparse(rows.iter().copied().filter(|row| bits.contains(*row)).collect())
            }
            (Self::Sparse(one), Self::Sparse(other)) => Self::Sparse(common(one, other)),
        }
    }

    /// How many rows are in both sets.
    #[must_use]
    pub fn count_and(&self, other: &Self) -> usize {
        match (self, other) {
            (Self::Dense(one), Self::Dense(other)) => one.count_common(other),
            (Self::Sparse(rows), Self::Dense(bits)) | (Self::Dense(bits), Self::Sparse(rows)) => {
                rows.iter().map(|row| usize::from(bits.contains(*row))).sum()
            }
            (Self::Sparse(one), Self::Sparse(other)) => common(one, other).len(),
        }
    }

    /// The rows of at least one of the sets.
    #[must_use]
    pub fn union<'a>(sets: impl IntoIterator<Item = &'a Self>, bound: usize) -> Self {
        let mut listed: Vec<u32> = Vec::new();
        let mut dense: Option<Bits> = None;
        for set in sets {
            match set {
                Self::Sparse(rows) => listed.extend_from_slice(rows),
                Self::Dense(bits) => match &mut dense {
                    Some(sum) => sum.add(bits),
                    None => dense = Some(bits.clone()),
                },
            }
        }
        // Long lists are put in order by the bits, which is quicker than to sort them.
        if let Some(mut bits) = dense.or_else(|| (listed.len() > SORTED).then(|| Bits::none(bound))) {
            bits.extend(&listed);
            return if is_dense(bits.count(), bound) { Self::Dense(bits) } else { Self::Sparse(bits.iter().collect()) };
        }
        listed.sort_unstable();
        listed.dedup();
        Self::Sparse(listed)
    }

    /// The rows below `bound` that are not in the set.
    #[must_use]
    pub fn not(self, bound: usize) -> Self {
        Self::Dense(self.into_bits(bound).complement())
    }

    /// The rows of the set for which the test holds.
    #[must_use]
    pub fn filter(self, mut test: impl FnMut(u32) -> bool) -> Self {
        match self {
            Self::Dense(mut bits) => {
                bits.retain(test);
                Self::Dense(bits)
            }
            Self::Sparse(mut rows) => {
                rows.retain(|row| test(*row));
                Self::Sparse(rows)
            }
        }
    }

    /// Adds a row below `bound`. O(1), or O(rows) of a list unless it is the last.
    pub fn insert(&mut self, row: u32, bound: usize) {
        match self {
            Self::Dense(bits) => {
                bits.grow(bound);
                bits.insert(row);
            }
            Self::Sparse(rows) => {
                // Whoever takes many takes them in order: nothing has to be searched for.
                if rows.last().is_none_or(|last| *last < row) {
                    rows.push(row);
                } else if let Err(at) = rows.binary_search(&row) {
                    rows.insert(at, row);
                } else {
                    return;
                }
                if is_dense(rows.len(), bound) && rows.len() > 4_096 {
                    *self = Self::Dense(Bits::of(bound, rows));
                }
            }
        }
    }

    /// Adds the rows to bits whose bound is not smaller. O(words) or O(rows).
    pub fn add_to(&self, bits: &mut Bits) {
        match self {
            Self::Dense(own) => bits.add(own),
            Self::Sparse(rows) => bits.extend(rows),
        }
    }

    /// Takes a row out. O(1), or O(rows) of a list.
    pub fn remove(&mut self, row: u32) {
        match self {
            Self::Dense(bits) => bits.remove(row),
            Self::Sparse(rows) => {
                if let Ok(at) = rows.binary_search(&row) {
                    rows.remove(at);
                }
            }
        }
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Dense(bits) => size_of_val(bits.words()),
            Self::Sparse(rows) => rows.capacity() * size_of::<u32>(),
        }
    }
}

/// Whether so many of so many rows are better kept as bits.
#[must_use]
pub const fn is_dense(rows: usize, bound: usize) -> bool {
    rows > bound / DENSE
}

/// The numbers of both lists; looks the shorter one's up in the longer.
fn common(one: &[u32], other: &[u32]) -> Vec<u32> {
    let (short, mut long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let mut both = Vec::new();
    for row in short {
        // The numbers ascend, so what is before the last hit need not be searched again.
        let step = long.len().min(long.len() / (short.len() + 1) * 4 + 8);
        let within =
            if long.get(step.saturating_sub(1)).is_some_and(|last| last >= row) { &long[..step] } else { long };
        let at = within.partition_point(|other| other < row);
        long = &long[at..];
        if long.first() == Some(row) {
            both.push(*row);
        }
    }
    both
}

/// Lists of things by row, in two arrays.
#[derive(Clone, Debug)]
pub struct Lists<T> {
    ends: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { ends: Vec::new(), items: Vec::new() }
    }
}

impl<T: Copy> Lists<T> {
    /// How many rows have a list.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no row has a list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Replaces the list of a row. O(rows + items behind it).
    pub fn replace(&mut self, row: u32, items: &[T]) {
        let row = row as usize;
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]) as usize;
        let end = self.ends[row] as usize;
        self.items.splice(start..end, items.iter().copied());
        for later in &mut self.ends[row..] {
            *later = number(*later as usize - (end - start) + items.len());
        }
    }

    /// Gives back memory that was taken for more lists.
    pub fn shrink(&mut self) {
        self.ends.shrink_to_fit();
        self.items.shrink_to_fit();
    }

    /// Adds the list of the next row.
    pub fn push(&mut self, items: impl IntoIterator<Item = T>) {
        self.items.extend(items);
        self.ends.push(number(self.items.len()));
    }

    /// The list of a row.
    #[must_use]
    pub fn of(&self, row: u32) -> &[T] {
        let row = row as usize;
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.items[start as usize..self.ends[row] as usize]
    }

    /// The items of all lists.
    pub fn items_mut(&mut self) -> &mut [T] {
        &mut self.items
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.ends.capacity() * size_of::<u32>() + self.items.capacity() * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn rows(most: usize) -> impl Strategy<Value = BTreeSet<u32>> {
        prop::collection::btree_set(0_u32..1_000, 0..most)
    }

    proptest! {
        #[test]
        fn sets_of_either_form_agree(a in rows(60), b in rows(600)) {
            let post = |set: &BTreeSet<u32>| Post::of(set.iter().copied().collect(), 1_000);
            let both: Vec<u32> = a.intersection(&b).copied().collect();
            for (one, other) in [(&a, &b), (&b, &a), (&a, &a), (&b, &b)] {
                let both: Vec<u32> = one.intersection(other).copied().collect();
                let and = post(one).and(&post(other));
                prop_assert_eq!(and.rows().to_vec(), both.clone());
                prop_assert_eq!(post(one).count_and(&post(other)), both.len());
                let either: Vec<u32> = one.union(other).copied().collect();
                prop_assert_eq!(Post::union([&post(one), &post(other)], 1_000).rows().to_vec(), either);
            }
            prop_assert_eq!(post(&a).not(1_000).len(), 1_000 - a.len());
            prop_assert_eq!(post(&b).filter(|row| a.contains(&row)).rows().to_vec(), both);
        }
    }
}
