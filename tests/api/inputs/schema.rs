//! What the committed schema says about mutations and objects.

use apollo_compiler::ast::Type;
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use apollo_compiler::{Schema, validation::Valid};

/// The committed schema.
pub struct Inputs(Valid<Schema>);

impl Inputs {
    /// Reads the committed schema.
    pub fn read() -> Self {
        let sdl = include_str!("../../../schema.graphql");
        Self(Schema::parse_and_validate(sdl, "schema.graphql").expect("the committed schema"))
    }

    /// The names of all mutations.
    pub fn mutations(&self) -> Vec<String> {
        self.0.get_object("Mutation").expect("mutations").fields.keys().map(ToString::to_string).collect()
    }

    /// The type of a mutation's `input`; `None` for one that takes none.
    pub fn input_of(&self, mutation: &str) -> Option<&Type> {
        let field = &self.0.get_object("Mutation").expect("mutations").fields[mutation];
        field.arguments.iter().find(|argument| argument.name == "input").map(|argument| &*argument.ty)
    }

    /// Whether the payload tells what became of each item of a list.
    pub fn has_results(&self, mutation: &str) -> bool {
        let payload = self.0.get_object("Mutation").expect("mutations").fields[mutation].ty.inner_named_type();
        self.0.get_object(payload).expect("a payload").fields.contains_key("results")
    }

    /// The kinds of objects that have an identifier.
    pub fn nodes(&self) -> Vec<String> {
        let nodes = self.0.types.values().filter_map(ExtendedType::as_object);
        let nodes = nodes.filter(|object| object.implements_interfaces.iter().any(|known| known.name == "Node"));
        nodes.map(|object| object.name.to_string()).collect()
    }

    /// The fields of an object.
    pub fn fields(&self, kind: &str) -> Vec<String> {
        self.0.get_object(kind).expect("an object").fields.keys().map(ToString::to_string).collect()
    }

    /// Whether nothing can be selected below a field.
    pub fn is_leaf(&self, kind: &str, field: &str) -> bool {
        self.named(&self.0.get_object(kind).expect("an object").fields[field].ty).is_leaf()
    }

    /// The type of that name.
    pub fn named(&self, ty: &Type) -> &ExtendedType {
        &self.0.types[ty.inner_named_type()]
    }

    /// The input object of that type, if it is one.
    pub fn object(&self, ty: &Type) -> Option<&InputObjectType> {
        match self.named(ty) {
            ExtendedType::InputObject(object) if !ty.is_list() => Some(object),
            _ => None,
        }
    }

    /// Whether the path of a user's error leads to an argument of the mutation.
    pub fn has(&self, mutation: &str, path: &[&str]) -> bool {
        let Some((&"input", rest)) = path.split_first() else { return false };
        let Some(mut ty) = self.input_of(mutation) else { return false };
        for step in rest {
            let found = match (ty.is_list(), step.parse::<usize>()) {
                (true, Ok(_)) => Some(ty.item_type()),
                (false, Err(_)) => self.object(ty).and_then(|object| object.fields.get(*step)).map(|field| &*field.ty),
                _ => None,
            };
            let Some(found) = found else { return false };
            ty = found;
        }
        true
    }
}
