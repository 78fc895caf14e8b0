//! Which places lie within a distance of a point.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::entities::place;
use crate::entities::sets::PlaceKind;

/// Mean radius of the earth in kilometres (IUGG).
const EARTH_KM: f64 = 6_371.008_8;

/// Cities within `km` kilometres of a point. A box narrows the rows down, the great-circle distance decides.
///
/// # Errors
/// The database failed.
pub async fn within(db: &impl ConnectionTrait, latitude: f64, longitude: f64, km: f64) -> Result<Vec<Uuid>, DbErr> {
    let degrees = (km / EARTH_KM).to_degrees();
    let cities = place::Entity::find()
        .select_only()
        .columns([place::Column::Id, place::Column::Latitude, place::Column::Longitude])
        .filter(place::Column::Kind.eq(PlaceKind::City))
        .filter(place::Column::Latitude.between(latitude - degrees, latitude + degrees));
    // Near a pole, or across the 180th meridian, every longitude may be near.
    let cosine = latitude.to_radians().cos();
    let width = if cosine > 0.01 { degrees / cosine } else { 360.0 };
    let is_plain = longitude - width >= -180.0 && longitude + width <= 180.0 && latitude.abs() + degrees < 89.0;
    let cities = if is_plain {
        // A little wider than the circle: meridians come together towards the poles.
        let width = degrees / (latitude.abs() + degrees).to_radians().cos();
        cities.filter(place::Column::Longitude.between(longitude - width, longitude + width))
    } else {
        cities
    };
    let rows: Vec<(Uuid, f64, f64)> = cities.into_tuple().all(db).await?;
    let near = rows.into_iter().filter(|(_, lat, long)| distance((latitude, longitude), (*lat, *long)) <= km);
    Ok(near.map(|(id, _, _)| id).collect())
}

/// Great-circle distance in kilometres between two points of (latitude, longitude) in degrees, by the haversine formula.
#[must_use]
pub fn distance(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (from_lat, to_lat) = (from.0.to_radians(), to.0.to_radians());
    let (lat, long) = ((to_lat - from_lat) / 2.0, (to.1 - from.1).to_radians() / 2.0);
    let haversine = lat.sin().powi(2) + from_lat.cos() * to_lat.cos() * long.sin().powi(2);
    2.0 * EARTH_KM * haversine.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_globe() {
        let (berlin, paris) = ((52.52437, 13.41053), (48.85341, 2.3488));
        assert!((distance(berlin, paris) - 877.5).abs() < 1.0);
        assert!(distance(berlin, berlin) < 1e-9);
        assert!((distance((0.0, 179.5), (0.0, -179.5)) - 111.19).abs() < 0.1);
    }
}
