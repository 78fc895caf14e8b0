//! The schema told about itself.
//!
//! async-graphql's own introspection leaves out the interfaces of an interface and the deprecation of arguments, and
//! is only there at the root, where the specification puts it on every object of the query type (a mutation's
//! payload has one). The schema's definition knows everything, so the answer comes straight from it.

use apollo_compiler::{
    Node,
    ast::{DirectiveDefinition, DirectiveList, FieldDefinition, InputValueDefinition, Type},
    schema::{EnumValueDefinition, ExtendedType},
};
use async_graphql::{Value, Variables, indexmap::IndexMap};

use super::{
    plan::{Meta, Selection, Slot},
    types::Types,
};

/// What `__schema` or `__type` answers where this slot asks for it.
pub(super) fn answer(slot: &Slot, meta: &Meta, types: &Types, variables: &Variables) -> Value {
    let Some(children) = &slot.children else {
        return Value::Null;
    };
    let teller = Teller { types, variables };
    if meta.field == "__schema" {
        return teller.schema(children);
    }
    let Some(Value::String(name)) = meta.argument(variables) else {
        return Value::Null;
    };
    types.schema.types.get(name.as_str()).map_or(Value::Null, |kind| teller.named(kind, children))
}

struct Teller<'s> {
    types: &'s Types,
    variables: &'s Variables,
}

fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| Value::String(text.to_owned()))
}

fn description(description: Option<&Node<str>>) -> Value {
    text(description.map(|description| &**description))
}

/// The reason of a deprecation; `None` when the element is not deprecated.
fn deprecation(directives: &DirectiveList) -> Option<String> {
    let reason = directives.get("deprecated")?.specified_argument_by_name("reason");
    Some(reason.and_then(|value| value.as_str()).unwrap_or("No longer supported").to_owned())
}

fn deprecated(field: &str, directives: &DirectiveList) -> Value {
    let reason = deprecation(directives);
    match field {
        "isDeprecated" => Value::Boolean(reason.is_some()),
        _ => text(reason.as_deref()),
    }
}

/// One object, its fields in the order of the selection.
fn object(kind: &str, selection: &Selection, field: impl Fn(&str, &Slot, &Meta) -> Value) -> Value {
    let mut fields = IndexMap::with_capacity(selection.slots.len());
    for slot in &selection.slots {
        let Some(meta) = &slot.meta else { continue };
        let value = match meta.field.as_str() {
            "__typename" => Value::from(kind),
            name => field(name, slot, meta),
        };
        fields.insert(slot.key.clone(), value);
    }
    if let Some(key) = &selection.type_key {
        fields.insert(key.clone(), Value::from(kind));
    }
    Value::Object(fields)
}

/// A list of objects.
fn list<T>(slot: &Slot, items: impl IntoIterator<Item = T>, tell: impl Fn(T, &Selection) -> Value) -> Value {
    let Some(children) = &slot.children else {
        return Value::Null;
    };
    Value::List(items.into_iter().map(|item| tell(item, children)).collect())
}

fn specified_by(kind: &ExtendedType) -> Value {
    let directive = kind.directives().get("specifiedBy");
    let url = directive.and_then(|directive| directive.specified_argument_by_name("url"));
    text(url.and_then(|url| url.as_str()))
}

impl<'s> Teller<'s> {
    /// Whether the slot asks for deprecated elements too.
    fn all(&self, meta: &Meta) -> bool {
        matches!(meta.argument(self.variables), Some(Value::Boolean(true)))
    }

    fn schema(&self, selection: &Selection) -> Value {
        let schema = &self.types.schema;
        let root = |name: Option<&apollo_compiler::schema::ComponentName>, slot: &Slot| {
            let kind = name.and_then(|name| schema.types.get(&name.name));
            kind.zip(slot.children.as_ref()).map_or(Value::Null, |(kind, children)| self.named(kind, children))
        };
        object("__Schema", selection, |field, slot, _| match field {
            "description" => description(schema.schema_definition.description.as_ref()),
            "types" => list(slot, schema.types.values(), |kind, below| self.named(kind, below)),
            "queryType" => root(schema.schema_definition.query.as_ref(), slot),
            "mutationType" => root(schema.schema_definition.mutation.as_ref(), slot),
            "subscriptionType" => root(schema.schema_definition.subscription.as_ref(), slot),
            "directives" => {
                list(slot, schema.directive_definitions.values(), |directive, below| self.directive(directive, below))
            }
            _ => Value::Null,
        })
    }

    fn directive(&self, directive: &DirectiveDefinition, selection: &Selection) -> Value {
        object("__Directive", selection, |field, slot, meta| match field {
            "name" => text(Some(&directive.name)),
            "description" => description(directive.description.as_ref()),
            "isRepeatable" => Value::Boolean(directive.repeatable),
            "locations" => {
                Value::List(directive.locations.iter().map(|place| Value::String(place.to_string())).collect())
            }
            "args" => self.inputs(slot, meta, directive.arguments.iter()),
            _ => Value::Null,
        })
    }

    /// A named type, or one wrapped in lists and non-nulls.
    fn of_type(&self, ty: &Type, selection: &Selection) -> Value {
        let inner = match ty {
            Type::Named(name) => {
                return self.types.schema.types.get(name).map_or(Value::Null, |kind| self.named(kind, selection));
            }
            Type::NonNullNamed(_) | Type::NonNullList(_) => ty.clone().nullable(),
            Type::List(item) => (**item).clone(),
        };
        let kind = if ty.is_non_null() { "NON_NULL" } else { "LIST" };
        object("__Type", selection, |field, slot, _| match (field, &slot.children) {
            ("kind", _) => Value::from(kind),
            ("ofType", Some(below)) => self.of_type(&inner, below),
            _ => Value::Null,
        })
    }

    fn named(&self, kind: &'s ExtendedType, selection: &Selection) -> Value {
        object("__Type", selection, |field, slot, meta| match field {
            "kind" => Value::from(match kind {
                ExtendedType::Scalar(_) => "SCALAR",
                ExtendedType::Object(_) => "OBJECT",
                ExtendedType::Interface(_) => "INTERFACE",
                ExtendedType::Union(_) => "UNION",
                ExtendedType::Enum(_) => "ENUM",
                ExtendedType::InputObject(_) => "INPUT_OBJECT",
            }),
            "name" => text(Some(kind.name())),
            "description" => description(kind.description()),
            "specifiedByURL" => specified_by(kind),
            "isOneOf" if kind.is_input_object() => Value::Boolean(self.types.is_one_of(kind.name())),
            "fields" => match kind {
                ExtendedType::Object(object) => self.fields(slot, meta, object.fields.values()),
                ExtendedType::Interface(interface) => self.fields(slot, meta, interface.fields.values()),
                _ => Value::Null,
            },
            "interfaces" => match kind {
                ExtendedType::Object(object) => self.types_of(slot, object.implements_interfaces.iter()),
                ExtendedType::Interface(interface) => self.types_of(slot, interface.implements_interfaces.iter()),
                _ => Value::Null,
            },
            "possibleTypes" if kind.is_interface() || kind.is_union() => {
                self.types_of(slot, self.types.possible(kind.name()).iter())
            }
            "enumValues" => match kind {
                ExtendedType::Enum(definition) => self.values(slot, meta, definition.values.values()),
                _ => Value::Null,
            },
            "inputFields" => match kind {
                ExtendedType::InputObject(input) => {
                    self.inputs(slot, meta, input.fields.values().map(|field| &field.node))
                }
                _ => Value::Null,
            },
            _ => Value::Null,
        })
    }

    fn types_of<N: AsRef<str>>(&self, slot: &Slot, names: impl Iterator<Item = N>) -> Value {
        let kinds = names.filter_map(|name| self.types.schema.types.get(name.as_ref()));
        list(slot, kinds, |kind, below| self.named(kind, below))
    }

    fn fields<'f>(
        &self,
        slot: &Slot,
        meta: &Meta,
        fields: impl Iterator<Item = &'f apollo_compiler::schema::Component<FieldDefinition>>,
    ) -> Value {
        let told = fields.filter(|field| self.all(meta) || deprecation(&field.directives).is_none());
        list(slot, told, |definition, selection| {
            object("__Field", selection, |field, slot, meta| match (field, &slot.children) {
                ("name", _) => text(Some(&definition.name)),
                ("description", _) => description(definition.description.as_ref()),
                ("args", _) => self.inputs(slot, meta, definition.arguments.iter()),
                ("type", Some(below)) => self.of_type(&definition.ty, below),
                ("isDeprecated" | "deprecationReason", _) => deprecated(field, &definition.directives),
                _ => Value::Null,
            })
        })
    }

    fn inputs<'f>(
        &self,
        slot: &Slot,
        meta: &Meta,
        inputs: impl Iterator<Item = &'f Node<InputValueDefinition>>,
    ) -> Value {
        let told = inputs.filter(|input| self.all(meta) || deprecation(&input.directives).is_none());
        list(slot, told, |definition, selection| {
            object("__InputValue", selection, |field, slot, _| match (field, &slot.children) {
                ("name", _) => text(Some(&definition.name)),
                ("description", _) => description(definition.description.as_ref()),
                ("type", Some(below)) => self.of_type(&definition.ty, below),
                ("defaultValue", _) => {
                    let default = definition.default_value.as_ref();
                    text(default.map(|value| value.serialize().no_indent().to_string()).as_deref())
                }
                ("isDeprecated" | "deprecationReason", _) => deprecated(field, &definition.directives),
                _ => Value::Null,
            })
        })
    }

    fn values<'f>(
        &self,
        slot: &Slot,
        meta: &Meta,
        values: impl Iterator<Item = &'f apollo_compiler::schema::Component<EnumValueDefinition>>,
    ) -> Value {
        let told = values.filter(|value| self.all(meta) || deprecation(&value.directives).is_none());
        list(slot, told, |definition, selection| {
            object("__EnumValue", selection, |field, _, _| match field {
                "name" => text(Some(&definition.value)),
                "description" => description(definition.description.as_ref()),
                "isDeprecated" | "deprecationReason" => deprecated(field, &definition.directives),
                _ => Value::Null,
            })
        })
    }
}
