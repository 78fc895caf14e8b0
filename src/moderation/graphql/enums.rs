//! The closed sets of moderation.

use async_graphql::Enum;

use crate::entities::sets;

/// What administrators decide.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::CaseKind")]
pub enum ModerationCaseKind {
    /// Whether a posting of an unverified employer is shown.
    PostingReview,
    /// Whether a posting that people reported stays.
    PostingReports,
    /// Whether an employer is who it claims to be.
    EmployerVerification,
}

/// Whether a case waits.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::CaseStatus")]
pub enum ModerationCaseStatus {
    /// It waits.
    Open,
    /// It is decided.
    Closed,
}

/// How a case is decided.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::ModerationDecision")]
pub enum ModerationDecision {
    /// The posting under review is shown, or the employer verified.
    Approve,
    /// It is not, for the reason given.
    Reject,
    /// The reports have no ground.
    Dismiss,
    /// The posting that was reported is closed for good, for the reason given.
    TakeDown,
}

/// What is wrong with a posting.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::ReportReason")]
pub enum ReportReason {
    /// It is not what it claims: it wants money or data, or there is no job.
    Scam,
    /// It shuts people out for what they are.
    Discrimination,
    /// It says what is not so.
    Misleading,
    /// It advertises something other than a job.
    Spam,
    /// The same job is advertised elsewhere on the board.
    Duplicate,
    /// Something else.
    Other,
}

/// What came of a report.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportStatus {
    /// It waits.
    Open,
    /// It had no ground.
    Dismissed,
    /// The posting was taken down.
    Upheld,
}
