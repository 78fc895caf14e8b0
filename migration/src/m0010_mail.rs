//! The outbox of mails, who wants none of which, and the tokens that mails carry.

crate::dialect::migration!("m0010_mail");

const UP: &[&str] = &[
    "CREATE TABLE mail (
        id {id} NOT NULL PRIMARY KEY,
        key {key} NOT NULL,
        account_id {id},
        recipient text NOT NULL,
        recipient_name text,
        letter {json},
        created_at {instant} NOT NULL,
        send_at {instant} NOT NULL,
        attempts integer NOT NULL,
        claimed_until {instant},
        sent_at {instant},
        failed_at {instant},
        last_error text,
        CONSTRAINT mail_key_key UNIQUE (key),
        CONSTRAINT mail_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
    )",
    // What is still to be sent; everything else in the table waits for the clean-up.
    "CREATE INDEX mail_due ON mail (send_at, id) WHERE sent_at IS NULL AND failed_at IS NULL",
    "CREATE INDEX mail_account ON mail (account_id)",
    "CREATE INDEX mail_created ON mail (created_at)",
    "CREATE TABLE mail_opt_out (
        account_id {id} NOT NULL,
        kind text NOT NULL,
        created_at {instant} NOT NULL,
        PRIMARY KEY (account_id, kind),
        CONSTRAINT mail_opt_out_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
    )",
    // account_id is null when somebody asked for an address that no account has: it costs and leaves the same.
    "CREATE TABLE mail_token (
        id {id} NOT NULL PRIMARY KEY,
        purpose text NOT NULL,
        account_id {id},
        requested_by {key} NOT NULL,
        email text NOT NULL,
        token_hash {bytes} NOT NULL,
        created_at {instant} NOT NULL,
        expires_at {instant} NOT NULL,
        used_at {instant},
        CONSTRAINT mail_token_hash_key UNIQUE (token_hash),
        CONSTRAINT mail_token_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
    )",
    "CREATE INDEX mail_token_requested ON mail_token (requested_by, purpose, created_at)",
    "CREATE INDEX mail_token_account ON mail_token (account_id)",
    "CREATE INDEX mail_token_expires ON mail_token (expires_at)",
    "CREATE TABLE member_invitation (
        id {id} NOT NULL PRIMARY KEY,
        employer_id {id} NOT NULL,
        invited_by {id},
        email text NOT NULL,
        email_key {key} NOT NULL,
        role text NOT NULL,
        token_hash {bytes} NOT NULL,
        created_at {instant} NOT NULL,
        expires_at {instant} NOT NULL,
        ended_at {instant},
        CONSTRAINT member_invitation_hash_key UNIQUE (token_hash),
        CONSTRAINT member_invitation_employer_fkey FOREIGN KEY (employer_id) REFERENCES employer (id)
            ON DELETE CASCADE,
        CONSTRAINT member_invitation_account_fkey FOREIGN KEY (invited_by) REFERENCES account (id) ON DELETE SET NULL
    )",
    // One open invitation of an employer for an address.
    "CREATE UNIQUE INDEX member_invitation_open_key ON member_invitation (employer_id, email_key)
        WHERE ended_at IS NULL",
    "CREATE INDEX member_invitation_employer ON member_invitation (employer_id, created_at, id)",
    "CREATE INDEX member_invitation_account ON member_invitation (invited_by, created_at)",
    "CREATE INDEX member_invitation_expires ON member_invitation (expires_at)",
];

const DOWN: &[&str] =
    &["DROP TABLE member_invitation", "DROP TABLE mail_token", "DROP TABLE mail_opt_out", "DROP TABLE mail"];
