//! How well a candidate fits a posting, as a sort key of the database.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};

use crate::entities::sets::Importance;
use crate::entities::{candidate_skill, skill_requirement};

/// The share of a posting's requirements that a candidate meets, in millionths; null for a posting without any. It
/// orders as the score of `domain.md` §7 does, which is this share rounded to hundredths.
#[must_use]
pub fn share(posting: SimpleExpr, candidate: SimpleExpr) -> SimpleExpr {
    let asked = |column| Expr::col((skill_requirement::Entity, column));
    let held = |column| Expr::col((candidate_skill::Entity, column));
    let weight = || {
        let weight = asked(skill_requirement::Column::Weight);
        let required = skill_requirement::Column::Importance.eq(Importance::Required);
        Expr::Case(Box::new(Expr::case(required, weight.clone().mul(3)).finally(weight)))
    };
    let enough = |least, has: SimpleExpr| Condition::any().add(asked(least).is_null()).add(has.gte(asked(least)));
    let met = Condition::all()
        .add(held(candidate_skill::Column::SkillId).is_not_null())
        .add(enough(skill_requirement::Column::MinLevel, held(candidate_skill::Column::Level)))
        .add(enough(skill_requirement::Column::MinMonths, held(candidate_skill::Column::Months)));
    let reached = Expr::Case(Box::new(Expr::case(met, weight()).finally(Expr::val(0))));
    let same_skill = Condition::all()
        .add(held(candidate_skill::Column::CandidateId).eq(candidate))
        .add(held(candidate_skill::Column::SkillId).eq(asked(skill_requirement::Column::SkillId)));
    let query = Query::select()
        .expr(reached.sum().mul(1_000_000).div(weight().sum()))
        .from(skill_requirement::Entity)
        .left_join(candidate_skill::Entity, same_skill)
        .and_where(asked(skill_requirement::Column::PostingId).eq(posting))
        .to_owned();
    Expr::SubQuery(None, Box::new(query.into()))
}
