//! Values written in a document: do they fit the type of the place where they stand?
//!
//! The compiler's own rule leaves out variables inside lists and objects, fields given twice, `@oneOf`, and the
//! schema's own scalars, so this one replaces it.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Name, Node,
    ast::{Type, Value, VariableDefinition},
    parser::SourceSpan,
    schema::{EnumType, ExtendedType, InputObjectType},
};
use serde_json::Value as Json;

use super::types::Types;

/// What is wrong, and where.
pub(super) type Fault = (String, Option<SourceSpan>);

/// The variables of one operation, by name.
pub(super) type Variables<'d> = HashMap<&'d str, &'d Node<VariableDefinition>>;

/// Checks the values of one operation.
pub(super) struct Literals<'d, 'f> {
    pub(super) types: &'d Types,
    pub(super) variables: &'f Variables<'d>,
    pub(super) faults: &'f mut Vec<Fault>,
    /// Nullable variables in places that must not be null, which a default makes valid: only the value tells.
    pub(super) fragile: &'f mut HashSet<Name>,
}

impl Literals<'_, '_> {
    /// Checks a value for a place of type `ty`, which may have a default of its own.
    pub(super) fn check(&mut self, ty: &Type, place_has_default: bool, value: &Node<Value>) {
        match &**value {
            Value::Variable(name) => self.variable(ty, place_has_default, name, value),
            Value::Null if ty.is_non_null() => {
                self.fault(value, format!("Expected value of type \"{ty}\", found null."));
            }
            Value::Null => {}
            Value::List(items) if ty.is_list() => {
                for item in items {
                    self.check(ty.item_type(), false, item);
                }
            }
            // A single value stands for a list of one.
            _ if ty.is_list() => self.check(ty.item_type(), false, value),
            _ => self.named(ty, value),
        }
    }

    fn fault(&mut self, at: &Node<Value>, message: String) {
        self.faults.push((message, at.location()));
    }

    fn variable(&mut self, ty: &Type, place_has_default: bool, name: &Name, at: &Node<Value>) {
        let Some(definition) = self.variables.get(name.as_str()) else {
            self.fault(at, format!("Variable \"${name}\" is not defined."));
            return;
        };
        if !may_stand(definition, ty, place_has_default) {
            let given = &definition.ty;
            let message = format!("Variable \"${name}\" of type \"{given}\" used in position expecting type \"{ty}\".");
            self.fault(at, message);
        } else if ty.is_non_null() && !definition.ty.is_non_null() {
            self.fragile.insert(name.clone());
        }
    }

    fn named(&mut self, ty: &Type, value: &Node<Value>) {
        let named = ty.inner_named_type();
        let types = self.types;
        match types.schema.types.get(named) {
            Some(ExtendedType::Scalar(scalar)) if scalar.is_built_in() => self.built_in(named, value),
            Some(ExtendedType::Scalar(_)) => self.own_scalar(named, value),
            Some(ExtendedType::Enum(definition)) => self.enumeration(definition, value),
            Some(ExtendedType::InputObject(definition)) => self.input_object(definition, value),
            // Told by the rules on types.
            _ => {}
        }
    }

    fn built_in(&mut self, scalar: &Name, value: &Node<Value>) {
        let fits = match (scalar.as_str(), &**value) {
            ("Int", Value::Int(int)) => int.try_to_i32().is_ok(),
            ("Float", Value::Int(int)) => int.try_to_f64().is_ok(),
            ("Float", Value::Float(float)) => float.try_to_f64().is_ok(),
            ("String" | "ID", Value::String(_)) | ("ID", Value::Int(_)) | ("Boolean", Value::Boolean(_)) => true,
            _ => false,
        };
        if !fits {
            self.fault(value, format!("{scalar} cannot represent the value {value}."));
        }
    }

    fn own_scalar(&mut self, scalar: &Name, value: &Node<Value>) {
        self.undefined_within(value);
        let Some(check) = self.types.scalars.check(scalar) else {
            return;
        };
        let verdict = match plain_json(value) {
            Some(json) => check(&json),
            None => Err(format!("{scalar} cannot represent the value {value}.")),
        };
        if let Err(reason) = verdict {
            self.fault(value, format!("Expected value of type \"{scalar}\", found {value}; {reason}"));
        }
    }

    /// A scalar may be written as an object with variables inside, which must exist.
    fn undefined_within(&mut self, value: &Node<Value>) {
        match &**value {
            Value::Variable(name) if !self.variables.contains_key(name.as_str()) => {
                self.fault(value, format!("Variable \"${name}\" is not defined."));
            }
            Value::List(items) => items.iter().for_each(|item| self.undefined_within(item)),
            Value::Object(fields) => fields.iter().for_each(|(_, field)| self.undefined_within(field)),
            _ => {}
        }
    }

    fn enumeration(&mut self, definition: &EnumType, value: &Node<Value>) {
        let known = matches!(&**value, Value::Enum(name) if definition.values.contains_key(name));
        if !known {
            let name = &definition.name;
            self.fault(value, format!("Value {value} does not exist in \"{name}\" enum."));
        }
    }

    fn input_object(&mut self, definition: &InputObjectType, value: &Node<Value>) {
        let name = &definition.name;
        let Value::Object(given) = &**value else {
            self.fault(value, format!("Expected value of type \"{name}\", found {value}."));
            return;
        };
        let mut seen = HashSet::new();
        for (field, inner) in given {
            if !seen.insert(field.as_str()) {
                self.fault(inner, format!("There can be only one input field named \"{field}\"."));
            }
            if let Some(known) = definition.fields.get(field) {
                self.check(&known.ty, known.default_value.is_some(), inner);
            } else {
                self.fault(inner, format!("Field \"{field}\" is not defined by type \"{name}\"."));
                self.undefined_within(inner);
            }
        }
        for field in definition.fields.values() {
            if field.is_required() && !seen.contains(field.name.as_str()) {
                let (field, ty) = (&field.name, &field.ty);
                self.fault(value, format!("Field \"{name}.{field}\" of required type \"{ty}\" was not provided."));
            }
        }
        if self.types.is_one_of(name) {
            self.one_of(name, given, value);
        }
    }

    fn one_of(&mut self, name: &Name, given: &[(Name, Node<Value>)], value: &Node<Value>) {
        let [(field, inner)] = given else {
            self.fault(value, format!("OneOf Input Object \"{name}\" must specify exactly one key."));
            return;
        };
        match &**inner {
            Value::Null => self.fault(inner, format!("Field \"{name}.{field}\" must be non-null.")),
            Value::Variable(variable) => {
                let nullable = self.variables.get(variable.as_str()).is_some_and(|found| !found.ty.is_non_null());
                if nullable {
                    let message = format!(
                        "Variable \"${variable}\" must be non-nullable to be used for OneOf Input Object \"{name}\"."
                    );
                    self.fault(inner, message);
                }
            }
            _ => {}
        }
    }
}

/// The specification's `IsVariableUsageAllowed`.
fn may_stand(variable: &VariableDefinition, place: &Type, place_has_default: bool) -> bool {
    if place.is_non_null() && !variable.ty.is_non_null() {
        let has_value = variable.default_value.as_ref().is_some_and(|default| !default.is_null());
        return (has_value || place_has_default) && variable.ty.is_assignable_to(&place.clone().nullable());
    }
    variable.ty.is_assignable_to(place)
}

/// Whether a literal holds a variable that `is_null` where its type must not be null.
pub(super) fn null_where_needed(types: &Types, ty: &Type, value: &Value, is_null: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Variable(name) => ty.is_non_null() && is_null(name),
        Value::List(items) => items.iter().any(|item| null_where_needed(types, ty.item_type(), item, is_null)),
        Value::Object(fields) => {
            let Some(definition) = types.schema.get_input_object(ty.inner_named_type()) else {
                return false;
            };
            fields.iter().any(|(name, field)| {
                let known = definition.fields.get(name);
                known.is_some_and(|known| null_where_needed(types, &known.ty, field, is_null))
            })
        }
        _ => false,
    }
}

/// The literal as JSON; `None` when it holds an enum value or a variable, which no checked scalar takes.
fn plain_json(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Null => Json::Null,
        Value::Boolean(flag) => Json::Bool(*flag),
        Value::String(text) => Json::String(text.clone()),
        Value::Int(int) => Json::Number(int.as_str().parse().ok()?),
        Value::Float(float) => Json::Number(float.as_str().parse().ok()?),
        Value::List(items) => Json::Array(items.iter().map(|item| plain_json(item)).collect::<Option<_>>()?),
        Value::Object(fields) => Json::Object(
            fields.iter().map(|(name, field)| Some((name.to_string(), plain_json(field)?))).collect::<Option<_>>()?,
        ),
        Value::Enum(_) | Value::Variable(_) => return None,
    })
}
