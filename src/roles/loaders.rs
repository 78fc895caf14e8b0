//! Questions about roles.

use crate::entities::role;
use crate::graphql::loads::by_id;

by_id! {
    /// Which role has this identifier?
    RoleById => role
}
