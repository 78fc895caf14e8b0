//! The market of every scope cell, day by day: a role in a country, a role, a country, the whole board.

crate::dialect::migration!("m0021_market_snapshot");

const UP: &[&str] = &[
    // The role is nil for all roles. The country is empty for all countries, and '*' for each country that no posting of
    // that day named, where those count that are open to the whole world.
    "CREATE TABLE market_snapshot (
        role_id {id} NOT NULL,
        country {key} NOT NULL,
        day {day} NOT NULL,
        taken_at {instant} NOT NULL,
        postings bigint NOT NULL,
        openings bigint NOT NULL,
        employers bigint NOT NULL,
        applications bigint NOT NULL,
        applicants bigint NOT NULL,
        seekers bigint NOT NULL,
        qualified_seekers bigint NOT NULL,
        PRIMARY KEY (role_id, country, day)
    )",
    // Annual full-time pay in minor units, as digits: an amount can be larger than any integer that databases know.
    "CREATE TABLE market_snapshot_pay (
        role_id {id} NOT NULL,
        country {key} NOT NULL,
        day {day} NOT NULL,
        currency {key} NOT NULL,
        sample_size bigint NOT NULL,
        employers bigint NOT NULL,
        p10 text NOT NULL,
        p25 text NOT NULL,
        median text NOT NULL,
        p75 text NOT NULL,
        p90 text NOT NULL,
        PRIMARY KEY (role_id, country, day, currency),
        CONSTRAINT market_snapshot_pay_snapshot_fkey FOREIGN KEY (role_id, country, day)
            REFERENCES market_snapshot (role_id, country, day) ON DELETE CASCADE
    )",
];

const DOWN: &[&str] = &["DROP TABLE market_snapshot_pay", "DROP TABLE market_snapshot"];
