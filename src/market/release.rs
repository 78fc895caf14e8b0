//! From how many rows a figure may be shown, and why one is not.

/// Why figures are withheld. Nothing else is shown in their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionReason {
    /// The scope holds no posting.
    NoPostings,
    /// Fewer postings than may be shown.
    TooFewPostings,
    /// The postings are of fewer employers than may be shown.
    TooFewEmployers,
    /// Fewer job seekers than may be shown.
    TooFewSeekers,
}

/// From how many postings and employers salary figures are released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SalaryThresholds {
    /// Least number of postings with a value.
    pub postings: u64,
    /// Least number of distinct employers among them.
    pub employers: u64,
    /// Least number of postings for p10 and p90.
    pub tails: u64,
}

impl Default for SalaryThresholds {
    fn default() -> Self {
        Self { postings: 10, employers: 3, tails: 30 }
    }
}

impl SalaryThresholds {
    /// Why the figures of `sample` values of `employers` employers, out of a set of `postings`, are withheld.
    /// Without a value there is no figure, whatever the thresholds.
    #[must_use]
    pub fn withhold(&self, postings: u64, sample: u64, employers: u64) -> Option<SuppressionReason> {
        if postings == 0 {
            Some(SuppressionReason::NoPostings)
        } else if sample < self.postings.max(1) {
            Some(SuppressionReason::TooFewPostings)
        } else if employers < self.employers {
            Some(SuppressionReason::TooFewEmployers)
        } else {
            None
        }
    }
}

/// From how many postings and seekers the figures of job seekers are released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeekerThresholds {
    /// Least number of open postings.
    pub postings: u64,
    /// Least number of distinct seekers; none at all reveals nobody and is shown as 0.
    pub seekers: u64,
}

impl Default for SeekerThresholds {
    fn default() -> Self {
        Self { postings: 5, seekers: 10 }
    }
}

impl SeekerThresholds {
    /// Why the figures of `seekers` over `postings` are withheld.
    #[must_use]
    pub fn withhold(&self, postings: u64, seekers: u64) -> Option<SuppressionReason> {
        if postings == 0 {
            Some(SuppressionReason::NoPostings)
        } else if postings < self.postings {
            Some(SuppressionReason::TooFewPostings)
        } else if seekers > 0 && seekers < self.seekers {
            Some(SuppressionReason::TooFewSeekers)
        } else {
            None
        }
    }
}
