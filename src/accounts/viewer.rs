//! Who asks. An authorisation is a value: `viewer.recruiter(employer)?` gives the permit that a service demands.

use std::sync::Arc;

use uuid::Uuid;

use crate::entities::sets::MemberRole;
use crate::entities::{account, membership};

/// Who asks.
#[derive(Clone, Debug)]
pub enum Viewer {
    /// Nobody in particular. A token that does not hold is refused, never taken for this.
    Anonymous,
    /// An account, by a session that holds.
    SignedIn(Arc<SignedIn>),
}

/// The account behind a request.
#[derive(Debug)]
pub struct SignedIn {
    /// The account.
    pub account: account::Model,
    /// The session of the token.
    pub session_id: Uuid,
    /// What the account may do for which employer.
    pub memberships: Vec<membership::Model>,
}

/// Why a permit was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The action needs an account.
    Unauthenticated,
    /// The account lacks the right.
    Forbidden,
}

/// Permit: may act for the employer as a member of at least a certain role.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The employer.
    pub employer_id: Uuid,
    /// Who acts.
    pub account_id: Uuid,
    /// With which rights.
    pub role: MemberRole,
}

/// Permit: may write postings and move applications of the employer.
#[derive(Clone, Copy, Debug)]
pub struct Recruiter(pub Member);

/// Permit: may manage the employer and its members.
#[derive(Clone, Copy, Debug)]
pub struct Owner(pub Member);

/// Permit: may administer the board.
#[derive(Clone, Copy, Debug)]
pub struct Administrator {
    /// Who acts.
    pub account_id: Uuid,
}

impl Viewer {
    /// The viewer behind a session that holds.
    #[must_use]
    pub fn signed_in(account: account::Model, session_id: Uuid, memberships: Vec<membership::Model>) -> Self {
        Self::SignedIn(Arc::new(SignedIn { account, session_id, memberships }))
    }

    /// The account, if there is one.
    #[must_use]
    pub fn account(&self) -> Option<&SignedIn> {
        match self {
            Self::Anonymous => None,
            Self::SignedIn(signed_in) => Some(signed_in),
        }
    }

    /// The account.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn require(&self) -> Result<&SignedIn, Denied> {
        self.account().ok_or(Denied::Unauthenticated)
    }

    /// Whether the viewer belongs to the employer.
    #[must_use]
    pub fn is_member(&self, employer_id: Uuid) -> bool {
        self.role_in(employer_id).is_some()
    }

    /// Whether the viewer administers the board.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        self.account().is_some_and(|me| me.account.is_admin)
    }

    /// What the viewer may do for the employer.
    #[must_use]
    pub fn role_in(&self, employer_id: Uuid) -> Option<MemberRole> {
        let mine = self.account()?.memberships.iter().find(|membership| membership.employer_id == employer_id);
        mine.map(|membership| membership.role)
    }

    /// Permit to read what belongs to the employer.
    ///
    /// # Errors
    /// Nobody is signed in, or not a member of the employer.
    pub fn reviewer(&self, employer_id: Uuid) -> Result<Member, Denied> {
        self.member(employer_id, MemberRole::Reviewer)
    }

    /// Permit to write postings of the employer.
    ///
    /// # Errors
    /// Nobody is signed in, or the right is missing.
    pub fn recruiter(&self, employer_id: Uuid) -> Result<Recruiter, Denied> {
        self.member(employer_id, MemberRole::Recruiter).map(Recruiter)
    }

    /// Permit to manage the employer.
    ///
    /// # Errors
    /// Nobody is signed in, or the right is missing.
    pub fn owner(&self, employer_id: Uuid) -> Result<Owner, Denied> {
        self.member(employer_id, MemberRole::Owner).map(Owner)
    }

    /// Permit to administer the board.
    ///
    /// # Errors
    /// Nobody is signed in, or not an administrator.
    pub fn administrator(&self) -> Result<Administrator, Denied> {
        let me = self.require()?;
        if me.account.is_admin { Ok(Administrator { account_id: me.account.id }) } else { Err(Denied::Forbidden) }
    }

    fn member(&self, employer_id: Uuid, at_least: MemberRole) -> Result<Member, Denied> {
        let account_id = self.require()?.account.id;
        match self.role_in(employer_id) {
            Some(role) if role >= at_least => Ok(Member { employer_id, account_id, role }),
            _ => Err(Denied::Forbidden),
        }
    }
}
