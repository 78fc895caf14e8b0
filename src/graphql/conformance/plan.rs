//! What an operation will answer, worked out once: the specification's `CollectFields` at preparation time.
//!
//! Executing the document as it is written departs from the specification: async-graphql resolves a field that is
//! selected twice twice (a mutation too), knows no fragments on unions inside interfaces, and orders an answer by
//! which field was ready first. So the operation is rewritten: fragments are written out, conditions decided,
//! fields of one response key merged for each object type they can meet. What remains is a flat selection for
//! every object, which async-graphql executes, and the same as [`Selection`], by which the price is told before
//! and the answer put in order after.

use apollo_compiler::{
    ExecutableDocument, Name,
    ast::{DirectiveList, FieldDefinition, Type},
    executable::{self, Field, Operation},
};
use async_graphql::{Name as Key, Pos, Value as ConstValue, Variables};
use async_graphql_value::Value as InputValue;

use super::{
    Freshness, Hints, Limits, Refusal, RefusalKind,
    coercion::input,
    collected::{Collected, Entry},
    literals::null_where_needed,
    position::Lines,
    price::{Size, size_of},
    rewrite::{self, Item, Items, Rewrite, SelectedField},
    types::Types,
};

/// Response key of the type name asked for on the server's own account. No document can contain it, as a space
/// is no part of a name.
pub(super) const TYPE_KEY: &str = " type";

/// The fields of one object of the answer, in the order they are told.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    /// Objects of these types cannot be executed, as a condition of their fields is null.
    pub(super) null_condition: Box<[Key]>,
    pub(super) slots: Vec<Slot>,
    /// Under which key the answer tells the object's type, when that is not plain from the selection.
    pub(super) type_key: Option<Key>,
}

/// One response key.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) key: Key,
    /// The object types for which it is there; `None` for all that can be met.
    pub(super) types: Option<Box<[Key]>>,
    pub(super) shape: Shape,
    pub(super) position: Pos,
    pub(super) size: Size,
    /// Whether it is an `Int`, or a list of them, which must fit 32 bits.
    pub(super) is_int: bool,
    /// Why the field cannot be executed: an argument that must not be null is.
    pub(super) fault: Option<String>,
    /// For `__schema`, `__type` and everything below them: what is asked.
    pub(super) meta: Option<Box<Meta>>,
    pub(super) children: Option<Selection>,
}

/// A field of introspection.
#[derive(Debug, Clone)]
pub(super) struct Meta {
    pub(super) field: String,
    argument: Option<InputValue>,
}

impl Meta {
    fn of(field: &Field, types: &Types) -> Self {
        // Every field of introspection has one argument at most.
        let argument = field.arguments.first().and_then(|argument| {
            let ty = &field.definition.arguments.first()?.ty;
            input(types, ty, &argument.value, &|_| false)
        });
        Self { field: field.name.to_string(), argument }
    }

    /// Whether it is where introspection begins.
    pub(super) fn is_entry(&self) -> bool {
        matches!(self.field.as_str(), "__schema" | "__type")
    }

    /// The argument's value, if it has one.
    pub(super) fn argument(&self, variables: &Variables) -> Option<ConstValue> {
        match self.argument.as_ref()? {
            InputValue::Variable(name) => variables.get(name).cloned(),
            literal => literal.clone().into_const(),
        }
    }
}

impl Slot {
    /// Whether an object of this type has it.
    pub(super) fn is_for(&self, object: Option<&str>) -> bool {
        self.types.as_ref().is_none_or(|types| includes(types, object))
    }
}

/// Whether an object's type is one of these.
pub(super) fn includes(types: &[Key], object: Option<&str>) -> bool {
    object.is_some_and(|object| types.iter().any(|known| known.as_str() == object))
}

/// Lists and nullability of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) non_null: bool,
    pub(super) item: Option<Box<Shape>>,
}

impl Shape {
    fn of(ty: &Type) -> Self {
        Self { non_null: ty.is_non_null(), item: ty.is_list().then(|| Box::new(Self::of(ty.item_type()))) }
    }
}

/// Plans one operation for given conditions.
pub(super) struct Planner<'d> {
    pub(super) types: &'d Types,
    pub(super) limits: &'d Limits,
    pub(super) document: &'d ExecutableDocument,
    pub(super) lines: &'d Lines<'d>,
    pub(super) variables: &'d Variables,
    hints: &'d Hints,
    slots: u64,
    freshness: Option<Freshness>,
}

impl<'d> Planner<'d> {
    pub(super) fn new(
        (types, limits, hints): (&'d Types, &'d Limits, &'d Hints),
        document: &'d ExecutableDocument,
        lines: &'d Lines<'d>,
        variables: &'d Variables,
    ) -> Self {
        Self { types, limits, hints, document, lines, variables, slots: 0, freshness: Some(Freshness::CONSTANT) }
    }

    /// Fields planned so far.
    pub(super) fn slots(&self) -> u64 {
        self.slots
    }

    /// How long the answer to what was planned so far stays good; nothing if it is not to be kept.
    pub(super) fn freshness(&self) -> Option<Freshness> {
        self.freshness
    }

    /// The operation's selection and the document to execute for it.
    ///
    /// # Errors
    /// A [`Refusal`] of kind `Cost` when merging for many object types makes the document too large.
    pub(super) fn operation(
        &mut self,
        operation: &'d Operation,
    ) -> Result<(Selection, async_graphql::parser::types::ExecutableDocument), Refusal> {
        let root = &operation.selection_set.ty;
        let (selection, items) = self.selection(root, &[&operation.selection_set], false)?;
        let document = rewrite::operation(operation, items);
        Ok((selection, document))
    }

    fn rewrite(&self) -> Rewrite<'d> {
        Rewrite { types: self.types, lines: self.lines, variables: self.variables }
    }

    fn selection(
        &mut self,
        parent: &Name,
        sets: &[&'d executable::SelectionSet],
        in_connection: bool,
    ) -> Result<(Selection, Vec<Item>), Refusal> {
        let possible = self.types.possible(parent);
        let mut collected = Collected::default();
        for set in sets {
            self.collect(set, &possible, &mut collected);
        }
        let null_condition = collected.give_up().iter().map(Key::new).collect();
        let mut entries = collected.entries;
        entries.sort_by_key(|entry| entry.order);
        let entries = entries.into_iter().flat_map(|entry| self.by_type(entry));
        let entries: Vec<Entry<'d>> = entries.collect();
        self.slots = self.slots.saturating_add(entries.len() as u64);
        if self.slots > self.limits.selections.saturating_mul(4) {
            let message = "The document selects too many fields once they are merged for every type.";
            return Err(Refusal::new(RefusalKind::Cost, message, None));
        }
        let rewrite = self.rewrite();
        let (mut slots, mut items) = (Vec::new(), Items::new(parent, self.types));
        for entry in entries {
            let everywhere = entry.types.len() == possible.len();
            let (slot, selected) = self.slot(parent, &entry, everywhere, in_connection)?;
            // Introspection is answered from the schema's definition, not executed.
            if slot.meta.is_none() && slot.fault.is_none() {
                let field = rewrite.field(selected);
                items.push(field, &entry.types, everywhere, entry.fields[0].name.as_str());
            }
            slots.push(slot);
        }
        let mut selection = Selection { null_condition, slots, type_key: None };
        settle_type_key(&mut selection, &mut items, self.types.is_object(parent));
        Ok((selection, items.finish()))
    }

    fn slot(
        &mut self,
        parent: &Name,
        entry: &Entry<'d>,
        everywhere: bool,
        in_connection: bool,
    ) -> Result<(Slot, SelectedField<'d>), Refusal> {
        let first = entry.fields[0];
        // What an object's field returns is told by the object, whose type may be narrower than its interface's.
        let owner = entry.types.first().unwrap_or(parent);
        let definition = self.types.field(owner, &first.name).map_or(&*first.definition, |found| &***found);
        let named = definition.ty.inner_named_type();
        self.promise(&entry.types, first, named);
        let size = size_of(definition, first, in_connection, self.types, self.limits);
        let (mut children, mut items) = (None, Vec::new());
        if self.types.is_composite(named) {
            let sets: Vec<_> = entry.fields.iter().map(|field| &field.selection_set).collect();
            let below = self.selection(named, &sets, matches!(size, Size::Page(_)))?;
            (children, items) = (Some(below.0), below.1);
        }
        let position = self.lines.at(first.location()).unwrap_or_default();
        let is_meta = parent.starts_with("__") || matches!(first.name.as_str(), "__schema" | "__type");
        let slot = Slot {
            key: Key::new(first.response_key()),
            types: (!everywhere).then(|| entry.types.iter().map(Key::new).collect()),
            shape: Shape::of(&definition.ty),
            position,
            size,
            is_int: named == "Int",
            fault: self.argument_fault(first, definition),
            meta: is_meta.then(|| Box::new(Meta::of(first, self.types))),
            children,
        };
        Ok((slot, SelectedField { field: first, position, items }))
    }

    /// Takes account of what is promised of a field, and of the object that it leads to, whatever is asked of that.
    fn promise(&mut self, parents: &[Name], field: &Field, named: &Name) {
        let of_field = self.hints.of_all(parents, &field.name);
        let of_object = if self.types.is_object(named) { self.hints.of_type(named) } else { Some(Freshness::CONSTANT) };
        self.freshness = self.freshness.and_then(|freshness| Some(freshness.and(of_field?).and(of_object?)));
    }

    /// Collects the fields of a selection set for objects `within` these types.
    fn collect(&self, set: &'d executable::SelectionSet, within: &[Name], into: &mut Collected<'d>) {
        for selection in &set.selections {
            // A fragment counts once for each object, whatever the conditions of its later spreads are.
            let unseen = match selection {
                executable::Selection::FragmentSpread(spread) => into.unseen(&spread.fragment_name, within),
                _ => within.to_vec(),
            };
            if unseen.is_empty() {
                continue;
            }
            match self.is_skipped(selection.directives()) {
                Some(false) => self.collect_one(selection, &unseen, into),
                Some(true) => {}
                None => into.null_condition.extend(unseen),
            }
        }
    }

    fn collect_one(&self, selection: &'d executable::Selection, within: &[Name], into: &mut Collected<'d>) {
        match selection {
            executable::Selection::Field(field) => into.add(field, within),
            executable::Selection::InlineFragment(inline) => match &inline.type_condition {
                Some(condition) => self.collect_on(condition, &inline.selection_set, within, into),
                None => self.collect(&inline.selection_set, within, into),
            },
            executable::Selection::FragmentSpread(spread) => {
                into.spread.entry(&spread.fragment_name).or_default().extend_from_slice(within);
                if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                    self.collect_on(fragment.type_condition(), &fragment.selection_set, within, into);
                }
            }
        }
    }

    fn collect_on(
        &self,
        condition: &Name,
        set: &'d executable::SelectionSet,
        within: &[Name],
        into: &mut Collected<'d>,
    ) {
        let possible = self.types.possible(condition);
        let narrowed: Vec<Name> = within.iter().filter(|name| possible.contains(name)).cloned().collect();
        if !narrowed.is_empty() {
            self.collect(set, &narrowed, into);
        }
    }

    /// Whether a condition leaves a selection out; `None` when the condition is null.
    fn is_skipped(&self, directives: &DirectiveList) -> Option<bool> {
        for (name, skips_when) in [("skip", true), ("include", false)] {
            let Some(directive) = directives.get(name) else {
                continue;
            };
            let flag = match directive.specified_argument_by_name("if").map(|value| &**value) {
                Some(executable::Value::Boolean(flag)) => *flag,
                Some(executable::Value::Variable(variable)) => match self.variables.get(variable.as_str()) {
                    Some(ConstValue::Boolean(flag)) => *flag,
                    _ => return None,
                },
                _ => continue,
            };
            if flag == skips_when {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Why a field cannot be executed with the variables given.
    fn argument_fault(&self, field: &Field, definition: &FieldDefinition) -> Option<String> {
        let is_null = |name: &str| matches!(self.variables.get(name), Some(ConstValue::Null));
        field.arguments.iter().find_map(|argument| {
            let known = definition.arguments.iter().find(|known| known.name == argument.name)?;
            let (name, ty) = (&argument.name, &known.ty);
            null_where_needed(self.types, ty, &argument.value, &is_null)
                .then(|| format!("Argument \"{name}\" of type \"{ty}\" must not be null where it is not nullable."))
        })
    }

    /// Splits an entry so that each part returns one type: an object may narrow what its interface promises.
    fn by_type(&self, entry: Entry<'d>) -> Vec<Entry<'d>> {
        if entry.types.len() < 2 {
            return vec![entry];
        }
        let mut parts: Vec<(Option<&Type>, Entry<'d>)> = Vec::new();
        for name in entry.types {
            let ty = self.types.field(&name, &entry.fields[0].name).map(|definition| &definition.ty);
            if let Some((_, part)) = parts.iter_mut().find(|(known, _)| *known == ty) {
                part.types.push(name);
            } else {
                let part = Entry { fields: entry.fields.clone(), types: vec![name], order: entry.order };
                parts.push((ty, part));
            }
        }
        parts.into_iter().map(|(_, part)| part).collect()
    }
}

/// Sees to it that the answer tells an object's type where its fields depend on it, and that an object is never
/// empty: async-graphql answers null for one whose fields all failed, and of an interface's fields it does not say
/// in which object they failed.
fn settle_type_key(selection: &mut Selection, items: &mut Items<'_>, is_object: bool) {
    if is_object && !items.is_empty() && selection.null_condition.is_empty() {
        return;
    }
    let asked = items.plain_type_key();
    selection.type_key = Some(asked.unwrap_or_else(|| items.add_type_key(TYPE_KEY)));
}
