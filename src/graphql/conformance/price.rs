//! What an operation costs, told before it runs.

use apollo_compiler::{
    ast::{FieldDefinition, Value as Literal},
    executable::Field,
};
use async_graphql::{Name as Key, Value as ConstValue, Variables};

use super::{
    Limits,
    plan::{Selection, Slot},
    types::Types,
};

/// Price of a request, in objects it may return.
///
/// Every field that returns an object costs one for each object it can be asked of. Page sizes multiply what is
/// below them: `postings(first: 20) { edges { node { employer { name } } } }` is one connection, 20 edges, 20
/// postings and 20 employers. A list without a page size counts as [`Limits::assumed_list`] objects. Fields of
/// plain values are free, but for those that count rows of their own. Mutations pay [`Limits::mutation_cost`] for each root field besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// What the request costs.
    pub requested: u64,
    /// What one request may cost.
    pub limit: u64,
}

/// How many objects a field returns for each of its parents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Size {
    /// A plain value, or one object.
    One,
    /// A plain value that costs as much as this many objects.
    Dear(u64),
    /// A list nobody sized: a power of the assumed length.
    Assumed(u32),
    /// A list sized by its own arguments.
    Counted(Count),
    /// One connection whose edges are counted by its arguments.
    Page(Count),
    /// The edges of a connection.
    Edges,
    /// The schema itself.
    Introspection,
}

/// Plain values that are counted anew for each object that they are asked of, with the objects that they cost as much as.
const DEAR: [(&str, u64); 1] = [("newMatchCount", 10)];

/// A number told by a document, a variable or the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Count {
    Known(u64),
    /// The variable's value, or its length when it is a list; the default when it has none.
    Variable(Key, u64),
    /// Whichever is larger: a connection may be given both `first` and `last`.
    Larger(Box<Count>, Box<Count>),
}

impl Count {
    fn value(&self, variables: &Variables) -> u64 {
        match self {
            Self::Known(count) => *count,
            Self::Variable(name, default) => match variables.get(name) {
                Some(ConstValue::Number(number)) => number.as_u64().unwrap_or(0),
                Some(ConstValue::List(items)) => items.len() as u64,
                _ => *default,
            },
            Self::Larger(one, other) => one.value(variables).max(other.value(variables)),
        }
    }

    fn is_fixed(&self) -> bool {
        match self {
            Self::Known(_) => true,
            Self::Variable(..) => false,
            Self::Larger(one, other) => one.is_fixed() && other.is_fixed(),
        }
    }
}

/// What a field returns, by its definition and arguments.
pub(super) fn size_of(
    definition: &FieldDefinition,
    field: &Field,
    in_connection: bool,
    types: &Types,
    limits: &Limits,
) -> Size {
    if matches!(field.name.as_str(), "__schema" | "__type") {
        return Size::Introspection;
    }
    let named = definition.ty.inner_named_type();
    if !types.is_composite(named) {
        let dear = DEAR.iter().find(|(name, _)| *name == field.name.as_str());
        return dear.map_or(Size::One, |(_, objects)| Size::Dear(*objects));
    }
    let mut lists = 0;
    let mut ty = &definition.ty;
    while ty.is_list() {
        lists += 1;
        ty = ty.item_type();
    }
    let has = |name: &str| definition.arguments.iter().any(|argument| argument.name == name);
    let paged = has("first") || has("last");
    let page = || {
        let first = count_of(definition, field, "first", limits.default_page);
        let last = count_of(definition, field, "last", limits.default_page);
        match (first, last) {
            (Some(first), Some(last)) => Count::Larger(Box::new(first), Box::new(last)),
            (told, other) => told.or(other).unwrap_or(Count::Known(limits.default_page)),
        }
    };
    match lists {
        0 if paged || named.ends_with("Connection") => Size::Page(page()),
        0 => Size::One,
        1 if in_connection && matches!(field.name.as_str(), "edges" | "nodes") => Size::Edges,
        _ if paged => Size::Counted(page()),
        _ if has("ids") => {
            count_of(definition, field, "ids", limits.assumed_list).map_or(Size::Assumed(lists), Size::Counted)
        }
        _ => Size::Assumed(lists),
    }
}

/// The number an argument gives, or the number of items when it is a list.
fn count_of(definition: &FieldDefinition, field: &Field, name: &str, default: u64) -> Option<Count> {
    let known = definition.arguments.iter().find(|argument| argument.name == name)?;
    let fallback = known.default_value.as_ref().and_then(|value| literal_count(value));
    let given = field.arguments.iter().find(|argument| argument.name == name);
    match given.map(|argument| &*argument.value) {
        Some(Literal::Variable(variable)) => Some(Count::Variable(Key::new(variable), fallback.unwrap_or(default))),
        Some(Literal::Null) | None => fallback.map(Count::Known),
        Some(literal) => literal_count(literal).map(Count::Known),
    }
}

fn literal_count(value: &Literal) -> Option<u64> {
    match value {
        // A negative page is refused by whoever serves it, and costs nothing.
        Literal::Int(int) => Some(int.as_str().parse().unwrap_or(0)),
        Literal::List(items) => Some(items.len() as u64),
        Literal::Null => None,
        _ => Some(1),
    }
}

/// The price of a selection asked of `parents` objects. Saturates.
pub(super) fn price(selection: &Selection, variables: &Variables, limits: &Limits, parents: u64, edges: u64) -> u64 {
    let mut always = 0u64;
    let mut by_type: Vec<(&str, u64)> = Vec::new();
    let is_priced = |slot: &&Slot| slot.children.is_some() || matches!(slot.size, Size::Dear(_));
    for slot in selection.slots.iter().filter(is_priced) {
        let cost = slot_price(slot, variables, limits, parents, edges);
        let Some(types) = &slot.types else {
            always = always.saturating_add(cost);
            continue;
        };
        // An object is of one type only: the dearest decides.
        for object in types {
            match by_type.iter_mut().find(|(known, _)| *known == object.as_str()) {
                Some((_, sum)) => *sum = sum.saturating_add(cost),
                None => by_type.push((object, cost)),
            }
        }
    }
    always.saturating_add(by_type.into_iter().map(|(_, sum)| sum).max().unwrap_or(0))
}

fn slot_price(slot: &Slot, variables: &Variables, limits: &Limits, parents: u64, edges: u64) -> u64 {
    if let Size::Dear(objects) = slot.size {
        return parents.saturating_mul(objects);
    }
    let Some(children) = &slot.children else {
        return 0;
    };
    let mut below = 0;
    let objects = match &slot.size {
        Size::Introspection => return parents.saturating_mul(limits.introspection_cost),
        Size::One | Size::Dear(_) => parents,
        Size::Assumed(lists) => parents.saturating_mul(limits.assumed_list.saturating_pow(*lists)),
        Size::Counted(count) => parents.saturating_mul(count.value(variables)),
        Size::Edges => parents.saturating_mul(edges),
        Size::Page(count) => {
            below = count.value(variables);
            parents
        }
    };
    objects.saturating_add(price(children, variables, limits, objects, below))
}

/// Whether the price is the same whatever the variables are.
pub(super) fn is_fixed(selection: &Selection) -> bool {
    selection.slots.iter().all(|slot| {
        let known = match &slot.size {
            Size::Counted(count) | Size::Page(count) => count.is_fixed(),
            _ => true,
        };
        known && slot.children.as_ref().is_none_or(is_fixed)
    })
}
