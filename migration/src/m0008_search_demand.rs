//! How often a role was searched for, by month. Who searched is not kept.

crate::dialect::migration!("m0008_search_demand");

const UP: &[&str] = &["CREATE TABLE search_demand (
        role_id {id} NOT NULL,
        month {day} NOT NULL,
        searches bigint NOT NULL,
        candidates_searching bigint NOT NULL,
        employers_searching bigint NOT NULL,
        PRIMARY KEY (role_id, month),
        CONSTRAINT search_demand_role_fkey FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE
    )"];

const DOWN: &[&str] = &["DROP TABLE search_demand"];
