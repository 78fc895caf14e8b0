//! Small lists that a column keeps as JSON.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use super::QuestionKind;

/// Short texts in order, kept as a JSON array.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Lines(pub Vec<String>);

/// A question that an applicant answers, with the form of its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What is asked.
    pub text: String,
    /// The form of the answer.
    pub kind: QuestionKind,
    /// The choices of a `CHOICE`, else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whether an application without an answer is refused.
    pub is_required: bool,
}

/// The screening questions of a posting, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Questions(pub Vec<Question>);

/// The answer to one screening question, beside the question as it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What was asked.
    pub question: String,
    /// The form of the answer.
    pub kind: QuestionKind,
    /// What was answered: `YES` or `NO`, a decimal number, one of the choices, or a text.
    pub value: String,
}

/// The answers to a posting's screening questions, in their order; questions left open have none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Answers(pub Vec<Answer>);
