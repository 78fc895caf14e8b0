//! Two kinds of failure: what the user can mend, and what only we can.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;

use sea_orm::{DbErr, SqlErr};

use crate::ids::Kind;
use uuid::Uuid;

/// The closed list of reasons for which an input is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
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
    /// The object named does not exist, or is hidden from the viewer.
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
    /// Too many wrong passwords were tried in a row: the account needs a new one, by mail.
    PasswordResetRequired,
    /// An employer cannot lose its last owner.
    LastOwner,
    /// An administrator has suspended the account.
    Suspended,
}

/// One thing that the user can mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reason, for programs.
    pub code: Code,
    /// The argument, from the outermost name inwards; list positions are numbers.
    pub path: Vec<String>,
    /// The reason, for people.
    pub message: String,
    /// The object that stands in the way, where there is one to show.
    pub conflicts_with: Option<(Kind, Uuid)>,
}

impl Refusal {
    /// A refusal of the argument at `path`, written with dots: `pay.min`, `places.0.city`.
    pub fn new(code: Code, path: &str, message: impl Into<String>) -> Self {
        let path = path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Self { code, path, message: message.into(), conflicts_with: None }
    }

    /// Names the object that stands in the way.
    #[must_use]
    pub fn against(mut self, kind: Kind, id: Uuid) -> Self {
        self.conflicts_with = Some((kind, id));
        self
    }

    /// Puts the path below `prefix`, as when an item of a list was parsed on its own.
    #[must_use]
    pub fn below(mut self, prefix: &str) -> Self {
        self.path.splice(0..0, prefix.split('.').filter(|part| !part.is_empty()).map(str::to_owned));
        self
    }
}

/// What only we can mend. Its text is for the log, never for a client.
#[derive(Debug)]
pub struct Fault(pub anyhow::Error);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

/// Why an action did not happen. Whatever the reason, nothing was changed.
#[derive(Debug)]
pub enum Failure {
    /// The user can mend it; every reason found is listed.
    Refused(Vec<Refusal>),
    /// Only we can mend it.
    Internal(Fault),
}

/// The result of an action.
pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// A single refusal at `path` (see [`Refusal::new`]).
    pub fn refused(code: Code, path: &str, message: impl Into<String>) -> Self {
        Self::Refused(vec![Refusal::new(code, path, message)])
    }

    /// Puts the paths of all refusals below `prefix` (see [`Refusal::below`]).
    #[must_use]
    pub fn below(self, prefix: &str) -> Self {
        match self {
            Self::Refused(refusals) => {
                Self::Refused(refusals.into_iter().map(|refusal| refusal.below(prefix)).collect())
            }
            internal @ Self::Internal(_) => internal,
        }
    }

    /// The object at `path` does not exist for this viewer.
    #[must_use]
    pub fn not_found(path: &str, what: &str) -> Self {
        Self::refused(Code::NotFound, path, format!("There is no such {what}."))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Internal(Fault(error.into()))
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(Fault(error))
    }
}

/// Turns the violation of one unique constraint into a refusal; any other error stays a fault.
///
/// PostgreSQL tells the constraint's name and SQLite the columns (`table.column, table.column`), so both are given.
pub fn on_conflict(error: DbErr, constraint: &str, columns: &str, refusal: impl FnOnce() -> Refusal) -> Failure {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(text)) if text.contains(constraint) || text.ends_with(columns) => {
            refusal().into()
        }
        _ => error.into(),
    }
}

/// Collects refusals while an input is read, so that a person sees all of them at once.
#[derive(Debug, Default)]
pub struct Refusals(Vec<Refusal>);

impl Refusals {
    /// Notes a refusal of the argument at `path`.
    pub fn add(&mut self, code: Code, path: &str, message: impl Into<String>) {
        self.0.push(Refusal::new(code, path, message));
    }

    /// Keeps the value, or notes why there is none.
    pub fn keep<T>(&mut self, value: Result<T, Refusal>) -> Option<T> {
        value.map_err(|refusal| self.0.push(refusal)).ok()
    }

    /// Keeps what was found of a list, each item once by its key. What was not, or stands twice, is noted at `part` of
    /// its position: `skills.2.skill`.
    pub fn keep_found<K: Eq + Hash, T>(
        &mut self,
        list: &str,
        part: &str,
        what: &str,
        found: impl IntoIterator<Item = Option<(K, T)>>,
    ) -> Vec<T> {
        let mut seen = HashSet::new();
        let mut kept = Vec::new();
        for (at, item) in found.into_iter().enumerate() {
            let path = format!("{list}.{at}.{part}");
            let Some((key, item)) = item else {
                self.add(Code::NotFound, &path, format!("There is no such {what}."));
                continue;
            };
            if seen.insert(key) {
                kept.push(item);
            } else {
                self.add(Code::Duplicate, &path, format!("This {what} is in the list already."));
            }
        }
        kept
    }

    /// Fails if anything was refused.
    ///
    /// # Errors
    /// All the refusals noted so far.
    pub fn check(self) -> Outcome<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Failure::Refused(self.0)) }
    }

    /// Keeps the value, or notes every reason why there is none.
    ///
    /// # Errors
    /// What only we can mend.
    pub fn keep_all<T>(&mut self, outcome: Outcome<T>) -> Outcome<Option<T>> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(Failure::Refused(refusals)) => {
                self.0.extend(refusals);
                Ok(None)
            }
            Err(internal) => Err(internal),
        }
    }

    /// Notes all of another list.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The refusals noted so far.
    #[must_use]
    pub fn into_list(self) -> Vec<Refusal> {
        self.0
    }

    /// Whether nothing was refused so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
