//! Accounts, their sessions and the refresh tokens of each session.

crate::dialect::migration!("m0001_accounts");

const UP: &[&str] = &[
    "CREATE TABLE account (
        id {id} NOT NULL PRIMARY KEY,
        email text NOT NULL,
        email_key {key} NOT NULL,
        email_verified_at {instant},
        name text NOT NULL,
        password_hash text,
        is_admin boolean NOT NULL,
        created_at {instant} NOT NULL,
        updated_at {instant} NOT NULL,
        CONSTRAINT account_email_key UNIQUE (email_key)
    )",
    "CREATE TABLE session (
        id {id} NOT NULL PRIMARY KEY,
        account_id {id} NOT NULL,
        user_agent text,
        created_at {instant} NOT NULL,
        last_used_at {instant} NOT NULL,
        expires_at {instant} NOT NULL,
        revoked_at {instant},
        CONSTRAINT session_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
    )",
    "CREATE INDEX session_account ON session (account_id, last_used_at)",
    "CREATE TABLE refresh_token (
        id {id} NOT NULL PRIMARY KEY,
        session_id {id} NOT NULL,
        token_hash {bytes} NOT NULL,
        successor_id {id},
        created_at {instant} NOT NULL,
        expires_at {instant} NOT NULL,
        used_at {instant},
        CONSTRAINT refresh_token_hash_key UNIQUE (token_hash),
        CONSTRAINT refresh_token_session_fkey FOREIGN KEY (session_id) REFERENCES session (id) ON DELETE CASCADE
    )",
    "CREATE INDEX refresh_token_session ON refresh_token (session_id)",
];

const DOWN: &[&str] = &["DROP TABLE refresh_token", "DROP TABLE session", "DROP TABLE account"];
