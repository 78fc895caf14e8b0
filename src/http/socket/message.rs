//! The messages of the protocol, read and written.

use serde_json::{Map, Value as Json, json};

use super::super::parameters::{self, Parameters};
use super::close::Close;

/// A message from a client.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    /// Asks for a connection.
    Init(Map<String, Json>),
    /// Asks for an answer.
    Ping(Option<Map<String, Json>>),
    /// Answers.
    Pong,
    /// Asks for an operation.
    Subscribe { id: String, parameters: Box<Parameters> },
    /// Ends an operation.
    Complete { id: String },
}

impl Message {
    /// Reads a message.
    ///
    /// # Errors
    /// [`Close`] with 4400 for what is no message of a client.
    pub(super) fn read(text: &str) -> Result<Self, Close> {
        let invalid = |reason| Err(Close::invalid(reason));
        let Ok(Json::Object(mut fields)) = serde_json::from_str(text) else {
            return invalid("A message must be a JSON object");
        };
        let Some(Json::String(kind)) = fields.remove("type") else {
            return invalid("A message must have a \"type\"");
        };
        match kind.as_str() {
            "connection_init" => Ok(Self::Init(payload(&mut fields)?.unwrap_or_default())),
            "ping" => Ok(Self::Ping(payload(&mut fields)?)),
            "pong" => payload(&mut fields).map(|_| Self::Pong),
            "subscribe" => {
                let id = id(&mut fields)?;
                let Some(asked) = payload(&mut fields)? else { return invalid("\"payload\" is missing") };
                let parameters = parameters::from_object(asked).map_err(|(_, reason)| Close::invalid(reason))?;
                if !parameters.name_a_document() {
                    return invalid("\"payload\" must have a \"query\"");
                }
                Ok(Self::Subscribe { id, parameters: Box::new(parameters) })
            }
            "complete" => id(&mut fields).map(|id| Self::Complete { id }),
            _ => invalid("There is no message of this type from a client"),
        }
    }
}

fn payload(fields: &mut Map<String, Json>) -> Result<Option<Map<String, Json>>, Close> {
    match fields.remove("payload") {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Object(payload)) => Ok(Some(payload)),
        Some(_) => Err(Close::invalid("\"payload\" must be an object")),
    }
}

fn id(fields: &mut Map<String, Json>) -> Result<String, Close> {
    match fields.remove("id") {
        Some(Json::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(Close::invalid("\"id\" must be a string that is not empty")),
    }
}

/// The connection is there.
pub(super) fn acknowledgement() -> String {
    json!({"type": "connection_ack"}).to_string()
}

/// The answer to a ping, with what came along.
pub(super) fn pong(payload: Option<Map<String, Json>>) -> String {
    match payload {
        Some(payload) => json!({"type": "pong", "payload": payload}).to_string(),
        None => json!({"type": "pong"}).to_string(),
    }
}

/// A result of an operation, which is JSON already.
pub(super) fn next(id: &str, result: &str) -> String {
    format!(r#"{{"id":{},"type":"next","payload":{result}}}"#, Json::from(id))
}

/// Why an operation did not begin, or ended early. No other message of it follows.
pub(super) fn error(id: &str, errors: &[async_graphql::ServerError]) -> String {
    json!({"id": id, "type": "error", "payload": errors}).to_string()
}

/// The end of an operation. No other message of it follows.
pub(super) fn complete(id: &str) -> String {
    json!({"id": id, "type": "complete"}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_a_client_are_read() {
        assert_eq!(Message::read(r#"{"type":"connection_init"}"#), Ok(Message::Init(Map::new())));
        assert_eq!(Message::read(r#"{"type":"ping","payload":null}"#), Ok(Message::Ping(None)));
        let subscribe = r#"{"id":"1","type":"subscribe","payload":{"query":"{ a }","variables":null}}"#;
        let parameters = Box::new(Parameters { query: Some("{ a }".to_owned()), ..Parameters::default() });
        assert_eq!(Message::read(subscribe), Ok(Message::Subscribe { id: "1".to_owned(), parameters }));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"start"}"#,
            r#"{"type":"connection_ack"}"#,
            r#"{"type":"next","id":"1","payload":{}}"#,
            r#"{"type":"connection_init","payload":"token"}"#,
            r#"{"type":"ping","payload":[]}"#,
            r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }","variables":[]}}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert!(Message::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn identifiers_are_escaped() {
        let written: Json = serde_json::from_str(&next("\"\\\n", "{}")).expect("JSON");
        assert_eq!(written, json!({"id": "\"\\\n", "type": "next", "payload": {}}));
    }
}
