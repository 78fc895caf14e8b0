//! Privacy: copies of what is held about a person, accounts that were erased, applications without their person.

crate::dialect::migration!("m0018_privacy");

const UP: &[&str] = &[
    // An erased account stays as an empty husk, for what still counts refers to it.
    "ALTER TABLE account ADD COLUMN erased_at {instant}",
    // An application that lost everything that is about a person: what is left is counted.
    "ALTER TABLE application ADD COLUMN anonymised_at {instant}",
    "CREATE INDEX application_retention ON application (updated_at, id)
        WHERE anonymised_at IS NULL
        AND status IN ('REJECTED', 'WITHDRAWN', 'OFFER_DECLINED', 'RESCINDED', 'LAPSED')",
    "CREATE TABLE account_export (
        id {id} NOT NULL PRIMARY KEY,
        account_id {id} NOT NULL,
        status text NOT NULL,
        attempts integer NOT NULL,
        size bigint,
        requested_at {instant} NOT NULL,
        ready_at {instant},
        expires_at {instant},
        CONSTRAINT account_export_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
    )",
    // One at a time.
    "CREATE UNIQUE INDEX account_export_pending_key ON account_export (account_id) WHERE status = 'PENDING'",
    "CREATE INDEX account_export_pending ON account_export (requested_at) WHERE status = 'PENDING'",
    "CREATE INDEX account_export_account ON account_export (account_id, requested_at)",
    "CREATE INDEX account_export_requested ON account_export (requested_at)",
    // The document in pieces, so that neither writing nor sending it needs memory for all of it.
    "CREATE TABLE account_export_part (
        export_id {id} NOT NULL,
        number integer NOT NULL,
        body {bytes} NOT NULL,
        PRIMARY KEY (export_id, number),
        CONSTRAINT account_export_part_export_fkey FOREIGN KEY (export_id) REFERENCES account_export (id)
            ON DELETE CASCADE
    )",
    // Where the address of a person can stand without the account.
    "CREATE INDEX mail_recipient ON mail (lower(recipient)) WHERE account_id IS NULL",
    "CREATE INDEX member_invitation_email ON member_invitation (email_key)",
];

const DOWN: &[&str] = &[
    "DROP INDEX member_invitation_email",
    "DROP INDEX mail_recipient",
    "DROP TABLE account_export_part",
    "DROP TABLE account_export",
    "DROP INDEX application_retention",
    "ALTER TABLE application DROP COLUMN anonymised_at",
    "ALTER TABLE account DROP COLUMN erased_at",
];
