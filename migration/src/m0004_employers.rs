//! Employers, their places and their members.

crate::dialect::migration!("m0004_employers");

const UP: &[&str] = &[
    "CREATE TABLE employer (
        id {id} NOT NULL PRIMARY KEY,
        external_id text,
        slug {key} NOT NULL,
        name text NOT NULL,
        name_key {key} NOT NULL,
        about text,
        website text,
        industry_id {id},
        headcount text,
        verified_at {instant},
        version integer NOT NULL,
        created_at {instant} NOT NULL,
        updated_at {instant} NOT NULL,
        CONSTRAINT employer_slug_key UNIQUE (slug),
        CONSTRAINT employer_external_id_key UNIQUE (external_id),
        CONSTRAINT employer_industry_fkey FOREIGN KEY (industry_id) REFERENCES industry (id)
    )",
    "CREATE INDEX employer_name ON employer (name_key, id)",
    "CREATE INDEX employer_created ON employer (created_at, id)",
    "CREATE INDEX employer_industry ON employer (industry_id, name_key, id)",
    "CREATE TABLE employer_place (
        employer_id {id} NOT NULL,
        place_id {id} NOT NULL,
        position integer NOT NULL,
        PRIMARY KEY (employer_id, place_id),
        CONSTRAINT employer_place_employer_fkey FOREIGN KEY (employer_id) REFERENCES employer (id) ON DELETE CASCADE,
        CONSTRAINT employer_place_place_fkey FOREIGN KEY (place_id) REFERENCES place (id)
    )",
    "CREATE TABLE membership (
        id {id} NOT NULL PRIMARY KEY,
        employer_id {id} NOT NULL,
        account_id {id} NOT NULL,
        role text NOT NULL,
        created_at {instant} NOT NULL,
        CONSTRAINT membership_pair_key UNIQUE (employer_id, account_id),
        CONSTRAINT membership_employer_fkey FOREIGN KEY (employer_id) REFERENCES employer (id) ON DELETE CASCADE,
        CONSTRAINT membership_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
    )",
    "CREATE INDEX membership_account ON membership (account_id)",
    "CREATE INDEX membership_employer ON membership (employer_id, created_at, id)",
];

const DOWN: &[&str] = &["DROP TABLE membership", "DROP TABLE employer_place", "DROP TABLE employer"];
