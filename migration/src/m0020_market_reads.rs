//! Indexes that hold all that the market reads of candidates and their applications, so that it never opens a row.

crate::dialect::migration!("m0020_market_reads");

const UP: &[&str] = &[
    // Nearly everybody who looks for work has proven their address: those who have not are soon asked for.
    "CREATE INDEX account_unverified ON account (id) WHERE email_verified_at IS NULL",
    "CREATE INDEX candidate_seeking ON candidate (search_status, wants_remote, account_id, id)",
    "DROP INDEX candidate_skill_skill",
    "CREATE INDEX candidate_skill_skill ON candidate_skill (skill_id, candidate_id, level, months)",
    "DROP INDEX application_posting",
    "CREATE INDEX application_posting ON application (posting_id, submitted_at, id, candidate_id)",
];

const DOWN: &[&str] = &[
    "DROP INDEX application_posting",
    "CREATE INDEX application_posting ON application (posting_id, submitted_at, id)",
    "DROP INDEX candidate_skill_skill",
    "CREATE INDEX candidate_skill_skill ON candidate_skill (skill_id, candidate_id)",
    "DROP INDEX candidate_seeking",
    "DROP INDEX account_unverified",
];
