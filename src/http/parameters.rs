//! The parameters of a GraphQL request, out of a JSON body or a query string.

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::{Map, Value as Json};
use tower_http::timeout::TimeoutError;

/// What a request asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters {
    /// Text of the document, unless it is named by an identifier.
    pub query: Option<String>,
    /// Identifier of a document the server knows.
    pub document_id: Option<String>,
    /// Which operation of the document.
    pub operation_name: Option<String>,
    /// Values of its variables.
    pub variables: Map<String, Json>,
    /// Whatever protocols above GraphQL need.
    pub extensions: Map<String, Json>,
}

impl Parameters {
    /// The hash of Apollo's `extensions.persistedQuery`, which names a document.
    ///
    /// # Errors
    /// It is of another version, or has none.
    pub(super) fn hash(&self) -> Result<Option<&str>, Unreadable> {
        let Some(asked) = self.extensions.get("persistedQuery").filter(|asked| !asked.is_null()) else {
            return Ok(None);
        };
        if asked["version"] != 1 {
            return Err((BAD, "Unsupported persisted query version"));
        }
        match asked["sha256Hash"].as_str().filter(|hash| !hash.is_empty()) {
            Some(hash) => Ok(Some(hash)),
            None => Err((BAD, "\"persistedQuery\" must have a \"sha256Hash\".")),
        }
    }

    /// Whether they name a document, or send one.
    pub(super) fn name_a_document(&self) -> bool {
        self.query.is_some() || self.document_id.is_some() || self.extensions.contains_key("persistedQuery")
    }
}

/// A request that cannot be read: the status, and what is told.
pub(super) type Unreadable = (StatusCode, &'static str);

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const TOO_LARGE: Unreadable = (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.");

/// Reads a body of at most `limit` bytes, whether its length was announced or not.
pub(super) async fn from_body(headers: &HeaderMap, body: Body, limit: usize) -> Result<Parameters, Unreadable> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(TOO_LARGE);
    }
    let read = Limited::new(body, limit).collect().await;
    let bytes = read.map_err(|error| match &*error {
        error if error.is::<LengthLimitError>() => TOO_LARGE,
        error if is_late(error) => (StatusCode::REQUEST_TIMEOUT, "The body came too slowly."),
        _ => (BAD, "The body could not be read."),
    })?;
    match serde_json::from_slice(&bytes.to_bytes()) {
        Ok(Json::Object(fields)) => from_object(fields),
        Ok(Json::Array(_)) => Err((BAD, "Several operations in one request are not supported.")),
        Ok(_) => Err((BAD, "The body must be a JSON object.")),
        Err(_) => Err((BAD, "The body is not valid JSON.")),
    }
}

/// Whether the time for the body was over.
fn is_late(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (**error).source()).any(<dyn std::error::Error>::is::<TimeoutError>)
}

/// Reads the members of a request.
pub(super) fn from_object(mut fields: Map<String, Json>) -> Result<Parameters, Unreadable> {
    Ok(Parameters {
        query: text(fields.remove("query"), "\"query\" must be a string.")?,
        document_id: text(fields.remove("documentId"), "\"documentId\" must be a string.")?,
        operation_name: text(fields.remove("operationName"), "\"operationName\" must be a string.")?,
        variables: object(fields.remove("variables"), "\"variables\" must be an object.")?,
        extensions: object(fields.remove("extensions"), "\"extensions\" must be an object.")?,
    })
}

fn text(value: Option<Json>, otherwise: &'static str) -> Result<Option<String>, Unreadable> {
    match value {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err((BAD, otherwise)),
    }
}

fn object(value: Option<Json>, otherwise: &'static str) -> Result<Map<String, Json>, Unreadable> {
    match value {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(Json::Object(fields)) => Ok(fields),
        Some(_) => Err((BAD, otherwise)),
    }
}

/// Reads a query string; objects in it are JSON. Empty parameters are as good as none.
pub(super) fn from_query(query: Option<&str>) -> Result<Parameters, Unreadable> {
    let mut parameters = Parameters::default();
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if value.is_empty() {
            continue;
        }
        match name.as_ref() {
            "query" => parameters.query = Some(value.into_owned()),
            "documentId" => parameters.document_id = Some(value.into_owned()),
            "operationName" => parameters.operation_name = Some(value.into_owned()),
            "variables" => parameters.variables = json_object(&value, "\"variables\" must be a JSON object.")?,
            "extensions" => parameters.extensions = json_object(&value, "\"extensions\" must be a JSON object.")?,
            _ => {}
        }
    }
    Ok(parameters)
}

fn json_object(text: &str, otherwise: &'static str) -> Result<Map<String, Json>, Unreadable> {
    let value = serde_json::from_str(text).map_err(|_| (BAD, otherwise))?;
    object(Some(value), otherwise)
}
