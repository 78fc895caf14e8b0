//! Variables, coerced before anything runs, as the specification's `CoerceVariableValues` tells.

use apollo_compiler::{
    Name as TypeName, Node,
    ast::{Type, Value},
    executable::Operation,
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::{Name, Value as ConstValue, Variables};
use async_graphql_value::Value as InputValue;
use serde_json::{Map, Number, Value as Json};

use super::{Limits, Refusal, RefusalKind, types::Types};

/// Coerced values of an operation's variables; one that was neither given nor has a default is not there.
///
/// # Errors
/// A [`Refusal`] of kind `Input` naming every variable at fault and the path inside it, or of kind `Cost` for a
/// list that is too long.
pub(super) fn coerce_variables(
    types: &Types,
    limits: &Limits,
    operation: &Operation,
    given: &Map<String, Json>,
) -> Result<Variables, Refusal> {
    let mut coerced = Variables::default();
    let mut faults = Vec::new();
    for definition in &operation.variables {
        let name = definition.name.as_str();
        let value = match (given.get(name), &definition.default_value) {
            (Some(value), _) => {
                let mut place = Place { types, limits, path: vec![Step::Field(name)], is_too_long: false };
                let value = place.value(&definition.ty, value);
                let told = value.map_err(|message| format!("Variable \"${name}\" got invalid value{message}"));
                if place.is_too_long {
                    let refusal = Refusal::new(RefusalKind::Cost, told.err().unwrap_or_default(), None);
                    return Err(refusal.with("limit", limits.list_items as u64));
                }
                told
            }
            (None, Some(default)) => Ok(constant(types, &definition.ty, default)),
            (None, None) if definition.ty.is_non_null() => {
                let ty = &definition.ty;
                Err(format!("Variable \"${name}\" of required type \"{ty}\" was not provided."))
            }
            (None, None) => continue,
        };
        match value {
            Ok(value) => {
                coerced.insert(Name::new(name), value);
            }
            Err(message) => faults.push((message, None)),
        }
    }
    if faults.is_empty() { Ok(coerced) } else { Err(Refusal::of(RefusalKind::Input, faults)) }
}

#[derive(Clone, Copy)]
enum Step<'v> {
    Field(&'v str),
    Item(usize),
}

/// A place inside a variable's value.
struct Place<'v> {
    types: &'v Types,
    limits: &'v Limits,
    path: Vec<Step<'v>>,
    /// Whether a list has more items than a request may ask for.
    is_too_long: bool,
}

impl<'v> Place<'v> {
    /// Ends the message of a fault at this place.
    fn fault(&self, reason: impl std::fmt::Display) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Field(name) if path.is_empty() => path.push_str(name),
                Step::Field(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Step::Item(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
            }
        }
        if self.path.len() > 1 { format!(" at \"{path}\"; {reason}") } else { format!("; {reason}") }
    }

    fn value(&mut self, ty: &'v Type, value: &'v Json) -> Result<ConstValue, String> {
        if value.is_null() {
            if ty.is_non_null() {
                return Err(self.fault(format!("Expected non-nullable type \"{ty}\" not to be null.")));
            }
            return Ok(ConstValue::Null);
        }
        if !ty.is_list() {
            return self.named(ty.inner_named_type(), value);
        }
        let Json::Array(items) = value else {
            return Ok(ConstValue::List(vec![self.value(ty.item_type(), value)?]));
        };
        if items.len() > self.limits.list_items {
            self.is_too_long = true;
            let (length, limit) = (items.len(), self.limits.list_items);
            return Err(self.fault(format!("It has {length} items, more than the {limit} allowed.")));
        }
        let mut list = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.path.push(Step::Item(index));
            list.push(self.value(ty.item_type(), item)?);
            self.path.pop();
        }
        Ok(ConstValue::List(list))
    }

    fn named(&mut self, named: &'v TypeName, value: &'v Json) -> Result<ConstValue, String> {
        let types = self.types;
        match types.schema.types.get(named) {
            Some(ExtendedType::Scalar(scalar)) if scalar.is_built_in() => built_in(named, value)
                .ok_or_else(|| self.fault(format!("{named} cannot represent the value {}.", shortened(value)))),
            Some(ExtendedType::Scalar(_)) => {
                let verdict = types.scalars.check(named).map_or(Ok(()), |check| check(value));
                match verdict {
                    Ok(()) => Ok(to_const(value)),
                    Err(reason) => Err(self.fault(format!("Expected type \"{named}\". {reason}"))),
                }
            }
            Some(ExtendedType::Enum(definition)) => match value {
                Json::String(name) if definition.values.contains_key(name.as_str()) => {
                    Ok(ConstValue::Enum(Name::new(name)))
                }
                other => Err(self.fault(format!("Value {} does not exist in \"{named}\" enum.", shortened(other)))),
            },
            Some(ExtendedType::InputObject(definition)) => self.input_object(definition, value),
            _ => Err(self.fault(format!("\"{named}\" is not an input type."))),
        }
    }

    fn input_object(&mut self, definition: &'v InputObjectType, value: &'v Json) -> Result<ConstValue, String> {
        let name = &definition.name;
        let Json::Object(given) = value else {
            return Err(self.fault(format!("Expected type \"{name}\" to be an object.")));
        };
        let mut object = async_graphql::indexmap::IndexMap::with_capacity(given.len());
        for field in definition.fields.values() {
            let key = field.name.as_str();
            if let Some(value) = given.get(key) {
                self.path.push(Step::Field(key));
                object.insert(Name::new(key), self.value(&field.ty, value)?);
                self.path.pop();
            } else if let Some(default) = &field.default_value {
                object.insert(Name::new(key), constant(self.types, &field.ty, default));
            } else if field.ty.is_non_null() {
                let ty = &field.ty;
                return Err(self.fault(format!("Field \"{key}\" of required type \"{ty}\" was not provided.")));
            }
        }
        if let Some(unknown) = given.keys().find(|key| !definition.fields.contains_key(key.as_str())) {
            return Err(self.fault(format!("Field \"{unknown}\" is not defined by type \"{name}\".")));
        }
        if self.types.is_one_of(name) && (given.len() != 1 || given.values().any(Json::is_null)) {
            return Err(self.fault(format!("Exactly one key of \"{name}\" must be given, and not null.")));
        }
        Ok(ConstValue::Object(object))
    }
}

/// Values are told in messages, but never at length.
fn shortened(value: &Json) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn built_in(scalar: &str, value: &Json) -> Option<ConstValue> {
    match (scalar, value) {
        ("Int", Json::Number(number)) => {
            let whole = whole(number)?;
            i32::try_from(whole).ok().map(|int| ConstValue::Number(int.into()))
        }
        ("Float", Json::Number(number)) => {
            number.as_f64().filter(|float| float.is_finite())?;
            Some(ConstValue::Number(number.clone()))
        }
        ("String" | "ID", Json::String(text)) => Some(ConstValue::String(text.clone())),
        ("ID", Json::Number(number)) => {
            let text = if number.is_f64() { whole(number)?.to_string() } else { number.to_string() };
            Some(ConstValue::String(text))
        }
        ("Boolean", Json::Bool(flag)) => Some(ConstValue::Boolean(*flag)),
        _ => None,
    }
}

/// The number when it is a whole one, however it was written: JSON does not tell `1` from `1.0`.
fn whole(number: &Number) -> Option<i64> {
    if let Some(int) = number.as_i64() {
        return Some(int);
    }
    let float = number.as_f64()?;
    // Beyond 2^53 a float no longer tells whole numbers apart.
    let exact = float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0;
    exact.then(|| format!("{float:.0}").parse().ok())?
}

fn to_const(value: &Json) -> ConstValue {
    match value {
        Json::Null => ConstValue::Null,
        Json::Bool(flag) => ConstValue::Boolean(*flag),
        Json::Number(number) => ConstValue::Number(number.clone()),
        Json::String(text) => ConstValue::String(text.clone()),
        Json::Array(items) => ConstValue::List(items.iter().map(to_const).collect()),
        Json::Object(fields) => {
            ConstValue::Object(fields.iter().map(|(name, field)| (Name::new(name), to_const(field))).collect())
        }
    }
}

/// A literal of a document as async-graphql takes it. Variables stay variables; one that is `absent` leaves out
/// the field of the object it stands in, and is null as an item of a list, as the specification says. `None` when
/// the whole literal is an absent variable.
///
/// The type decides one thing only: an `ID` written as a number becomes its text, however many digits it has.
pub(super) fn input(types: &Types, ty: &Type, value: &Value, absent: &dyn Fn(&str) -> bool) -> Option<InputValue> {
    Some(match value {
        Value::Variable(name) if absent(name) => return None,
        Value::Variable(name) => InputValue::Variable(Name::new(name)),
        Value::Null => InputValue::Null,
        Value::Boolean(flag) => InputValue::Boolean(*flag),
        Value::String(text) => InputValue::String(text.clone()),
        Value::Enum(name) => InputValue::Enum(Name::new(name)),
        Value::Int(int) if ty.inner_named_type() == "ID" => InputValue::String(int.as_str().to_owned()),
        Value::Int(int) => number(int.as_str()),
        Value::Float(float) => number(float.as_str()),
        Value::List(items) => InputValue::List(
            items.iter().map(|item| input(types, ty.item_type(), item, absent).unwrap_or(InputValue::Null)).collect(),
        ),
        Value::Object(fields) => {
            let definition = types.schema.get_input_object(ty.inner_named_type());
            let convert = |(name, field): &(TypeName, Node<Value>)| {
                let known = definition.and_then(|definition| definition.fields.get(name));
                let ty = known.map_or(ty, |known| &*known.ty);
                Some((Name::new(name), input(types, ty, field, absent)?))
            };
            InputValue::Object(fields.iter().filter_map(convert).collect())
        }
    })
}

/// What the directives on an operation say: directive, argument and value, without those left to an absent variable.
pub(super) fn directives(
    types: &Types,
    operation: &Operation,
    variables: &Variables,
) -> Vec<(String, String, ConstValue)> {
    let mut said = Vec::new();
    for directive in &operation.directives {
        let Some(definition) = types.schema.directive_definitions.get(&directive.name) else { continue };
        for known in &definition.arguments {
            let given = directive.arguments.iter().find(|given| given.name == known.name).map(|given| &given.value);
            let absent = |name: &str| !variables.contains_key(name);
            let value = given
                .and_then(|given| input(types, &known.ty, given, &absent))
                .and_then(|value| value.into_const_with(|name| variables.get(&name).cloned().ok_or(())).ok());
            let default = || known.default_value.as_ref().map(|default| constant(types, &known.ty, default));
            if let Some(value) = value.or_else(default) {
                said.push((directive.name.to_string(), known.name.to_string(), value));
            }
        }
    }
    said
}

/// A default, which holds no variables.
fn constant(types: &Types, ty: &Type, value: &Value) -> ConstValue {
    input(types, ty, value, &|_| true).and_then(InputValue::into_const).unwrap_or_default()
}

/// Validation has seen to it that the digits fit; a scalar of the schema's own takes what a double can hold.
fn number(digits: &str) -> InputValue {
    digits.parse::<Number>().map_or(InputValue::Null, InputValue::Number)
}
