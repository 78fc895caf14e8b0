//! Questions about places.

use crate::entities::place;
use crate::graphql::loads::by_id;

by_id! {
    /// Which place has this identifier?
    PlaceById => place
}
