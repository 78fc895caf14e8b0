//! How many different candidates and employers searched for a role in the month under way: the marks of a sketch
//! (HyperLogLog), which become two numbers when the month has ended. No mark names anybody.

crate::dialect::migration!("m0016_search_mark");

const UP: &[&str] = &[
    "CREATE TABLE search_mark (
        role_id {id} NOT NULL,
        month {day} NOT NULL,
        kind {key} NOT NULL,
        slot integer NOT NULL,
        height integer NOT NULL,
        PRIMARY KEY (role_id, month, kind, slot),
        CONSTRAINT search_mark_demand_fkey FOREIGN KEY (role_id, month)
            REFERENCES search_demand (role_id, month) ON DELETE CASCADE
    )",
    // Null while the month is under way and its numbers are in the marks.
    "ALTER TABLE search_demand ADD COLUMN closed_at {instant}",
    "CREATE INDEX search_demand_open ON search_demand (month, role_id) WHERE closed_at IS NULL",
];

const DOWN: &[&str] =
    &["DROP INDEX search_demand_open", "ALTER TABLE search_demand DROP COLUMN closed_at", "DROP TABLE search_mark"];
