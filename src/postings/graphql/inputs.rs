//! What clients say of a posting.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::form::Change;
use crate::graphql::change::{change, change_into, change_list};
use crate::graphql::enums::{
    ApplyKind, EducationLevel, EmploymentType, ExperienceLevel, Importance, PayPeriod, PayStatus, QuestionKind,
    Workplace,
};
use crate::graphql::scalars::{CountryCode, Currency, DateTime, Decimal, Markdown};
use crate::places::graphql::PlaceInput;
use crate::postings::form::{PostingForm, RequirementForm};
use crate::postings::model::{PayForm, QuestionForm};

/// Pay.
#[derive(InputObject, Clone, Debug)]
pub struct PayInput {
    /// Lower bound.
    min: Option<Decimal>,
    /// Upper bound.
    max: Option<Decimal>,
    /// Currency of the amounts.
    currency: Currency,
    /// The time that the amounts are for.
    period: PayPeriod,
    /// Weekly hours, more than 0 and at most 168. Pay for a week or longer is scaled to full time by it.
    hours_per_week: Option<f64>,
    /// Bonus, equity or commission in words, up to 500 characters.
    other: Option<String>,
}

impl From<PayInput> for PayForm {
    fn from(input: PayInput) -> Self {
        Self {
            min: input.min.map(|amount| amount.0),
            max: input.max.map(|amount| amount.0),
            currency: input.currency.0.code().to_owned(),
            period: input.period.into(),
            hours_per_week: input.hours_per_week,
            other: input.other,
        }
    }
}

/// A skill that a posting asks for.
#[derive(InputObject, Clone, Debug)]
pub struct SkillRequirementInput {
    /// Slug of the skill.
    skill: String,
    /// Must or wish.
    importance: Importance,
    /// Lowest level, 1 to 5.
    min_level: Option<i32>,
    /// Fewest months of practice, up to 720.
    min_months: Option<i32>,
    /// How much it counts among the others, 1 to 10; 5 if absent.
    weight: Option<i32>,
}

impl From<SkillRequirementInput> for RequirementForm {
    fn from(input: SkillRequirementInput) -> Self {
        let SkillRequirementInput { skill, importance, min_level, min_months, weight } = input;
        Self { skill, importance: importance.into(), min_level, min_months, weight }
    }
}

/// A question that an applicant answers.
#[derive(InputObject, Clone, Debug)]
pub struct ScreeningQuestionInput {
    /// What is asked, 1 to 500 characters.
    text: String,
    /// The form of the answer.
    kind: QuestionKind,
    /// 2 to 20 choices for a CHOICE, none for any other question.
    #[graphql(default)]
    choices: Vec<String>,
    /// Whether it must be answered.
    #[graphql(default)]
    is_required: bool,
}

impl From<ScreeningQuestionInput> for QuestionForm {
    fn from(input: ScreeningQuestionInput) -> Self {
        let ScreeningQuestionInput { text, kind, choices, is_required } = input;
        Self { text, kind: kind.into(), choices, is_required }
    }
}

/// Declares an input object for a posting: its own fields first, then those that every such input has.
macro_rules! posting_input {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* } => |$input:ident| $own_form:expr) => {
        $(#[$doc])*
        #[derive(InputObject, Clone, Debug)]
        pub struct $name {
            $($own)*
            /// Language of title and description (BCP 47), as in `en`.
            language: MaybeUndefined<String>,
            /// Slug of the role; found by the title if absent.
            role: MaybeUndefined<String>,
            /// Slug of the industry.
            industry: MaybeUndefined<String>,
            /// Forms of employment.
            employment_types: MaybeUndefined<Vec<EmploymentType>>,
            /// Where the work is done; ONSITE if absent.
            workplace: MaybeUndefined<Workplace>,
            /// Places of the work, 20 at the most. ONSITE and HYBRID postings need one to be published.
            places: MaybeUndefined<Vec<PlaceInput>>,
            /// Countries from which one may apply to a REMOTE posting, 100 at the most.
            applicant_countries: MaybeUndefined<Vec<CountryCode>>,
            /// Whether one may apply to a REMOTE posting from anywhere.
            is_worldwide: MaybeUndefined<bool>,
            /// Seniority.
            experience_level: MaybeUndefined<ExperienceLevel>,
            /// Months of experience asked for, up to 720.
            experience_months: MaybeUndefined<i32>,
            /// Education asked for.
            education: MaybeUndefined<EducationLevel>,
            /// How many people are wanted, 1 to 10,000; 1 if absent.
            openings: MaybeUndefined<i32>,
            /// Pay.
            pay: MaybeUndefined<PayInput>,
            /// Whether the posting says what it pays; follows from `pay` if absent.
            pay_status: MaybeUndefined<PayStatus>,
            /// Benefits in words, 50 at the most, each up to 200 characters.
            benefits: MaybeUndefined<Vec<String>>,
            /// Skills asked for, 50 at the most, each at most once.
            skill_requirements: MaybeUndefined<Vec<SkillRequirementInput>>,
            /// How to apply; INTERNAL if absent.
            apply_kind: MaybeUndefined<ApplyKind>,
            /// Where to apply: an address of the web for URL, an e-mail address for EMAIL.
            apply_target: MaybeUndefined<String>,
            /// Questions that an applicant answers, 20 at the most.
            questions: MaybeUndefined<Vec<ScreeningQuestionInput>>,
            /// The instant at which the posting stops being shown, at most 90 days ahead; 60 days after publication if absent.
            valid_through: MaybeUndefined<DateTime>,
        }

        impl From<$name> for PostingForm {
            fn from($input: $name) -> Self {
                let own: Self = $own_form;
                Self {
                    language: change($input.language),
                    role: change($input.role),
                    industry: change($input.industry),
                    employment_types: change_list($input.employment_types),
                    workplace: change_into($input.workplace),
                    places: change_list($input.places),
                    applicant_countries: change($input.applicant_countries.map_value(|codes| codes.into_iter().map(|code| code.0).collect())),
                    is_worldwide: change($input.is_worldwide),
                    experience_level: change_into($input.experience_level),
                    experience_months: change($input.experience_months),
                    education: change_into($input.education),
                    openings: change($input.openings),
                    pay: change_into($input.pay),
                    pay_status: change_into($input.pay_status),
                    benefits: change($input.benefits),
                    skill_requirements: change_list($input.skill_requirements),
                    apply_kind: change_into($input.apply_kind),
                    apply_target: change($input.apply_target),
                    questions: change_list($input.questions),
                    valid_through: change($input.valid_through.map_value(|at| at.0)),
                    ..own
                }
            }
        }
    };
}

posting_input! {
    /// A new posting.
    PostingCreateInput {
        /// The employer that hires.
        pub employer_id: ID,
        /// Name in the employer's own system; no other posting of the employer may have it.
        external_id: Option<String>,
        /// Title, 1 to 120 characters.
        title: String,
        /// Description, 30 to 20,000 characters.
        description: Markdown,
    } => |input| PostingForm {
        external_id: input.external_id.into(),
        title: Change::Set(input.title),
        description: Change::Set(input.description.0),
        ..PostingForm::default()
    }
}

posting_input! {
    /// Changes of a posting: what is absent stays, what is null is cleared.
    PostingUpdateInput {
        /// The posting.
        pub id: ID,
        /// The version that was seen.
        pub version: i32,
        /// Name in the employer's own system.
        external_id: MaybeUndefined<String>,
        /// Title, 1 to 120 characters.
        title: MaybeUndefined<String>,
        /// Description, 30 to 20,000 characters.
        description: MaybeUndefined<Markdown>,
    } => |input| PostingForm {
        external_id: change(input.external_id),
        title: change(input.title),
        description: change(input.description.map_value(|text| text.0)),
        ..PostingForm::default()
    }
}

posting_input! {
    /// A posting as the employer's own system has it. One that is there already is changed: what is absent stays.
    PostingSyncItem {
        /// Name in the employer's own system.
        pub external_id: String,
        /// Title, 1 to 120 characters.
        title: String,
        /// Description, 30 to 20,000 characters.
        description: Markdown,
        /// Whether the posting is to be published (true) or paused (false); it stays as it is if absent.
        pub is_published: Option<bool>,
    } => |input| PostingForm {
        external_id: Change::Set(input.external_id),
        title: Change::Set(input.title),
        description: Change::Set(input.description.0),
        ..PostingForm::default()
    }
}
