//! Places within a distance of a point.
//!
//! SQLite may be built without trigonometry, and both databases must give the same places. So the database finds the
//! places in a box around the circle, by index, and the distance is computed here. Whoever pages through places near a
//! point filters by the identifiers found, which leaves the pages exact.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::entities::place;
use crate::error::{Code, Refusal};

/// Mean radius of the earth (IUGG), in kilometres.
const EARTH_RADIUS_KM: f64 = 6_371.008_8;
/// The largest circle, in kilometres: some thousand cities at the most.
const MAX_KM: f64 = 500.0;
/// What the box is larger than the circle, in degrees, so that rounding loses no place on its edge.
const MARGIN: f64 = 1e-6;

/// A circle on the earth, taken as a sphere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    latitude: f64,
    longitude: f64,
    km: f64,
}

impl Circle {
    /// The places within `km` kilometres of a point in degrees (WGS 84).
    ///
    /// # Errors
    /// `INVALID` at `latitude`, `longitude` or `km`.
    pub fn new(latitude: f64, longitude: f64, km: f64) -> Result<Self, Refusal> {
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(Refusal::new(Code::Invalid, "latitude", "It takes -90 to 90 degrees."));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(Refusal::new(Code::Invalid, "longitude", "It takes -180 to 180 degrees."));
        }
        if !(km > 0.0 && km <= MAX_KM) {
            return Err(Refusal::new(Code::Invalid, "km", "It takes more than 0 and at most 500 kilometres."));
        }
        Ok(Self { latitude, longitude, km })
    }

    /// Whether a point in degrees lies within the circle or on its edge.
    #[must_use]
    pub fn contains(&self, latitude: f64, longitude: f64) -> bool {
        distance_km((self.latitude, self.longitude), (latitude, longitude)) <= self.km
    }

    /// A box that holds the circle: the parallels, and the spans of meridians (two where it crosses the 180th).
    fn bounds(&self) -> ((f64, f64), Vec<(f64, f64)>) {
        let angle = self.km / EARTH_RADIUS_KM;
        let reach = angle.to_degrees() + MARGIN;
        let parallels = (self.latitude - reach, self.latitude + reach);
        if parallels.0 <= -90.0 || parallels.1 >= 90.0 {
            // The circle holds a pole, and with it every meridian.
            return (parallels, vec![(-180.0, 180.0)]);
        }
        // Where the circle is widest, its edge touches a meridian.
        let reach = (angle.sin() / self.latitude.to_radians().cos()).min(1.0).asin().to_degrees() + MARGIN;
        let (west, east) = (self.longitude - reach, self.longitude + reach);
        let meridians = match (west < -180.0, east > 180.0) {
            (true, true) => vec![(-180.0, 180.0)],
            (true, false) => vec![(west + 360.0, 180.0), (-180.0, east)],
            (false, true) => vec![(west, 180.0), (-180.0, east - 360.0)],
            (false, false) => vec![(west, east)],
        };
        (parallels, meridians)
    }
}

/// The distance of two points in degrees along a great circle, in kilometres (haversine).
#[must_use]
pub fn distance_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let half_chord = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let cosines = from.0.to_radians().cos() * to.0.to_radians().cos();
    let haversine = cosines.mul_add(half_chord(from.1, to.1), half_chord(from.0, to.0));
    2.0 * EARTH_RADIUS_KM * haversine.clamp(0.0, 1.0).sqrt().asin()
}

/// The places within a circle. One statement.
///
/// # Errors
/// The database failed.
pub async fn within(db: &impl ConnectionTrait, circle: &Circle) -> Result<Vec<Uuid>, DbErr> {
    let (parallels, meridians) = circle.bounds();
    let spans = meridians
        .into_iter()
        .fold(Condition::any(), |any, (west, east)| any.add(place::Column::Longitude.between(west, east)));
    let boxed: Vec<(Uuid, f64, f64)> = place::Entity::find()
        .select_only()
        .columns([place::Column::Id, place::Column::Latitude, place::Column::Longitude])
        .filter(place::Column::Latitude.between(parallels.0, parallels.1))
        .filter(spans)
        .into_tuple()
        .all(db)
        .await?;
    let inside = boxed.into_iter().filter(|(_, latitude, longitude)| circle.contains(*latitude, *longitude));
    Ok(inside.map(|(id, ..)| id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn distances_are_those_of_the_sphere() {
        let (berlin, new_york) = ((52.52, 13.405), (40.7128, -74.006));
        assert!((distance_km(berlin, new_york) - 6_385.0).abs() < 5.0);
        assert!(distance_km(berlin, berlin).abs() < 1e-9);
        let half_around = std::f64::consts::PI * EARTH_RADIUS_KM;
        assert!((distance_km((0.0, 0.0), (0.0, 180.0)) - half_around).abs() < 1e-6);
        assert!((distance_km((90.0, 0.0), (-90.0, 77.0)) - half_around).abs() < 1e-6);
    }

    #[test]
    fn circles_that_make_no_sense_are_refused() {
        let path = |latitude, longitude, km| Circle::new(latitude, longitude, km).expect_err("refused").path;
        assert_eq!(path(90.1, 0.0, 1.0), ["latitude"]);
        assert_eq!(path(f64::NAN, 0.0, 1.0), ["latitude"]);
        assert_eq!(path(0.0, -180.5, 1.0), ["longitude"]);
        for km in [0.0, -1.0, 500.1, f64::NAN, f64::INFINITY] {
            assert_eq!(path(0.0, 0.0, km), ["km"]);
        }
    }

    proptest! {
        #[test]
        fn the_box_holds_the_circle(
            latitude in -90.0..=90.0_f64,
            longitude in -180.0..=180.0_f64,
            km in 0.1..=500.0_f64,
            north in -6.0..=6.0_f64,
            east in -180.0..=180.0_f64,
        ) {
            let circle = Circle::new(latitude, longitude, km).expect("it makes sense");
            let point = ((latitude + north).clamp(-90.0, 90.0), east);
            let ((south, north), meridians) = circle.bounds();
            let boxed = (south..=north).contains(&point.0)
                && meridians.iter().any(|(west, east)| (*west..=*east).contains(&point.1));
            prop_assert!(boxed || !circle.contains(point.0, point.1));
        }

        #[test]
        fn the_box_holds_points_close_by(
            latitude in -90.0..=90.0_f64,
            longitude in -180.0..=180.0_f64,
            north in -0.5..=0.5_f64,
            east in -0.5..=0.5_f64,
        ) {
            let circle = Circle::new(latitude, longitude, 40.0).expect("it makes sense");
            let around = longitude + east;
            let around = if around > 180.0 { around - 360.0 } else if around < -180.0 { around + 360.0 } else { around };
            let point = ((latitude + north).clamp(-90.0, 90.0), around);
            let ((south, north), meridians) = circle.bounds();
            let boxed = (south..=north).contains(&point.0)
                && meridians.iter().any(|(west, east)| (*west..=*east).contains(&point.1));
            prop_assert!(boxed || !circle.contains(point.0, point.1));
        }
    }
}
