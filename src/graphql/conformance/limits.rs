//! How much one request may ask for.

/// Ceilings on one document and on what it may return. Every field can be set; the defaults are those of the
/// security notes: wide enough for the tools clients use, narrow enough that no request can stall a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Length of the document, in bytes of UTF-8.
    pub document_bytes: usize,
    /// Lexical tokens of the document; white space and comments are none.
    pub tokens: usize,
    /// Brackets within one another.
    pub parser_recursion: usize,
    /// Fields, spreads and inline fragments of the document after every fragment is written out.
    pub selections: u64,
    /// Aliases after every fragment is written out.
    pub aliases: u64,
    /// Fields selected at the root of one operation.
    pub root_fields: u64,
    /// Fields on the longest path from the root to a leaf, introspection aside.
    pub depth: u64,
    /// The same inside `__schema` and `__type`, where the standard query alone needs 15.
    pub introspection_depth: u64,
    /// Lists of types, fields and the like nested in one another inside introspection; each level multiplies
    /// the answer by the size of the schema. Passing it is a fault of validation, as in graphql-js.
    pub introspection_lists: u64,
    /// Whether `__schema` and `__type` may be asked for. This layer answers them: async-graphql's own setting has no
    /// part in it.
    pub introspection: bool,
    /// Fields, inline fragments and spreads nested in one another, whatever their kind.
    pub nesting: u64,
    /// Directives on one field, spread or fragment.
    pub directives: usize,
    /// Mutations that prove who somebody is, or have a secret sent: one operation holds one of them at the most, so that
    /// no document is a list of guesses.
    pub proofs: &'static [&'static str],
    /// Whether errors of validation suggest names of the schema.
    pub suggestions: bool,
    /// Items of one list given as an argument or in a variable.
    pub list_items: usize,
    /// Objects one request may return, see [`Price`](super::Price).
    pub cost: u64,
    /// Page size assumed when a connection is asked for without `first` or `last`.
    pub default_page: u64,
    /// Length assumed for a list of objects that has no page size.
    pub assumed_list: u64,
    /// Price added for each root field of a mutation.
    pub mutation_cost: u64,
    /// Price of one `__schema` or `__type` field at the root.
    pub introspection_cost: u64,
    /// Bytes of prepared documents kept in memory, estimated; their variants may take as much again.
    pub cache_bytes: u64,
    /// Variants of one operation kept: an operation is prepared once for each combination of `@skip` and
    /// `@include` values and of variables left out.
    pub variants: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 32 * 1024,
            tokens: 5_000,
            parser_recursion: 128,
            selections: 2_000,
            aliases: 30,
            root_fields: 20,
            depth: 15,
            introspection_depth: 20,
            introspection: true,
            introspection_lists: 2,
            nesting: 100,
            directives: 5,
            proofs: &[],
            suggestions: true,
            list_items: 100,
            cost: 5_000,
            default_page: 20,
            assumed_list: 5,
            mutation_cost: 5,
            introspection_cost: 100,
            cache_bytes: 64 * 1024 * 1024,
            variants: 16,
        }
    }
}
