//! What a posting is made of, parsed once, and the rules of its life. No database here.

use chrono::TimeDelta;

use crate::clock::Timestamp;
use crate::entities::posting;
use crate::entities::sets::{ApplyKind, PayPeriod, PostingStatus, Question, QuestionKind, Workplace};
use crate::error::{Code, Refusal, Refusals};
use crate::market::annual::{Factors, Measure, annual_value};
use crate::market::rates::Rates;
use crate::money::{self, Currency, Pay, PayInput, PayRange, parse_amount};
use crate::text;

/// How long a posting is valid when nobody says otherwise.
pub const DEFAULT_VALIDITY: TimeDelta = TimeDelta::days(60);
/// How far ahead a posting can be valid.
pub const MAX_VALIDITY: TimeDelta = TimeDelta::days(90);

/// A title: one line of 1 to 120 characters.
///
/// # Errors
/// A refusal at `title`.
pub fn title(text: &str) -> Result<String, Refusal> {
    text::line("title", text, 1, 120)
}

/// A description: Markdown of 30 to 20,000 characters.
///
/// # Errors
/// A refusal at `description`.
pub fn description(text: &str) -> Result<String, Refusal> {
    text::prose("description", text, 30, 20_000)
}

/// A language tag (BCP 47) such as `en` or `pt-BR`.
///
/// # Errors
/// A refusal at `language`.
pub fn language(tag: &str) -> Result<String, Refusal> {
    let mut parts = tag.split('-');
    let primary =
        parts.next().is_some_and(|part| matches!(part.len(), 2..=3) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let others = parts.all(|part| matches!(part.len(), 1..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if primary && others && tag.len() <= 35 {
        Ok(tag.to_owned())
    } else {
        Err(Refusal::new(Code::Invalid, "language", "A language tag (BCP 47), as in en or pt-BR."))
    }
}

/// A whole number within bounds.
///
/// # Errors
/// A refusal at `path`.
pub fn number(path: &str, value: i32, min: i32, max: i32) -> Result<i32, Refusal> {
    if (min..=max).contains(&value) {
        Ok(value)
    } else {
        Err(Refusal::new(Code::Invalid, path, format!("A whole number from {min} to {max}.")))
    }
}

/// Pay as a client or a file writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct PayForm {
    /// Lower bound, a decimal number.
    pub min: Option<String>,
    /// Upper bound, a decimal number.
    pub max: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// The time that the amounts are for.
    pub period: PayPeriod,
    /// Weekly hours.
    pub hours_per_week: Option<f64>,
    /// Bonus, equity or commission in words.
    pub other: Option<String>,
}

impl PayForm {
    /// Reads the pay, with all that is wrong with it.
    ///
    /// # Errors
    /// Refusals below `pay`.
    pub fn parse(&self) -> Result<Pay, Refusals> {
        let mut refusals = Refusals::default();
        let Ok(currency) = Currency::parse(&self.currency) else {
            refusals.add(Code::Invalid, "pay.currency", "The code of a currency (ISO 4217), as in EUR.");
            return Err(refusals);
        };
        let mut amount = |path: &str, text: &Option<String>| {
            text.as_ref().and_then(|text| {
                refusals
                    .keep(parse_amount(text, currency).map_err(|e| Refusal::new(Code::Invalid, path, format!("{e}."))))
            })
        };
        let (min, max) = (amount("pay.min", &self.min), amount("pay.max", &self.max));
        if self.min.is_none() && self.max.is_none() && self.other.is_none() {
            refusals.add(Code::Required, "pay", "Give `min`, `max` or both, or say in `other` what is paid.");
        }
        let hours_per_week = self.hours_per_week.map(hundredths);
        let other = self.other.as_ref().map(|other| text::line("pay.other", other, 0, usize::MAX));
        let (period, other) = (self.period.into(), other.and_then(|other| refusals.keep(other)));
        match Pay::new(PayInput { min, max, currency, period, hours_per_week, other }) {
            Ok(pay) if refusals.is_empty() => return Ok(pay),
            Ok(_) => {}
            Err(errors) => {
                for error in errors {
                    refusals.add(Code::Invalid, &format!("pay.{}", error.path()), format!("It {error}."));
                }
            }
        }
        Err(refusals)
    }
}

/// Hours in hundredths; what is no number of hours becomes -1, which no pay accepts.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
fn hundredths(hours: f64) -> i64 {
    let hundredths = (hours * 100.0).round();
    if hundredths.is_finite() && (0.0..=100_000.0).contains(&hundredths) { hundredths as i64 } else { -1 }
}

impl From<PayPeriod> for money::PayPeriod {
    fn from(period: PayPeriod) -> Self {
        match period {
            PayPeriod::Hour => Self::Hour,
            PayPeriod::Day => Self::Day,
            PayPeriod::Week => Self::Week,
            PayPeriod::Month => Self::Month,
            PayPeriod::Year => Self::Year,
        }
    }
}

impl From<money::PayPeriod> for PayPeriod {
    fn from(period: money::PayPeriod) -> Self {
        match period {
            money::PayPeriod::Hour => Self::Hour,
            money::PayPeriod::Day => Self::Day,
            money::PayPeriod::Week => Self::Week,
            money::PayPeriod::Month => Self::Month,
            money::PayPeriod::Year => Self::Year,
        }
    }
}

/// The pay of a stored posting; `None` when it states no amount.
#[must_use]
pub fn pay_of(row: &posting::Model) -> Option<PayRange> {
    let currency = Currency::parse(row.pay_currency.as_deref()?).ok()?;
    let hours = row.pay_hours_per_week.map(i64::from);
    PayRange::new(row.pay_min, row.pay_max, currency, row.pay_period?.into(), hours).ok()
}

/// What lists are filtered and sorted by: the best pay of a full-time year in minor units of its own currency, and the
/// same in euro cents at the rate of `day`. Null where no amount is stated, or no rate is known.
#[must_use]
pub fn pay_keys(
    pay: Option<&PayRange>,
    factors: &Factors,
    rates: &Rates,
    day: chrono::NaiveDate,
) -> (Option<i64>, Option<i64>) {
    let Some(pay) = pay else { return (None, None) };
    let best = annual_value(pay, Measure::Ceiling, factors).or_else(|| annual_value(pay, Measure::Floor, factors));
    let Some(best) = best else { return (None, None) };
    let in_euro = rates.convert(best, pay.currency(), Currency::EUR, day);
    // The largest number stands for no pay at all where lists are sorted.
    let whole =
        |value: crate::market::value::Value| i64::try_from(value.rounded()).unwrap_or(i64::MAX).min(i64::MAX - 1);
    (Some(whole(best)), in_euro.map(whole))
}

/// A screening question as a client writes it.
#[derive(Clone, Debug)]
pub struct QuestionForm {
    /// What is asked.
    pub text: String,
    /// The form of the answer.
    pub kind: QuestionKind,
    /// The choices of a `CHOICE`.
    pub choices: Vec<String>,
    /// Whether it must be answered.
    pub is_required: bool,
}

/// Reads screening questions: at most 20, each of 1 to 500 characters; a choice has 2 to 20 choices, others none.
pub fn questions(forms: &[QuestionForm], refusals: &mut Refusals) -> Vec<Question> {
    if forms.len() > 20 {
        refusals.add(Code::TooLong, "questions", "At most 20 questions.");
    }
    let read = forms.iter().enumerate().filter_map(|(at, form)| {
        let text = refusals.keep(text::line(&format!("questions.{at}.text"), &form.text, 1, 500));
        let path = format!("questions.{at}.choices");
        let fits = if form.kind == QuestionKind::Choice {
            (2..=20).contains(&form.choices.len())
        } else {
            form.choices.is_empty()
        };
        if !fits {
            refusals.add(Code::Invalid, &path, "A CHOICE has 2 to 20 choices, any other question none.");
        }
        let choices = form.choices.iter().enumerate();
        let choices =
            choices.filter_map(|(n, choice)| refusals.keep(text::line(&format!("{path}.{n}"), choice, 1, 200)));
        let choices = choices.collect();
        Some(Question { text: text?, kind: form.kind, choices, is_required: form.is_required })
    });
    read.collect()
}

/// Where applications go that are not made here.
///
/// # Errors
/// A refusal at `applyTarget`.
pub fn apply_target(kind: ApplyKind, target: Option<&str>) -> Result<Option<String>, Refusal> {
    match (kind, target) {
        (ApplyKind::Internal, None) => Ok(None),
        (ApplyKind::Internal, Some(_)) => {
            Err(Refusal::new(Code::Invalid, "applyTarget", "An INTERNAL posting takes applications here."))
        }
        (_, None) => Err(Refusal::new(Code::Required, "applyTarget", "Say where applications go.")),
        (ApplyKind::Url, Some(url)) => text::web_address("applyTarget", url).map(Some),
        (ApplyKind::Email, Some(address)) => match crate::accounts::model::Email::parse(address) {
            Ok(email) => Ok(Some(email.written().to_owned())),
            Err(_) => Err(Refusal::new(Code::Invalid, "applyTarget", "This is not an e-mail address.")),
        },
    }
}

/// The state that a reader sees: a published posting whose time has passed is expired, without anyone writing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownStatus {
    /// What is stored.
    Stored(PostingStatus),
    /// Published, but no longer valid.
    Expired,
}

/// The state of a posting at an instant.
#[must_use]
pub fn status_at(row: &posting::Model, now: Timestamp) -> ShownStatus {
    if row.status == PostingStatus::Published && row.valid_through.is_some_and(|end| end <= now) {
        ShownStatus::Expired
    } else {
        ShownStatus::Stored(row.status)
    }
}

/// Whether candidates can apply to a posting.
#[must_use]
pub fn is_open(row: &posting::Model, now: Timestamp) -> bool {
    status_at(row, now) == ShownStatus::Stored(PostingStatus::Published) && row.published_at.is_some_and(|at| at <= now)
}

/// What a posting lacks to be shown to candidates.
#[must_use]
pub fn lacks(workplace: Workplace, places: usize, countries: usize, is_worldwide: bool) -> Option<Refusal> {
    match workplace {
        Workplace::Onsite | Workplace::Hybrid if places == 0 => {
            Some(Refusal::new(Code::Required, "places", "A posting that is not REMOTE needs a place."))
        }
        Workplace::Remote if countries == 0 && !is_worldwide => Some(Refusal::new(
            Code::Required,
            "applicantCountries",
            "A REMOTE posting needs countries from which one may apply, or `isWorldwide`.",
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(min: Option<&str>, max: Option<&str>, currency: &str) -> PayForm {
        let text = |text: &str| text.to_owned();
        PayForm {
            min: min.map(text),
            max: max.map(text),
            currency: text(currency),
            period: PayPeriod::Year,
            hours_per_week: None,
            other: None,
        }
    }

    fn paths(form: &PayForm) -> Vec<String> {
        let refusals = form.parse().expect_err("refused").into_list();
        refusals.iter().map(|refusal| refusal.path.join(".")).collect()
    }

    #[test]
    fn pay_is_refused_at_its_argument() {
        assert!(form(Some("120000"), Some("150000"), "USD").parse().is_ok());
        assert_eq!(paths(&form(Some("2"), Some("1"), "USD")), ["pay.max"]);
        assert_eq!(paths(&form(Some("-2"), Some("x"), "USD")), ["pay.max", "pay.min"]);
        assert_eq!(paths(&form(Some("1"), None, "ABC")), ["pay.currency"]);
        assert_eq!(paths(&form(None, None, "USD")), ["pay"]);
        for hours in [f64::NAN, f64::INFINITY, -1.0, 0.0, 168.01] {
            let form = PayForm { hours_per_week: Some(hours), ..form(Some("1"), None, "EUR") };
            assert_eq!(paths(&form), ["pay.hoursPerWeek"], "{hours}");
        }
    }

    #[test]
    fn languages_are_tags() {
        assert!(language("en").is_ok() && language("pt-BR").is_ok() && language("zh-Hant-TW").is_ok());
        for wrong in ["", "e", "english", "en_US", "en-", "e1"] {
            assert!(language(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_posting_lacks_depends_on_its_workplace() {
        let path = |refusal: Option<Refusal>| refusal.map(|refusal| refusal.path.join("."));
        assert_eq!(path(lacks(Workplace::Onsite, 0, 1, true)), Some("places".to_owned()));
        assert_eq!(path(lacks(Workplace::Hybrid, 1, 0, false)), None);
        assert_eq!(path(lacks(Workplace::Remote, 1, 0, false)), Some("applicantCountries".to_owned()));
        assert_eq!(path(lacks(Workplace::Remote, 0, 0, true)), None);
    }
}
