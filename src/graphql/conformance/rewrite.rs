//! The document async-graphql executes, made from a plan.

use std::collections::HashMap;

use apollo_compiler::{
    Name, Node,
    ast::{Argument, Directive, InputValueDefinition, OperationType},
    executable::{Field, Operation},
};
use async_graphql::{
    Name as Key, Pos, Positioned, Variables,
    parser::types::{
        self as target, BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, SelectionSet,
        TypeCondition, VariableDefinition,
    },
};

use super::{coercion::input, position::Lines, types::Types};

/// A selection of the document to execute.
pub(super) type Item = Positioned<target::Selection>;

/// A field with what is selected below it.
pub(super) struct SelectedField<'d> {
    pub(super) field: &'d Node<Field>,
    pub(super) position: Pos,
    pub(super) items: Vec<Item>,
}

/// Turns nodes of the validated document into async-graphql's.
pub(super) struct Rewrite<'d> {
    pub(super) types: &'d Types,
    pub(super) lines: &'d Lines<'d>,
    pub(super) variables: &'d Variables,
}

impl Rewrite<'_> {
    pub(super) fn field(&self, selected: SelectedField<'_>) -> Item {
        let SelectedField { field, position, items } = selected;
        let directives =
            field.directives.iter().filter(|directive| !matches!(directive.name.as_str(), "skip" | "include"));
        let node = target::Field {
            alias: field.alias.as_ref().map(|alias| Positioned::new(Key::new(alias), position)),
            name: Positioned::new(Key::new(&field.name), position),
            arguments: self.arguments(&field.arguments, &field.definition.arguments),
            directives: directives.map(|directive| self.directive(directive, position)).collect(),
            selection_set: Positioned::new(SelectionSet { items }, position),
        };
        Positioned::new(target::Selection::Field(Positioned::new(node, position)), position)
    }

    fn directive(&self, directive: &Directive, position: Pos) -> Positioned<target::Directive> {
        let definition = self.types.schema.directive_definitions.get(&directive.name);
        let known = definition.map_or(&[][..], |definition| &definition.arguments);
        let node = target::Directive {
            name: Positioned::new(Key::new(&directive.name), position),
            arguments: self.arguments(&directive.arguments, known),
        };
        Positioned::new(node, position)
    }

    fn arguments(
        &self,
        given: &[Node<Argument>],
        known: &[Node<InputValueDefinition>],
    ) -> Vec<(Positioned<Key>, Positioned<async_graphql_value::Value>)> {
        let absent = |name: &str| !self.variables.contains_key(name);
        let convert = |argument: &Node<Argument>| {
            let definition = known.iter().find(|definition| definition.name == argument.name)?;
            let value = input(self.types, &definition.ty, &argument.value, &absent)?;
            let at = self.lines.at(argument.location()).unwrap_or_default();
            let value_at = self.lines.at(argument.value.location()).unwrap_or(at);
            Some((Positioned::new(Key::new(&argument.name), at), Positioned::new(value, value_at)))
        };
        given.iter().filter_map(convert).collect()
    }
}

/// The document with this one operation.
pub(super) fn operation(operation: &Operation, items: Vec<Item>) -> ExecutableDocument {
    let position = items.first().map(|item| item.pos);
    let at = position.unwrap_or_default();
    let definition = OperationDefinition {
        ty: match operation.operation_type {
            OperationType::Query => target::OperationType::Query,
            OperationType::Mutation => target::OperationType::Mutation,
            OperationType::Subscription => target::OperationType::Subscription,
        },
        variable_definitions: operation.variables.iter().map(|variable| variable_definition(variable)).collect(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items }, at),
    };
    ExecutableDocument {
        operations: DocumentOperations::Single(Positioned::new(definition, at)),
        fragments: HashMap::default(),
    }
}

/// Values are coerced before they arrive, so the type given here is never looked at.
fn variable_definition(variable: &apollo_compiler::executable::VariableDefinition) -> Positioned<VariableDefinition> {
    let base = BaseType::Named(Key::new(variable.ty.inner_named_type()));
    let at = Pos::default();
    let definition = VariableDefinition {
        name: Positioned::new(Key::new(&variable.name), at),
        var_type: Positioned::new(target::Type { base, nullable: !variable.ty.is_non_null() }, at),
        directives: Vec::new(),
        default_value: None,
    };
    Positioned::new(definition, at)
}

/// The selections of one selection set as they are put together.
pub(super) struct Items<'d> {
    parent: &'d Name,
    types: &'d Types,
    found: Vec<Item>,
}

impl<'d> Items<'d> {
    pub(super) fn new(parent: &'d Name, types: &'d Types) -> Self {
        Self { parent, types, found: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Adds a field: as it is when every object met here has it and the parent knows it, otherwise once for each
    /// object type.
    pub(super) fn push(&mut self, field: Item, types: &[Name], everywhere: bool, name: &str) {
        if everywhere && self.types.field(self.parent, name).is_some() {
            self.found.push(field);
            return;
        }
        for object in types {
            let at = field.pos;
            let fragment = target::InlineFragment {
                type_condition: Some(Positioned::new(TypeCondition { on: Positioned::new(Key::new(object), at) }, at)),
                directives: Vec::new(),
                selection_set: Positioned::new(SelectionSet { items: vec![field.clone()] }, at),
            };
            self.found.push(Positioned::new(target::Selection::InlineFragment(Positioned::new(fragment, at)), at));
        }
    }

    /// The response key of an unconditional `__typename`.
    pub(super) fn plain_type_key(&self) -> Option<Key> {
        self.found.iter().find_map(|item| match &item.node {
            target::Selection::Field(field) if field.node.name.node == "__typename" => {
                Some(field.node.response_key().node.clone())
            }
            _ => None,
        })
    }

    /// Asks for the type name under this key.
    pub(super) fn add_type_key(&mut self, key: &str) -> Key {
        let at = Pos::default();
        let key = Key::new(key);
        let node = target::Field {
            alias: Some(Positioned::new(key.clone(), at)),
            name: Positioned::new(Key::new("__typename"), at),
            arguments: Vec::new(),
            directives: Vec::new(),
            selection_set: Positioned::new(SelectionSet::default(), at),
        };
        self.found.push(Positioned::new(target::Selection::Field(Positioned::new(node, at)), at));
        key
    }

    pub(super) fn finish(self) -> Vec<Item> {
        self.found
    }
}
