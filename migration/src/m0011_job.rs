//! Background work: who does what until when, and what was done already.

crate::dialect::migration!("m0011_job");

const UP: &[&str] = &[
    "CREATE TABLE job (
        name {key} NOT NULL PRIMARY KEY,
        next_run_at {instant} NOT NULL,
        lease_until {instant},
        lease_holder text,
        last_started_at {instant},
        last_finished_at {instant},
        last_error text,
        runs bigint NOT NULL,
        failures bigint NOT NULL,
        failures_in_a_row integer NOT NULL
    )",
    // The end of a posting that its employer was warned of. A posting whose end moves is warned of again.
    "CREATE TABLE posting_warning (
        posting_id {id} NOT NULL PRIMARY KEY,
        valid_through {instant} NOT NULL,
        CONSTRAINT posting_warning_posting_fkey FOREIGN KEY (posting_id) REFERENCES posting (id) ON DELETE CASCADE
    )",
    // What the clean-up looks for.
    "CREATE INDEX session_expires ON session (expires_at)",
    "CREATE INDEX session_revoked ON session (revoked_at)",
    "CREATE INDEX refresh_token_expires ON refresh_token (expires_at)",
    "CREATE INDEX refresh_token_used ON refresh_token (used_at)",
];

const DOWN: &[&str] = &[
    "DROP INDEX refresh_token_used",
    "DROP INDEX refresh_token_expires",
    "DROP INDEX session_revoked",
    "DROP INDEX session_expires",
    "DROP TABLE posting_warning",
    "DROP TABLE job",
];
