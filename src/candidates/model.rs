//! What a candidate's profile is made of, parsed once.

use chrono::NaiveDate;

use crate::entities::sets::{EducationLevel, PayPeriod};
use crate::error::{Code, Refusal, Refusals};
use crate::money::{Currency, parse_amount};
use crate::text;

/// Most roles that a candidate looks for.
pub const MAX_TARGET_ROLES: usize = 20;
/// Most places where a candidate looks for work.
pub const MAX_TARGET_PLACES: usize = 20;
/// Most skills of a candidate.
pub const MAX_SKILLS: usize = 100;
/// Most jobs that a candidate had.
pub const MAX_EXPERIENCE: usize = 50;
/// Most courses of study that a candidate followed.
pub const MAX_EDUCATION: usize = 50;

/// Reads what a candidate is, in one line of 1 to 120 characters.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `headline`.
pub fn headline(text: &str) -> Result<String, Refusal> {
    text::line("headline", text, 1, 120)
}

/// Reads what a candidate says of themselves: 1 to 10,000 characters of Markdown.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `about`.
pub fn about(text: &str) -> Result<String, Refusal> {
    text::prose("about", text, 1, 10_000)
}

/// Reads how well and for how long a candidate has practised a skill: level 1 to 5, 0 to 720 months.
/// Refusals are noted below `path`.
pub fn practice(path: &str, level: Option<i32>, months: Option<i32>, refusals: &mut Refusals) {
    if level.is_some_and(|level| !(1..=5).contains(&level)) {
        refusals.add(Code::Invalid, &format!("{path}.level"), "It takes 1 to 5.");
    }
    if months.is_some_and(|months| !(0..=720).contains(&months)) {
        refusals.add(Code::Invalid, &format!("{path}.months"), "It takes 0 to 720.");
    }
}

/// A job as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExperienceForm {
    /// What the person was, 1 to 120 characters.
    pub title: String,
    /// For whom, 1 to 120 characters.
    pub employer_name: String,
    /// First day.
    pub started_on: NaiveDate,
    /// Last day; none while it lasts.
    pub ended_on: Option<NaiveDate>,
    /// What the person did, up to 5,000 characters of Markdown.
    pub description: Option<String>,
}

impl ExperienceForm {
    /// Reads a job; what comes out is trimmed. Refusals are noted below `path`: `experience.0.title`.
    pub fn parse(self, path: &str, refusals: &mut Refusals) -> Option<Self> {
        let at = |part: &str| format!("{path}.{part}");
        let title = refusals.keep(text::line(&at("title"), &self.title, 1, 120));
        let employer_name = refusals.keep(text::line(&at("employerName"), &self.employer_name, 1, 120));
        let description = self.description.map(|text| text::prose(&at("description"), &text, 1, 5_000)).transpose();
        let description = refusals.keep(description);
        let in_order = refusals.keep(in_order(path, Some(self.started_on), self.ended_on));
        in_order?;
        Some(Self { title: title?, employer_name: employer_name?, description: description?, ..self })
    }
}

/// A course of study as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EducationForm {
    /// Where, 1 to 200 characters.
    pub institution: String,
    /// What, 1 to 200 characters.
    pub subject: Option<String>,
    /// Level that it leads to.
    pub level: Option<EducationLevel>,
    /// First day.
    pub started_on: Option<NaiveDate>,
    /// Last day; none while it lasts.
    pub ended_on: Option<NaiveDate>,
}

impl EducationForm {
    /// Reads a course of study; what comes out is trimmed. Refusals are noted below `path`: `education.0.subject`.
    pub fn parse(self, path: &str, refusals: &mut Refusals) -> Option<Self> {
        let at = |part: &str| format!("{path}.{part}");
        let institution = refusals.keep(text::line(&at("institution"), &self.institution, 1, 200));
        let subject = self.subject.map(|text| text::line(&at("subject"), &text, 1, 200)).transpose();
        let subject = refusals.keep(subject);
        let in_order = refusals.keep(in_order(path, self.started_on, self.ended_on));
        in_order?;
        Some(Self { institution: institution?, subject: subject?, ..self })
    }
}

fn in_order(path: &str, start: Option<NaiveDate>, end: Option<NaiveDate>) -> Result<(), Refusal> {
    match (start, end) {
        (Some(start), Some(end)) if end < start => {
            Err(Refusal::new(Code::Invalid, &format!("{path}.endedOn"), "It does not end before it starts."))
        }
        _ => Ok(()),
    }
}

/// The pay that a candidate expects, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedPayForm {
    /// Least amount, as a decimal number in major units.
    pub amount: String,
    /// Its currency.
    pub currency: Currency,
    /// The time that it is for.
    pub period: PayPeriod,
}

/// The pay that a candidate expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedPay {
    /// Least amount in minor units; more than zero.
    pub amount: i64,
    /// Its currency.
    pub currency: Currency,
    /// The time that it is for.
    pub period: PayPeriod,
}

impl ExpectedPay {
    /// Reads the expected pay.
    ///
    /// # Errors
    /// `INVALID` at `expectedPay.amount`.
    pub fn parse(form: &ExpectedPayForm) -> Result<Self, Refusal> {
        let refused = |message: String| Refusal::new(Code::Invalid, "expectedPay.amount", message);
        match parse_amount(&form.amount, form.currency) {
            Ok(amount) if amount > 0 => Ok(Self { amount, currency: form.currency, period: form.period }),
            Ok(_) => Err(refused("An amount above zero.".to_owned())),
            Err(error) => Err(refused(format!("This is refused: {error}."))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn paths(refusals: Refusals) -> Vec<String> {
        refusals.into_list().into_iter().map(|refusal| refusal.path.join(".")).collect()
    }

    fn job() -> ExperienceForm {
        ExperienceForm {
            title: " Engineer ".to_owned(),
            employer_name: "Analytical\tEngines".to_owned(),
            started_on: day("2020-01-31"),
            ended_on: Some(day("2020-01-31")),
            description: None,
        }
    }

    #[test]
    fn a_job_is_trimmed_and_may_last_one_day() {
        let mut refusals = Refusals::default();
        let read = job().parse("experience.0", &mut refusals).expect("a job");
        assert_eq!((read.title.as_str(), read.employer_name.as_str()), ("Engineer", "Analytical Engines"));
        assert!(refusals.is_empty());
    }

    #[test]
    fn everything_wrong_with_a_job_is_told_at_once() {
        let mut refusals = Refusals::default();
        let wrong = ExperienceForm {
            title: " ".to_owned(),
            employer_name: "a".repeat(121),
            ended_on: Some(day("2020-01-30")),
            description: Some("a".repeat(5_001)),
            ..job()
        };
        assert_eq!(wrong.parse("experience.3", &mut refusals), None);
        let told = ["title", "employerName", "description", "endedOn"].map(|part| format!("experience.3.{part}"));
        assert_eq!(paths(refusals), told);
    }

    #[test]
    fn studies_need_an_institution_and_an_order_of_days() {
        let mut refusals = Refusals::default();
        let form = EducationForm {
            institution: "University of London".to_owned(),
            subject: None,
            level: Some(EducationLevel::Bachelor),
            started_on: None,
            ended_on: Some(day("1835-06-01")),
        };
        assert_eq!(form.clone().parse("education.0", &mut refusals), Some(form.clone()));
        let wrong = EducationForm { institution: String::new(), started_on: Some(day("1836-06-01")), ..form };
        assert_eq!(wrong.parse("education.1", &mut refusals), None);
        assert_eq!(paths(refusals), ["education.1.institution", "education.1.endedOn"]);
    }

    #[test]
    fn skills_have_levels_1_to_5_and_up_to_60_years() {
        let mut refusals = Refusals::default();
        practice("skills.0", Some(1), Some(0), &mut refusals);
        practice("skills.1", Some(5), Some(720), &mut refusals);
        practice("skills.2", None, None, &mut refusals);
        assert!(refusals.is_empty());
        practice("skills.3", Some(0), Some(-1), &mut refusals);
        practice("skills.4", Some(6), Some(721), &mut refusals);
        assert_eq!(paths(refusals), ["skills.3.level", "skills.3.months", "skills.4.level", "skills.4.months"]);
    }

    #[test]
    fn expected_pay_is_exact_and_above_zero() {
        let pay = |amount: &str, code: &str| {
            let currency = Currency::parse(code).expect("a code");
            ExpectedPay::parse(&ExpectedPayForm { amount: amount.to_owned(), currency, period: PayPeriod::Year })
        };
        assert_eq!(pay("120000.50", "USD").expect("fine").amount, 12_000_050);
        assert_eq!(pay("5000000", "JPY").expect("fine").amount, 5_000_000);
        for (wrong, code) in [("0", "USD"), ("-1", "USD"), ("1.5", "JPY"), ("many", "USD"), ("1e5", "USD")] {
            let refusal = pay(wrong, code).expect_err(wrong);
            assert_eq!(refusal.path.join("."), "expectedPay.amount", "{wrong}");
        }
    }
}
