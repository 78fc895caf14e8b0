//! What filters mean, as a database reads them: true, false or unknown, and "not" turns unknown into true.

use crate::engine::filter::Filter;
use crate::engine::row::{Field, NO_CODE, NO_TIME, Row, State};
use crate::engine::snap::Basis;
use crate::market::salary::PostedPay;

pub fn is_meant(filter: &Filter, row: &Row) -> bool {
    holds(filter, row) == Some(true)
}

fn holds(filter: &Filter, row: &Row) -> Option<bool> {
    match filter {
        Filter::All(filters) => {
            let parts: Vec<_> = filters.iter().map(|filter| holds(filter, row)).collect();
            if parts.contains(&Some(false)) { Some(false) } else { (!parts.contains(&None)).then_some(true) }
        }
        Filter::Any(filters) => {
            let parts: Vec<_> = filters.iter().map(|filter| holds(filter, row)).collect();
            if parts.contains(&Some(true)) { Some(true) } else { (!parts.contains(&None)).then_some(false) }
        }
        Filter::Not(filter) => Some(holds(filter, row) != Some(true)),
        Filter::Has(field, codes) => has(*field, codes, row),
        Filter::PayAtLeast(floors) => {
            let Some((currency, amount)) = row.pay_annual else {
                return if floors.is_empty() { Some(false) } else { None };
            };
            Some(floors.iter().any(|(of, least)| *of == currency && *least <= amount))
        }
        Filter::Published { since, before } => {
            let at = (row.published_at != NO_TIME).then_some(row.published_at);
            let since = since.map_or(Some(true), |since| at.map(|at| at >= since));
            let before = before.map_or(Some(true), |before| at.map(|at| at < before));
            match (since, before) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            }
        }
    }
}

fn has(field: Field, codes: &[u32], row: &Row) -> Option<bool> {
    let column = |code: u32| (code != NO_CODE).then(|| codes.contains(&code));
    let exists = |mut of: Box<dyn Iterator<Item = u32> + '_>| Some(of.any(|code| codes.contains(&code)));
    match field {
        Field::Role => column(row.role),
        Field::Industry => column(row.industry),
        Field::Employer => column(row.employer),
        Field::Language => column(row.language),
        Field::Workplace => column(row.workplace.into()),
        Field::Level => column(row.level.map_or(NO_CODE, u32::from)),
        Field::Education => column(row.education.map_or(NO_CODE, u32::from)),
        Field::PayStatus => column(match row.pay {
            PostedPay::Stated(_) | PostedPay::StatedWithoutAmount => 0,
            PostedPay::Unpaid => 1,
            PostedPay::Withheld => 2,
        }),
        Field::Worldwide => column(row.is_worldwide.into()),
        Field::EmploymentType => Some(codes.iter().any(|form| *form < 8 && row.employment_types & (1 << form) != 0)),
        Field::Skill => exists(Box::new(row.asked.iter().map(|asked| asked.skill))),
        Field::Country => exists(Box::new(row.spots.iter().map(|spot| spot.country))),
        Field::Region => exists(Box::new(row.spots.iter().map(|spot| spot.region).filter(|code| *code != NO_CODE))),
        Field::Place => exists(Box::new(row.spots.iter().map(|spot| spot.place))),
        Field::Applicant => exists(Box::new(row.applicants.iter().copied())),
        Field::Month => crate::engine::row::month(row.published_at).map(|month| codes.contains(&month)),
    }
}

pub fn is_in(basis: Basis, row: &Row) -> bool {
    let there = |at: i64| (at != NO_TIME).then_some(at);
    let (published, ends, closed) = (there(row.published_at), there(row.valid_through), there(row.closed_at));
    let was_published = row.state != State::Unseen;
    match basis {
        Basis::All => true,
        Basis::Open(now) => {
            row.state == State::Published && published.is_some_and(|at| at <= now) && ends.is_some_and(|end| end > now)
        }
        Basis::Published { from, to } => was_published && published.is_some_and(|at| from <= at && at < to),
        Basis::Shown(at) => {
            was_published
                && published.is_some_and(|published| published <= at)
                && ends.is_none_or(|end| at < end)
                && closed.is_none_or(|end| at < end)
        }
    }
}
