//! How well a candidate's skills meet a posting's requirements.

use super::{codes::Code, ratio::Ratio};
use std::collections::HashMap;

/// Whether a skill must be there or is only welcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Importance {
    /// Counts three times in the score, and decides whether a seeker is qualified.
    Required,
    /// Counts once.
    Preferred,
}

/// A skill that a posting asks for, with the least that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SkillNeed {
    /// The skill.
    pub skill: Code,
    /// Least level, 1–5.
    pub min_level: Option<u8>,
    /// Least experience in months.
    pub min_months: Option<u16>,
}

/// A requirement of a posting: a need and how much it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// What is asked.
    pub need: SkillNeed,
    /// Required or preferred.
    pub importance: Importance,
    /// 1–10.
    pub weight: u8,
}

/// A skill that a candidate states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkillHeld {
    /// The skill.
    pub skill: Code,
    /// 1–5, if stated.
    pub level: Option<u8>,
    /// Experience in months, if stated.
    pub months: Option<u16>,
}

/// A score and what it is made of; the lists keep the order of the requirements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    /// 0–100, rounded half to even; `None` for a posting without requirements.
    pub score: Option<u8>,
    /// Skills the candidate has as asked.
    pub met: Vec<Code>,
    /// Skills the candidate does not state.
    pub missing: Vec<Code>,
    /// Skills the candidate states, with less level or experience than asked or none stated.
    pub below_level: Vec<Code>,
}

impl SkillNeed {
    /// Whether the skill is held at the level and with the experience that are asked. What is asked must be stated.
    #[must_use]
    pub fn is_met_by(&self, held: &SkillHeld) -> bool {
        let enough_level = self.min_level.is_none_or(|least| held.level >= Some(least));
        let enough_months = self.min_months.is_none_or(|least| held.months >= Some(least));
        self.skill == held.skill && enough_level && enough_months
    }
}

/// Weighted share of the requirements that are met, out of 100.
///
/// A requirement counts `weight`, three times that if it is required. Nothing is given for a skill below what is asked.
#[must_use]
pub fn match_score(requirements: &[Requirement], skills: &[SkillHeld]) -> Match {
    let held: HashMap<Code, &SkillHeld> = skills.iter().map(|held| (held.skill, held)).collect();
    let mut result = Match::default();
    let (mut reached, mut total) = (0_u64, 0_u64);
    for requirement in requirements {
        let counts = u64::from(requirement.weight)
            * match requirement.importance {
                Importance::Required => 3,
                Importance::Preferred => 1,
            };
        total += counts;
        let skill = requirement.need.skill;
        match held.get(&skill) {
            Some(held) if requirement.need.is_met_by(held) => {
                reached += counts;
                result.met.push(skill);
            }
            Some(_) => result.below_level.push(skill),
            None => result.missing.push(skill),
        }
    }
    result.score = Ratio::new(reached * 100, total).and_then(|share| share.decimal(0).parse().ok());
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::codes::Codes;
    use Importance::{Preferred, Required};

    fn codes() -> [Code; 4] {
        let mut codes = Codes::default();
        ["rust", "sql", "http", "css"].map(|name| codes.code(name))
    }

    fn asked(skill: Code, importance: Importance, weight: u8, min_level: Option<u8>) -> Requirement {
        Requirement { need: SkillNeed { skill, min_level, min_months: None }, importance, weight }
    }

    fn held(skill: Code, level: Option<u8>) -> SkillHeld {
        SkillHeld { skill, level, months: None }
    }

    #[test]
    fn required_skills_weigh_three_times() {
        let [rust, sql, http, css] = codes();
        let requirements = [
            asked(rust, Required, 2, Some(3)),
            asked(sql, Required, 1, Some(3)),
            asked(http, Preferred, 4, None),
            asked(css, Preferred, 1, None),
        ];
        let result = match_score(&requirements, &[held(rust, Some(3)), held(sql, Some(2)), held(css, None)]);
        // (2 × 3 + 1) of (2 × 3 + 1 × 3 + 4 + 1).
        assert_eq!(result.score, Some(50));
        assert_eq!((result.met, result.missing, result.below_level), (vec![rust, css], vec![http], vec![sql]));
    }

    #[test]
    fn an_empty_profile_scores_zero_and_no_requirement_scores_nothing() {
        let [rust, ..] = codes();
        assert_eq!(match_score(&[asked(rust, Preferred, 1, None)], &[]).score, Some(0));
        assert_eq!(match_score(&[], &[held(rust, Some(5))]), Match::default());
        assert_eq!(match_score(&[], &[held(rust, Some(5))]).score, None);
    }

    #[test]
    fn what_is_asked_must_be_stated() {
        let [rust, ..] = codes();
        let need = SkillNeed { skill: rust, min_level: None, min_months: Some(12) };
        let with = |months| need.is_met_by(&SkillHeld { skill: rust, level: Some(5), months });
        assert_eq!((with(None), with(Some(11)), with(Some(12))), (false, false, true));
    }

    #[test]
    fn scores_are_rounded_half_to_even() {
        let [rust, sql, ..] = codes();
        let score = |met, missed| {
            let requirements = [asked(rust, Preferred, met, None), asked(sql, Preferred, missed, None)];
            match_score(&requirements, &[held(rust, None)]).score
        };
        assert_eq!((score(1, 7), score(3, 5), score(1, 2)), (Some(12), Some(38), Some(33)));
    }
}
