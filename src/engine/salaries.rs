//! What the postings of a set pay.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::post::Post;
use super::ranked::{Merged, Picked, Ranks, Recent};
use super::row::{Field, Row};
use super::scale::{Scale, ScaleKey, Valuation};
use super::snap::{Set, Snap};
use crate::market::salary::{PostedPay, SalarySpec};
use crate::market::sample::{ExclusionReason, SalaryStatistics, Tally, summarise};
use crate::money::Currency;

impl Snap {
    /// The currencies in which postings of a set state their pay. O(postings).
    #[must_use]
    pub fn currencies(&self, set: &Set) -> BTreeSet<Currency> {
        let currency = |pay: &PostedPay| match pay {
            PostedPay::Stated(range) => Some(range.currency()),
            _ => None,
        };
        let mut found = BTreeSet::new();
        set.rows().each(|row| found.extend(currency(&self.base.columns().pay(row))));
        found.extend(self.recent(set).filter_map(|row| currency(&row.pay)));
        found
    }

    /// Salary statistics of a set. Factors must be those of the terms.
    #[must_use]
    pub fn salaries(&self, set: &Set, spec: &SalarySpec) -> SalaryStatistics {
        let scale = self.scale(spec);
        self.statistics(&scale, set.rows().clone(), self.recent(set).map(|row| &**row), spec)
    }

    /// Salary statistics of the postings of a set that have each of these values of a field, or each that any has; by
    /// ascending code.
    #[must_use]
    pub fn salaries_by(
        &self,
        set: &Set,
        field: Field,
        only: Option<&[u32]>,
        spec: &SalarySpec,
    ) -> Vec<(u32, SalaryStatistics)> {
        let scale = self.scale(spec);
        self.of_groups(set, field, only, |(code, group)| {
            (code, self.statistics(&scale, group.rows, group.recent.iter().map(|at| &**at), spec))
        })
    }

    fn scale(&self, spec: &SalarySpec) -> Arc<Scale> {
        self.base.scale(&ScaleKey::of(spec), &self.terms.rates)
    }

    fn statistics<'a>(
        &self,
        scale: &Scale,
        rows: Post,
        recent: impl Iterator<Item = &'a Row>,
        spec: &SalarySpec,
    ) -> SalaryStatistics {
        let disclosed = rows.count_below(self.base.disclosed().end) as u64;
        let mut tally = Tally { disclosed, ..Tally::default() };
        let ranks = Ranks::of(rows, scale, self.base.len());
        let picked = Picked::new(&self.base, scale, &ranks, spec.currency);
        picked.tally(&mut tally);
        let mut valuation = Valuation::new(scale.key(), (*self.terms.rates).as_ref());
        let mut values = Vec::new();
        for row in recent {
            tally.postings += 1;
            tally.disclosed += u64::from(is_disclosed(&row.pay));
            match valuation.value(&row.pay, row.published_at) {
                Ok((currency, value)) if currency == spec.currency => {
                    values.push(Recent::new(value, row.employer));
                }
                Ok(_) => tally.exclude(ExclusionReason::OtherCurrency, 1),
                Err(reason) => tally.exclude(reason, 1),
            }
        }
        summarise(&Merged::new(picked, values), tally, spec.trim, &spec.thresholds)
    }
}

/// Whether an amount is stated.
fn is_disclosed(pay: &PostedPay) -> bool {
    matches!(pay, PostedPay::Stated(pay) if pay.min().is_some() || pay.max().is_some())
}
