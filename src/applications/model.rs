//! The rules of an application's life (`domain.md` §4), as one table. No database here.

use chrono::TimeDelta;
use sea_orm::Iterable;

use crate::entities::sets::{ApplicationStatus, Party};
use crate::error::Refusal;
use crate::text;

/// How long an application stays without an answer after its posting ended, before it lapses.
pub const LAPSE_AFTER: TimeDelta = TimeDelta::days(45);

use ApplicationStatus::{
    Assessment, Hired, InReview, Interview, Lapsed, OfferAccepted, OfferDeclined, Offered, Rejected, Rescinded,
    Shortlisted, Submitted, Withdrawn,
};

/// Whether this party may move an application from one state to the other.
#[must_use]
pub const fn allows(party: Party, from: ApplicationStatus, to: ApplicationStatus) -> bool {
    match (party, from, to) {
        (Party::Employer, Submitted, InReview)
        | (Party::Employer, InReview, Shortlisted | Assessment | Interview)
        | (Party::Employer, Shortlisted, Assessment | Interview | Offered)
        | (Party::Employer, Assessment, Shortlisted | Interview | Offered)
        | (Party::Employer, Interview, Shortlisted | Assessment | Offered)
        | (Party::Employer, OfferAccepted, Hired)
        | (Party::Employer, Offered | OfferAccepted, Rescinded)
        | (Party::Candidate, Offered, OfferAccepted | OfferDeclined) => true,
        (Party::Employer, _, Rejected) | (Party::System, _, Lapsed) => is_before_offer(from),
        (Party::Candidate, _, Withdrawn) => from.is_active(),
        _ => false,
    }
}

/// Whether the employer has made no offer yet, and may still.
#[must_use]
pub const fn is_before_offer(status: ApplicationStatus) -> bool {
    matches!(status, Submitted | InReview | Shortlisted | Assessment | Interview)
}

/// The states to which this party may move an application next.
#[must_use]
pub fn next(party: Party, from: ApplicationStatus) -> Vec<ApplicationStatus> {
    ApplicationStatus::iter().filter(|to| allows(party, from, *to)).collect()
}

/// Whether the employer owes the candidate a reason for this move.
#[must_use]
pub const fn needs_reason(to: ApplicationStatus) -> bool {
    matches!(to, Rejected | Rescinded)
}

/// Reads what goes with a move: up to 2,000 characters, which the candidate is told.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `reason`.
pub fn reason(to: ApplicationStatus, text: Option<&str>) -> Result<Option<String>, Refusal> {
    match text {
        None if needs_reason(to) => text::prose("reason", "", 1, 2_000).map(Some),
        None => Ok(None),
        Some(text) => text::prose("reason", text, 1, 2_000).map(Some),
    }
}

/// Reads a cover letter: up to 10,000 characters of Markdown.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `coverLetter`.
pub fn cover_letter(text: &str) -> Result<String, Refusal> {
    text::prose("coverLetter", text, 1, 10_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    /// The table as `domain.md` prints it: from, to, who.
    const TABLE: &[(&[ApplicationStatus], &[ApplicationStatus], Party)] = &[
        (&[Submitted], &[InReview], Party::Employer),
        (&[InReview], &[Shortlisted, Assessment, Interview], Party::Employer),
        (&[Shortlisted, Assessment, Interview], &[Shortlisted, Assessment, Interview, Offered], Party::Employer),
        (&[Offered], &[OfferAccepted, OfferDeclined], Party::Candidate),
        (&[OfferAccepted], &[Hired], Party::Employer),
        (&[Submitted, InReview, Shortlisted, Assessment, Interview], &[Rejected], Party::Employer),
        (&[Offered, OfferAccepted], &[Rescinded], Party::Employer),
        (
            &[Submitted, InReview, Shortlisted, Assessment, Interview, Offered, OfferAccepted],
            &[Withdrawn],
            Party::Candidate,
        ),
        (&[Submitted, InReview, Shortlisted, Assessment, Interview], &[Lapsed], Party::System),
    ];

    #[test]
    fn every_move_is_allowed_if_and_only_if_the_table_has_it() {
        for party in Party::iter() {
            for from in ApplicationStatus::iter() {
                for to in ApplicationStatus::iter() {
                    let listed = TABLE.iter().any(|(froms, tos, who)| {
                        *who == party && froms.contains(&from) && tos.contains(&to) && from != to
                    });
                    assert_eq!(allows(party, from, to), listed, "{party:?}: {from:?} to {to:?}");
                }
            }
        }
    }

    proptest! {
        /// Whatever is tried, an application that ended stays as it is, and an offer is needed to be hired.
        #[test]
        fn lives_end_once(tries in prop::collection::vec(
            (select(Party::iter().collect::<Vec<_>>()), select(ApplicationStatus::iter().collect::<Vec<_>>())), 0..60,
        )) {
            let mut lived = vec![Submitted];
            for (party, to) in tries {
                let from = *lived.last().expect("a state");
                if allows(party, from, to) {
                    prop_assert!(from.is_active());
                    lived.push(to);
                }
            }
            if lived.contains(&Hired) {
                prop_assert!(lived.contains(&Offered) && lived.contains(&OfferAccepted));
            }
            prop_assert!(lived.iter().filter(|status| !status.is_active()).count() <= 1);
        }
    }

    #[test]
    fn a_refusal_is_explained() {
        assert_eq!(reason(Rejected, None).expect_err("needs one").path, ["reason"]);
        assert_eq!(reason(InReview, None), Ok(None));
        assert_eq!(reason(Rescinded, Some(" Funding fell through. ")), Ok(Some("Funding fell through.".to_owned())));
    }
}
