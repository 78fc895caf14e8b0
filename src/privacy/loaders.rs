//! Questions about privacy.

use crate::entities::account_export;
use crate::graphql::loads::by_id;

by_id! {
    /// Which copy of everything held about a person has this identifier?
    ExportById => account_export
}
