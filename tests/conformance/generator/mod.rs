//! Requests made at random from a seed: mostly right, wrong in every way the specification names.

use std::fmt::Write as _;

use apollo_compiler::{
    Schema,
    ast::Type,
    schema::{ExtendedType, FieldDefinition},
    validation::Valid,
};
use serde_json::{Map, Value as Json, json};

pub use dice::Dice;

use crate::oracle::Case;

#[path = "../../common/dice.rs"]
mod dice;
mod values;

struct Variable {
    name: String,
    definition: String,
    value: Option<Json>,
}

pub struct Generator<'s> {
    schema: &'s Valid<Schema>,
    dice: Dice,
    variables: Vec<Variable>,
    fragments: Vec<(String, String, String)>,
    /// Fragments being written, which must not spread themselves too often.
    open: usize,
    count: usize,
    /// Chance of a deliberate fault at each turn, in percent.
    risk: usize,
    /// Whether the answer tells the schema, whose order is free.
    pub introspects: bool,
}

impl<'s> Generator<'s> {
    pub fn new(schema: &'s Valid<Schema>, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let risk = *dice.pick(&[0, 0, 1, 3]);
        Self { schema, dice, variables: Vec::new(), fragments: Vec::new(), open: 0, count: 0, risk, introspects: false }
    }

    pub fn case(mut self) -> Case {
        let (kind, root) = match self.dice.below(100) {
            0..84 => ("query", "Query"),
            84..96 => ("mutation", "Mutation"),
            _ => ("subscription", "Ticks"),
        };
        let depth = 1 + self.dice.below(5);
        let body = self.selection(root, depth);
        let directives = if self.wrong() { "@skip(if: true)" } else { "" };
        let definitions: Vec<&str> = self.variables.iter().map(|variable| variable.definition.as_str()).collect();
        let definitions = if definitions.is_empty() { String::new() } else { format!("({})", definitions.join(", ")) };
        let anonymous = self.dice.percent(30) && definitions.is_empty() && kind == "query";
        let mut text = if anonymous { body } else { format!("{kind} First{definitions} {directives} {body}") };
        for (name, on, body) in &self.fragments {
            write!(text, "\nfragment {name} on {on} {body}").expect("a string grows");
        }
        let mut operation_name = None;
        if self.dice.percent(6) {
            text.push_str("\nquery Second { fine }");
            operation_name = Some(self.dice.pick::<&str>(&["First", "Second", "Nope"]).to_string());
            if self.dice.percent(10) {
                operation_name = None;
            }
        } else if self.dice.percent(3) {
            operation_name = Some("First".to_owned());
        }
        if self.dice.percent(7) {
            text = self.scramble(&text);
        }
        let mut variables = Map::new();
        for variable in self.variables {
            if let Some(value) = variable.value {
                variables.insert(variable.name, value);
            }
        }
        if self.dice.percent(2) {
            variables.insert("unheardOf".into(), json!(1));
        }
        Case { query: text, variables, operation_name }
    }

    fn wrong(&mut self) -> bool {
        let risk = self.risk;
        self.dice.percent(risk)
    }

    fn fresh(&mut self, stem: &str) -> String {
        self.count += 1;
        format!("{stem}{}", self.count)
    }

    /// One edit of the text, as a tired person makes it.
    fn scramble(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let at = self.dice.below(letters.len());
        match self.dice.below(4) {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, letters[at]),
            2 => letters[at] = *self.dice.pick(&['{', '}', '(', '"', '$', '1', '.', '-', '@', '!', ':', 'e', '\\']),
            _ => letters.insert(at, *self.dice.pick(&[' ', '#', '0', '[', '|', '\u{feff}', 'é', '&', ','])),
        }
        letters.into_iter().collect()
    }

    fn fields(&self, named: &str) -> Vec<FieldDefinition> {
        let own = match self.schema.types.get(named) {
            Some(ExtendedType::Object(object)) => object.fields.values().map(|field| (***field).clone()).collect(),
            Some(ExtendedType::Interface(interface)) => {
                interface.fields.values().map(|field| (***field).clone()).collect()
            }
            _ => Vec::new(),
        };
        let mut fields: Vec<FieldDefinition> = own;
        // Descriptions of the built-in types are each library's own words.
        if named.starts_with("__") {
            fields.retain(|field| field.name != "description");
        }
        fields
    }

    fn is_composite(&self, named: &str) -> bool {
        matches!(
            self.schema.types.get(named),
            Some(ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_))
        )
    }

    fn selection(&mut self, named: &str, depth: usize) -> String {
        let mut items: Vec<String> = Vec::new();
        for _ in 0..=self.dice.below(4) {
            let item = match self.dice.below(100) {
                0..72 => self.field(named, depth),
                72..84 => self.inline(named, depth),
                84..92 => self.spread(named, depth),
                _ if !items.is_empty() => self.dice.pick(&items).clone(),
                _ => "__typename".to_owned(),
            };
            items.push(item);
        }
        format!("{{ {} }}", items.join(" "))
    }

    fn field(&mut self, named: &str, depth: usize) -> String {
        if self.wrong() {
            return self
                .dice
                .pick::<&str>(&["nope", "fine { x }", "thing", "ok(v: 1)", "ok { a }", "int(w: 1)"])
                .to_string();
        }
        if named == "Query" && depth > 1 && self.dice.percent(4) {
            self.introspects = true;
            let (field, ty) = *self.dice.pick(&[
                ("__schema", "__Schema"),
                ("__type(name: \"Node\")", "__Type"),
                ("__type(name: \"Parcel\")", "__Type"),
                ("__type(name: \"Nope\")", "__Type"),
                ("__type(name: \"Color\")", "__Type"),
            ]);
            let alias = self.fresh("meta");
            let body = self.selection(ty, depth.min(3));
            return format!("{alias}: {field} {body}");
        }
        let fields = self.fields(named);
        let leafs: Vec<&FieldDefinition> =
            fields.iter().filter(|field| !self.is_composite(field.ty.inner_named_type())).collect();
        if (depth == 0 && leafs.is_empty()) || fields.is_empty() || self.dice.percent(6) {
            return if self.dice.percent(20) { "t: __typename".into() } else { "__typename".into() };
        }
        let field = if depth == 0 { (*self.dice.pick(&leafs)).clone() } else { self.dice.pick(&fields).clone() };
        let arguments = self.arguments(&field);
        let alias = if !arguments.is_empty() && self.dice.percent(85) {
            format!("{}: ", self.fresh("x"))
        } else if self.dice.percent(8) {
            format!("{}: ", self.dice.pick::<&str>(&["a", "b", "ok", "name", "thing"]))
        } else {
            String::new()
        };
        let directives = self.directives();
        let inner = field.ty.inner_named_type().to_string();
        let body =
            if self.is_composite(&inner) { self.selection(&inner, depth.saturating_sub(1)) } else { String::new() };
        format!("{alias}{}{arguments}{directives} {body}", field.name)
    }

    fn arguments(&mut self, field: &FieldDefinition) -> String {
        let mut given = Vec::new();
        for argument in &field.arguments {
            let needed = argument.ty.is_non_null() && argument.default_value.is_none();
            let chance = if needed { 100 } else { 65 };
            if self.dice.percent(chance) && !(needed && self.wrong()) {
                let value = self.value(&argument.ty, argument.default_value.is_some(), true, 2);
                given.push(format!("{}: {value}", argument.name));
            }
        }
        if self.wrong() && !given.is_empty() {
            given.push(given[0].clone());
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    fn directives(&mut self) -> String {
        let mut text = String::new();
        if self.dice.percent(9) {
            let name = self.dice.pick::<&str>(&["skip", "include"]);
            let condition = self.value(&Type::NonNullNamed(apollo_compiler::name!("Boolean")), false, true, 1);
            write!(text, " @{name}(if: {condition})").expect("a string grows");
        }
        if self.wrong() {
            text.push_str(self.dice.pick::<&str>(&[
                " @skip",
                " @nope",
                " @deprecated",
                " @include(if: true) @include(if: true)",
            ]));
        }
        text
    }

    /// A type that may stand in a fragment here.
    fn condition(&mut self, named: &str) -> String {
        if self.wrong() {
            return self.dice.pick::<&str>(&["Int", "Nope", "Parcel", "Color", "Query", "Dog"]).to_string();
        }
        let near: &[&str] = match named {
            "Node" | "Pet" | "Named" => &["Dog", "Dog", "Cat", "Robot", "Node", "Named", "Pet"],
            "Dog" => &["Dog", "Node", "Named", "Pet"],
            "Cat" => &["Cat", "Node", "Pet"],
            "Robot" => &["Robot", "Node", "Named"],
            _ => &[],
        };
        let chosen = if near.is_empty() { named } else { *self.dice.pick(near) };
        if named == "Pet" && chosen == "Robot" || named == "Named" && chosen == "Cat" {
            return "Dog".to_owned();
        }
        chosen.to_owned()
    }

    fn inline(&mut self, named: &str, depth: usize) -> String {
        let directives = self.directives();
        if self.dice.percent(25) {
            let body = self.selection(named, depth);
            return format!("...{directives} {body}");
        }
        let on = self.condition(named);
        let body = self.selection(&on, depth);
        format!("... on {on}{directives} {body}")
    }

    fn spread(&mut self, named: &str, depth: usize) -> String {
        let directives = self.directives();
        if self.wrong() {
            return "...Unknown".into();
        }
        let known: Vec<String> = self
            .fragments
            .iter()
            .filter(|(_, on, _)| on == named || (named == "Node" && matches!(on.as_str(), "Dog" | "Cat" | "Robot")))
            .map(|(name, _, _)| name.clone())
            .collect();
        if !known.is_empty() && self.dice.percent(60) {
            return format!("...{}{directives}", self.dice.pick(&known));
        }
        if self.open > 3 {
            return "__typename".into();
        }
        let on = self.condition(named);
        let name = self.fresh("F");
        if self.wrong() {
            // A circle, or a fragment nobody spreads.
            let body =
                if self.dice.percent(50) { format!("{{ __typename ...{name} }}") } else { "{ __typename }".into() };
            self.fragments.push((name.clone(), on, body));
            return if self.dice.percent(50) { format!("...{name}{directives}") } else { "__typename".into() };
        }
        self.open += 1;
        let body = self.selection(&on, depth);
        self.open -= 1;
        self.fragments.push((name.clone(), on, body));
        format!("...{name}{directives}")
    }
}
