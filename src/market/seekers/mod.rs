//! Job seekers per posting.
//!
//! Of a scope S at an instant: P, its distinct open postings; O, the openings left in them; A, the distinct active
//! seekers who applied into S within the window or whose declared target meets a posting of S; and of A the qualified,
//! who hold every required skill of at least one posting of S.
//!
//! Who is active (search status, verified e-mail, intent within the window) and which postings are open is for the
//! source of the rows to know; here they are joined and counted.

mod join;

pub use join::SeekerJoin;

use super::{
    codes::Code,
    matching::{SkillHeld, SkillNeed},
    ratio::Ratio,
    release::{SeekerThresholds, SuppressionReason},
};
use uuid::Uuid;

/// A country, a region of it or a city of it, by codes: the parts that are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The country.
    pub country: Code,
    /// The region, if named.
    pub region: Option<Code>,
    /// The city, if named.
    pub city: Option<Code>,
}

impl Place {
    /// Whether the place agrees with every part that the target names.
    #[must_use]
    pub fn lies_in(&self, target: &Self) -> bool {
        self.country == target.country
            && (target.region.is_none() || self.region == target.region)
            && (target.city.is_none() || self.city == target.city)
    }
}

/// A posting that is open at the instant in question.
#[derive(Clone, Debug)]
pub struct OpenPosting {
    /// The posting; each is given once.
    pub id: Uuid,
    /// Its employer.
    pub employer: Code,
    /// Its role, if resolved. A posting without a role meets no target.
    pub role: Option<Code>,
    /// Whether its workplace is REMOTE.
    pub is_remote: bool,
    /// Its places.
    pub places: Vec<Place>,
    /// Openings not yet filled.
    pub openings_left: u32,
    /// What it requires (importance REQUIRED only), a skill at most once.
    pub required: Vec<SkillNeed>,
}

/// An active candidate with the targets and skills of the profile.
#[derive(Clone, Debug)]
pub struct Seeker {
    /// The candidate; each is given once.
    pub id: Uuid,
    /// Target roles.
    pub roles: Vec<Code>,
    /// Target places.
    pub places: Vec<Place>,
    /// Whether remote work is wished.
    pub wishes_remote: bool,
    /// Skills of the profile, each at most once.
    pub skills: Vec<SkillHeld>,
}

/// What was counted for a group of postings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeekerCounts {
    /// P: open postings.
    pub postings: u64,
    /// O: openings left in them.
    pub openings: u64,
    /// Distinct employers of them.
    pub employers: u64,
    /// Applications into them within the window, by whomever.
    pub applications: u64,
    /// Distinct candidates behind those applications, active or not.
    pub applicants: u64,
    /// A: distinct active seekers who applied or whose target meets a posting.
    pub seekers: u64,
    /// Those of A who hold every required skill of at least one posting of the group.
    pub qualified_seekers: u64,
}

/// Job seekers per posting of a scope: the public counts, and figures or the reason there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeekersPerPosting {
    /// P: open postings.
    pub postings: u64,
    /// O: openings left in them.
    pub openings: u64,
    /// Distinct employers of them.
    pub employers: u64,
    /// The figures, or why they are withheld.
    pub figures: Result<SeekerFigures, SuppressionReason>,
}

/// Counts of people and their quotients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeekerFigures {
    /// A: distinct active seekers.
    pub seekers: u64,
    /// Those of A who hold every required skill of at least one posting.
    pub qualified_seekers: u64,
    /// A ÷ P.
    pub seekers_per_posting: Ratio,
    /// A ÷ O; `None` if no opening is left.
    pub seekers_per_opening: Option<Ratio>,
    /// Applications within the window ÷ P.
    pub applications_per_posting: Ratio,
}

impl SeekerCounts {
    /// The figures, if there are postings and seekers enough to show them.
    #[must_use]
    pub fn release(&self, thresholds: &SeekerThresholds) -> SeekersPerPosting {
        let per_posting = |count| Ratio::new(count, self.postings).ok_or(SuppressionReason::NoPostings);
        let figures = || {
            if let Some(reason) = thresholds.withhold(self.postings, self.seekers) {
                return Err(reason);
            }
            Ok(SeekerFigures {
                seekers: self.seekers,
                qualified_seekers: self.qualified_seekers,
                seekers_per_posting: per_posting(self.seekers)?,
                seekers_per_opening: Ratio::new(self.seekers, self.openings),
                applications_per_posting: per_posting(self.applications)?,
            })
        };
        let Self { postings, openings, employers, .. } = *self;
        SeekersPerPosting { postings, openings, employers, figures: figures() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(postings: u64, seekers: u64) -> Result<SeekerFigures, SuppressionReason> {
        let counts = SeekerCounts { postings, openings: postings * 2, seekers, ..SeekerCounts::default() };
        counts.release(&SeekerThresholds::default()).figures
    }

    #[test]
    fn the_published_report_comes_out() {
        let figures = release(2_924, 86_504).expect("released");
        assert_eq!(figures.seekers_per_posting.decimal(2), "29.58");
        assert_eq!(figures.seekers_per_opening.map(|ratio| ratio.decimal(2)), Some("14.79".into()));
    }

    #[test]
    fn small_scopes_are_withheld_and_empty_ones_say_so() {
        assert_eq!(release(0, 0), Err(SuppressionReason::NoPostings));
        assert_eq!(release(0, 50), Err(SuppressionReason::NoPostings));
        assert_eq!(release(4, 50), Err(SuppressionReason::TooFewPostings));
        assert_eq!(release(5, 9), Err(SuppressionReason::TooFewSeekers));
        assert!(release(5, 10).is_ok());
    }

    #[test]
    fn nobody_at_all_is_zero() {
        let figures = release(5, 0).expect("released");
        assert_eq!((figures.seekers, figures.seekers_per_posting.to_f64()), (0, 0.0));
    }

    #[test]
    fn without_openings_nothing_is_divided() {
        let counts = SeekerCounts { postings: 5, seekers: 10, ..SeekerCounts::default() };
        let released = counts.release(&SeekerThresholds::default());
        assert_eq!(released.figures.map(|figures| figures.seekers_per_opening), Ok(None));
    }
}
