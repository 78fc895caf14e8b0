//! The closed sets of the contract, one to one with those of the entities.

use async_graphql::Enum;

use crate::entities::sets;

/// What a member may do for an employer; each right includes the weaker ones.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::MemberRole")]
pub enum MemberRole {
    /// Reads applications and comments on them.
    Reviewer,
    /// Also writes postings and moves applications.
    Recruiter,
    /// Also manages the members and the employer.
    Owner,
}

/// A kind of mail that a person can do without.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::NotificationKind")]
pub enum NotificationKind {
    /// Somebody applied to a posting of the employer.
    ApplicationReceived,
    /// An application of the person went to another state.
    ApplicationMoved,
    /// An employer asks the person to apply.
    InvitedToApply,
    /// Postings of the employer are about to end.
    PostingExpiring,
    /// A posting of the employer was reviewed.
    PostingReviewed,
}

/// When a person is told of new postings that meet a saved search.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::SearchAlerts")]
pub enum SearchAlerts {
    /// Never.
    Off,
    /// As soon as they are published, within a minute or so.
    Instant,
    /// Once a day.
    Daily,
    /// Once a week.
    Weekly,
}

/// How many people an employer has.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::Headcount")]
pub enum Headcount {
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

/// What sort of thing a skill is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::SkillKind")]
pub enum SkillKind {
    /// A programming or query language.
    Language,
    /// A framework or library.
    Framework,
    /// A database or a way of storing data.
    Database,
    /// A cloud platform.
    Cloud,
    /// A tool or product.
    Tool,
    /// A practice or a body of knowledge.
    Practice,
    /// A licence, certificate or clearance.
    Licence,
    /// A language that people speak.
    HumanLanguage,
    /// A way of working with others.
    Soft,
}

/// How fine a place is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::PlaceKind")]
pub enum PlaceKind {
    /// A country.
    Country,
    /// A region of a country.
    Region,
    /// A city.
    City,
}

/// A level of education.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::EducationLevel")]
pub enum EducationLevel {
    /// No formal education.
    None,
    /// Secondary school.
    HighSchool,
    /// Vocational training after school.
    Vocational,
    /// A short degree of about two years.
    Associate,
    /// A first degree.
    Bachelor,
    /// A second degree.
    Master,
    /// A doctorate or professional degree.
    Doctorate,
}

/// Whether a skill is a must or a wish.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::Importance")]
pub enum Importance {
    /// A must.
    Required,
    /// A wish.
    Preferred,
}

/// Where the work is done.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::Workplace")]
pub enum Workplace {
    /// At a place of the employer.
    Onsite,
    /// Partly at a place of the employer.
    Hybrid,
    /// Anywhere, within the countries from which one may apply.
    Remote,
}

/// Seniority.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::ExperienceLevel")]
pub enum ExperienceLevel {
    /// First job, apprentices and interns included.
    Entry,
    /// Works on their own.
    Mid,
    /// Works on hard things and guides others.
    Senior,
    /// Leads a team.
    Lead,
    /// Sets the direction of a field.
    Principal,
    /// Leads an organisation.
    Executive,
}

/// Whether a posting says what it pays.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::PayStatus")]
pub enum PayStatus {
    /// It does.
    Stated,
    /// The work is not paid.
    Unpaid,
    /// It does not.
    Withheld,
}

/// The time that an amount of pay is for.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::PayPeriod")]
pub enum PayPeriod {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// How to apply to a posting.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::ApplyKind")]
pub enum ApplyKind {
    /// Here, with an application.
    Internal,
    /// On a web page of the employer.
    Url,
    /// By e-mail to the employer.
    Email,
}

/// Why a posting was closed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::CloseReason")]
pub enum PostingCloseReason {
    /// All openings are filled.
    Filled,
    /// The job is no longer to be filled.
    Cancelled,
    /// The employer took the posting back.
    Withdrawn,
    /// An administrator took the posting down.
    Moderation,
}

/// Whether a candidate looks for work.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::SearchStatus")]
pub enum SearchStatus {
    /// Looks for work.
    Active,
    /// Would listen to an offer.
    Open,
    /// Does not look.
    Closed,
}

/// Who may find a candidate.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::Visibility")]
pub enum CandidateVisibility {
    /// Only employers applied to.
    Private,
    /// Every verified employer.
    Employers,
}

/// The state of an application.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::ApplicationStatus")]
pub enum ApplicationStatus {
    /// Sent by the candidate.
    Submitted,
    /// The employer reads it.
    InReview,
    /// One of the few.
    Shortlisted,
    /// The candidate is tested.
    Assessment,
    /// The candidate is spoken with.
    Interview,
    /// The employer made an offer.
    Offered,
    /// The candidate accepted the offer.
    OfferAccepted,
    /// The candidate declined the offer.
    OfferDeclined,
    /// The candidate has the job.
    Hired,
    /// The employer declined.
    Rejected,
    /// The employer took its offer back.
    Rescinded,
    /// The candidate took it back.
    Withdrawn,
    /// The posting ended and the employer never answered.
    Lapsed,
}

/// A way of learning a role.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::TrainingKind")]
pub enum TrainingKind {
    /// An intensive course of weeks or months.
    Bootcamp,
    /// A degree.
    University,
    /// Learning on the job.
    Apprenticeship,
    /// On one's own.
    SelfStudy,
}

/// The form of an answer to a screening question.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::QuestionKind")]
pub enum QuestionKind {
    /// Yes or no.
    YesNo,
    /// A text.
    Text,
    /// A number.
    Number,
    /// One of the choices.
    Choice,
}

/// The form of employment, in the words of schema.org.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::EmploymentType")]
pub enum EmploymentType {
    /// Full time.
    FullTime,
    /// Part time.
    PartTime,
    /// Self-employed, for a contract.
    Contractor,
    /// For a limited time.
    Temporary,
    /// An internship.
    Intern,
    /// Unpaid.
    Volunteer,
    /// By the day.
    PerDiem,
    /// Something else.
    Other,
}
