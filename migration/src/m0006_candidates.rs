//! Candidates: profile, skills, targets, experience, education and the days on which they looked for work.

crate::dialect::migration!("m0006_candidates");

const UP: &[&str] = &[
    "CREATE TABLE candidate (
        id {id} NOT NULL PRIMARY KEY,
        account_id {id} NOT NULL,
        external_id text,
        headline text,
        about text,
        home_place_id {id},
        search_status {key} NOT NULL,
        visibility text NOT NULL,
        wants_remote boolean NOT NULL,
        expected_pay bigint,
        expected_currency text,
        expected_period text,
        version integer NOT NULL,
        created_at {instant} NOT NULL,
        updated_at {instant} NOT NULL,
        CONSTRAINT candidate_account_key UNIQUE (account_id),
        CONSTRAINT candidate_external_id_key UNIQUE (external_id),
        CONSTRAINT candidate_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE,
        CONSTRAINT candidate_home_fkey FOREIGN KEY (home_place_id) REFERENCES place (id)
    )",
    "CREATE INDEX candidate_status ON candidate (search_status, id)",
    "CREATE TABLE target_role (
        candidate_id {id} NOT NULL,
        role_id {id} NOT NULL,
        position integer NOT NULL,
        PRIMARY KEY (candidate_id, role_id),
        CONSTRAINT target_role_candidate_fkey FOREIGN KEY (candidate_id) REFERENCES candidate (id) ON DELETE CASCADE,
        CONSTRAINT target_role_role_fkey FOREIGN KEY (role_id) REFERENCES role (id)
    )",
    "CREATE INDEX target_role_role ON target_role (role_id, candidate_id)",
    "CREATE TABLE target_place (
        candidate_id {id} NOT NULL,
        place_id {id} NOT NULL,
        position integer NOT NULL,
        PRIMARY KEY (candidate_id, place_id),
        CONSTRAINT target_place_candidate_fkey FOREIGN KEY (candidate_id) REFERENCES candidate (id) ON DELETE CASCADE,
        CONSTRAINT target_place_place_fkey FOREIGN KEY (place_id) REFERENCES place (id)
    )",
    "CREATE INDEX target_place_place ON target_place (place_id, candidate_id)",
    "CREATE TABLE candidate_skill (
        candidate_id {id} NOT NULL,
        skill_id {id} NOT NULL,
        position integer NOT NULL,
        level integer,
        months integer,
        PRIMARY KEY (candidate_id, skill_id),
        CONSTRAINT candidate_skill_level_check CHECK (level IS NULL OR level BETWEEN 1 AND 5),
        CONSTRAINT candidate_skill_candidate_fkey FOREIGN KEY (candidate_id) REFERENCES candidate (id) ON DELETE CASCADE,
        CONSTRAINT candidate_skill_skill_fkey FOREIGN KEY (skill_id) REFERENCES skill (id)
    )",
    "CREATE INDEX candidate_skill_skill ON candidate_skill (skill_id, candidate_id)",
    "CREATE TABLE experience (
        id {id} NOT NULL PRIMARY KEY,
        candidate_id {id} NOT NULL,
        position integer NOT NULL,
        title text NOT NULL,
        employer_name text NOT NULL,
        started_on {day} NOT NULL,
        ended_on {day},
        description text,
        CONSTRAINT experience_candidate_fkey FOREIGN KEY (candidate_id) REFERENCES candidate (id) ON DELETE CASCADE
    )",
    "CREATE INDEX experience_candidate ON experience (candidate_id, position)",
    "CREATE TABLE education (
        id {id} NOT NULL PRIMARY KEY,
        candidate_id {id} NOT NULL,
        position integer NOT NULL,
        institution text NOT NULL,
        subject text,
        level text,
        started_on {day},
        ended_on {day},
        CONSTRAINT education_candidate_fkey FOREIGN KEY (candidate_id) REFERENCES candidate (id) ON DELETE CASCADE
    )",
    "CREATE INDEX education_candidate ON education (candidate_id, position)",
    // One row per candidate and day with an intent event; what the event was is not kept.
    "CREATE TABLE active_day (
        candidate_id {id} NOT NULL,
        day {day} NOT NULL,
        PRIMARY KEY (candidate_id, day),
        CONSTRAINT active_day_candidate_fkey FOREIGN KEY (candidate_id) REFERENCES candidate (id) ON DELETE CASCADE
    )",
    "CREATE INDEX active_day_day ON active_day (day, candidate_id)",
];

const DOWN: &[&str] = &[
    "DROP TABLE active_day",
    "DROP TABLE education",
    "DROP TABLE experience",
    "DROP TABLE candidate_skill",
    "DROP TABLE target_place",
    "DROP TABLE target_role",
    "DROP TABLE candidate",
];
