//! Skills in the graph.

use async_graphql::{ID, Object};

use crate::entities::skill;
use crate::graphql::enums::SkillKind;
use crate::ids::{self, Kind};

/// Something that postings require and candidates can do.
#[derive(Clone)]
pub struct Skill(pub skill::Model);

#[Object]
impl Skill {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Skill, self.0.id).into()
    }

    /// Name in addresses; unique, never changed.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What sort of thing it is; null while nobody has said.
    async fn kind(&self) -> Option<SkillKind> {
        self.0.kind.map(SkillKind::from)
    }

    /// Whether it belongs to the kept list, rather than having come with an import and still waiting for a look.
    async fn is_reviewed(&self) -> bool {
        self.0.is_reviewed
    }
}
