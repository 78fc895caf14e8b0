//! How failures are told: what a person can mend as `userErrors` of the payload, everything else as GraphQL errors with
//! a code of a closed list.

use std::any::Any;
use std::fmt::Display;
use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ErrorExtensions, Interface, SimpleObject};
use sea_orm::DbErr;
use uuid::Uuid;

use super::conformance::Away;
use super::node::Node;
use crate::accounts::passwords::Busy;
use crate::accounts::viewer::Denied;
use crate::db::is_outage;
use crate::error::{Code, Failure, Fault, Outcome, Refusal};
use crate::ids::Kind;
use crate::limits::Wait;

/// Every `extensions.code` that an answer can carry.
pub const ERROR_CODES: [&str; 15] = [
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "BAD_REQUEST",
    "BAD_USER_INPUT",
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "RATE_LIMITED",
    "COST_EXCEEDED",
    "CURSOR_MISMATCH",
    "PERSISTED_QUERY_NOT_FOUND",
    "PERSISTED_QUERY_NOT_SUPPORTED",
    "DOCUMENT_NOT_TRUSTED",
    "IDEMPOTENCY_MISMATCH",
    "SERVICE_UNAVAILABLE",
    "INTERNAL_SERVER_ERROR",
];

/// Why an input was refused.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "Code")]
pub enum UserErrorCode {
    /// The value is not of the form, size or range that the argument takes.
    Invalid,
    /// A value that this action needs is missing.
    Required,
    /// The text is longer, or the list has more items, than allowed.
    TooLong,
    /// The text is shorter, or the number smaller, than allowed.
    TooShort,
    /// The password is too easy to guess.
    TooWeak,
    /// The object does not exist, or is hidden from the viewer.
    NotFound,
    /// Another object already has this value.
    Taken,
    /// The same item stands twice in a list.
    Duplicate,
    /// Someone else changed the object since the version that was sent.
    StaleVersion,
    /// The object's present state does not allow the action.
    WrongState,
    /// The viewer may see the object, but not do this to it.
    NotAllowed,
    /// E-mail address and password do not belong together, or the token does not hold.
    BadCredentials,
    /// Too many wrong passwords were tried in a row: the account needs a new one, by mail (`passwordResetRequest`).
    PasswordResetRequired,
    /// An employer cannot lose its last owner.
    LastOwner,
    /// An administrator has suspended the account.
    Suspended,
}

/// Something about the input that a person can mend. Nothing was changed.
#[derive(Interface, Clone)]
#[graphql(
    field(name = "message", ty = "&String", desc = "The reason, for people."),
    field(name = "code", ty = "&UserErrorCode", desc = "The reason, for programs."),
    field(
        name = "path",
        ty = "&Vec<String>",
        desc = "The argument: names from the outside in, list positions as numbers."
    )
)]
pub enum UserError {
    /// An argument was refused.
    Input(InputError),
    /// Another object stands in the way.
    Conflict(ConflictError),
}

/// An argument was refused.
#[derive(SimpleObject, Clone)]
pub struct InputError {
    /// The reason, for people.
    message: String,
    /// The reason, for programs.
    code: UserErrorCode,
    /// The argument: names from the outside in, list positions as numbers.
    path: Vec<String>,
}

/// Another object stands in the way.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct ConflictError {
    /// The reason, for people.
    message: String,
    /// The reason, for programs.
    code: UserErrorCode,
    /// The argument: names from the outside in, list positions as numbers.
    path: Vec<String>,
    #[graphql(skip)]
    conflict: (Kind, Uuid),
}

#[ComplexObject]
impl ConflictError {
    /// The object that stands in the way, if the viewer may see it.
    async fn conflicts_with(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Node>> {
        Node::load(ctx, self.conflict.0, self.conflict.1).await
    }
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let Refusal { code, path, message, conflicts_with } = refusal;
        let code = UserErrorCode::from(code);
        let path = std::iter::once("input".to_owned()).chain(path).collect();
        match conflicts_with {
            None => Self::Input(InputError { message, code, path }),
            Some(conflict) => Self::Conflict(ConflictError { message, code, path, conflict }),
        }
    }
}

/// Splits the outcome of an action into its value and the user's errors.
///
/// # Errors
/// What only we can mend.
pub fn settle<T>(outcome: Outcome<T>) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
    match outcome {
        Ok(value) => Ok((Some(value), Vec::new())),
        Err(Failure::Refused(refusals)) => Ok((None, refusals.into_iter().map(UserError::from).collect())),
        Err(Failure::Internal(fault)) => Err(faulty(fault)),
    }
}

/// Nobody but us can mend it; that too many sign in at once passes by itself.
fn faulty(fault: Fault) -> async_graphql::Error {
    if fault.0.is::<Busy>() {
        return too_many("Too many people sign in at this moment.", Busy::RETRY_AFTER);
    }
    internal(fault)
}

/// Somebody has to wait, for so many seconds.
#[must_use]
pub fn too_many(message: &str, seconds: u64) -> async_graphql::Error {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    coded("RATE_LIMITED", format!("{message} Try again in {seconds} {unit}."))
        .extend_with(|_, extensions| extensions.set("retryAfter", seconds))
}

impl From<Wait> for async_graphql::Error {
    fn from(wait: Wait) -> Self {
        too_many("There were too many tries.", wait.seconds())
    }
}

/// An error that only we can mend. Its text goes to the log; the client is told a request id, and whether it is worth
/// while to ask again in a moment.
pub fn internal(error: impl Display + Any) -> async_graphql::Error {
    let mut told = async_graphql::Error::new(error.to_string());
    if is_away(&error) {
        told.source = Some(Arc::new(Away));
    }
    told
}

/// Whether an error says that the database is away, in whichever form it comes.
fn is_away(error: &dyn Any) -> bool {
    if let Some(error) = error.downcast_ref::<DbErr>() {
        return is_outage(error);
    }
    if let Some(error) = error.downcast_ref::<Arc<DbErr>>() {
        return is_outage(error);
    }
    let error = error.downcast_ref::<anyhow::Error>().or_else(|| Some(&error.downcast_ref::<Fault>()?.0));
    let mut causes = error.into_iter().flat_map(anyhow::Error::chain);
    causes.any(|cause| cause.downcast_ref::<DbErr>().is_some_and(is_outage))
}

/// An error with a code of [`ERROR_CODES`].
pub fn coded(code: &'static str, message: impl Into<String>) -> async_graphql::Error {
    async_graphql::Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

/// An argument of a query that makes no sense.
#[must_use]
pub fn bad_argument(argument: &str, message: &str) -> async_graphql::Error {
    coded("BAD_USER_INPUT", format!("Argument `{argument}`: {message}"))
        .extend_with(|_, extensions| extensions.set("argument", argument))
}

/// The error for a query argument that was refused.
pub fn bad_query(failure: Failure) -> async_graphql::Error {
    match failure {
        Failure::Internal(fault) => faulty(fault),
        Failure::Refused(refusals) => {
            let first = refusals.into_iter().next();
            let (path, message) =
                first.map_or_else(Default::default, |refusal| (refusal.path.join("."), refusal.message));
            bad_argument(&path, &message)
        }
    }
}

/// For what goes wrong before there is an outcome: a transaction that cannot begin, for example.
impl From<Failure> for async_graphql::Error {
    fn from(failure: Failure) -> Self {
        bad_query(failure)
    }
}

impl From<Denied> for async_graphql::Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unauthenticated => coded("UNAUTHENTICATED", "Sign in to do this."),
            Denied::Forbidden => coded("FORBIDDEN", "This account may not do this."),
        }
    }
}

/// Declares the payload of a mutation that gives one object; with `, edge` behind the object's type, one by which a list
/// grows (see [`Grown`](super::connection::Grown)).
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $object:ty, edge }) => {
        $crate::graphql::errors::payload! {
            $(#[$doc])*
            #[graphql(complex)]
            $name { $(#[$field_doc])* $field: $object }
        }

        #[async_graphql::ComplexObject]
        impl $name {
            /// The same as an edge of the list that it belongs to, in the order that the list has by itself: for caches
            /// that add it to what they hold.
            async fn edge(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<Option<$crate::graphql::connection::EdgeOf<$object>>> {
                use $crate::graphql::context::Ask;
                match &self.$field {
                    Some(made) => $crate::graphql::connection::edge_of(ctx.reads(), &ctx.state().cursors, made).await,
                    None => Ok(None),
                }
            }
        }
    };
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $object:ty }) => {
        #[derive(async_graphql::SimpleObject)]
        $(#[$doc])*
        pub struct $name {
            $(#[$field_doc])*
            $field: Option<$object>,
            /// What stood in the way; empty when the action was done.
            user_errors: Vec<$crate::graphql::errors::UserError>,
            /// The whole graph, as it is after the action.
            query: $crate::graphql::schema::Query,
        }

        impl $name {
            /// The payload for the outcome of the action.
            pub(super) fn of(outcome: $crate::error::Outcome<$object>) -> async_graphql::Result<Option<Self>> {
                let ($field, user_errors) = $crate::graphql::errors::settle(outcome)?;
                Ok(Some(Self { $field, user_errors, query: $crate::graphql::schema::Query::default() }))
            }
        }
    };
}
pub(crate) use payload;
