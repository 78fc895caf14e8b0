//! The candidates of each kind, best first. Names are found as ranges of the indexes on folded names.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ActiveEnum, ConnectionTrait, DbErr, FromQueryResult, QueryResult};
use uuid::Uuid;

use super::{Candidate, Suggestion, SuggestionKind};
use crate::entities::sets::PlaceKind;
use crate::entities::{employer, place, place_alias, role, role_alias, skill, skill_alias};
use crate::ids::{self, Kind};
use crate::reference::titles::title_key;
use crate::search::names::begins_with;

/// How a country ranks among cities: before all of them.
const COUNTRY_RANKS_AS: i64 = 10_000_000_000;
/// How a region, whose head count is not kept, ranks among cities.
const REGION_RANKS_AS: i64 = 1_000_000;
/// How many other names one place or skill may have that begin alike, without crowding others out.
const ALIASES_EACH: u64 = 4;

/// The best candidates of one kind, `limit` at the most. The prefix is folded.
pub async fn of_kind(
    db: &impl ConnectionTrait,
    kind: SuggestionKind,
    prefix: &str,
    limit: usize,
) -> Result<Vec<Candidate>, DbErr> {
    match kind {
        SuggestionKind::Role => roles(db, prefix, limit).await,
        SuggestionKind::Skill => skills(db, prefix, limit).await,
        SuggestionKind::Place => places(db, prefix, limit).await,
        SuggestionKind::Employer => employers(db, prefix, limit).await,
    }
}

/// A number for the first condition that holds: 0, 1 and so on.
fn first_that_holds(conditions: impl IntoIterator<Item = SimpleExpr>) -> SimpleExpr {
    let mut number = 0;
    let mut case = sea_orm::sea_query::CaseStatement::new();
    for condition in conditions {
        case = case.case(condition, Expr::val(number));
        number += 1;
    }
    Expr::Case(Box::new(case.finally(Expr::val(number))))
}

fn length(name: &SimpleExpr) -> SimpleExpr {
    Func::char_length(name.clone()).into()
}

/// Limits a statement whose first two columns, `standing` and `size`, say which rows are better.
fn best(statement: &mut SelectStatement, name: SimpleExpr, limit: u64) -> &SelectStatement {
    statement.order_by("standing", Order::Asc).order_by("size", Order::Asc).order_by_expr(name, Order::Asc).limit(limit)
}

/// Roles by any of their titles: those typed in full, then those whose own title begins so, the shortest first.
async fn roles(db: &impl ConnectionTrait, prefix: &str, limit: usize) -> Result<Vec<Candidate>, DbErr> {
    let key = Expr::col((role_alias::Entity, role_alias::Column::AliasKey));
    // Keys of titles have neither blanks nor hyphens: `back-end d` and `backend d` are one beginning.
    let prefix = title_key(prefix);
    if prefix.is_empty() {
        return Ok(Vec::new());
    }
    let is_own_title = Expr::col((role_alias::Entity, role_alias::Column::Position)).eq(0);
    let standing = first_that_holds([key.clone().eq(prefix.as_str()), is_own_title]);
    let title_key = Expr::col((role::Entity, role::Column::TitleKey));
    let mut statement = Query::select();
    statement
        .expr_as(Func::min(standing), "standing")
        .expr_as(Func::min(length(&key)), "size")
        .columns([(role::Entity, role::Column::Slug), (role::Entity, role::Column::Title)])
        .from(role_alias::Entity)
        .inner_join(
            role::Entity,
            Expr::col((role::Entity, role::Column::Id)).equals((role_alias::Entity, role_alias::Column::RoleId)),
        )
        .cond_where(begins_with(&key, &prefix))
        .group_by_columns([
            (role::Entity, role::Column::Slug),
            (role::Entity, role::Column::Title),
            (role::Entity, role::Column::TitleKey),
        ]);
    let rows = db.query_all(best(&mut statement, title_key, limit as u64)).await?;
    rows.iter().map(|row| slugged(row, SuggestionKind::Role, "title")).collect()
}

/// Employers: those typed in full, then those that were verified, the shortest names first.
async fn employers(db: &impl ConnectionTrait, prefix: &str, limit: usize) -> Result<Vec<Candidate>, DbErr> {
    let key = Expr::col((employer::Entity, employer::Column::NameKey));
    let is_verified = Expr::col((employer::Entity, employer::Column::VerifiedAt)).is_not_null();
    let mut statement = Query::select();
    statement
        .expr_as(first_that_holds([key.clone().eq(prefix), is_verified]), "standing")
        .expr_as(length(&key), "size")
        .columns([(employer::Entity, employer::Column::Slug), (employer::Entity, employer::Column::Name)])
        .from(employer::Entity)
        .cond_where(begins_with(&key, prefix));
    let rows = db.query_all(best(&mut statement, key, limit as u64)).await?;
    rows.iter().map(|row| slugged(row, SuggestionKind::Employer, "name")).collect()
}

fn slugged(row: &QueryResult, kind: SuggestionKind, label: &str) -> Result<Candidate, DbErr> {
    let suggestion = Suggestion { kind, key: row.try_get("", "slug")?, label: row.try_get("", label)? };
    Ok(Candidate { suggestion, is_exact: row.try_get::<i32>("", "standing")? == 0 })
}

/// Skills of the kept list by name and by other spellings: those typed in full, then names before other spellings, the
/// shortest first.
async fn skills(db: &impl ConnectionTrait, prefix: &str, limit: usize) -> Result<Vec<Candidate>, DbErr> {
    let name = Expr::col((skill::Entity, skill::Column::NameKey));
    let alias = Expr::col((skill_alias::Entity, skill_alias::Column::AliasKey));
    let kept = |key: &SimpleExpr| {
        Query::select()
            .expr_as(first_that_holds([key.clone().eq(prefix)]), "standing")
            .expr_as(length(key), "size")
            .columns([(skill::Entity, skill::Column::Slug), (skill::Entity, skill::Column::Name)])
            .from(skill::Entity)
            .cond_where(begins_with(key, prefix))
            .and_where(Expr::col((skill::Entity, skill::Column::IsReviewed)).eq(true))
            .to_owned()
    };
    let mut by_alias = kept(&alias);
    by_alias.inner_join(
        skill_alias::Entity,
        Expr::col((skill_alias::Entity, skill_alias::Column::SkillId)).equals((skill::Entity, skill::Column::Id)),
    );
    let limits = (limit as u64, limit as u64 * ALIASES_EACH);
    let mut rows = db.query_all(best(&mut kept(&name), name.clone(), limits.0)).await?;
    rows.extend(db.query_all(best(&mut by_alias, alias, limits.1)).await?);
    let found = rows.iter().map(|row| slugged(row, SuggestionKind::Skill, "name"));
    let mut found = found.collect::<Result<Vec<_>, _>>()?;
    // The sort is stable: names stay before other spellings, and short ones before long ones.
    found.sort_by_key(|candidate| !candidate.is_exact);
    let mut once = HashSet::new();
    found.retain(|candidate| once.insert(candidate.suggestion.key.clone()));
    found.truncate(limit);
    Ok(found)
}

#[derive(FromQueryResult, Clone, Debug)]
struct PlaceRow {
    id: Uuid,
    kind: PlaceKind,
    country_code: String,
    region_code: Option<String>,
    name: String,
    standing: i32,
    weight: i64,
}

impl PlaceRow {
    /// `Germany`; `Berlin, DE`; or with the region's code where another place has that label too.
    fn label(&self, is_alone: bool) -> String {
        match (self.kind, &self.region_code) {
            (PlaceKind::Country, _) => self.name.clone(),
            (PlaceKind::City, Some(region)) if !is_alone => format!("{}, {region}", self.name),
            _ => format!("{}, {}", self.name, self.country_code),
        }
    }
}

/// Places of the kept list by name and by other names: those typed in full, then countries, then by head count.
async fn places(db: &impl ConnectionTrait, prefix: &str, limit: usize) -> Result<Vec<Candidate>, DbErr> {
    let name = Expr::col((place::Entity, place::Column::NameKey));
    let alias = Expr::col((place_alias::Entity, place_alias::Column::AliasKey));
    let mut by_alias = kept_places(&alias, prefix, limit as u64 * ALIASES_EACH);
    by_alias.inner_join(
        place_alias::Entity,
        Expr::col((place_alias::Entity, place_alias::Column::PlaceId)).equals((place::Entity, place::Column::Id)),
    );
    let mut rows =
        PlaceRow::find_by_statement(db.get_database_backend().build(&kept_places(&name, prefix, limit as u64)))
            .all(db)
            .await?;
    rows.extend(PlaceRow::find_by_statement(db.get_database_backend().build(&by_alias)).all(db).await?);
    rows.sort_by(|a, b| (a.standing, -a.weight, &a.name, a.id).cmp(&(b.standing, -b.weight, &b.name, b.id)));
    let mut once = HashSet::new();
    rows.retain(|row| once.insert(row.id));
    rows.truncate(limit);
    let mut labels = HashMap::new();
    for row in &rows {
        *labels.entry(row.label(true)).or_insert(0) += 1;
    }
    Ok(rows
        .iter()
        .map(|row| {
            let label = row.label(labels.get(&row.label(true)) == Some(&1));
            let key = ids::encode(Kind::Place, row.id);
            let suggestion = Suggestion { kind: SuggestionKind::Place, key, label };
            Candidate { suggestion, is_exact: row.standing == 0 }
        })
        .collect())
}

fn kept_places(key: &SimpleExpr, prefix: &str, limit: u64) -> SelectStatement {
    let column = |column: place::Column| Expr::col((place::Entity, column));
    let kind = |kind: PlaceKind| column(place::Column::Kind).eq(kind.to_value());
    let weight = Expr::case(kind(PlaceKind::Country), Expr::val(COUNTRY_RANKS_AS))
        .case(kind(PlaceKind::Region), Expr::val(REGION_RANKS_AS))
        .finally(Func::coalesce([column(place::Column::Population), Expr::val(0_i64)]));
    Query::select()
        .expr_as(first_that_holds([key.clone().eq(prefix)]), "standing")
        .expr_as(weight, "weight")
        .columns([
            (place::Entity, place::Column::Id),
            (place::Entity, place::Column::Kind),
            (place::Entity, place::Column::CountryCode),
            (place::Entity, place::Column::RegionCode),
            (place::Entity, place::Column::Name),
        ])
        .from(place::Entity)
        .cond_where(begins_with(key, prefix))
        .and_where(column(place::Column::IsReviewed).eq(true))
        .order_by("standing", Order::Asc)
        .order_by("weight", Order::Desc)
        .order_by((place::Entity, place::Column::NameKey), Order::Asc)
        .order_by((place::Entity, place::Column::Id), Order::Asc)
        .limit(limit)
        .to_owned()
}
