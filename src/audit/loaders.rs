//! Questions about the audit log.

use crate::entities::audit_entry;
use crate::graphql::loads::by_id;

by_id! {
    /// Which entry has this identifier?
    AuditEntryById => audit_entry
}
