//! Lists of places as an input names them.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbErr};

use super::resolve::{FoundPlace, PlaceName, Resolver};
use crate::error::{Code, Refusal, Refusals};
use crate::text;

/// Reads a list of places, each in it once. A city that nobody knows is added to its country, unreviewed.
/// Refusals are noted below `path`: `places.0.city`.
///
/// # Errors
/// The database failed.
pub async fn read<C: ConnectionTrait>(
    path: &str,
    written: &[PlaceName],
    resolver: &mut Resolver<'_, C>,
    refusals: &mut Refusals,
) -> Result<Vec<FoundPlace>, DbErr> {
    let (positions, names): (Vec<_>, Vec<_>) = (0_usize..)
        .zip(written)
        .filter_map(|(at, name)| Some((at, refusals.keep(sound(&format!("{path}.{at}"), name))?)))
        .unzip();
    let found = resolver.places(&names).await?;
    let mut seen = HashSet::new();
    let mut places = Vec::new();
    for ((at, name), place) in positions.into_iter().zip(&names).zip(found) {
        match place {
            None => refusals.add(Code::NotFound, &format!("{path}.{at}.{}", unknown_part(name)), NO_SUCH_PLACE),
            Some(place) if seen.insert(place.id) => places.push(place),
            Some(_) => refusals.add(Code::Duplicate, &format!("{path}.{at}"), "This place is in the list already."),
        }
    }
    Ok(places)
}

/// Reads a single place. Refusals are noted below `path`: `homePlace.city`.
///
/// # Errors
/// The database failed.
pub async fn read_one<C: ConnectionTrait>(
    path: &str,
    written: &PlaceName,
    resolver: &mut Resolver<'_, C>,
    refusals: &mut Refusals,
) -> Result<Option<FoundPlace>, DbErr> {
    let Some(name) = refusals.keep(sound(path, written)) else { return Ok(None) };
    let found = resolver.places(std::slice::from_ref(&name)).await?.into_iter().next().flatten();
    if found.is_none() {
        refusals.add(Code::NotFound, &format!("{path}.{}", unknown_part(&name)), NO_SUCH_PLACE);
    }
    Ok(found)
}

const NO_SUCH_PLACE: &str = "There is no such place.";

fn sound(path: &str, name: &PlaceName) -> Result<PlaceName, Refusal> {
    let city = name.city.as_ref().map(|city| text::line(&format!("{path}.city"), city, 1, 100)).transpose()?;
    Ok(PlaceName { city, ..name.clone() })
}

/// Cities are added when they are unknown, so it is the region or else the country that does not exist.
fn unknown_part(name: &PlaceName) -> &'static str {
    if name.region_code.is_some() { "regionCode" } else { "countryCode" }
}
