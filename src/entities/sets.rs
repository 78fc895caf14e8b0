//! The closed sets that columns hold, written as in the contract (`SCREAMING_CASE`), and the small lists kept as JSON.

mod json;

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveEnum, Iterable};
use serde::{Deserialize, Serialize};

pub use json::{Answer, Answers, Lines, Question, Questions};

/// Declares a closed set of words; each is stored, read from files and shown as its name in `SCREAMING_CASE`.
macro_rules! closed_set {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// The member written as `word`, if there is one.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::iter().find(|member| member.to_value() == word)
            }

            /// All words of the set, for messages.
            #[must_use]
            pub fn words() -> String {
                Self::iter().map(|member| member.to_value()).collect::<Vec<_>>().join(", ")
            }
        }
    };
}

closed_set! {
    /// What a member may do for an employer; each right includes those below it.
    MemberRole {
        /// Reads applications and comments on them.
        Reviewer,
        /// Also writes postings and moves applications.
        Recruiter,
        /// Also manages the members and the employer.
        Owner,
    }
}
closed_set! {
    /// How many people an employer has.
    Headcount {
        /// Fewer than 10.
        Micro,
        /// 10 to 49.
        Small,
        /// 50 to 249.
        Medium,
        /// 250 to 4,999.
        Large,
        /// 5,000 and more.
        VeryLarge,
    }
}
closed_set! {
    /// What sort of thing a skill is.
    SkillKind { Language, Framework, Database, Cloud, Tool, Practice, Licence, HumanLanguage, Soft }
}
closed_set! {
    /// How fine a place is.
    PlaceKind { Country, Region, City }
}
closed_set! {
    /// Levels of education, lowest first.
    EducationLevel { None, HighSchool, Vocational, Associate, Bachelor, Master, Doctorate }
}
closed_set! {
    /// Whether a skill is a must or a wish.
    Importance { Required, Preferred }
}
closed_set! {
    /// As what somebody searched who is counted once a month.
    SearcherKind {
        /// For themselves.
        Candidate,
        /// For an employer, which is counted whoever of its members searches.
        Employer,
    }
}
closed_set! {
    /// Where the work is done.
    Workplace { Onsite, Hybrid, Remote }
}
closed_set! {
    /// Seniority, lowest first.
    ExperienceLevel { Entry, Mid, Senior, Lead, Principal, Executive }
}
closed_set! {
    /// Whether a posting says what it pays.
    PayStatus { Stated, Unpaid, Withheld }
}
closed_set! {
    /// The time that an amount of pay is for.
    PayPeriod { Hour, Day, Week, Month, Year }
}
closed_set! {
    /// How to apply to a posting.
    ApplyKind { Internal, Url, Email }
}
closed_set! {
    /// The stored state of a posting. EXPIRED is not stored: it is read off `valid_through`.
    PostingStatus { Draft, PendingReview, Rejected, Published, Paused, Closed }
}
closed_set! {
    /// Why a posting was closed.
    CloseReason { Filled, Cancelled, Withdrawn, Moderation }
}
closed_set! {
    /// Whether a candidate looks for work.
    SearchStatus { Active, Open, Closed }
}
closed_set! {
    /// Who may find a candidate.
    Visibility { Private, Employers }
}
closed_set! {
    /// The state of an application.
    ApplicationStatus {
        Submitted, InReview, Shortlisted, Assessment, Interview, Offered, OfferAccepted, OfferDeclined, Hired, Rejected,
        Rescinded, Withdrawn, Lapsed,
    }
}
closed_set! {
    /// Who moved an application.
    Party {
        /// The person who applied.
        Candidate,
        /// A member of the employer.
        Employer,
        /// The server, by a rule.
        System,
    }
}
closed_set! {
    /// A way of learning a role.
    TrainingKind { Bootcamp, University, Apprenticeship, SelfStudy }
}
closed_set! {
    /// What an answer to a screening question looks like.
    QuestionKind { YesNo, Text, Number, Choice }
}
closed_set! {
    /// What a stored file is.
    FileKind {
        /// A résumé of a candidate.
        Resume,
    }
}
closed_set! {
    /// What sort of thing changed.
    Subject { Posting, Application, Candidate, Employer, Session, SavedSearch }
}
closed_set! {
    /// What happened to it.
    Deed {
        /// It was made.
        Created,
        /// It was changed in a way that has no name of its own.
        Updated,
        /// A posting became open: published, approved, resumed or prolonged.
        Published,
        /// An application went to another state.
        Moved,
        /// A saved search found new postings.
        Matched,
        /// It is gone, or no longer holds.
        Ended,
    }
}
closed_set! {
    /// When a person is told of new postings that meet a saved search.
    SearchAlerts {
        /// Never.
        Off,
        /// As soon as they are published.
        Instant,
        /// Once a day.
        Daily,
        /// Once a week.
        Weekly,
    }
}
closed_set! {
    /// A kind of mail that a person can do without.
    NotificationKind {
        /// Somebody applied to a posting of the employer.
        ApplicationReceived,
        /// An application of the person went to another state.
        ApplicationMoved,
        /// An employer asks the person to apply.
        InvitedToApply,
        /// A posting of the employer is about to end.
        PostingExpiring,
        /// A posting of the employer was reviewed.
        PostingReviewed,
    }
}
closed_set! {
    /// What a token in a mail is good for.
    MailPurpose {
        /// Proves that the address belongs to the person.
        VerifyAddress,
        /// Replaces a password that was forgotten.
        ResetPassword,
        /// Proves that a new address belongs to the person, and takes it.
        ChangeAddress,
    }
}
closed_set! {
    /// What the audit log tells of.
    AuditAction {
        /// Somebody made an account.
        AccountRegistered,
        /// Somebody signed in.
        SignedIn,
        /// Somebody tried to sign in.
        SignInFailed,
        /// Somebody tried to sign in too often, and had to wait.
        SignInThrottled,
        /// A wrong password too many was tried: the account needs a new one, by mail.
        PasswordResetForced,
        /// Sessions were ended.
        SessionsEnded,
        /// A password was replaced by its owner.
        PasswordChanged,
        /// A password that was forgotten was replaced.
        PasswordReset,
        /// An address was proven.
        EmailVerified,
        /// An account took another address.
        EmailChanged,
        /// An account became one of an administrator.
        AdministratorMade,
        /// An administrator suspended an account.
        AccountSuspended,
        /// An administrator ended the suspension of an account.
        AccountReinstated,
        /// A person asked for a copy of everything held about them.
        ExportRequested,
        /// The copy was fetched.
        ExportFetched,
        /// A person erased their account.
        AccountErased,
        /// Somebody made an employer.
        EmployerCreated,
        /// The last member of an employer without postings was erased, and the employer with it.
        EmployerErased,
        /// An owner asked for an employer to be verified.
        VerificationRequested,
        /// An administrator verified an employer.
        EmployerVerified,
        /// An administrator declined to verify an employer.
        VerificationDeclined,
        /// An administrator took the verification of an employer back.
        EmployerUnverified,
        /// Somebody became a member of an employer.
        MemberAdded,
        /// A member got other rights.
        MemberChanged,
        /// Somebody is no longer a member.
        MemberRemoved,
        /// A posting was published, or submitted for review.
        PostingPublished,
        /// A posting was closed by its employer.
        PostingClosed,
        /// An administrator let a posting through its review.
        PostingApproved,
        /// An administrator sent a posting back.
        PostingRejected,
        /// An administrator took a posting down.
        PostingTakenDown,
        /// Somebody reported a posting.
        PostingReported,
        /// An administrator found that reports had no ground.
        ReportsDismissed,
    }
}
closed_set! {
    /// What administrators decide.
    CaseKind {
        /// Whether a posting of an unverified employer is shown.
        PostingReview,
        /// Whether a posting that people reported stays.
        PostingReports,
        /// Whether an employer is who it claims to be.
        EmployerVerification,
    }
}
closed_set! {
    /// Whether a case waits.
    CaseStatus {
        /// It waits.
        Open,
        /// It is decided.
        Closed,
    }
}
closed_set! {
    /// How a case was decided.
    ModerationDecision {
        /// The posting is shown, or the employer verified.
        Approve,
        /// It is not, for a reason.
        Reject,
        /// The reports have no ground.
        Dismiss,
        /// The posting is closed for good.
        TakeDown,
    }
}
closed_set! {
    /// What is wrong with a posting that is reported.
    ReportReason { Scam, Discrimination, Misleading, Spam, Duplicate, Other }
}
closed_set! {
    /// How far a copy of everything held about a person is.
    ExportStatus {
        /// It is being made, or will be.
        Pending,
        /// It can be fetched.
        Ready,
        /// It could not be made.
        Failed,
    }
}

closed_set! {
    /// The form of employment, in the words of schema.org. A posting keeps a set of them as bits.
    EmploymentType { FullTime, PartTime, Contractor, Temporary, Intern, Volunteer, PerDiem, Other }
}

impl EmploymentType {
    /// The bit that stands for this form in a posting's set.
    #[must_use]
    pub const fn bit(self) -> i32 {
        1 << self as i32
    }

    /// The bits of several forms.
    #[must_use]
    pub fn bits(forms: &[Self]) -> i32 {
        forms.iter().fold(0, |bits, form| bits | form.bit())
    }

    /// The forms whose bits are set.
    #[must_use]
    pub fn of_bits(bits: i32) -> Vec<Self> {
        Self::iter().filter(|form| bits & form.bit() != 0).collect()
    }
}

impl ApplicationStatus {
    /// Whether the application still goes somewhere. The unique index on active pairs names the same states.
    #[must_use]
    pub const fn is_active(self) -> bool {
        !matches!(
            self,
            Self::Hired | Self::Rejected | Self::Withdrawn | Self::OfferDeclined | Self::Rescinded | Self::Lapsed
        )
    }
}
