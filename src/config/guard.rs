//! Settings of the guard that measures GraphQL documents.

use super::Settings;

/// How much a GraphQL document may ask for.
#[derive(Clone, Debug)]
pub struct GuardConfig {
    /// Price of an operation.
    pub cost: u64,
    /// Bytes of a document.
    pub document_bytes: usize,
    /// Its tokens.
    pub tokens: usize,
    /// Fields, spreads and inline fragments, every fragment written out.
    pub selections: u64,
    /// Aliases, every fragment written out.
    pub aliases: u64,
    /// Fields at the root of one operation.
    pub root_fields: u64,
    /// Fields on the longest path.
    pub depth: u64,
    /// Selections of any kind within one another.
    pub nesting: u64,
    /// Directives in one place.
    pub directives: usize,
    /// Items of one list in arguments or variables.
    pub list_items: usize,
    /// Whether the schema may be asked for.
    pub introspection: bool,
    /// Whether errors suggest names of the schema.
    pub suggestions: bool,
}

impl GuardConfig {
    /// Reads the settings.
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self {
            cost: settings.parse("max-cost")?,
            document_bytes: settings.parse("max-document")?,
            tokens: settings.parse("max-tokens")?,
            selections: settings.parse("max-selections")?,
            aliases: settings.parse("max-aliases")?,
            root_fields: settings.parse("max-root-fields")?,
            depth: settings.parse("max-depth")?,
            nesting: settings.parse("max-nesting")?,
            directives: settings.parse("max-directives")?,
            list_items: settings.parse("max-list-items")?,
            introspection: settings.parse("introspection")?,
            suggestions: settings.parse("suggestions")?,
        })
    }
}
