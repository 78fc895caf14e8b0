//! Whether what a filter names exists. A query may name what does not, and finds nothing; a filter that is kept must not.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::form::{FilterForm, PlaceForm};
use crate::entities::{employer, industry, place, role, skill};
use crate::error::{Code, Refusals};
use crate::ids::{self, Kind};
use crate::postings::model;
use crate::reference::resolve::place_key;

/// Identifiers that one statement looks for.
const CHUNK: usize = 1_000;

/// Something that a filter names.
struct Named {
    path: String,
    what: &'static str,
    kind: Kind,
    id: Uuid,
}

/// Notes everything that a filter names and that does not exist, at its place; languages that are no tags, too.
///
/// # Errors
/// The database failed.
pub async fn check(
    db: &impl ConnectionTrait,
    form: &FilterForm,
    path: &str,
    refusals: &mut Refusals,
) -> Result<(), DbErr> {
    let mut named = Vec::new();
    gather(form, path, &mut named, refusals);
    let mut known = HashSet::new();
    /// Looks for the objects of a kind.
    macro_rules! look_for {
        ($($kind:ident in $table:ident),+) => {$(
            let ids: Vec<_> = named.iter().filter(|one| one.kind == Kind::$kind).map(|one| one.id).collect();
            for some in ids.chunks(CHUNK) {
                let found = $table::Entity::find().select_only().column($table::Column::Id);
                let found = found.filter($table::Column::Id.is_in(some.iter().copied()));
                known.extend(found.into_tuple::<Uuid>().all(db).await?);
            }
        )+};
    }
    look_for!(Role in role, Skill in skill, Industry in industry, Employer in employer, Place in place);
    for one in named.iter().filter(|one| !known.contains(&one.id)) {
        refusals.add(Code::NotFound, &one.path, format!("There is no such {}.", one.what));
    }
    Ok(())
}

fn gather(form: &FilterForm, path: &str, named: &mut Vec<Named>, refusals: &mut Refusals) {
    let mut names = |list: &str, kind: Kind, what, names: &Option<Vec<String>>, id: fn(Kind, &str) -> Uuid| {
        for (at, name) in names.iter().flatten().enumerate() {
            named.push(Named { path: format!("{path}.{list}.{at}"), what, kind, id: id(kind, name) });
        }
    };
    // What is no identifier at all was refused when the filter was read.
    let identified = |kind, text: &str| ids::decode(kind, text).unwrap_or_default();
    names("roles", Kind::Role, "role", &form.roles, ids::of_name);
    names("skills", Kind::Skill, "skill", &form.skills, ids::of_name);
    names("allSkills", Kind::Skill, "skill", &form.all_skills, ids::of_name);
    names("industries", Kind::Industry, "industry", &form.industries, ids::of_name);
    names("employers", Kind::Employer, "employer", &form.employers, identified);
    names("countries", Kind::Place, "country", &form.countries, ids::of_name);
    for (at, place) in form.places.iter().flatten().enumerate() {
        let (part, what, id) = match place {
            PlaceForm::Country(code) => ("country", "country", ids::of_name(Kind::Place, code)),
            PlaceForm::Region(code) => ("region", "region", region(code)),
            PlaceForm::Place(id) => ("place", "place", identified(Kind::Place, id)),
            PlaceForm::Near(_) => continue,
        };
        named.push(Named { path: format!("{path}.places.{at}.{part}"), what, kind: Kind::Place, id });
    }
    for (at, tag) in form.languages.iter().flatten().enumerate() {
        if let Err(refusal) = model::language(tag) {
            refusals.add(refusal.code, &format!("{path}.languages.{at}"), refusal.message);
        }
    }
    let lists = [("and", &form.and), ("or", &form.or)];
    for (list, forms) in lists {
        for (at, form) in forms.iter().flatten().enumerate() {
            gather(form, &format!("{path}.{list}.{at}"), named, refusals);
        }
    }
    if let Some(form) = &form.not {
        gather(form, &format!("{path}.not"), named, refusals);
    }
}

/// The identifier that a region with this code has.
fn region(code: &str) -> Uuid {
    let country = code.split('-').next().unwrap_or_default();
    ids::of_name(Kind::Place, &place_key(country, Some(code), None))
}
