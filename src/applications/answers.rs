//! Answers to screening questions, held against the questions of the posting.

use rust_decimal::Decimal;

use crate::entities::sets::{Answer, Question, QuestionKind};
use crate::error::{Code, Refusal, Refusals};
use crate::text;

/// An answer as a candidate writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerForm {
    /// The place of the question among those of the posting, from 0.
    pub question: i32,
    /// What is answered.
    pub value: AnswerValue,
}

/// What is answered, in the form of the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerValue {
    /// To a `YES_NO`.
    YesNo(bool),
    /// To a `TEXT`.
    Text(String),
    /// To a `NUMBER`, in decimal notation.
    Number(String),
    /// To a `CHOICE`: one of its choices.
    Choice(String),
}

impl AnswerValue {
    const fn kind(&self) -> QuestionKind {
        match self {
            Self::YesNo(_) => QuestionKind::YesNo,
            Self::Text(_) => QuestionKind::Text,
            Self::Number(_) => QuestionKind::Number,
            Self::Choice(_) => QuestionKind::Choice,
        }
    }
}

/// Reads the answers to a posting's questions: each question once, in its own form, and none left open that must be
/// answered. What is refused is noted below `answers`.
pub fn read(questions: &[Question], forms: &[AnswerForm], refusals: &mut Refusals) -> Vec<Answer> {
    let mut answers: Vec<Option<Answer>> = vec![None; questions.len()];
    for (at, form) in forms.iter().enumerate() {
        let place = usize::try_from(form.question).ok().filter(|place| *place < questions.len());
        let Some(place) = place else {
            refusals.add(Code::NotFound, &format!("answers.{at}.question"), "The posting has no such question.");
            continue;
        };
        if answers[place].is_some() {
            refusals.add(Code::Duplicate, &format!("answers.{at}.question"), "Answer each question once.");
        }
        answers[place] = refusals.keep(answer(&format!("answers.{at}.value"), &questions[place], &form.value));
    }
    let answered = |place: usize| forms.iter().any(|form| usize::try_from(form.question) == Ok(place));
    for (place, question) in questions.iter().enumerate() {
        if question.is_required && !answered(place) {
            let message = format!("Question {place} must be answered: {}", question.text);
            refusals.add(Code::Required, "answers", message);
        }
    }
    answers.into_iter().flatten().collect()
}

fn answer(path: &str, question: &Question, value: &AnswerValue) -> Result<Answer, Refusal> {
    if value.kind() != question.kind {
        return Err(Refusal::new(Code::Invalid, path, "The question asks for another form of answer."));
    }
    let value = match value {
        AnswerValue::YesNo(yes) => if *yes { "YES" } else { "NO" }.to_owned(),
        AnswerValue::Text(text) => text::prose(path, text, 1, 5_000)?,
        AnswerValue::Number(number) => decimal(path, number)?,
        AnswerValue::Choice(choice) if question.choices.contains(choice) => choice.clone(),
        AnswerValue::Choice(_) => {
            return Err(Refusal::new(Code::Invalid, path, "This is not one of the choices."));
        }
    };
    Ok(Answer { question: question.text.clone(), kind: question.kind, value })
}

fn decimal(path: &str, number: &str) -> Result<String, Refusal> {
    let read = Decimal::from_str_exact(number.trim());
    read.map(|number| number.normalize().to_string())
        .map_err(|_| Refusal::new(Code::Invalid, path, "A decimal number, as in 12.5."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions() -> Vec<Question> {
        let question = |text: &str, kind, choices: &[&str], is_required| Question {
            text: text.to_owned(),
            kind,
            choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
            is_required,
        };
        vec![
            question("May you work in the US?", QuestionKind::YesNo, &[], true),
            question("Years of Rust?", QuestionKind::Number, &[], true),
            question("Which shift?", QuestionKind::Choice, &["Day", "Night"], false),
            question("Why us?", QuestionKind::Text, &[], false),
        ]
    }

    fn form(question: i32, value: AnswerValue) -> AnswerForm {
        AnswerForm { question, value }
    }

    fn refused(forms: &[AnswerForm]) -> Vec<String> {
        let mut refusals = Refusals::default();
        read(&questions(), forms, &mut refusals);
        refusals.into_list().iter().map(|r| format!("{:?} {}", r.code, r.path.join("."))).collect()
    }

    #[test]
    fn answers_stand_beside_their_questions_in_order() {
        let mut refusals = Refusals::default();
        let forms = [
            form(2, AnswerValue::Choice("Night".to_owned())),
            form(1, AnswerValue::Number(" 3.50 ".to_owned())),
            form(0, AnswerValue::YesNo(true)),
        ];
        let answers = read(&questions(), &forms, &mut refusals);
        assert!(refusals.is_empty());
        let told: Vec<_> = answers.iter().map(|answer| (answer.question.as_str(), answer.value.as_str())).collect();
        assert_eq!(told, [("May you work in the US?", "YES"), ("Years of Rust?", "3.5"), ("Which shift?", "Night")]);
    }

    #[test]
    fn what_does_not_fit_is_refused_at_its_answer() {
        let yes = || form(0, AnswerValue::YesNo(true));
        let number = |text: &str| form(1, AnswerValue::Number(text.to_owned()));
        assert_eq!(refused(&[]), ["Required answers", "Required answers"]);
        assert_eq!(refused(&[yes(), number("many")]), ["Invalid answers.1.value"]);
        assert_eq!(refused(&[yes(), yes(), number("1")]), ["Duplicate answers.1.question"]);
        assert_eq!(
            refused(&[yes(), number("1"), form(4, AnswerValue::YesNo(true)), form(-1, AnswerValue::YesNo(true))]),
            ["NotFound answers.2.question", "NotFound answers.3.question"]
        );
        assert_eq!(
            refused(&[yes(), number("1"), form(2, AnswerValue::Choice("Noon".to_owned()))]),
            ["Invalid answers.2.value"]
        );
        assert_eq!(refused(&[form(0, AnswerValue::Text("yes".to_owned())), number("1")]), ["Invalid answers.0.value"]);
    }
}
