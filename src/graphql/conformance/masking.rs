//! Errors of resolvers as clients may see them.

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};

use super::{Documents, RefusalKind, refusal::coded};

/// How async-graphql begins the message of an argument it could not read.
const UNREADABLE: &str = "Failed to parse \"";

/// As the source of an error: what it needs is away for the moment, and the same may succeed when it is asked again.
#[derive(Clone, Copy, Debug)]
pub struct Away;

impl Documents {
    /// Replaces every error that has no `code` of its own by one that tells nothing but the request's id, after
    /// `report` has seen it, and whether it [will pass](Away). Arguments a resolver's types refuse are the client's to mend: `BAD_USER_INPUT`.
    pub fn mask(&self, response: &mut Response, request_id: &str, mut report: impl FnMut(&ServerError)) {
        for error in &mut response.errors {
            if error.extensions.as_ref().is_some_and(has_code) {
                continue;
            }
            if self.is_input_fault(error) {
                let extensions = error.extensions.get_or_insert_default();
                extensions.set("code", RefusalKind::Input.code());
                continue;
            }
            report(error);
            let (code, message) = if error.source::<Away>().is_some() {
                ("SERVICE_UNAVAILABLE", "The server cannot reach what it needs for this. Try again in a moment.")
            } else {
                ("INTERNAL_SERVER_ERROR", "Something went wrong on the server.")
            };
            let mut extensions = coded(code);
            extensions.set("requestId", request_id);
            message.clone_into(&mut error.message);
            error.source = None;
            error.extensions = Some(extensions);
        }
    }

    /// Whether an argument could not be read: by its message, which names an input type of the schema.
    fn is_input_fault(&self, error: &ServerError) -> bool {
        let named = error.message.strip_prefix(UNREADABLE).and_then(|rest| rest.split_once('"'));
        named.is_some_and(|(ty, _)| {
            let name = ty.trim_matches(|sign| matches!(sign, '[' | ']' | '!'));
            self.knows_input(name)
        })
    }
}

fn has_code(extensions: &ErrorExtensionValues) -> bool {
    matches!(extensions.get("code"), Some(Value::String(_)))
}
