//! What clients are shown, and what operators read.

use super::{Setting, plain};

pub(super) const SETTINGS: &[Setting] = &[
    plain("playground", "ROLECALL_PLAYGROUND", "true", "Whether GraphiQL is served at /graphiql"),
    plain(
        "introspection",
        "ROLECALL_INTROSPECTION",
        "true",
        "Whether the schema may be asked for, by introspection and at /schema.graphql",
    ),
    plain(
        "suggestions",
        "ROLECALL_SUGGESTIONS",
        "true",
        "Whether errors about documents suggest names of the schema (Did you mean …?)",
    ),
    plain(
        "persisted-queries",
        "ROLECALL_PERSISTED_QUERIES",
        "16",
        "Mebibytes of documents that clients register by hash (Apollo's APQ), kept in memory; 0 keeps none",
    ),
    plain(
        "trusted-documents",
        "ROLECALL_TRUSTED_DOCUMENTS",
        "",
        "Manifest of documents that clients name by id, or a folder of manifests (Relay, codegen or Apollo)",
    ),
    plain("trusted-only", "ROLECALL_TRUSTED_ONLY", "false", "Whether every document that is in no manifest is refused"),
    plain("log-format", "ROLECALL_LOG_FORMAT", "text", "text or json"),
    plain("log-filter", "ROLECALL_LOG_FILTER", "rolecall=info,warn", "Which log lines are written"),
];
