//! Questions about accounts.

use crate::entities::{account, session};
use crate::graphql::loads::by_id;

by_id! {
    /// Which account has this identifier?
    AccountById => account
}
by_id! {
    /// Which session has this identifier?
    SessionById => session
}
