//! Questions about industries.

use crate::entities::industry;
use crate::graphql::loads::constant_by_id;

constant_by_id! {
    /// Which industry has this identifier?
    IndustryById => industry
}
