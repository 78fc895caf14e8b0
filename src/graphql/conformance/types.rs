//! The schema as validation and planning ask about it.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Name, Node, Schema,
    ast::{DirectiveList, FieldDefinition, Type},
    name,
    schema::{Component, ExtendedType},
    validation::Valid,
};

use super::{Scalars, SchemaError};

/// The schema with the answers that every document asks for.
pub(super) struct Types {
    pub(super) schema: Valid<Schema>,
    pub(super) scalars: Scalars,
    /// Object types an interface or union can be, in name order.
    possible: HashMap<Name, Vec<Name>>,
    one_of: HashSet<Name>,
}

impl Types {
    pub(super) fn parse(sdl: &str, scalars: Scalars) -> Result<Self, SchemaError> {
        let mut schema =
            Schema::parse(sdl, "schema.graphql").map_err(|failure| SchemaError(failure.errors.to_string()))?;
        let one_of: HashSet<Name> = schema
            .types
            .values()
            .filter(|kind| kind.is_input_object() && kind.directives().has("oneOf"))
            .map(|kind| kind.name().clone())
            .collect();
        add_is_one_of(&mut schema);
        let schema = schema.validate().map_err(|failure| SchemaError(failure.errors.to_string()))?;
        let possible = possible_types(&schema);
        Ok(Self { schema, scalars, possible, one_of })
    }

    pub(super) fn is_one_of(&self, input: &Name) -> bool {
        self.one_of.contains(input)
    }

    /// The object types a value of this type can be; an object type is itself.
    pub(super) fn possible(&self, named: &Name) -> Vec<Name> {
        match self.schema.types.get(named) {
            Some(ExtendedType::Object(_)) => vec![named.clone()],
            _ => self.possible.get(named).cloned().unwrap_or_default(),
        }
    }

    pub(super) fn is_composite(&self, named: &Name) -> bool {
        matches!(
            self.schema.types.get(named),
            Some(ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_))
        )
    }

    pub(super) fn is_object(&self, named: &Name) -> bool {
        matches!(self.schema.types.get(named), Some(ExtendedType::Object(_)))
    }

    pub(super) fn field(&self, parent: &str, field: &str) -> Option<&Component<FieldDefinition>> {
        self.schema.type_field(parent, field).ok()
    }
}

fn possible_types(schema: &Schema) -> HashMap<Name, Vec<Name>> {
    let mut possible: HashMap<Name, Vec<Name>> = HashMap::new();
    for (type_name, kind) in &schema.types {
        match kind {
            ExtendedType::Object(object) => {
                for interface in &object.implements_interfaces {
                    possible.entry(interface.name.clone()).or_default().push(type_name.clone());
                }
            }
            ExtendedType::Union(union) => {
                let members = union.members.iter().map(|member| member.name.clone()).collect();
                possible.insert(type_name.clone(), members);
            }
            _ => {}
        }
    }
    for members in possible.values_mut() {
        members.sort();
        members.dedup();
    }
    possible
}

/// Introspection tells `isOneOf` since the specification of September 2025; the compiler's own definition of
/// `__Type` is older.
fn add_is_one_of(schema: &mut Schema) {
    if let Some(ExtendedType::Object(object)) = schema.types.get_mut("__Type") {
        let field = FieldDefinition {
            description: None,
            name: name!("isOneOf"),
            arguments: Vec::new(),
            ty: Type::Named(name!("Boolean")),
            directives: DirectiveList::default(),
        };
        object.make_mut().fields.entry(name!("isOneOf")).or_insert_with(|| Component::from(Node::new(field)));
    }
}
