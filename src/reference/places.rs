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
            None => {
                let part = unknown_part(name, resolver).await?;
                refusals.add(Code::NotFound, &format!("{path}.{at}.{part}"), NO_SUCH_PLACE);
            }
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
        let part = unknown_part(&name, resolver).await?;
        refusals.add(Code::NotFound, &format!("{path}.{part}"), NO_SUCH_PLACE);
    }
    Ok(found)
}

const NO_SUCH_PLACE: &str = "There is no such place.";

fn sound(path: &str, name: &PlaceName) -> Result<PlaceName, Refusal> {
    let city = name.city.as_ref().map(|city| text::line(&format!("{path}.city"), city, 1, 100)).transpose()?;
    let is_code =
        |code: &str| code.len() <= 10 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_code(&name.country_code) {
        return Err(Refusal::new(Code::Invalid, &format!("{path}.countryCode"), "A country (ISO 3166-1), as in US."));
    }
    if !name.region_code.as_deref().is_none_or(is_code) {
        return Err(Refusal::new(Code::Invalid, &format!("{path}.regionCode"), "A region (ISO 3166-2), as in US-NY."));
    }
    Ok(PlaceName { city, ..name.clone() })
}

/// Cities are added when they are unknown, so it is the country or else the region that does not exist.
async fn unknown_part<C: ConnectionTrait>(
    name: &PlaceName,
    resolver: &mut Resolver<'_, C>,
) -> Result<&'static str, DbErr> {
    let country = PlaceName { region_code: None, city: None, ..name.clone() };
    let is_known = resolver.places(&[country]).await?.iter().any(Option::is_some);
    Ok(if is_known { "regionCode" } else { "countryCode" })
}
