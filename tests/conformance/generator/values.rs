//! Values of arguments and variables: mostly of the right type.

use apollo_compiler::{
    ast::Type,
    schema::{ExtendedType, InputObjectType},
};
use serde_json::{Map, Value as Json, json};

use super::{Generator, Variable};

const FLOATS: [&str; 6] = ["0.5", "-2.25", "12.0", "1e3", "0", "-7"];
const INTS: [&str; 6] = ["0", "3", "-1", "2147483647", "-2147483648", "8"];
const WRONG: [&str; 16] = [
    "null",
    "1",
    "1.5",
    "\"x\"",
    "true",
    "RED",
    "[]",
    "[1, \"a\"]",
    "{}",
    "{a: 1}",
    "2147483648",
    "$nowhere",
    "[null]",
    "{weight: 1}",
    "\"\"\"block \"\"\"",
    "[[1]]",
];

impl Generator<'_> {
    pub(super) fn value(&mut self, ty: &Type, place_has_default: bool, variables: bool, depth: usize) -> String {
        if self.wrong() {
            return self.dice.pick::<&str>(&WRONG).to_string();
        }
        if variables && self.dice.percent(22) {
            return self.variable(ty, place_has_default);
        }
        if !ty.is_non_null() && self.dice.percent(8) {
            return "null".into();
        }
        if ty.is_list() {
            if self.dice.percent(15) {
                let item = ty.item_type().clone().non_null();
                return self.value(&item, false, false, depth);
            }
            let items: Vec<String> =
                (0..self.dice.below(4)).map(|_| self.value(ty.item_type(), false, variables, depth)).collect();
            return format!("[{}]", items.join(", "));
        }
        let named = ty.inner_named_type().clone();
        match self.schema.types.get(&named) {
            Some(ExtendedType::Enum(definition)) => {
                let known: Vec<String> = definition.values.keys().map(ToString::to_string).collect();
                self.dice.pick(&known).clone()
            }
            Some(ExtendedType::InputObject(definition)) => {
                let definition = (**definition).clone();
                self.object(&definition, variables, depth)
            }
            _ => self.scalar(&named).to_owned(),
        }
    }

    fn scalar(&mut self, named: &str) -> &'static str {
        match named {
            "Int" => self.dice.pick::<&str>(&INTS),
            "Float" => {
                if self.dice.percent(50) {
                    self.dice.pick::<&str>(&FLOATS)
                } else {
                    "4"
                }
            }
            "Boolean" => self.dice.pick::<&str>(&["true", "false"]),
            "ID" => self.dice.pick::<&str>(&["\"abc\"", "42", "9007199254740993123456789", "\"\"", "-5"]),
            "LocalDate" => {
                self.dice.pick::<&str>(&["\"2026-01-31\"", "\"2026-01-31\"", "\"2026-1-31\"", "\"2000-12-01\""])
            }
            "Decimal" => self.dice.pick::<&str>(&["\"12.50\"", "\"-1\"", "\"0.1\""]),
            "Anything" => self.dice.pick::<&str>(&["1", "\"x\"", "{a: [1, {b: RED}]}", "[1, 2.5]", "true", "FOO"]),
            _ => self.dice.pick::<&str>(&[
                "\"hello\"",
                "\"\"",
                "\"tab\\t \\u00e9 \\\"q\\\" \\\\\"",
                "\"\"\"\n    block\n      two\n    \"\"\"",
                "\"\"\"a \\\"\"\" b\"\"\"",
                "\"\\uD83D\\uDE00 \\u{1F600}\"",
                "\"emoji 😀\"",
            ]),
        }
    }

    fn object(&mut self, definition: &InputObjectType, variables: bool, depth: usize) -> String {
        let mut fields = Vec::new();
        if definition.directives.has("oneOf") && !self.wrong() {
            let names: Vec<_> = definition.fields.values().cloned().collect();
            let field = self.dice.pick(&names).clone();
            let ty = if self.dice.percent(92) { (*field.ty).clone().non_null() } else { (*field.ty).clone() };
            let value = self.value(&ty, false, variables, depth);
            return format!("{{{}: {value}}}", field.name);
        }
        for field in definition.fields.values() {
            let needed = field.ty.is_non_null() && field.default_value.is_none();
            let deep = self.schema.get_input_object(field.ty.inner_named_type()).is_some();
            if (needed && !self.wrong()) || (!needed && self.dice.percent(35) && (depth > 0 || !deep)) {
                let value = self.value(&field.ty, field.default_value.is_some(), variables, depth.saturating_sub(1));
                fields.push(format!("{}: {value}", field.name));
            }
        }
        if self.wrong() {
            fields.push("unknown: 1".into());
        }
        if self.wrong() && !fields.is_empty() {
            fields.push(fields[0].clone());
        }
        format!("{{{}}}", fields.join(", "))
    }

    /// Declares a variable that fits, or nearly.
    fn variable(&mut self, ty: &Type, place_has_default: bool) -> String {
        let name = self.fresh("v");
        let nullable = ty.clone().nullable();
        let (mut declared, mut default) = (ty.clone(), None);
        let twist = self.dice.below(100);
        if twist < 25 {
            declared = nullable.clone();
            if ty.is_non_null() && !(place_has_default && self.dice.percent(60)) {
                let inner = nullable.clone().non_null();
                default = Some(self.value(&inner, false, false, 1));
            }
        } else if twist < 40 {
            declared = nullable.clone().non_null();
        } else if twist < 50 {
            default = Some(self.value(ty, false, false, 1));
        } else if self.wrong() {
            declared = match self.dice.below(4) {
                0 => Type::List(Box::new(ty.clone())),
                1 => nullable.clone(),
                2 => ty.item_type().clone(),
                _ => Type::Named(apollo_compiler::name!("Thing")),
            };
        }
        if self.wrong() {
            default = Some("null".into());
        }
        let given = if declared.is_non_null() && default.is_none() { 97 } else { 65 };
        let value = self.dice.percent(given).then(|| self.json(&declared, 2));
        let default = default.map_or(String::new(), |default| format!(" = {default}"));
        self.variables.push(Variable {
            definition: format!("${name}: {declared}{default}"),
            name: name.clone(),
            value,
        });
        format!("${name}")
    }

    fn json(&mut self, ty: &Type, depth: usize) -> Json {
        if self.wrong() {
            return self
                .dice
                .pick(&[
                    json!(null),
                    json!(1),
                    json!(1.5),
                    json!("x"),
                    json!(true),
                    json!([]),
                    json!({}),
                    json!([[1]]),
                    json!(2_147_483_648_i64),
                    json!("RED"),
                    json!({"weight": 1, "nope": 2}),
                    json!("1"),
                    json!(0),
                    json!([null]),
                    json!({"city": "a", "code": 1}),
                    json!({"city": null}),
                ])
                .clone();
        }
        if !ty.is_non_null() && self.dice.percent(12) {
            return Json::Null;
        }
        if ty.is_list() {
            if self.dice.percent(15) {
                let item = ty.item_type().clone().non_null();
                return self.json(&item, depth);
            }
            return (0..self.dice.below(4)).map(|_| self.json(ty.item_type(), depth)).collect();
        }
        let named = ty.inner_named_type().clone();
        match self.schema.types.get(&named) {
            Some(ExtendedType::Enum(definition)) => {
                let known: Vec<String> = definition.values.keys().map(ToString::to_string).collect();
                json!(self.dice.pick(&known))
            }
            Some(ExtendedType::InputObject(definition)) => {
                let definition = (**definition).clone();
                self.json_object(&definition, depth)
            }
            _ => match named.as_str() {
                "Int" => self.dice.pick(&[json!(1), json!(-3), json!(2.0), json!(2_147_483_647)]).clone(),
                "Float" => self.dice.pick(&[json!(0.5), json!(3), json!(-2.25), json!(12.0)]).clone(),
                "Boolean" => json!(self.dice.percent(50)),
                "ID" => self.dice.pick(&[json!("abc"), json!(7), json!(3.0), json!("")]).clone(),
                "LocalDate" => self.dice.pick(&[json!("2026-02-03"), json!("2026-02-03"), json!("no")]).clone(),
                "Decimal" => json!("3.14"),
                "Anything" => self.dice.pick(&[json!({"a": [1, null]}), json!(1.5), json!("x")]).clone(),
                _ => self.dice.pick(&[json!("text"), json!(""), json!("😀 é\n")]).clone(),
            },
        }
    }

    fn json_object(&mut self, definition: &InputObjectType, depth: usize) -> Json {
        let mut fields = Map::new();
        if definition.directives.has("oneOf") && !self.wrong() {
            let all: Vec<_> = definition.fields.values().cloned().collect();
            let field = self.dice.pick(&all).clone();
            let ty = if self.dice.percent(92) { (*field.ty).clone().non_null() } else { (*field.ty).clone() };
            fields.insert(field.name.to_string(), self.json(&ty, depth));
            return Json::Object(fields);
        }
        for field in definition.fields.values() {
            let needed = field.ty.is_non_null() && field.default_value.is_none();
            let deep = self.schema.get_input_object(field.ty.inner_named_type()).is_some();
            if (needed && !self.wrong()) || (!needed && self.dice.percent(35) && (depth > 0 || !deep)) {
                let value = self.json(&field.ty, depth.saturating_sub(1));
                fields.insert(field.name.to_string(), value);
            }
        }
        if self.wrong() {
            fields.insert("unknown".into(), json!(1));
        }
        Json::Object(fields)
    }
}
