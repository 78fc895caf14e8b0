//! Indexes that rest while tables are filled for the first time, with the statements that make them again.

crate::dialect::migration!("m0025_set_aside_index");

const UP: &[&str] = &["CREATE TABLE set_aside_index (
        name {key} NOT NULL PRIMARY KEY,
        definition text NOT NULL
    )"];

const DOWN: &[&str] = &["DROP TABLE set_aside_index"];
