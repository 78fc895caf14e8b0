//! How well a candidate fits a posting, in the graph.

use std::collections::HashMap;

use async_graphql::{Context, SimpleObject};
use uuid::Uuid;

use super::parts::SkillRequirement;
use crate::candidates::loaders::SkillsOfCandidate;
use crate::entities::sets::Importance;
use crate::entities::{candidate_skill, skill_requirement};
use crate::graphql::context::Ask;
use crate::graphql::loads::list;
use crate::market::codes::{Code, Codes};
use crate::market::matching::{self, Requirement, SkillHeld, SkillNeed};
use crate::postings::loaders::RequirementsNow;

/// How well a candidate's skills meet what a posting asks for.
#[derive(SimpleObject)]
pub struct Match {
    /// 0 to 100: the weighted share of the requirements that are met. Null when the posting asks for no skill.
    pub score: Option<i32>,
    /// Requirements that are met.
    pub met: Vec<SkillRequirement>,
    /// Requirements whose skill is missing.
    pub missing: Vec<SkillRequirement>,
    /// Requirements whose skill is there, but at a lower level or with less practice.
    pub below_level: Vec<SkillRequirement>,
}

impl Match {
    /// Compares what the posting asks for with what the candidate has (`domain.md` §7).
    ///
    /// # Errors
    /// The database failed.
    pub async fn of(ctx: &Context<'_>, posting_id: Uuid, candidate_id: Uuid) -> async_graphql::Result<Self> {
        let asked = list(ctx.loads(), RequirementsNow(posting_id)).await?;
        let held = list(ctx.loads(), SkillsOfCandidate(candidate_id)).await?;
        Ok(Self::between(asked, &held))
    }

    fn between(asked: Vec<skill_requirement::Model>, held: &[candidate_skill::Model]) -> Self {
        let mut codes = Codes::default();
        let requirements: Vec<_> = asked.iter().map(|row| requirement(row, codes.code(row.skill_id))).collect();
        let held: Vec<_> = held.iter().map(|row| skill_held(row, codes.code(row.skill_id))).collect();
        let result = matching::match_score(&requirements, &held);
        let rows: HashMap<_, _> = requirements.iter().map(|r| r.need.skill).zip(asked).collect();
        let pick = |skills: &[Code]| {
            skills.iter().filter_map(|skill| rows.get(skill).cloned()).map(SkillRequirement::from).collect()
        };
        Self {
            score: result.score.map(i32::from),
            met: pick(&result.met),
            missing: pick(&result.missing),
            below_level: pick(&result.below_level),
        }
    }
}

fn byte(number: i32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn short(number: i32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn requirement(row: &skill_requirement::Model, skill: Code) -> Requirement {
    Requirement {
        need: SkillNeed { skill, min_level: row.min_level.map(byte), min_months: row.min_months.map(short) },
        importance: match row.importance {
            Importance::Required => matching::Importance::Required,
            Importance::Preferred => matching::Importance::Preferred,
        },
        weight: byte(row.weight),
    }
}

fn skill_held(row: &candidate_skill::Model, skill: Code) -> SkillHeld {
    SkillHeld { skill, level: row.level.map(byte), months: row.months.map(short) }
}
