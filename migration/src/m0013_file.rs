//! Files: bytes kept outside of the database, the addresses at which they arrive, and what they mean.

crate::dialect::migration!("m0013_file");

const UP: &[&str] = &[
    // Nothing here cascades from an account: whoever removes one removes its files first, or bytes would be forgotten.
    "CREATE TABLE file (
        id {id} NOT NULL PRIMARY KEY,
        account_id {id} NOT NULL,
        kind text NOT NULL,
        storage_key {key} NOT NULL,
        file_name text NOT NULL,
        content_type text NOT NULL,
        size bigint NOT NULL,
        sha256 {bytes} NOT NULL,
        created_at {instant} NOT NULL,
        expires_at {instant},
        CONSTRAINT file_storage_key_key UNIQUE (storage_key),
        CONSTRAINT file_account_fkey FOREIGN KEY (account_id) REFERENCES account (id)
    )",
    "CREATE INDEX file_account ON file (account_id)",
    "CREATE INDEX file_expires ON file (expires_at) WHERE expires_at IS NOT NULL",
    // A promise to take one file. The slots bound how many an account may have waiting.
    "CREATE TABLE upload (
        id {id} NOT NULL PRIMARY KEY,
        account_id {id} NOT NULL,
        slot integer NOT NULL,
        kind text NOT NULL,
        file_name text NOT NULL,
        content_type text NOT NULL,
        size bigint NOT NULL,
        created_at {instant} NOT NULL,
        expires_at {instant} NOT NULL,
        file_id {id},
        CONSTRAINT upload_slot_key UNIQUE (account_id, slot),
        CONSTRAINT upload_slot_check CHECK (slot BETWEEN 1 AND 20),
        CONSTRAINT upload_file_key UNIQUE (file_id),
        CONSTRAINT upload_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE,
        CONSTRAINT upload_file_fkey FOREIGN KEY (file_id) REFERENCES file (id) ON DELETE CASCADE
    )",
    "CREATE INDEX upload_expires ON upload (expires_at)",
    // The slots are the quota of a candidate.
    "CREATE TABLE resume (
        id {id} NOT NULL PRIMARY KEY,
        candidate_id {id} NOT NULL,
        slot integer NOT NULL,
        file_id {id} NOT NULL,
        title text NOT NULL,
        created_at {instant} NOT NULL,
        CONSTRAINT resume_slot_key UNIQUE (candidate_id, slot),
        CONSTRAINT resume_slot_check CHECK (slot BETWEEN 1 AND 10),
        CONSTRAINT resume_file_key UNIQUE (file_id),
        CONSTRAINT resume_candidate_fkey FOREIGN KEY (candidate_id) REFERENCES candidate (id),
        CONSTRAINT resume_file_fkey FOREIGN KEY (file_id) REFERENCES file (id)
    )",
    "ALTER TABLE application ADD COLUMN resume_id {id} REFERENCES resume (id) ON DELETE SET NULL",
    "CREATE INDEX application_resume ON application (resume_id) WHERE resume_id IS NOT NULL",
    // Bytes that no file names any more, or does not name yet: see `files/storage`.
    "CREATE TABLE file_removal (
        storage_key {key} NOT NULL PRIMARY KEY,
        is_final boolean NOT NULL,
        due_at {instant} NOT NULL
    )",
    "CREATE INDEX file_removal_due ON file_removal (due_at)",
];

const DOWN: &[&str] = &[
    "DROP TABLE file_removal",
    "DROP INDEX application_resume",
    "ALTER TABLE application DROP COLUMN resume_id",
    "DROP TABLE resume",
    "DROP TABLE upload",
    "DROP TABLE file",
];
