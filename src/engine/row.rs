//! What a posting is to the engine: codes and numbers, its folded title, and while it is recent its words.

use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate};

use super::text::Text;
use crate::market::salary::PostedPay;
use crate::money::Currency;

/// No code: the posting lacks the value.
pub const NO_CODE: u32 = u32::MAX;
/// No instant: the posting lacks it. Instants are microseconds since 1970 (UTC).
pub const NO_TIME: i64 = i64::MIN;
/// No amount.
pub const NO_AMOUNT: i64 = i64::MIN;

/// A value of postings by which they are found, counted and grouped. Each has codes of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Role.
    Role,
    /// Industry.
    Industry,
    /// Employer.
    Employer,
    /// Skill asked for, must or wish.
    Skill,
    /// Country of a place of the work.
    Country,
    /// Region of a place of the work.
    Region,
    /// Place of the work.
    Place,
    /// Country from which one may apply.
    Applicant,
    /// 1 where all the world may apply, 0 where not.
    Worldwide,
    /// Where the work is done, by position in its set.
    Workplace,
    /// Form of employment, by position in its set.
    EmploymentType,
    /// Seniority, by position in its set.
    Level,
    /// Education asked for, by position in its set.
    Education,
    /// Language of the posting.
    Language,
    /// Whether the pay is told, by position in its set.
    PayStatus,
    /// Month of first publication (UTC), counted from the year 0.
    Month,
}

impl Field {
    /// Every field, each at its own position.
    pub const ALL: [Self; 16] = [
        Self::Role,
        Self::Industry,
        Self::Employer,
        Self::Skill,
        Self::Country,
        Self::Region,
        Self::Place,
        Self::Applicant,
        Self::Worldwide,
        Self::Workplace,
        Self::EmploymentType,
        Self::Level,
        Self::Education,
        Self::Language,
        Self::PayStatus,
        Self::Month,
    ];
}

/// Code of a remote workplace.
pub const REMOTE: u32 = 2;

/// The stored state of a posting, as far as it is of interest here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Never shown: a draft, under review or rejected.
    Unseen,
    /// Published.
    Published,
    /// Paused or closed.
    Halted,
}

/// A place of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The country.
    pub country: u32,
    /// The region, or [`NO_CODE`].
    pub region: u32,
    /// The place itself.
    pub place: u32,
}

/// A skill that a posting asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asked {
    /// The skill.
    pub skill: u32,
    /// Least months, if any are asked.
    pub min_months: Option<u16>,
    /// Least level, if one is asked.
    pub min_level: Option<u8>,
    /// A must rather than a wish.
    pub is_required: bool,
}

/// A posting.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its number, dense over all postings.
    pub slot: u32,
    /// Its identifier as a number: what breaks ties.
    pub id: u128,
    /// Who hires.
    pub employer: u32,
    /// The role, or [`NO_CODE`].
    pub role: u32,
    /// The industry, or [`NO_CODE`].
    pub industry: u32,
    /// The language, or [`NO_CODE`].
    pub language: u32,
    /// Its places, each once.
    pub spots: Box<[Spot]>,
    /// Countries from which one may apply.
    pub applicants: Box<[u32]>,
    /// Whether one may apply from everywhere.
    pub is_worldwide: bool,
    /// Skills, each once.
    pub asked: Box<[Asked]>,
    /// Bits of the forms of employment.
    pub employment_types: u8,
    /// Position in the set of workplaces; [`REMOTE`] is remote.
    pub workplace: u8,
    /// Position in the set of levels.
    pub level: Option<u8>,
    /// Position in the set of education levels.
    pub education: Option<u8>,
    /// What it says about its pay.
    pub pay: PostedPay,
    /// Currency and best pay of a full-time year, as lists are filtered by them.
    pub pay_annual: Option<(Currency, i64)>,
    /// The same in euro, as lists are sorted by it; or [`NO_AMOUNT`].
    pub pay_rank: i64,
    /// Openings not yet filled.
    pub openings_left: u32,
    /// Its state.
    pub state: State,
    /// First publication, or [`NO_TIME`].
    pub published_at: i64,
    /// First instant at which it is no longer valid, or [`NO_TIME`].
    pub valid_through: i64,
    /// When it was closed, or [`NO_TIME`].
    pub closed_at: i64,
    /// Last change.
    pub updated_at: i64,
    /// The folded title.
    pub title: Arc<str>,
    /// All of its words. Rows of a base leave theirs to the index.
    pub text: Option<Arc<Text>>,
}

impl Row {
    /// Whether one can apply at an instant.
    #[must_use]
    pub fn is_open_at(&self, now: i64) -> bool {
        self.state == State::Published && is_between(self.published_at, self.valid_through, now)
    }

    /// Whether it was once published.
    #[must_use]
    pub fn was_published(&self) -> bool {
        self.state != State::Unseen && self.published_at != NO_TIME
    }

    /// When it stops or stopped being shown: the earlier of its end and its closing, or [`NO_TIME`].
    #[must_use]
    pub fn ends_at(&self) -> i64 {
        earlier(self.valid_through, self.closed_at)
    }

    /// Whether the posting has one of these codes in a field.
    #[must_use]
    pub fn has(&self, field: Field, codes: &[u32]) -> bool {
        self.any_code(field, |code| codes.contains(&code))
    }

    /// Replaces the content of `codes` by those that the posting has in a field, each once.
    pub fn codes(&self, field: Field, codes: &mut Vec<u32>) {
        codes.clear();
        self.any_code(field, |code| {
            codes.push(code);
            false
        });
        if codes.len() > 1 {
            codes.sort_unstable();
            codes.dedup();
        }
    }

    /// Whether a code of the posting in a field passes the test. Some may be asked about twice.
    fn any_code(&self, field: Field, mut test: impl FnMut(u32) -> bool) -> bool {
        let mut one = |code: u32| code != NO_CODE && test(code);
        match field {
            Field::Role => one(self.role),
            Field::Industry => one(self.industry),
            Field::Employer => one(self.employer),
            Field::Language => one(self.language),
            Field::Worldwide => one(self.is_worldwide.into()),
            Field::Workplace => one(self.workplace.into()),
            Field::Level => self.level.is_some_and(|level| one(level.into())),
            Field::Education => self.education.is_some_and(|level| one(level.into())),
            Field::PayStatus => one(pay_status(&self.pay)),
            Field::Month => month(self.published_at).is_some_and(one),
            Field::EmploymentType => (0..8).any(|form| self.employment_types >> form & 1 == 1 && one(form)),
            Field::Skill => self.asked.iter().any(|asked| one(asked.skill)),
            Field::Country => self.spots.iter().any(|spot| one(spot.country)),
            Field::Region => self.spots.iter().any(|spot| one(spot.region)),
            Field::Place => self.spots.iter().any(|spot| one(spot.place)),
            Field::Applicant => self.applicants.iter().any(|code| one(*code)),
        }
    }
}

/// Whether `from` ≤ `at` < `to`; nothing lies before or behind what is not there.
#[must_use]
pub const fn is_between(from: i64, to: i64, at: i64) -> bool {
    // An absent end is the least number of all and is behind no instant.
    from != NO_TIME && from <= at && at < to
}

/// The earlier of two instants that may be absent.
#[must_use]
pub const fn earlier(one: i64, other: i64) -> i64 {
    match (one, other) {
        (NO_TIME, end) | (end, NO_TIME) => end,
        (one, other) => {
            if one < other {
                one
            } else {
                other
            }
        }
    }
}

/// Position in the set of pay states: stated, unpaid, withheld.
#[must_use]
pub const fn pay_status(pay: &PostedPay) -> u32 {
    match pay {
        PostedPay::Stated(_) | PostedPay::StatedWithoutAmount => 0,
        PostedPay::Unpaid => 1,
        PostedPay::Withheld => 2,
    }
}

/// The day of an instant (UTC).
#[must_use]
pub fn day(at: i64) -> Option<NaiveDate> {
    DateTime::from_timestamp_micros(at).filter(|_| at != NO_TIME).map(|at| at.date_naive())
}

/// The month of an instant, counted from the year 0; none before that year.
#[must_use]
pub fn month(at: i64) -> Option<u32> {
    month_of_day(day(at)?)
}

/// The first day of a month.
#[must_use]
pub fn month_start(month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(month / 12).ok()?, month % 12 + 1, 1)
}

/// The month of a day, as [`month`] numbers them.
#[must_use]
pub fn month_of_day(day: NaiveDate) -> Option<u32> {
    Some(u32::try_from(day.year()).ok()? * 12 + day.month0())
}
