//! Applications of candidates to postings.

crate::dialect::migration!("m0007_applications");

const UP: &[&str] = &[
    "CREATE TABLE application (
        id {id} NOT NULL PRIMARY KEY,
        external_id text,
        posting_id {id} NOT NULL,
        candidate_id {id} NOT NULL,
        status {key} NOT NULL,
        submitted_at {instant} NOT NULL,
        version integer NOT NULL,
        updated_at {instant} NOT NULL,
        CONSTRAINT application_external_id_key UNIQUE (external_id),
        CONSTRAINT application_posting_fkey FOREIGN KEY (posting_id) REFERENCES posting (id),
        CONSTRAINT application_candidate_fkey FOREIGN KEY (candidate_id) REFERENCES candidate (id)
    )",
    "CREATE UNIQUE INDEX application_active_pair_key ON application (posting_id, candidate_id)
        WHERE status NOT IN ('HIRED', 'REJECTED', 'WITHDRAWN', 'OFFER_DECLINED', 'RESCINDED', 'LAPSED')",
    "CREATE INDEX application_posting ON application (posting_id, submitted_at, id)",
    "CREATE INDEX application_candidate ON application (candidate_id, submitted_at, id)",
    "CREATE INDEX application_submitted ON application (submitted_at)",
];

const DOWN: &[&str] = &["DROP TABLE application"];
