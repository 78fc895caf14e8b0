//! Complete validation: the compiler's rules, and those it leaves out.
//!
//! Of the rules of the specification the compiler checks all but these, which are here: values inside lists and
//! objects and the schema's own scalars (`literals`), input fields given twice, `@oneOf`, a variable's `null`
//! default, arguments that differ only in the length of a list, and subscriptions that select one field twice.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    ExecutableDocument, Name, Node,
    ast::{Argument, DirectiveList, Document, InputValueDefinition, Value},
    executable::{Field, Operation, Selection, SelectionSet},
    validation::{DiagnosticList, Valid},
};
use async_graphql::Pos;

use super::{
    Limits, Refusal, RefusalKind,
    literals::{Fault, Literals, Variables},
    position::Lines,
    types::Types,
};

/// Findings of the compiler that `literals` and `subscription` judge more exactly.
const REPLACED: [&str; 10] = [
    "UnsupportedValueType",
    "IntCoercionError",
    "FloatCoercionError",
    "UndefinedEnumValue",
    "UndefinedInputValue",
    "UndefinedVariable",
    "RequiredField",
    "DisallowedVariableUsage",
    "SubscriptionUsesMultipleFields",
    "SubscriptionUsesIntrospection",
];

/// Merged fields compared before a document is called too large; a document within the limits needs far fewer.
const COMPARISONS: usize = 100_000;

/// Validates a document against the schema. The second part of the answer are the variables whose being null
/// decides whether a field can be executed.
///
/// # Errors
/// A [`Refusal`] of kind `Validation` with every fault found and its place.
pub(super) fn validate(
    document: &Document,
    types: &Types,
    lines: &Lines<'_>,
) -> Result<(Valid<ExecutableDocument>, HashSet<Name>), Refusal> {
    let mut faults = Vec::new();
    let (executable, diagnostics) = match document.to_executable_validate(&types.schema) {
        Ok(executable) => (executable, None),
        Err(failure) => (Valid::assume_valid(failure.partial), Some(failure.errors)),
    };
    if let Some(diagnostics) = &diagnostics {
        faults.extend(told(diagnostics));
    }
    let mut found: Vec<Fault> = Vec::new();
    let mut fragile = HashSet::new();
    for operation in executable.operations.iter() {
        check_values(&executable, operation, types, &mut found, &mut fragile);
        subscription(&executable, operation, &mut found);
    }
    // Merging is only meaningful, and only safe to follow, in a document that is otherwise right.
    if faults.is_empty() && found.is_empty() {
        for operation in executable.operations.iter() {
            same_arguments(&executable, operation, types, &mut found)?;
        }
    }
    faults.extend(found.into_iter().map(|(message, span)| (message, lines.at(span))));
    if faults.is_empty() {
        return Ok((executable, fragile));
    }
    faults.sort_by_key(|(_, position)| position.map(|at| (at.line, at.column)));
    faults.dedup();
    Err(Refusal::of(RefusalKind::Validation, faults))
}

/// The compiler's findings that stand.
fn told(diagnostics: &DiagnosticList) -> Vec<(String, Option<Pos>)> {
    diagnostics
        .iter()
        .filter(|finding| finding.error.unstable_error_name().is_none_or(|name| !REPLACED.contains(&name)))
        .map(|finding| {
            let message = finding.error.unstable_compat_message().unwrap_or_else(|| finding.error.to_string());
            let position =
                finding.line_column_range().map(|range| Pos { line: range.start.line, column: range.start.column });
            (message, position)
        })
        .collect()
}

fn check_values(
    document: &ExecutableDocument,
    operation: &Operation,
    types: &Types,
    faults: &mut Vec<Fault>,
    fragile: &mut HashSet<Name>,
) {
    let variables: Variables<'_> =
        operation.variables.iter().map(|variable| (variable.name.as_str(), variable)).collect();
    let no_variables = Variables::new();
    for variable in &operation.variables {
        let mut literals = Literals { types, variables: &no_variables, faults, fragile };
        if let Some(default) = &variable.default_value {
            literals.check(&variable.ty, false, default);
        }
        directives(&variable.directives, &mut literals);
    }
    let mut literals = Literals { types, variables: &variables, faults, fragile };
    directives(&operation.directives, &mut literals);
    let mut seen = HashSet::new();
    values_of(document, &operation.selection_set, &mut literals, &mut seen);
}

fn values_of<'d>(
    document: &'d ExecutableDocument,
    selections: &'d SelectionSet,
    literals: &mut Literals<'_, '_>,
    seen: &mut HashSet<&'d str>,
) {
    for selection in &selections.selections {
        directives(selection.directives(), literals);
        match selection {
            Selection::Field(field) => {
                arguments(&field.arguments, &field.definition.arguments, literals);
                values_of(document, &field.selection_set, literals, seen);
            }
            Selection::InlineFragment(inline) => values_of(document, &inline.selection_set, literals, seen),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.fragment_name)
                    && seen.insert(spread.fragment_name.as_str())
                {
                    directives(&fragment.directives, literals);
                    values_of(document, &fragment.selection_set, literals, seen);
                }
            }
        }
    }
}

fn directives(given: &DirectiveList, literals: &mut Literals<'_, '_>) {
    for directive in given {
        let types = literals.types;
        if let Some(definition) = types.schema.directive_definitions.get(&directive.name) {
            arguments(&directive.arguments, &definition.arguments, literals);
        }
    }
}

fn arguments(given: &[Node<Argument>], known: &[Node<InputValueDefinition>], literals: &mut Literals<'_, '_>) {
    for argument in given {
        // An argument nobody knows is told by the compiler.
        if let Some(place) = known.iter().find(|place| place.name == argument.name) {
            literals.check(&place.ty, place.default_value.is_some(), &argument.value);
        }
    }
}

/// A subscription has one root field, which is not introspection.
fn subscription(document: &ExecutableDocument, operation: &Operation, faults: &mut Vec<Fault>) {
    if !operation.is_subscription() {
        return;
    }
    let mut keys: Vec<&Name> = Vec::new();
    for (_, field) in collect(document, [&operation.selection_set]) {
        if field.name.starts_with("__") {
            faults
                .push(("A subscription must not select an introspection field at its root.".into(), field.location()));
        }
        if !keys.contains(&field.response_key()) {
            keys.push(field.response_key());
            if keys.len() > 1 {
                faults.push(("A subscription must select only one root field.".into(), field.location()));
            }
        }
    }
}

/// Refuses an operation with more than one of the mutations that stand alone, whatever they are called and wherever they
/// are written. Fields of one response key are executed once.
///
/// # Errors
/// A [`Refusal`] of kind `Cost`.
pub(super) fn one_proof(document: &ExecutableDocument, limits: &Limits, lines: &Lines<'_>) -> Result<(), Refusal> {
    for operation in document.operations.iter().filter(|operation| operation.is_mutation()) {
        let mut first: Option<&Node<Field>> = None;
        for (_, field) in collect(document, [&operation.selection_set]) {
            if !limits.proofs.contains(&field.name.as_str()) {
                continue;
            }
            if let Some(first) = first.filter(|first| first.response_key() != field.response_key()) {
                let message = format!("An operation holds one mutation like \"{}\" at the most.", first.name);
                return Err(Refusal::new(RefusalKind::Cost, message, lines.at(field.location())).with("limit", 1_u64));
            }
            first = Some(field);
        }
    }
    Ok(())
}

/// The fields of several selection sets that are merged, each with its parent type.
fn collect<'d>(
    document: &'d ExecutableDocument,
    sets: impl IntoIterator<Item = &'d SelectionSet>,
) -> Vec<(&'d Name, &'d Node<Field>)> {
    fn gather<'d>(
        document: &'d ExecutableDocument,
        set: &'d SelectionSet,
        seen: &mut HashSet<&'d str>,
        fields: &mut Vec<(&'d Name, &'d Node<Field>)>,
    ) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => fields.push((&set.ty, field)),
                Selection::InlineFragment(inline) => gather(document, &inline.selection_set, seen, fields),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.fragment_name)
                        && seen.insert(spread.fragment_name.as_str())
                    {
                        gather(document, &fragment.selection_set, seen, fields);
                    }
                }
            }
        }
    }
    let (mut fields, mut seen) = (Vec::new(), HashSet::new());
    for set in sets {
        gather(document, set, &mut seen, &mut fields);
    }
    fields
}

/// Fields merged into one answer must have the same arguments, to the last item of a list.
fn same_arguments(
    document: &ExecutableDocument,
    operation: &Operation,
    types: &Types,
    faults: &mut Vec<Fault>,
) -> Result<(), Refusal> {
    if !has_list_argument(document) {
        return Ok(());
    }
    let mut pending = vec![collect(document, [&operation.selection_set])];
    let mut compared = 0usize;
    while let Some(fields) = pending.pop() {
        for group in groups(&fields, types) {
            compared = compared.saturating_add(group.len());
            if compared > COMPARISONS {
                return Err(Refusal::new(RefusalKind::Cost, "The document merges too many fields.", None));
            }
            let (first, rest) = match group.split_first() {
                Some((first, rest)) if !rest.is_empty() => (first, rest),
                _ => continue,
            };
            for field in rest {
                if !same_values(&first.arguments, &field.arguments) {
                    let key = field.response_key();
                    let message = format!("Fields \"{key}\" conflict because they have differing arguments.");
                    faults.push((message, field.location()));
                }
            }
            pending.push(collect(document, group.iter().map(|field| &field.selection_set)));
        }
        // Fields of one key may also meet deeper down without sharing a parent here.
        if faults.len() > 10 {
            break;
        }
    }
    Ok(())
}

fn has_list_argument(document: &ExecutableDocument) -> bool {
    fn in_set(set: &SelectionSet) -> bool {
        set.selections.iter().any(|selection| match selection {
            Selection::Field(field) => {
                field.arguments.iter().any(|argument| holds_list(&argument.value)) || in_set(&field.selection_set)
            }
            Selection::InlineFragment(inline) => in_set(&inline.selection_set),
            Selection::FragmentSpread(_) => false,
        })
    }
    document.operations.iter().any(|operation| in_set(&operation.selection_set))
        || document.fragments.values().any(|fragment| in_set(&fragment.selection_set))
}

fn holds_list(value: &Value) -> bool {
    match value {
        Value::List(_) => true,
        Value::Object(fields) => fields.iter().any(|(_, field)| holds_list(field)),
        _ => false,
    }
}

/// Fields of one response key whose parents can be the same object.
fn groups<'d>(fields: &[(&'d Name, &'d Node<Field>)], types: &Types) -> Vec<Vec<&'d Node<Field>>> {
    let mut by_key: HashMap<&str, Vec<(&Name, &Node<Field>)>> = HashMap::new();
    let mut order = Vec::new();
    for (parent, field) in fields {
        let key = field.response_key().as_str();
        by_key
            .entry(key)
            .or_insert_with(|| {
                order.push(key);
                Vec::new()
            })
            .push((parent, field));
    }
    let mut groups = Vec::new();
    for key in order {
        let members = &by_key[key];
        let mut parents: Vec<&Name> =
            members.iter().map(|(parent, _)| *parent).filter(|parent| types.is_object(parent)).collect();
        parents.sort();
        parents.dedup();
        let shared = |parent: &Name| !types.is_object(parent);
        if parents.is_empty() {
            groups.push(members.iter().map(|(_, field)| *field).collect());
        }
        for object in parents {
            let fitting = members.iter().filter(|(parent, _)| *parent == object || shared(parent));
            groups.push(fitting.map(|(_, field)| *field).collect());
        }
    }
    groups
}

fn same_values(left: &[Node<Argument>], right: &[Node<Argument>]) -> bool {
    left.len() == right.len()
        && left.iter().all(|argument| {
            right.iter().any(|other| other.name == argument.name && same_value(&other.value, &argument.value))
        })
}

fn same_value(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same_value(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, value)| right.iter().any(|(other, given)| other == name && same_value(given, value)))
        }
        (left, right) => left == right,
    }
}
