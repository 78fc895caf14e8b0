//! What an entry of the audit log is made of, and which entries are meant.

use std::net::IpAddr;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entities::audit_entry;
use crate::entities::sets::AuditAction;
use crate::ids::Kind;

/// Who acts, and from where. The default is the server itself, or its operator at the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The account, if somebody is signed in.
    pub account_id: Option<Uuid>,
    /// The address of the client.
    pub ip: Option<IpAddr>,
    /// By which the request is found in the log of the server.
    pub request_id: Option<String>,
}

impl Origin {
    /// The same request, by somebody who has just proven to be this account.
    #[must_use]
    pub fn by(&self, account_id: Uuid) -> Self {
        Self { account_id: Some(account_id), ..self.clone() }
    }
}

/// The identifier of a request as the audit log keeps it. Clients may choose it, so it could be anything: what is no name
/// is left out.
#[must_use]
pub fn request_id(text: &str) -> Option<String> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (!text.is_empty() && text.len() <= 64 && text.chars().all(good)).then(|| text.to_owned())
}

/// What is to be recorded.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) action: AuditAction,
    pub(super) subject: Option<(Kind, Uuid)>,
    pub(super) details: Map<String, Value>,
}

impl Entry {
    /// That this was done to this.
    #[must_use]
    pub fn new(action: AuditAction, kind: Kind, id: Uuid) -> Self {
        Self { action, subject: Some((kind, id)), details: Map::new() }
    }

    /// That this was done, to nothing that there is.
    #[must_use]
    pub fn without_subject(action: AuditAction) -> Self {
        Self { action, subject: None, details: Map::new() }
    }

    /// Adds a detail: a word, a number, or the reason that an administrator gives for a decision about a posting or an
    /// employer. Never a secret, and never a word about a person.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.details.insert(name.to_owned(), value);
        }
        self
    }
}

/// Actions that have an account as their subject: what its owner may know about.
pub const ABOUT_AN_ACCOUNT: [AuditAction; 16] = [
    AuditAction::AccountRegistered,
    AuditAction::SignedIn,
    AuditAction::SignInFailed,
    AuditAction::SignInThrottled,
    AuditAction::PasswordResetForced,
    AuditAction::SessionsEnded,
    AuditAction::PasswordChanged,
    AuditAction::PasswordReset,
    AuditAction::EmailVerified,
    AuditAction::EmailChanged,
    AuditAction::AdministratorMade,
    AuditAction::AccountSuspended,
    AuditAction::AccountReinstated,
    AuditAction::ExportRequested,
    AuditAction::ExportFetched,
    AuditAction::AccountErased,
];

/// Which entries are meant: those that meet every part that is given.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Who acted.
    pub actor_id: Option<Uuid>,
    /// What was done: one of these.
    pub actions: Option<Vec<AuditAction>>,
    /// To what it was done.
    pub subject_id: Option<Uuid>,
    /// The first instant.
    pub since: Option<Timestamp>,
    /// The instant behind the last.
    pub until: Option<Timestamp>,
}

/// The entries that meet the filter.
#[must_use]
pub fn select(filter: &AuditFilter) -> Select<audit_entry::Entity> {
    let mut select = audit_entry::Entity::find();
    if let Some(actor) = filter.actor_id {
        select = select.filter(audit_entry::Column::ActorId.eq(actor));
    }
    if let Some(actions) = &filter.actions {
        select = select.filter(audit_entry::Column::Action.is_in(actions.iter().copied()));
    }
    if let Some(subject) = filter.subject_id {
        select = select.filter(audit_entry::Column::SubjectId.eq(subject));
    }
    if let Some(since) = filter.since {
        select = select.filter(audit_entry::Column::At.gte(since));
    }
    if let Some(until) = filter.until {
        select = select.filter(audit_entry::Column::At.lt(until));
    }
    select
}

/// What happened to an account, for its owner.
#[must_use]
pub fn security_events(account_id: Uuid) -> Select<audit_entry::Entity> {
    select(&AuditFilter {
        subject_id: Some(account_id),
        actions: Some(ABOUT_AN_ACCOUNT.to_vec()),
        ..AuditFilter::default()
    })
}

/// Whether the entry is something that happened to the account.
#[must_use]
pub fn is_about(row: &audit_entry::Model, account_id: Uuid) -> bool {
    row.subject_id == Some(account_id) && ABOUT_AN_ACCOUNT.contains(&row.action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_named_by_a_name() {
        assert_eq!(request_id("019ab-7f_X").as_deref(), Some("019ab-7f_X"));
        for wrong in ["", "ada@example.org", "two words", "\u{202e}", &"a".repeat(65)] {
            assert_eq!(request_id(wrong), None, "{wrong}");
        }
    }
}
