//! The postings of a base, one array for each value, and back to rows.

use std::sync::Arc;

use super::bits::number;
use super::post::Lists;
use super::row::{Asked, Field, NO_AMOUNT, NO_CODE, NO_TIME, Row, Spot, State, earlier, is_between, month, pay_status};
use super::table::Table;
use crate::market::salary::PostedPay;
use crate::money::{Currency, PayPeriod, PayRange};

/// What stands for a value of a small set that is not there.
const NONE: u8 = u8::MAX;

/// What an amount of pay is in.
type Terms = (Currency, PayPeriod, Option<u16>);

/// The columns. A row is a position in all of them.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    slot: Vec<u32>,
    id: Vec<u128>,
    employer: Vec<u32>,
    role: Vec<u32>,
    industry: Vec<u32>,
    language: Vec<u32>,
    spots: Lists<u32>,
    spot_table: Table<Spot>,
    applicants: Lists<u32>,
    asked: Lists<u32>,
    asked_table: Table<Asked>,
    is_worldwide: Vec<bool>,
    employment_types: Vec<u8>,
    workplace: Vec<u8>,
    level: Vec<u8>,
    education: Vec<u8>,
    pay_kind: Vec<PayKind>,
    pay_low: Vec<i64>,
    pay_high: Vec<i64>,
    terms: Vec<u32>,
    terms_table: Table<Terms>,
    annual: Vec<i64>,
    annual_currency: Vec<u32>,
    annual_table: Table<Currency>,
    pay_rank: Vec<i64>,
    openings_left: Vec<u32>,
    state: Vec<State>,
    published_at: Vec<i64>,
    valid_through: Vec<i64>,
    closed_at: Vec<i64>,
    updated_at: Vec<i64>,
    title: Vec<u32>,
    title_table: Table<Arc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PayKind {
    Stated,
    InWords,
    Unpaid,
    Withheld,
}

impl Columns {
    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slot.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slot.is_empty()
    }

    /// Adds a row behind the others.
    pub fn push(&mut self, row: &Row) {
        self.slot.push(row.slot);
        self.id.push(row.id);
        self.employer.push(row.employer);
        self.role.push(row.role);
        self.industry.push(row.industry);
        self.language.push(row.language);
        self.spots.push(row.spots.iter().map(|spot| self.spot_table.code(spot)));
        self.applicants.push(row.applicants.iter().copied());
        self.asked.push(row.asked.iter().map(|asked| self.asked_table.code(asked)));
        self.is_worldwide.push(row.is_worldwide);
        self.employment_types.push(row.employment_types);
        self.workplace.push(row.workplace);
        self.level.push(row.level.unwrap_or(NONE));
        self.education.push(row.education.unwrap_or(NONE));
        self.push_pay(row);
        self.openings_left.push(row.openings_left);
        self.state.push(row.state);
        self.published_at.push(row.published_at);
        self.valid_through.push(row.valid_through);
        self.closed_at.push(row.closed_at);
        self.updated_at.push(row.updated_at);
        self.title.push(self.title_table.code(&row.title));
    }

    fn push_pay(&mut self, row: &Row) {
        let (kind, range) = match row.pay {
            PostedPay::Stated(range) => (PayKind::Stated, Some(range)),
            PostedPay::StatedWithoutAmount => (PayKind::InWords, None),
            PostedPay::Unpaid => (PayKind::Unpaid, None),
            PostedPay::Withheld => (PayKind::Withheld, None),
        };
        let bound = |bound: fn(&PayRange) -> Option<i64>| range.as_ref().and_then(bound).unwrap_or(NO_AMOUNT);
        self.pay_kind.push(kind);
        self.pay_low.push(bound(PayRange::min));
        self.pay_high.push(bound(PayRange::max));
        let terms = range.map(|range| (range.currency(), range.period(), range.hours_per_week()));
        self.terms.push(terms.map_or(NO_CODE, |terms| self.terms_table.code(&terms)));
        self.annual.push(row.pay_annual.map_or(NO_AMOUNT, |annual| annual.1));
        self.annual_currency.push(row.pay_annual.map_or(NO_CODE, |annual| self.annual_table.code(&annual.0)));
        self.pay_rank.push(row.pay_rank);
    }

    /// Gives titles and places codes in their own order, and forgets what only helped to build. To be called behind the last row.
    pub fn finish(&mut self) {
        let places = self.title_table.sort();
        self.title.iter_mut().for_each(|code| *code = places[*code as usize]);
        let places = self.spot_table.sort();
        self.spots.items_mut().iter_mut().for_each(|code| *code = places[*code as usize]);
        self.asked_table.close();
    }

    /// A row as it was added.
    #[must_use]
    pub fn row(&self, row: u32) -> Row {
        let at = row as usize;
        let small = |value: u8| (value != NONE).then_some(value);
        Row {
            slot: self.slot[at],
            id: self.id[at],
            employer: self.employer[at],
            role: self.role[at],
            industry: self.industry[at],
            language: self.language[at],
            spots: self.spots(row).collect(),
            applicants: self.applicants.of(row).into(),
            is_worldwide: self.is_worldwide[at],
            asked: self.asked(row).collect(),
            employment_types: self.employment_types[at],
            workplace: self.workplace[at],
            level: small(self.level[at]),
            education: small(self.education[at]),
            pay: self.pay(row),
            pay_annual: self.annual(row),
            pay_rank: self.pay_rank[at],
            openings_left: self.openings_left[at],
            state: self.state[at],
            published_at: self.published_at[at],
            valid_through: self.valid_through[at],
            closed_at: self.closed_at[at],
            updated_at: self.updated_at[at],
            title: self.title_text(self.title[at]).clone(),
            text: None,
        }
    }

    /// Does something with every code that a row has in a field, each once.
    pub fn each_code(&self, row: u32, field: Field, mut act: impl FnMut(u32)) {
        let at = row as usize;
        let mut one = |code: u32| {
            if code != NO_CODE {
                act(code);
            }
        };
        match field {
            Field::Role => one(self.role[at]),
            Field::Industry => one(self.industry[at]),
            Field::Employer => one(self.employer[at]),
            Field::Language => one(self.language[at]),
            Field::Worldwide => one(self.is_worldwide[at].into()),
            Field::Workplace => one(self.workplace[at].into()),
            Field::Level => one(small_code(self.level[at])),
            Field::Education => one(small_code(self.education[at])),
            Field::PayStatus => one(pay_status(&self.pay(row))),
            Field::Month => one(month(self.published_at[at]).unwrap_or(NO_CODE)),
            Field::EmploymentType => (0..8).filter(|form| self.employment_types[at] >> form & 1 == 1).for_each(one),
            Field::Skill => self.asked(row).for_each(|asked| one(asked.skill)),
            Field::Place => self.spots(row).for_each(|spot| one(spot.place)),
            Field::Applicant => self.applicants.of(row).iter().for_each(|code| one(*code)),
            Field::Country => self.each_area(row, |spot| spot.country, one),
            Field::Region => self.each_area(row, |spot| spot.region, one),
        }
    }

    /// Several places may lie in one area.
    fn each_area(&self, row: u32, area: fn(Spot) -> u32, mut act: impl FnMut(u32)) {
        match self.spots.of(row) {
            [] => {}
            [spot] => act(area(*self.spot_table.at(*spot))),
            _ => {
                let mut areas: Vec<u32> = self.spots(row).map(area).collect();
                areas.sort_unstable();
                areas.dedup();
                areas.into_iter().for_each(act);
            }
        }
    }

    /// The places of a row.
    pub fn spots(&self, row: u32) -> impl Iterator<Item = Spot> {
        self.spots.of(row).iter().map(|code| *self.spot_table.at(*code))
    }

    /// Codes of the places of a row, which are in the order of the places.
    #[must_use]
    pub fn spot_codes(&self, row: u32) -> &[u32] {
        self.spots.of(row)
    }

    /// The place of a code.
    ///
    /// # Panics
    /// When no row has the code.
    #[must_use]
    pub fn spot(&self, code: u32) -> Spot {
        *self.spot_table.at(code)
    }

    /// The skills that a row asks for.
    pub fn asked(&self, row: u32) -> impl Iterator<Item = Asked> {
        self.asked.of(row).iter().map(|code| *self.asked_table.at(*code))
    }

    /// What a row says about its pay.
    #[must_use]
    pub fn pay(&self, row: u32) -> PostedPay {
        let at = row as usize;
        match self.pay_kind[at] {
            PayKind::Stated => self.range(row).map_or(PostedPay::StatedWithoutAmount, PostedPay::Stated),
            PayKind::InWords => PostedPay::StatedWithoutAmount,
            PayKind::Unpaid => PostedPay::Unpaid,
            PayKind::Withheld => PostedPay::Withheld,
        }
    }

    fn range(&self, row: u32) -> Option<PayRange> {
        let at = row as usize;
        let (currency, period, hours) = *self.terms_table.get(self.terms[at])?;
        let bound = |bound: i64| (bound != NO_AMOUNT).then_some(bound);
        PayRange::new(bound(self.pay_low[at]), bound(self.pay_high[at]), currency, period, hours.map(i64::from)).ok()
    }

    /// Currency and best pay of a full-time year.
    #[must_use]
    pub fn annual(&self, row: u32) -> Option<(Currency, i64)> {
        let currency = self.annual_table.get(self.annual_currency[row as usize])?;
        Some((*currency, self.annual[row as usize]))
    }

    /// Floors of pay by code of their currency; the largest amount of all stands for none.
    #[must_use]
    pub fn floors(&self, floors: &[(Currency, i64)]) -> Vec<i64> {
        let of = |currency: &Currency| floors.iter().filter(|floor| floor.0 == *currency).map(|floor| floor.1).min();
        self.annual_table.things().iter().map(|currency| of(currency).unwrap_or(i64::MAX)).collect()
    }

    /// Whether the best pay of a row reaches the floor of its currency.
    #[must_use]
    pub fn pays_at_least(&self, row: u32, floors: &[i64]) -> bool {
        let floor = floors.get(self.annual_currency[row as usize] as usize);
        floor.is_some_and(|floor| *floor < i64::MAX && self.annual[row as usize] >= *floor)
    }

    /// Whether one can apply at an instant.
    #[must_use]
    pub fn is_open_at(&self, row: u32, now: i64) -> bool {
        let at = row as usize;
        self.state[at] == State::Published && is_between(self.published_at[at], self.valid_through[at], now)
    }

    /// Whether a row was once published.
    #[must_use]
    pub fn was_published(&self, row: u32) -> bool {
        self.state[row as usize] != State::Unseen && self.published_at[row as usize] != NO_TIME
    }

    /// When a row stops or stopped being shown, if ever.
    #[must_use]
    pub fn ends_at(&self, row: u32) -> i64 {
        earlier(self.valid_through[row as usize], self.closed_at[row as usize])
    }

    /// The title of a code.
    ///
    /// # Panics
    /// When no row has the code.
    #[must_use]
    pub fn title_text(&self, code: u32) -> &Arc<str> {
        self.title_table.at(code)
    }

    /// All titles, by their code.
    #[must_use]
    pub fn all_titles(&self) -> &[Arc<str>] {
        self.title_table.things()
    }

    /// How many titles are less than this one, and whether it is among them: its code or where it would be.
    #[must_use]
    pub fn title_code(&self, title: &str) -> (u32, bool) {
        match self.title_table.things().binary_search_by(|known| (**known).cmp(title)) {
            Ok(at) => (number(at), true),
            Err(at) => (number(at), false),
        }
    }
}

/// Columns by row.
impl Columns {
    /// Numbers of the postings.
    #[must_use]
    pub fn slots(&self) -> &[u32] {
        &self.slot
    }

    /// Identifiers.
    #[must_use]
    pub fn ids(&self) -> &[u128] {
        &self.id
    }

    /// Employers.
    #[must_use]
    pub fn employers(&self) -> &[u32] {
        &self.employer
    }

    /// Roles.
    #[must_use]
    pub fn roles(&self) -> &[u32] {
        &self.role
    }

    /// Codes of workplaces.
    #[must_use]
    pub fn workplaces(&self) -> &[u8] {
        &self.workplace
    }

    /// States.
    #[must_use]
    pub fn states(&self) -> &[State] {
        &self.state
    }

    /// Instants of first publication.
    #[must_use]
    pub fn published_at(&self) -> &[i64] {
        &self.published_at
    }

    /// First instants at which rows are no longer valid.
    #[must_use]
    pub fn valid_through(&self) -> &[i64] {
        &self.valid_through
    }

    /// Instants of the last change.
    #[must_use]
    pub fn updated_at(&self) -> &[i64] {
        &self.updated_at
    }

    /// Best pay in euro.
    #[must_use]
    pub fn pay_ranks(&self) -> &[i64] {
        &self.pay_rank
    }

    /// Codes of titles, which are in the order of the titles.
    #[must_use]
    pub fn titles(&self) -> &[u32] {
        &self.title
    }

    /// Openings not yet filled.
    #[must_use]
    pub fn openings_left(&self) -> &[u32] {
        &self.openings_left
    }
}

fn small_code(value: u8) -> u32 {
    if value == NONE { NO_CODE } else { value.into() }
}
