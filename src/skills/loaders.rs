//! Questions about skills.

use crate::entities::skill;
use crate::graphql::loads::by_id;

by_id! {
    /// Which skill has this identifier?
    SkillById => skill
}
