//! Requests that are refused before anything runs.

use async_graphql::{ErrorExtensionValues, Pos, Response, ServerError, Value};

/// Why a request was refused. Each kind has one `extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The document is not GraphQL: `GRAPHQL_PARSE_FAILED`.
    Syntax,
    /// The document does not fit the schema: `GRAPHQL_VALIDATION_FAILED`.
    Validation,
    /// The document or its answer would be too large: `COST_EXCEEDED`.
    Cost,
    /// A variable has the wrong value, or the operation named is not there: `BAD_USER_INPUT`.
    Input,
    /// No document has the name that was sent instead of one: `PERSISTED_QUERY_NOT_FOUND`.
    UnknownDocument,
    /// Documents cannot be registered: `PERSISTED_QUERY_NOT_SUPPORTED`.
    Unregistered,
    /// Only trusted documents are executed, and this is none: `DOCUMENT_NOT_TRUSTED`.
    Untrusted,
}

impl RefusalKind {
    /// The value of `extensions.code`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Syntax => "GRAPHQL_PARSE_FAILED",
            Self::Validation => "GRAPHQL_VALIDATION_FAILED",
            Self::Cost => "COST_EXCEEDED",
            Self::Input => "BAD_USER_INPUT",
            Self::UnknownDocument => "PERSISTED_QUERY_NOT_FOUND",
            Self::Unregistered => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::Untrusted => "DOCUMENT_NOT_TRUSTED",
        }
    }
}

/// A request error: the answer has `errors` and no `data`.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Why.
    pub kind: RefusalKind,
    /// At least one error; each carries the code of `kind`.
    pub errors: Vec<ServerError>,
}

/// Errors listed in one answer; a document full of mistakes must not be answered with a longer one.
const ERRORS_TOLD: usize = 50;

impl Refusal {
    /// A refusal with one error.
    #[must_use]
    pub fn new(kind: RefusalKind, message: impl Into<String>, position: Option<Pos>) -> Self {
        Self::of(kind, vec![(message.into(), position)])
    }

    /// A refusal with several errors, of which the first fifty are told.
    #[must_use]
    pub fn of(kind: RefusalKind, faults: Vec<(String, Option<Pos>)>) -> Self {
        let errors = faults
            .into_iter()
            .take(ERRORS_TOLD)
            .map(|(message, position)| {
                let mut error = ServerError::new(message, position);
                error.extensions = Some(coded(kind.code()));
                error
            })
            .collect();
        Self { kind, errors }
    }

    /// Adds a member to the extensions of every error.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        for error in &mut self.errors {
            if let Some(extensions) = &mut error.extensions {
                extensions.set(name, value.clone());
            }
        }
        self
    }

    /// The answer as async-graphql knows it, for transports other than HTTP.
    #[must_use]
    pub fn into_response(self) -> Response {
        Response::from_errors(self.errors)
    }
}

/// Extensions with this code and nothing else.
pub(crate) fn coded(code: &str) -> ErrorExtensionValues {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code);
    extensions
}
