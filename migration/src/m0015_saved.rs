//! What candidates keep for later: postings, and searches with alerts.

crate::dialect::migration!("m0015_saved");

const UP: &[&str] = &[
    "CREATE TABLE saved_posting (
        candidate_id {id} NOT NULL,
        posting_id {id} NOT NULL,
        saved_at {instant} NOT NULL,
        PRIMARY KEY (candidate_id, posting_id),
        CONSTRAINT saved_posting_candidate_fkey FOREIGN KEY (candidate_id) REFERENCES candidate (id) ON DELETE CASCADE,
        CONSTRAINT saved_posting_posting_fkey FOREIGN KEY (posting_id) REFERENCES posting (id) ON DELETE CASCADE
    )",
    "CREATE INDEX saved_posting_candidate ON saved_posting (candidate_id, saved_at, posting_id)",
    "CREATE INDEX saved_posting_posting ON saved_posting (posting_id)",
    // Postings in the order in which the board learnt of their first publication: one job writes them, so numbers appear
    // in their order, whatever commits when. Alerts count from one number to the next.
    "CREATE TABLE publication (
        number {sequence},
        posting_id {id} NOT NULL,
        at {instant} NOT NULL,
        CONSTRAINT publication_posting_key UNIQUE (posting_id),
        CONSTRAINT publication_posting_fkey FOREIGN KEY (posting_id) REFERENCES posting (id) ON DELETE CASCADE
    )",
    "CREATE TABLE saved_search (
        id {id} NOT NULL PRIMARY KEY,
        candidate_id {id} NOT NULL,
        name text NOT NULL,
        search text,
        filter {json},
        alerts {key} NOT NULL,
        seen_at {instant} NOT NULL,
        told_since {instant} NOT NULL,
        told_number bigint NOT NULL,
        next_alert_at {instant},
        last_alerted_at {instant},
        version integer NOT NULL,
        created_at {instant} NOT NULL,
        CONSTRAINT saved_search_candidate_fkey FOREIGN KEY (candidate_id) REFERENCES candidate (id) ON DELETE CASCADE
    )",
    "CREATE INDEX saved_search_candidate ON saved_search (candidate_id, created_at, id)",
    // Those who are told at once, whoever knows least first; and those who are told at a time.
    "CREATE INDEX saved_search_instant ON saved_search (alerts, told_number, id)",
    "CREATE INDEX saved_search_due ON saved_search (next_alert_at, id)",
];

const DOWN: &[&str] = &["DROP TABLE saved_search", "DROP TABLE publication", "DROP TABLE saved_posting"];
