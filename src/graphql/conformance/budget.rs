//! The size of a document, measured before anything walks it naively.
//!
//! Fragments let a short text stand for an enormous selection: eight spreads a level, seven levels deep, are a
//! million fields in 500 bytes. Each fragment is therefore measured once and its measure added wherever it is
//! spread, in arithmetic that saturates, so the work is proportional to the text and never to what it stands for.

use std::collections::HashMap;

use apollo_compiler::{
    Node,
    ast::{Argument, Definition, DirectiveList, Document, FragmentDefinition, Selection, Value},
};

use super::{Limits, Refusal, RefusalKind, position::Lines};

/// The size of a document after every fragment is written out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measure {
    /// Fields, spreads and inline fragments.
    pub selections: u64,
    /// Aliases.
    pub aliases: u64,
    /// Fields at the top: of an operation, its root fields.
    pub roots: u64,
    /// Fields on the longest path.
    pub depth: u64,
    /// The same below `__schema` or `__type`.
    pub introspection_depth: u64,
    /// Introspection lists nested in one another on the worst path.
    pub introspection_lists: u64,
    /// Selections of any kind nested in one another.
    pub nesting: u64,
    /// Selections and values looked at to find all this: the work done.
    pub steps: u64,
    /// Fields named like introspection lists, until it is known whether they stand inside introspection.
    lists: u64,
}

/// Introspection fields whose lists grow with the schema.
const INTROSPECTION_LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

enum Progress {
    Begun,
    Done(Measure),
}

struct Meter<'d> {
    fragments: HashMap<&'d str, &'d Node<FragmentDefinition>>,
    measured: HashMap<&'d str, Progress>,
    limits: &'d Limits,
    lines: &'d Lines<'d>,
    steps: u64,
    /// How deep the measuring itself has recursed.
    level: u64,
}

/// Measures a document and refuses it when a limit is passed or a fragment spreads itself.
///
/// # Errors
/// A [`Refusal`] of kind `Cost` naming the limit, or of kind `Validation` for a circle of fragments.
pub(super) fn measure(document: &Document, limits: &Limits, lines: &Lines<'_>) -> Result<Measure, Refusal> {
    let mut meter = Meter { fragments: HashMap::new(), measured: HashMap::new(), limits, lines, steps: 0, level: 0 };
    for definition in &document.definitions {
        if let Definition::FragmentDefinition(fragment) = definition {
            meter.fragments.entry(fragment.name.as_str()).or_insert(fragment);
        }
    }
    let mut total = Measure::default();
    for definition in &document.definitions {
        if let Definition::OperationDefinition(operation) = definition {
            meter.directives(&operation.directives)?;
            for default in operation.variables.iter().filter_map(|variable| variable.default_value.as_ref()) {
                meter.value(default)?;
            }
            let size = meter.selections(&operation.selection_set)?;
            within("fields at the root", size.roots, limits.root_fields)?;
            total.add(size);
            check(&total, limits)?;
        }
    }
    for definition in &document.definitions {
        // Fragments nobody spreads are an error to be found later, yet must not be a way round the limits.
        if let Definition::FragmentDefinition(fragment) = definition
            && !meter.measured.contains_key(fragment.name.as_str())
        {
            total.add(meter.fragment(fragment)?);
            check(&total, limits)?;
        }
    }
    total.steps = meter.steps;
    Ok(total)
}

fn within(what: &str, found: u64, limit: u64) -> Result<(), Refusal> {
    if found <= limit {
        return Ok(());
    }
    let message = format!("The document has {found} {what}, more than the {limit} allowed.");
    Err(Refusal::new(RefusalKind::Cost, message, None).with("limit", limit))
}

fn check(size: &Measure, limits: &Limits) -> Result<(), Refusal> {
    within("selections", size.selections, limits.selections)?;
    within("aliases", size.aliases, limits.aliases)?;
    within("levels of fields", size.depth, limits.depth)?;
    within("levels of introspection fields", size.introspection_depth, limits.introspection_depth)?;
    if size.introspection_depth > 0 && !limits.introspection {
        return Err(Refusal::new(RefusalKind::Validation, "Introspection is turned off.", None));
    }
    if size.introspection_lists > limits.introspection_lists {
        return Err(Refusal::new(RefusalKind::Validation, "Maximum introspection depth exceeded.", None));
    }
    within("levels of selections", size.nesting, limits.nesting)
}

impl Measure {
    /// Joins the measure of a sibling.
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.roots = self.roots.saturating_add(other.roots);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.introspection_lists = self.introspection_lists.max(other.introspection_lists);
        self.nesting = self.nesting.max(other.nesting);
        self.lists = self.lists.max(other.lists);
    }
}

impl<'d> Meter<'d> {
    fn step(&mut self) {
        self.steps += 1;
    }

    fn selections(&mut self, selections: &'d [Selection]) -> Result<Measure, Refusal> {
        self.level += 1;
        // The stack is finite: a tower this high is refused while it is being climbed.
        within("levels of selections", self.level, self.limits.nesting.saturating_add(1))?;
        let mut total = Measure::default();
        for selection in selections {
            self.step();
            let size = match selection {
                Selection::Field(field) => {
                    self.directives(&field.directives)?;
                    self.arguments(&field.arguments)?;
                    let below = self.selections(&field.selection_set)?;
                    field_measure(field.name.as_str(), field.alias.is_some(), below)
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.directives)?;
                    wrapped(self.selections(&inline.selection_set)?)
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives)?;
                    match self.fragments.get(spread.fragment_name.as_str()) {
                        Some(fragment) => wrapped(self.fragment(fragment)?),
                        None => wrapped(Measure::default()),
                    }
                }
            };
            total.add(size);
        }
        self.level -= 1;
        Ok(total)
    }

    fn fragment(&mut self, fragment: &'d Node<FragmentDefinition>) -> Result<Measure, Refusal> {
        let name = fragment.name.as_str();
        match self.measured.get(name) {
            Some(Progress::Done(size)) => return Ok(*size),
            Some(Progress::Begun) => {
                let message = format!("Cannot spread fragment \"{name}\" within itself.");
                let position = self.lines.at(fragment.location());
                return Err(Refusal::new(RefusalKind::Validation, message, position));
            }
            None => {}
        }
        self.measured.insert(name, Progress::Begun);
        self.directives(&fragment.directives)?;
        let size = self.selections(&fragment.selection_set)?;
        self.measured.insert(name, Progress::Done(size));
        Ok(size)
    }

    fn directives(&mut self, directives: &'d DirectiveList) -> Result<(), Refusal> {
        within("directives in one place", directives.len() as u64, self.limits.directives as u64)?;
        for directive in directives {
            self.arguments(&directive.arguments)?;
        }
        Ok(())
    }

    fn arguments(&mut self, arguments: &'d [Node<Argument>]) -> Result<(), Refusal> {
        arguments.iter().try_for_each(|argument| self.value(&argument.value))
    }

    fn value(&mut self, value: &'d Value) -> Result<(), Refusal> {
        self.step();
        match value {
            Value::List(items) => {
                within("items in one list", items.len() as u64, self.limits.list_items as u64)?;
                items.iter().try_for_each(|item| self.value(item))
            }
            Value::Object(fields) => fields.iter().try_for_each(|(_, field)| self.value(field)),
            _ => Ok(()),
        }
    }
}

fn wrapped(mut size: Measure) -> Measure {
    size.selections = size.selections.saturating_add(1);
    size.nesting = size.nesting.saturating_add(1);
    size
}

fn field_measure(name: &str, aliased: bool, below: Measure) -> Measure {
    let mut size = wrapped(below);
    size.roots = 1;
    size.aliases = size.aliases.saturating_add(u64::from(aliased));
    size.depth = size.depth.saturating_add(1);
    if INTROSPECTION_LISTS.contains(&name) {
        size.lists = size.lists.saturating_add(1);
    }
    if matches!(name, "__schema" | "__type") {
        size.introspection_lists = size.introspection_lists.max(size.lists);
        size.introspection_depth = size.introspection_depth.max(size.depth);
        size.lists = 0;
        size.depth = 1;
    }
    size
}
