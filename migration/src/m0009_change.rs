//! The log of changes: one row beside every change, written in its transaction, for everything that follows the database.

crate::dialect::migration!("m0009_change");

const UP: &[&str] = &[
    "CREATE TABLE change (
        id {sequence},
        {xid}
        subject text NOT NULL,
        subject_id {id} NOT NULL,
        deed text NOT NULL,
        at {instant} NOT NULL
    )",
    // A reader takes what the transactions wrote that it had not seen end.
    "{postgres} CREATE INDEX change_xid ON change (xid, id)",
    "CREATE INDEX change_at ON change (at)",
];

const DOWN: &[&str] = &["DROP TABLE change"];
