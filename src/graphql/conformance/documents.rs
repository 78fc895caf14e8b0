//! Documents, prepared once and executed many times.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use apollo_compiler::{ast::Document, parser::Parser};
use moka::sync::Cache;

use super::{
    Hints, Limits, Measure, Prepared, Refusal, RefusalKind, Scalars, SchemaError, budget, position::Lines, rules,
    suggestions, syntax, types::Types,
};

/// What preparing a document costs in memory, as a multiple of its length: nodes of its tree, and the plans.
const BYTES_PER_CHARACTER: usize = 150;

/// Prepares documents for one schema, and remembers them by their text.
pub struct Documents {
    shared: Arc<Shared>,
    cache: Cache<Arc<str>, Arc<Prepared>>,
}

/// What every prepared document of a schema needs.
pub(super) struct Shared {
    pub(super) types: Types,
    pub(super) limits: Limits,
    pub(super) hints: Hints,
    /// Bytes the variants of all documents take, estimated.
    pub(super) variant_bytes: AtomicU64,
}

impl Documents {
    /// Reads the schema from its definition language. No answer is to be kept.
    ///
    /// # Errors
    /// [`SchemaError`] when the text is not a valid schema.
    pub fn new(sdl: &str, limits: Limits, scalars: Scalars) -> Result<Self, SchemaError> {
        Self::with_hints(sdl, limits, scalars, Hints::default())
    }

    /// The same with hints on how long answers stay good.
    ///
    /// # Errors
    /// [`SchemaError`] when the text is not a valid schema.
    pub fn with_hints(sdl: &str, limits: Limits, scalars: Scalars, hints: Hints) -> Result<Self, SchemaError> {
        let types = Types::parse(sdl, scalars)?;
        let cache = Cache::builder()
            .max_capacity(limits.cache_bytes)
            .weigher(|text: &Arc<str>, _: &Arc<Prepared>| {
                u32::try_from(text.len().saturating_mul(BYTES_PER_CHARACTER)).unwrap_or(u32::MAX)
            })
            .build();
        Ok(Self { shared: Arc::new(Shared { types, limits, hints, variant_bytes: AtomicU64::new(0) }), cache })
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// What reading a document costs, as a price: nothing for one that is remembered, and for any other so much that a
    /// flood of documents, right or wrong, is paid for like a flood of objects.
    #[must_use]
    pub fn cost_of_reading(&self, query: &str) -> u64 {
        /// Bytes of a document that are as much work as an object.
        const BYTES_AN_OBJECT: usize = 64;
        if self.cache.contains_key(query) {
            return 0;
        }
        // What is too long is not read.
        1 + (query.len().min(self.shared.limits.document_bytes) / BYTES_AN_OBJECT) as u64
    }

    /// Measures, parses and validates a document, or finds it prepared.
    ///
    /// # Errors
    /// A [`Refusal`] of kind `Syntax`, `Validation` or `Cost`. Refused documents are not remembered.
    pub fn prepare(&self, query: &str) -> Result<Arc<Prepared>, Refusal> {
        if let Some(prepared) = self.cache.get(query) {
            return Ok(prepared);
        }
        let text: Arc<str> = Arc::from(query);
        let (document, lines) = self.parse(&text)?;
        budget::measure(&document, &self.shared.limits, &lines)?;
        let Shared { types, limits, .. } = &*self.shared;
        let (executable, fragile) = rules::validate(&document, types, &lines).map_err(|mut refusal| {
            if limits.suggestions {
                suggestions::add(&mut refusal, types);
            }
            refusal
        })?;
        rules::one_proof(&executable, limits, &lines)?;
        let prepared = Arc::new(Prepared::new(self.shared.clone(), text.clone(), executable, fragile));
        self.cache.insert(text, prepared.clone());
        Ok(prepared)
    }

    /// Measures a document without validating it, for logs and tests.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare), validation aside.
    pub fn measure(&self, query: &str) -> Result<Measure, Refusal> {
        let (document, lines) = self.parse(query)?;
        budget::measure(&document, &self.shared.limits, &lines)
    }

    /// How many documents are remembered, roughly.
    #[must_use]
    pub fn remembered(&self) -> u64 {
        self.cache.run_pending_tasks();
        self.cache.entry_count()
    }

    /// Bytes the plans of all remembered documents take, estimated.
    #[must_use]
    pub fn plan_bytes(&self) -> u64 {
        self.shared.variant_bytes.load(Ordering::Relaxed)
    }

    pub(super) fn knows_input(&self, name: &str) -> bool {
        self.shared.types.schema.types.get(name).is_some_and(apollo_compiler::schema::ExtendedType::is_input_type)
    }

    fn parse<'q>(&self, query: &'q str) -> Result<(Document, Lines<'q>), Refusal> {
        let limits = &self.shared.limits;
        if query.len() > limits.document_bytes {
            let limit = limits.document_bytes;
            let message = format!("The document has {} bytes, more than the {limit} allowed.", query.len());
            return Err(Refusal::new(RefusalKind::Cost, message, None).with("limit", limit as u64));
        }
        let lines = Lines::of(query);
        syntax::recognise(query, limits, &lines)?;
        // The text has been recognised; the compiler's own limits are not what stops it.
        match Parser::new().recursion_limit(usize::MAX).parse_ast(query, "document") {
            Ok(document) => Ok((document, lines)),
            Err(failure) => Err(refused(&failure.errors)),
        }
    }
}

fn refused(errors: &apollo_compiler::validation::DiagnosticList) -> Refusal {
    let faults = errors
        .iter()
        .map(|finding| {
            let position = finding
                .line_column_range()
                .map(|range| async_graphql::Pos { line: range.start.line, column: range.start.column });
            (format!("Syntax Error: {}", finding.error), position)
        })
        .collect();
    Refusal::of(RefusalKind::Syntax, faults)
}
