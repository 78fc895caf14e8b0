//! The fields of one selection set while they are collected: merged by response key, for each object type.

use std::collections::HashMap;

use apollo_compiler::{Name, Node, executable::Field};

/// Fields of one response key, merged for the same object types.
pub(super) struct Entry<'d> {
    pub(super) fields: Vec<&'d Node<Field>>,
    pub(super) types: Vec<Name>,
    pub(super) order: usize,
}

/// The fields of one selection set, as they are collected.
#[derive(Default)]
pub(super) struct Collected<'d> {
    /// Object types of which a condition is null.
    pub(super) null_condition: Vec<Name>,
    /// Object types for which a fragment has been spread.
    pub(super) spread: HashMap<&'d str, Vec<Name>>,
    pub(super) entries: Vec<Entry<'d>>,
    by_key: HashMap<&'d str, Vec<usize>>,
}

impl<'d> Collected<'d> {
    /// The types for which a fragment has not been spread yet.
    pub(super) fn unseen(&self, fragment: &str, within: &[Name]) -> Vec<Name> {
        let seen = self.spread.get(fragment).map_or(&[][..], Vec::as_slice);
        within.iter().filter(|name| !seen.contains(name)).cloned().collect()
    }

    /// Takes away the fields of the types that cannot be executed, and tells which these are.
    pub(super) fn give_up(&mut self) -> Vec<Name> {
        let mut lost = std::mem::take(&mut self.null_condition);
        lost.sort();
        lost.dedup();
        if !lost.is_empty() {
            for entry in &mut self.entries {
                entry.types.retain(|name| !lost.contains(name));
            }
            self.entries.retain(|entry| !entry.types.is_empty());
        }
        lost
    }

    /// Adds a field for objects of these types, merging it with what they already have under its key.
    pub(super) fn add(&mut self, field: &'d Node<Field>, types: &[Name]) {
        let known = self.by_key.entry(field.response_key().as_str()).or_default();
        let mut remaining = types.to_vec();
        for index in known.clone() {
            let entry = &self.entries[index];
            let shared: Vec<Name> = remaining.iter().filter(|name| entry.types.contains(name)).cloned().collect();
            if shared.is_empty() {
                continue;
            }
            remaining.retain(|name| !shared.contains(name));
            if field.selection_set.is_empty() {
                continue;
            }
            if shared.len() == entry.types.len() {
                self.entries[index].fields.push(field);
                continue;
            }
            let mut fields = entry.fields.clone();
            fields.push(field);
            let part = Entry { fields, types: shared.clone(), order: entry.order };
            self.entries[index].types.retain(|name| !shared.contains(name));
            known.push(self.entries.len());
            self.entries.push(part);
        }
        if !remaining.is_empty() {
            known.push(self.entries.len());
            let order = self.entries.len();
            self.entries.push(Entry { fields: vec![field], types: remaining, order });
        }
    }
}
