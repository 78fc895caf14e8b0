//! Questions about industries.

use crate::entities::industry;
use crate::graphql::loads::by_id;

by_id! {
    /// Which industry has this identifier?
    IndustryById => industry
}
