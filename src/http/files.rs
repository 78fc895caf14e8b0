//! Files, by the signed addresses that the graph gives out. These routes have limits of their own and know no GraphQL.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State as Shared};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, HeaderMap, IF_RANGE, RANGE,
};
use axum::http::{Method, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, put};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::problem::Problem;
use crate::entities::{file, upload};
use crate::files::address::Grant;
use crate::files::service::fetchable;
use crate::files::uploads::{self, NotTaken};
use crate::state::State;

/// `PUT /uploads/{token}` takes the bytes of one file.
pub fn taking(state: &State) -> Router {
    Router::new().route("/uploads/{token}", put(receive)).with_state(state.clone())
}

/// `GET /files/{token}` gives them.
pub fn giving(state: &State) -> Router {
    Router::new().route("/files/{token}", get(fetch)).with_state(state.clone())
}

/// For addresses that were never given out, were changed, are over, or lead to what is gone or hidden: all the same.
fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "This address does not hold, or no longer.")
}

fn too_large(most: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("At most {most} bytes."))
}

/// The database or the storage is away. Everything here can be asked again.
fn away(error: impl Into<anyhow::Error>) -> Problem {
    tracing::error!(error = format!("{:#}", error.into()), "a file could not be taken or given");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Try again in a moment.")
}

async fn receive(
    Shared(state): Shared<State>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let now = state.clock.now();
    let Some(Grant::Send { upload_id }) = Grant::open(&token, &state.signer, now) else {
        return Err(not_found());
    };
    let upload = uploads::find(state.db.reads(), upload_id, now).await.map_err(away)?;
    let upload = upload.ok_or_else(not_found)?;
    // Told before the bytes are sent, if the client waits to be told.
    if upload.file_id.is_some() {
        return Err(refusal(&upload, NotTaken::Twice));
    }
    let bytes = read(&headers, body, state.config.files.max_upload).await?;
    match uploads::receive(&state, &upload, bytes).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(reason) => Err(refusal(&upload, reason)),
    }
}

/// The whole body, in memory: it is judged as a whole, and what was not judged never reaches the storage.
async fn read(headers: &HeaderMap, body: Body, most: usize) -> Result<Vec<u8>, Problem> {
    let told = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|length| length > most) {
        return Err(too_large(most));
    }
    match Limited::new(body, most).collect().await {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(most)),
        Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "The body broke off.")),
    }
}

fn refusal(upload: &upload::Model, reason: NotTaken) -> Problem {
    match reason {
        NotTaken::Twice => Problem::new(StatusCode::CONFLICT, "The bytes of this upload are here already."),
        NotTaken::Size { announced } => Problem::new(
            StatusCode::BAD_REQUEST,
            format!("The body must have the {announced} bytes that were announced."),
        ),
        NotTaken::Type => Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("The bytes are not of the type that was announced, {}.", upload.content_type),
        ),
        NotTaken::Content(reason) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, reason),
        NotTaken::Internal(error) => away(error),
    }
}

async fn fetch(
    Shared(state): Shared<State>,
    Path(token): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let now = state.clock.now();
    let Some(Grant::Fetch { file_id, account_id }) = Grant::open(&token, &state.signer, now) else {
        return Err(not_found());
    };
    let file = fetchable(state.db.reads(), file_id, account_id, now).await.map_err(away)?;
    let file = file.ok_or_else(not_found)?;
    let size = u64::try_from(file.size).unwrap_or(0);
    let wanted = match range(&headers, size) {
        Wanted::All => None,
        Wanted::Part(range) => Some(range),
        Wanted::Nothing => {
            let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "The file has no such bytes.");
            return Ok(([(CONTENT_RANGE, format!("bytes */{size}"))], problem).into_response());
        }
    };
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        let range = wanted.as_ref().map(|range| *range.start()..range.end() + 1);
        Body::from_stream(state.files.get(&file.storage_key, range).await.map_err(away)?.into_stream())
    };
    let length = wanted.as_ref().map_or(size, |range| range.end() + 1 - range.start());
    let mut response = (shown(&file), [(CONTENT_LENGTH, length.to_string())], body).into_response();
    if let Some(range) = wanted {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let told = format!("bytes {}-{}/{size}", range.start(), range.end());
        response.headers_mut().extend(told.parse().map(|told| (CONTENT_RANGE, told)));
    }
    Ok(response)
}

/// The headers of a file: it is saved, never shown within this origin, and kept by nobody on the way.
fn shown(file: &file::Model) -> [(axum::http::HeaderName, String); 5] {
    [
        (CONTENT_TYPE, file.content_type.clone()),
        (CONTENT_DISPOSITION, attachment(&file.file_name)),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (CACHE_CONTROL, "private, no-store".to_owned()),
        (ACCEPT_RANGES, "bytes".to_owned()),
    ]
}

/// `Content-Disposition` with the name in both forms (RFC 6266): plain letters for old clients, all of them for others.
fn attachment(name: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let plain: String = name.chars().map(|c| if is_plain(&c) { c } else { '_' }).collect();
    let mut full = String::with_capacity(name.len());
    for byte in name.bytes() {
        // RFC 8187, attr-char.
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            full.push(char::from(byte));
        } else {
            let _ = write!(full, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
}

/// Which bytes are asked for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Part(RangeInclusive<u64>),
    Nothing,
}

/// Reads `Range` (RFC 9110, 14.2): a single range of bytes. All else is answered with the whole file, as one may.
fn range(headers: &HeaderMap, size: u64) -> Wanted {
    let text = headers.get(RANGE).filter(|_| !headers.contains_key(IF_RANGE)).and_then(|value| value.to_str().ok());
    let Some((first, last)) = text.and_then(|text| text.strip_prefix("bytes=")?.split_once('-')) else {
        return Wanted::All;
    };
    let end = size.saturating_sub(1);
    let (start, end) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(start), Ok(last)) if start <= last => (start, last.min(end)),
        (Ok(start), Err(_)) if last.is_empty() => (start, end),
        (Err(_), Ok(0)) if first.is_empty() => return Wanted::Nothing,
        (Err(_), Ok(count)) if first.is_empty() => (size.saturating_sub(count), end),
        _ => return Wanted::All,
    };
    if start < size { Wanted::Part(start..=end) } else { Wanted::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_or_left_alone() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RANGE, text.parse().expect("a header"));
            range(&headers, 10)
        };
        for (text, wanted) in [
            ("bytes=0-3", Wanted::Part(0..=3)),
            ("bytes=4-", Wanted::Part(4..=9)),
            ("bytes=4-99", Wanted::Part(4..=9)),
            ("bytes=-4", Wanted::Part(6..=9)),
            ("bytes=-99", Wanted::Part(0..=9)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=3-2", Wanted::All),
            ("bytes=0-1,4-5", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=x-y", Wanted::All),
            ("items=0-3", Wanted::All),
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
        assert_eq!(range(&HeaderMap::new(), 10), Wanted::All);
    }

    #[test]
    fn names_stand_in_both_forms() {
        assert_eq!(
            attachment("Zoë \"C.V.\"; x=1.pdf"),
            "attachment; filename=\"Zo_ _C.V.__ x_1.pdf\"; filename*=UTF-8''Zo%C3%AB%20%22C.V.%22%3B%20x%3D1.pdf"
        );
    }
}
