//! What an application is made of, its history, what the employer notes about it, and invitations to apply.

crate::dialect::migration!("m0014_hiring");

const UP: &[&str] = &[
    // What was applied to, as it stood: one copy for all who applied to the same version.
    "CREATE TABLE posting_copy (
        id {id} NOT NULL PRIMARY KEY,
        posting_id {id} NOT NULL,
        version integer NOT NULL,
        body {json} NOT NULL,
        created_at {instant} NOT NULL,
        CONSTRAINT posting_copy_version_key UNIQUE (posting_id, version),
        CONSTRAINT posting_copy_posting_fkey FOREIGN KEY (posting_id) REFERENCES posting (id) ON DELETE CASCADE
    )",
    "ALTER TABLE application ADD COLUMN posting_copy_id {id} REFERENCES posting_copy (id)",
    "ALTER TABLE application ADD COLUMN cover_letter text",
    "ALTER TABLE application ADD COLUMN answers {json}",
    "ALTER TABLE application ADD COLUMN reason text",
    // The last move of the employer; null until there is one.
    "ALTER TABLE application ADD COLUMN handled_at {instant}",
    "CREATE INDEX application_posting_status ON application (posting_id, status, submitted_at, id)",
    "CREATE TABLE application_event (
        id {id} NOT NULL PRIMARY KEY,
        application_id {id} NOT NULL,
        from_status text,
        to_status text NOT NULL,
        party text NOT NULL,
        account_id {id},
        note text,
        at {instant} NOT NULL,
        CONSTRAINT application_event_application_fkey FOREIGN KEY (application_id) REFERENCES application (id)
            ON DELETE CASCADE,
        CONSTRAINT application_event_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE SET NULL
    )",
    "CREATE INDEX application_event_application ON application_event (application_id, at, id)",
    "CREATE INDEX application_event_account ON application_event (account_id)",
    "CREATE TABLE application_note (
        id {id} NOT NULL PRIMARY KEY,
        application_id {id} NOT NULL,
        account_id {id},
        body text NOT NULL,
        created_at {instant} NOT NULL,
        CONSTRAINT application_note_application_fkey FOREIGN KEY (application_id) REFERENCES application (id)
            ON DELETE CASCADE,
        CONSTRAINT application_note_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE SET NULL
    )",
    "CREATE INDEX application_note_application ON application_note (application_id, created_at, id)",
    "CREATE INDEX application_note_account ON application_note (account_id)",
    "CREATE TABLE application_rating (
        application_id {id} NOT NULL,
        account_id {id} NOT NULL,
        stars integer NOT NULL,
        updated_at {instant} NOT NULL,
        PRIMARY KEY (application_id, account_id),
        CONSTRAINT application_rating_stars_check CHECK (stars BETWEEN 1 AND 5),
        CONSTRAINT application_rating_application_fkey FOREIGN KEY (application_id) REFERENCES application (id)
            ON DELETE CASCADE,
        CONSTRAINT application_rating_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
    )",
    "CREATE INDEX application_rating_account ON application_rating (account_id)",
    "CREATE TABLE invitation (
        id {id} NOT NULL PRIMARY KEY,
        posting_id {id} NOT NULL,
        candidate_id {id} NOT NULL,
        account_id {id},
        message text,
        created_at {instant} NOT NULL,
        declined_at {instant},
        CONSTRAINT invitation_pair_key UNIQUE (posting_id, candidate_id),
        CONSTRAINT invitation_posting_fkey FOREIGN KEY (posting_id) REFERENCES posting (id) ON DELETE CASCADE,
        CONSTRAINT invitation_candidate_fkey FOREIGN KEY (candidate_id) REFERENCES candidate (id) ON DELETE CASCADE,
        CONSTRAINT invitation_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE SET NULL
    )",
    "CREATE INDEX invitation_candidate ON invitation (candidate_id, created_at, id)",
    "CREATE INDEX invitation_account ON invitation (account_id)",
    // Those who may be found, newest first.
    "CREATE INDEX candidate_findable ON candidate (visibility, search_status, updated_at, id)",
];

const DOWN: &[&str] = &[
    "DROP INDEX candidate_findable",
    "DROP TABLE invitation",
    "DROP TABLE application_rating",
    "DROP TABLE application_note",
    "DROP TABLE application_event",
    "DROP INDEX application_posting_status",
    "ALTER TABLE application DROP COLUMN handled_at",
    "ALTER TABLE application DROP COLUMN reason",
    "ALTER TABLE application DROP COLUMN answers",
    "ALTER TABLE application DROP COLUMN cover_letter",
    "ALTER TABLE application DROP COLUMN posting_copy_id",
    "DROP TABLE posting_copy",
];
