//! One table per file: columns, closed sets and scoped finders. No policy lives here.

use std::collections::HashMap;
use std::hash::Hash;

pub mod account;
pub mod account_export;
pub mod account_export_part;
pub mod active_day;
pub mod application;
pub mod application_event;
pub mod application_note;
pub mod application_rating;
pub mod audit_entry;
pub mod candidate;
pub mod candidate_skill;
pub mod change;
pub mod cited_demand;
pub mod cited_salary;
pub mod copies;
pub mod course;
pub mod education;
pub mod employer;
pub mod employer_place;
pub mod experience;
pub mod file;
pub mod file_removal;
pub mod idempotency_key;
pub mod industry;
pub mod invitation;
pub mod job;
pub mod mail;
pub mod mail_opt_out;
pub mod mail_token;
pub mod market_snapshot;
pub mod market_snapshot_pay;
pub mod member_invitation;
pub mod membership;
pub mod moderation_case;
pub mod outlook;
pub mod place;
pub mod place_alias;
pub mod posting;
pub mod posting_copy;
pub mod posting_country;
pub mod posting_place;
pub mod posting_report;
pub mod posting_warning;
pub mod property;
pub mod publication;
pub mod refresh_token;
pub mod resume;
pub mod role;
pub mod role_alias;
pub mod role_industry;
pub mod role_skill;
pub mod saved_posting;
pub mod saved_search;
pub mod search_demand;
pub mod search_mark;
pub mod session;
pub mod sets;
pub mod similar_role;
pub mod skill;
pub mod skill_alias;
pub mod skill_requirement;
pub mod target_place;
pub mod target_role;
pub mod training_path;
pub mod upload;

/// Rows gathered under the key they belong to, in the order in which they come.
pub fn gather<K: Hash + Eq, T>(rows: impl IntoIterator<Item = (K, T)>) -> HashMap<K, Vec<T>> {
    let mut lists: HashMap<K, Vec<T>> = HashMap::new();
    for (key, row) in rows {
        lists.entry(key).or_default().push(row);
    }
    lists
}
