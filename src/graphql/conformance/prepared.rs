//! One prepared document, and a call of one of its operations.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};

use apollo_compiler::{
    ExecutableDocument, Name, Node,
    ast::OperationType as Kind,
    executable::{Operation, Selection as Selected, SelectionSet},
    validation::Valid,
};
use async_graphql::{
    Request, Response, Value as ConstValue, Variables, parser::types::ExecutableDocument as TargetDocument,
};
use serde_json::{Map, Value as Json};

pub use async_graphql::parser::types::OperationType;

use super::{
    Freshness, Price, Refusal, RefusalKind, coercion, completion,
    documents::Shared,
    plan::{Planner, Selection},
    position::Lines,
    price,
};

/// A document that passed validation and the limits.
pub struct Prepared {
    shared: Arc<Shared>,
    text: Arc<str>,
    /// Of the document without white space and comments.
    digest: [u8; 32],
    document: Valid<ExecutableDocument>,
    /// Variables whose being null makes a field fail.
    fragile: HashSet<Name>,
    /// Variables that stand in `@skip` or `@include`.
    conditions: HashSet<Name>,
    /// Plans by operation and by what of the variables decides them.
    variants: Mutex<HashMap<VariantKey, Arc<Variant>>>,
}

/// Operation, then one sign for each of its variables: whether it is there and, for the boolean of a condition,
/// which.
type VariantKey = (usize, Box<[u8]>);

/// An operation planned for certain conditions.
struct Variant {
    selection: Selection,
    document: TargetDocument,
    fixed_price: Option<u64>,
    freshness: Option<Freshness>,
    /// Memory it takes, estimated.
    bytes: u64,
}

/// Memory of one field of a plan and of the document made from it, estimated.
const BYTES_PER_SLOT: u64 = 800;

impl Drop for Prepared {
    fn drop(&mut self) {
        let bytes = self.lock().values().map(|variant| variant.bytes).sum();
        self.shared.variant_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// One operation with its variables, priced and ready to run.
pub struct Call {
    shared: Arc<Shared>,
    variant: Arc<Variant>,
    variables: Variables,
    text: Arc<str>,
    operation_name: Option<String>,
    kind: OperationType,
    price: Price,
    digest: [u8; 32],
    /// What the operation's own directives say: directive, argument, value.
    said: Vec<(String, String, ConstValue)>,
}

impl Prepared {
    pub(super) fn new(
        shared: Arc<Shared>,
        text: Arc<str>,
        document: Valid<ExecutableDocument>,
        fragile: HashSet<Name>,
    ) -> Self {
        let conditions = conditions(&document);
        let digest = digest(&document);
        Self { shared, text, digest, document, fragile, conditions, variants: Mutex::default() }
    }

    /// The text of the document.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What kind of operation this name selects; `None` when it selects none. Tells a mutation before its
    /// variables are looked at, as a GET request must.
    #[must_use]
    pub fn kind(&self, operation_name: Option<&str>) -> Option<OperationType> {
        self.find(operation_name).ok().map(|(_, operation)| kind_of(operation))
    }

    /// Selects an operation, coerces its variables and tells its price.
    ///
    /// # Errors
    /// A [`Refusal`] of kind `Input` when no operation has this name or a variable is wrong, of kind `Cost` when
    /// the price is over the limit or a list too long.
    pub fn call(&self, operation_name: Option<&str>, variables: &Map<String, Json>) -> Result<Call, Refusal> {
        let (index, operation) = self.find(operation_name)?;
        let limits = &self.shared.limits;
        let variables = coercion::coerce_variables(&self.shared.types, limits, operation, variables)?;
        let variant = self.variant(index, operation, &variables)?;
        let kind = kind_of(operation);
        let base = if kind == OperationType::Mutation {
            limits.mutation_cost.saturating_mul(variant.selection.slots.len() as u64)
        } else {
            0
        };
        let objects = variant.fixed_price.unwrap_or_else(|| price::price(&variant.selection, &variables, limits, 1, 0));
        let price = Price { requested: objects.saturating_add(base), limit: limits.cost };
        if price.requested > price.limit {
            return Err(too_dear(price));
        }
        let said = coercion::directives(&self.shared.types, operation, &variables);
        Ok(Call {
            said,
            shared: self.shared.clone(),
            variant,
            variables,
            text: self.text.clone(),
            operation_name: operation.name.as_ref().map(ToString::to_string),
            kind,
            price,
            digest: self.digest,
        })
    }

    fn find(&self, name: Option<&str>) -> Result<(usize, &Node<Operation>), Refusal> {
        let operations = &self.document.operations;
        let unknown = |message: String| Refusal::new(RefusalKind::Input, message, None);
        if let Some(name) = name {
            let named = |operation: &Operation| operation.name.as_ref().is_some_and(|known| known == name);
            return operations
                .iter()
                .enumerate()
                .find(|(_, operation)| named(operation))
                .ok_or_else(|| unknown(format!("Unknown operation named \"{name}\".")));
        }
        let mut all = operations.iter().enumerate();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(unknown("Must provide an operation.".into())),
            _ => Err(unknown("Must provide operation name if query contains multiple operations.".into())),
        }
    }

    fn variant(&self, index: usize, operation: &Operation, variables: &Variables) -> Result<Arc<Variant>, Refusal> {
        let signs = operation.variables.iter().map(|variable| match variables.get(variable.name.as_str()) {
            None => 0,
            Some(ConstValue::Boolean(flag)) if self.conditions.contains(&variable.name) => 1 + u8::from(*flag),
            Some(ConstValue::Null) if self.fragile.contains(&variable.name) => 3,
            Some(_) => 4,
        });
        let key: VariantKey = (index, signs.collect());
        if let Some(variant) = self.lock().get(&key) {
            return Ok(variant.clone());
        }
        let variant = Arc::new(self.plan(operation, variables)?);
        self.keep(key, &variant);
        Ok(variant)
    }

    /// Keeps a variant while there is room for it; one that is not kept is planned again.
    fn keep(&self, key: VariantKey, variant: &Arc<Variant>) {
        let taken = &self.shared.variant_bytes;
        let mut variants = self.lock();
        let fits = taken.load(Ordering::Relaxed).saturating_add(variant.bytes) <= self.shared.limits.cache_bytes;
        if fits && variants.len() < self.shared.limits.variants && variants.insert(key, variant.clone()).is_none() {
            taken.fetch_add(variant.bytes, Ordering::Relaxed);
        }
    }

    /// A panic elsewhere cannot leave the map half-changed.
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<VariantKey, Arc<Variant>>> {
        self.variants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn plan(&self, operation: &Operation, variables: &Variables) -> Result<Variant, Refusal> {
        let lines = Lines::of(&self.text);
        let Shared { types, limits, hints, .. } = &*self.shared;
        let mut planner = Planner::new((types, limits, hints), &self.document, &lines, variables);
        let (selection, document) = planner.operation(operation)?;
        let fixed_price = price::is_fixed(&selection).then(|| price::price(&selection, variables, limits, 1, 0));
        let bytes = planner.slots().saturating_mul(BYTES_PER_SLOT);
        let freshness = planner.freshness();
        Ok(Variant { selection, document, fixed_price, freshness, bytes })
    }
}

/// Two documents that ask for the same, but for white space and comments, have one.
fn digest(document: &ExecutableDocument) -> [u8; 32] {
    let text = document.serialize().no_indent().to_string();
    let mut bytes = [0; 32];
    bytes.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()).as_ref());
    bytes
}

/// The variables of `@skip` and `@include` anywhere in a document.
fn conditions(document: &ExecutableDocument) -> HashSet<Name> {
    fn gather(set: &SelectionSet, found: &mut HashSet<Name>) {
        for selection in &set.selections {
            let conditional = |name: &str| matches!(name, "skip" | "include");
            for directive in selection.directives().iter().filter(|directive| conditional(&directive.name)) {
                let names = directive.arguments.iter().filter_map(|argument| argument.value.as_variable());
                found.extend(names.cloned());
            }
            match selection {
                Selected::Field(field) => gather(&field.selection_set, found),
                Selected::InlineFragment(inline) => gather(&inline.selection_set, found),
                Selected::FragmentSpread(_) => {}
            }
        }
    }
    let mut found = HashSet::new();
    for operation in document.operations.iter() {
        gather(&operation.selection_set, &mut found);
    }
    for fragment in document.fragments.values() {
        gather(&fragment.selection_set, &mut found);
    }
    found
}

fn too_dear(price: Price) -> Refusal {
    let Price { requested, limit } = price;
    let message = format!("The operation may return {requested} objects, more than the {limit} allowed.");
    Refusal::new(RefusalKind::Cost, message, None).with("requested", requested).with("limit", limit)
}

fn kind_of(operation: &Operation) -> OperationType {
    match operation.operation_type {
        Kind::Query => OperationType::Query,
        Kind::Mutation => OperationType::Mutation,
        Kind::Subscription => OperationType::Subscription,
    }
}

impl Call {
    /// The request for async-graphql: parsed, with coerced variables. Add the request's own data to it.
    #[must_use]
    pub fn request(&self) -> Request {
        let mut request = Request::new("").variables(self.variables.clone());
        request.set_parsed_query(self.variant.document.clone());
        request
    }

    /// Puts an answer of async-graphql right: nulls, errors, order of fields. For a subscription, each answer.
    #[must_use]
    pub fn complete(&self, mut response: Response) -> Response {
        completion::complete(&mut response, &self.variant.selection, &self.shared.types, &self.variables);
        response
    }

    /// The price, which is within the limit.
    #[must_use]
    pub fn price(&self) -> Price {
        self.price
    }

    /// How long the answer to a query stays good for everybody who has not said who they are; nothing if it is not to be
    /// kept.
    #[must_use]
    pub fn freshness(&self) -> Option<Freshness> {
        self.variant.freshness.filter(|_| self.kind == OperationType::Query)
    }

    /// Tells the document from others, whatever its white space and comments are.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Query, mutation or subscription.
    #[must_use]
    pub fn kind(&self) -> OperationType {
        self.kind
    }

    /// The operation's name in the document.
    #[must_use]
    pub fn operation_name(&self) -> Option<&str> {
        self.operation_name.as_deref()
    }

    /// The text of the document.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value of an argument of a directive that stands on the operation itself.
    #[must_use]
    pub fn directive_argument(&self, directive: &str, argument: &str) -> Option<&ConstValue> {
        let asked = |(of, name, _): &&(String, String, ConstValue)| of == directive && name == argument;
        self.said.iter().find(asked).map(|(_, _, value)| value)
    }

    /// The coerced variables.
    #[must_use]
    pub fn variables(&self) -> &Variables {
        &self.variables
    }
}
