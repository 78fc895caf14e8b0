//! Reference data: what is bundled, how it comes into the database, and how names become identifiers.

pub mod bundle;
pub mod places;
pub mod resolve;
pub mod seed;
pub mod titles;

use std::collections::HashSet;

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::config::MarketConfig;
use crate::db::Database;
use crate::entities::{role_alias, skill, skill_alias};
use crate::market::annual::Factors;
use crate::market::rates::Rates;
use crate::money::Currency;
use crate::postings::filter::search::SkillNames;
use titles::TitleIndex;

/// Reference data that is kept in memory because every posting needs it.
pub struct Reference {
    /// Roles by the titles that postings give them.
    pub titles: TitleIndex<Uuid>,
    /// Exchange rates of the European Central Bank.
    pub rates: Rates,
    /// How pay is annualised.
    pub factors: Factors,
    /// Skills of the kept list by their names.
    pub skills: SkillNames,
    /// All roles.
    pub roles: HashSet<Uuid>,
}

impl Reference {
    /// Brings the bundled data into the database if it is not there yet, and reads what is kept in memory.
    ///
    /// # Errors
    /// The database failed, or the bundle cannot be read.
    pub async fn load(db: &Database, config: &MarketConfig) -> anyhow::Result<Self> {
        seed::seed(db).await?;
        let titles = titles_of_roles(db).await?;
        Ok(Self {
            roles: titles.iter().map(|(_, role)| *role).collect(),
            skills: names_of_skills(db).await?,
            titles: TitleIndex::new(titles.iter().map(|(title, role)| (title.as_str(), *role))),
            rates: bundled_rates()?,
            factors: factors(config),
        })
    }
}

/// All titles of all roles, the roles' own titles first.
async fn titles_of_roles(db: &Database) -> Result<Vec<(String, Uuid)>, DbErr> {
    role_alias::Entity::find()
        .select_only()
        .columns([role_alias::Column::Alias, role_alias::Column::RoleId])
        .order_by_asc(role_alias::Column::Position)
        .order_by_asc(role_alias::Column::RoleId)
        .into_tuple::<(String, Uuid)>()
        .all(db.reads())
        .await
}

/// All spellings of the skills of the kept list, their names first.
async fn names_of_skills(db: &Database) -> Result<SkillNames, DbErr> {
    let names = skill::Entity::find().select_only().columns([skill::Column::Name, skill::Column::Id]);
    let names = names.filter(skill::Column::IsReviewed.eq(true)).order_by_asc(skill::Column::Id);
    let names: Vec<(String, Uuid)> = names.into_tuple().all(db.reads()).await?;
    let others = skill_alias::Entity::find().select_only();
    let others = others.columns([skill_alias::Column::Alias, skill_alias::Column::SkillId]);
    let others = others.order_by_asc(skill_alias::Column::SkillId).order_by_asc(skill_alias::Column::Position);
    let others: Vec<(String, Uuid)> = others.into_tuple().all(db.reads()).await?;
    Ok(SkillNames::new(names.iter().chain(&others).map(|(name, skill)| (name.as_str(), *skill))))
}

/// The bundled rates. Currencies that have no minor unit any more (ROL, TRL) cannot carry an amount and are left out.
fn bundled_rates() -> anyhow::Result<Rates> {
    let mut records = Vec::new();
    for day in bundle::exchange_rates()? {
        let day = day?;
        let known = day.rates.into_iter().filter_map(|(code, rate)| Some((Currency::parse(&code).ok()?, rate)));
        records.extend(known.map(|(currency, rate)| (currency, day.date, rate.to_string())));
    }
    Ok(Rates::from_records(records)?)
}

fn factors(config: &MarketConfig) -> Factors {
    let short = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    Factors {
        hours_per_year: short(config.hours_per_year),
        days_per_year: short(config.days_per_year),
        full_time_hours: short(config.full_time_hours),
        ..Factors::default()
    }
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reference").field("factors", &self.factors).finish_non_exhaustive()
    }
}
