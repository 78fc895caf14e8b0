//! Questions about places.

use crate::entities::place;
use crate::graphql::loads::constant_by_id;

constant_by_id! {
    /// Which place has this identifier?
    PlaceById => place
}
