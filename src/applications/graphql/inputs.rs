//! What clients say about applications.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined, OneofObject};
use sea_orm::sea_query::{Expr, SimpleExpr};
use uuid::Uuid;

use crate::applications::answers::{AnswerForm, AnswerValue};
use crate::applications::life::Seen;
use crate::applications::submission::SubmissionForm;
use crate::entities::application;
use crate::graphql::enums::ApplicationStatus;
use crate::graphql::order::{OrderField, ordering};
use crate::graphql::scalars::{Decimal, Markdown};
use crate::ids::{self, Kind};
use crate::pagination::KeyKind;
use crate::postings::fit;

/// An application.
#[derive(InputObject)]
pub struct ApplicationSubmitInput {
    /// What is applied to.
    posting_id: ID,
    /// The version of the posting that was read; if given and the posting has changed since, STALE_VERSION.
    posting_version: Option<i32>,
    /// A résumé of the candidate that the employer is to see.
    resume_id: Option<ID>,
    /// A letter of up to 10,000 characters.
    cover_letter: Option<Markdown>,
    /// Answers to the posting's questions.
    answers: Option<Vec<ScreeningAnswerInput>>,
}

/// An answer to a screening question.
#[derive(InputObject)]
pub struct ScreeningAnswerInput {
    /// The place of the question among those of the posting, from 0.
    question: i32,
    /// The answer, in the form that the question asks for.
    value: ScreeningAnswerValue,
}

/// What is answered: exactly one of these.
#[derive(OneofObject)]
pub enum ScreeningAnswerValue {
    /// To a YES_NO.
    YesNo(bool),
    /// To a TEXT, 1 to 5,000 characters.
    Text(String),
    /// To a NUMBER.
    Number(Decimal),
    /// To a CHOICE: one of its choices.
    Choice(String),
}

impl From<ApplicationSubmitInput> for SubmissionForm {
    fn from(input: ApplicationSubmitInput) -> Self {
        Self {
            posting_id: ids::decode(Kind::Posting, &input.posting_id),
            posting_version: input.posting_version,
            resume: input.resume_id.map(|id| ids::decode(Kind::Resume, &id)),
            cover_letter: input.cover_letter.map(|letter| letter.0),
            answers: input.answers.unwrap_or_default().into_iter().map(Into::into).collect(),
        }
    }
}

impl From<ScreeningAnswerInput> for AnswerForm {
    fn from(input: ScreeningAnswerInput) -> Self {
        let value = match input.value {
            ScreeningAnswerValue::YesNo(yes) => AnswerValue::YesNo(yes),
            ScreeningAnswerValue::Text(text) => AnswerValue::Text(text),
            ScreeningAnswerValue::Number(number) => AnswerValue::Number(number.0),
            ScreeningAnswerValue::Choice(choice) => AnswerValue::Choice(choice),
        };
        Self { question: input.question, value }
    }
}

/// Declares an input that names an application and the version that was seen.
macro_rules! seen_input {
    ($(#[$doc:meta])* $name:ident { $($more:tt)* }) => {
        $(#[$doc])*
        #[derive(InputObject)]
        pub struct $name {
            /// The application.
            pub id: ID,
            /// The version that was seen.
            pub version: i32,
            $($more)*
        }

        impl $name {
            /// The application, unless the identifier names none.
            pub fn id(&self) -> Option<Uuid> {
                ids::decode(Kind::Application, &self.id)
            }

            /// The application with this identifier, at the version that was seen.
            pub const fn seen(&self, id: Uuid) -> Seen {
                Seen { id, version: self.version }
            }
        }
    };
}

seen_input! {
    /// Where an application is moved.
    ApplicationMoveInput {
        /// The state to which it goes.
        pub to: ApplicationStatus,
        /// What the candidate is told, 1 to 2,000 characters; REJECTED and RESCINDED need it.
        pub reason: Option<String>,
    }
}
seen_input! {
    /// Which application is withdrawn.
    ApplicationWithdrawInput {}
}
seen_input! {
    /// Which offer is accepted.
    ApplicationOfferAcceptInput {}
}
seen_input! {
    /// Which offer is declined.
    ApplicationOfferDeclineInput {}
}

/// Several moves at once.
#[derive(InputObject)]
pub struct ApplicationsMoveInput {
    /// The moves, 100 at the most; each is made by itself.
    pub items: Vec<ApplicationMoveInput>,
}

/// A note about an application.
#[derive(InputObject)]
pub struct ApplicationNoteInput {
    /// The application.
    pub id: ID,
    /// The note, 1 to 5,000 characters.
    pub body: Markdown,
}

/// A rating of an application.
#[derive(InputObject)]
pub struct ApplicationRateInput {
    /// The application.
    pub id: ID,
    /// 1 to 5; null takes the viewer's rating back.
    pub stars: MaybeUndefined<i32>,
}

/// What applications can be sorted by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationOrderField {
    /// Submission.
    SubmittedAt,
    /// Last change.
    UpdatedAt,
    /// How well the candidate's skills meet what the posting asks for.
    Match,
}

ordering! {
    /// An ordering of applications. What has no value comes last either way.
    ApplicationOrder by ApplicationOrderField
}

impl OrderField for ApplicationOrderField {
    fn key(self) -> (SimpleExpr, KeyKind, bool) {
        let column = |column: application::Column| Expr::col((application::Entity, column));
        match self {
            Self::SubmittedAt => (column(application::Column::SubmittedAt), KeyKind::Instant, false),
            Self::UpdatedAt => (column(application::Column::UpdatedAt), KeyKind::Instant, false),
            Self::Match => {
                let (posting, candidate) =
                    (column(application::Column::PostingId), column(application::Column::CandidateId));
                (fit::share(posting, candidate), KeyKind::Integer, true)
            }
        }
    }
}
