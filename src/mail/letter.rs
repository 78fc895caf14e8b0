//! The kinds of mail there are, each with what its text needs and nothing else.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::subscription::Subscription;
use crate::clock::Timestamp;
use crate::entities::sets::{ApplicationStatus, MemberRole, NotificationKind};

/// Matches that an alert shows at the most; the rest is counted.
pub const MAX_MATCHES: usize = 10;

/// What a mail says. The outbox keeps it as JSON until the mail is on its way, and then erases it: until then, and only
/// there, a raw token stands in the database; everywhere else it is a hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Letter {
    /// To a new account: prove that the address is yours.
    VerifyAddress {
        /// The token of `emailVerify`.
        token: String,
    },
    /// Choose a new password.
    ResetPassword {
        /// The token of `passwordReset`.
        token: String,
    },
    /// To the new address: prove that it is yours, and the account takes it.
    ChangeAddress {
        /// The token of `emailChange`.
        token: String,
    },
    /// To the old address: the account has another one now.
    AddressChanged {
        /// When it took it.
        at: Timestamp,
    },
    /// A device that the account did not know signed in.
    NewSignIn {
        /// What the device calls itself; absent when it says nothing.
        device: Option<String>,
        /// When it signed in.
        at: Timestamp,
    },
    /// An employer asks a person to become a member.
    MemberInvited {
        /// Name of the employer.
        employer: String,
        /// Name of the member who asks.
        inviter: String,
        /// What the person would be.
        role: MemberRole,
        /// The token of `memberInvitationAccept`.
        token: String,
        /// When the token ends.
        expires_at: Timestamp,
    },
    /// To recruiters: somebody applied.
    ApplicationReceived {
        /// The application.
        application: Uuid,
        /// Title of the posting.
        title: String,
        /// Name of the employer.
        employer: String,
        /// Name of the candidate.
        candidate: String,
    },
    /// To recruiters: the candidate withdrew, or answered an offer.
    ApplicationAnswered {
        /// The application.
        application: Uuid,
        /// Title of the posting.
        title: String,
        /// Name of the employer.
        employer: String,
        /// Name of the candidate.
        candidate: String,
        /// The state it is in now.
        status: ApplicationStatus,
    },
    /// To the candidate: the application went to another state; an offer is one of them.
    ApplicationMoved {
        /// The application.
        application: Uuid,
        /// Title of the posting.
        title: String,
        /// Name of the employer.
        employer: String,
        /// The state it is in now.
        status: ApplicationStatus,
        /// What the employer says to it, or the reason it gives.
        message: Option<String>,
    },
    /// To a candidate: an employer asks the person to apply.
    InvitedToApply {
        /// The posting.
        posting: Uuid,
        /// Title of the posting.
        title: String,
        /// Name of the employer.
        employer: String,
        /// What the employer says to it.
        message: Option<String>,
    },
    /// To recruiters: postings are about to end.
    PostingExpiring {
        /// Name of the employer.
        employer: String,
        /// The postings that end first, [`MAX_MATCHES`] at the most.
        postings: Vec<Expiring>,
        /// How many there are.
        total: u64,
    },
    /// To recruiters: an administrator has read a posting.
    PostingReviewed {
        /// The posting.
        posting: Uuid,
        /// Title of the posting.
        title: String,
        /// Name of the employer.
        employer: String,
        /// Why it was rejected; absent when it was approved.
        rejection: Option<String>,
    },
    /// To a candidate: new postings meet a saved search.
    SearchAlert {
        /// The saved search.
        search: Uuid,
        /// Its name.
        name: String,
        /// The best of them, [`MAX_MATCHES`] at the most.
        matches: Vec<Match>,
        /// How many there are.
        total: u64,
    },
    /// The copy of everything held about a person can be fetched.
    ExportReady {
        /// Until when.
        until: Timestamp,
    },
    /// An administrator has suspended the account.
    AccountSuspended {
        /// The reason.
        reason: String,
    },
}

/// A posting that is about to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiring {
    /// The posting.
    pub posting: Uuid,
    /// Its title.
    pub title: String,
    /// When it ends.
    pub valid_through: Timestamp,
}

/// A posting that meets a saved search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The posting.
    pub posting: Uuid,
    /// Its title.
    pub title: String,
    /// Name of the employer.
    pub employer: String,
    /// Where the work is done, in words: `Berlin, DE`; absent for work from anywhere.
    pub place: Option<String>,
}

impl Letter {
    /// The kind that a person can do without; `None` for what an account cannot.
    #[must_use]
    pub const fn kind(&self) -> Option<NotificationKind> {
        match self {
            // Whoever wants to hear of applications wants to hear of the answers too.
            Self::ApplicationReceived { .. } | Self::ApplicationAnswered { .. } => {
                Some(NotificationKind::ApplicationReceived)
            }
            Self::ApplicationMoved { .. } => Some(NotificationKind::ApplicationMoved),
            Self::InvitedToApply { .. } => Some(NotificationKind::InvitedToApply),
            Self::PostingExpiring { .. } => Some(NotificationKind::PostingExpiring),
            Self::PostingReviewed { .. } => Some(NotificationKind::PostingReviewed),
            _ => None,
        }
    }

    /// What a click on "unsubscribe" in this letter to the account ends; `None` for what an account cannot do without.
    #[must_use]
    pub fn subscription(&self, account: Option<Uuid>) -> Option<Subscription> {
        match self {
            Self::SearchAlert { search, .. } => Some(Subscription::SavedSearch { id: *search }),
            _ => Some(Subscription::Notifications { account: account?, kind: self.kind()? }),
        }
    }

    /// Whether the letter may go to an address that nobody has proven to be theirs: only those that prove it, and those
    /// to people who are no users yet. Everything else would let a stranger's address be flooded.
    #[must_use]
    pub const fn is_for_strangers(&self) -> bool {
        matches!(
            self,
            Self::VerifyAddress { .. }
                | Self::ResetPassword { .. }
                | Self::ChangeAddress { .. }
                | Self::MemberInvited { .. }
        )
    }
}
