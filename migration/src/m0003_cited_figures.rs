//! Figures that third parties published about a role. They stand beside what Rolecall computes, never inside it.

crate::dialect::migration!("m0003_cited_figures");

const UP: &[&str] = &[
    "CREATE TABLE cited_salary (
        id {id} NOT NULL PRIMARY KEY,
        role_id {id} NOT NULL,
        position integer NOT NULL,
        publisher text NOT NULL,
        as_of {day} NOT NULL,
        country_code text NOT NULL,
        region_code text,
        city text,
        place_name text NOT NULL,
        currency text NOT NULL,
        period text NOT NULL,
        experience_level text,
        sample_size integer,
        low bigint,
        average bigint,
        average_low bigint,
        average_high bigint,
        high bigint,
        CONSTRAINT cited_salary_role_fkey FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE
    )",
    "CREATE INDEX cited_salary_role ON cited_salary (role_id, position)",
    "CREATE TABLE cited_demand (
        id {id} NOT NULL PRIMARY KEY,
        role_id {id} NOT NULL,
        position integer NOT NULL,
        publisher text NOT NULL,
        month {day} NOT NULL,
        country_code text,
        open_postings integer,
        employers_hiring integer,
        job_seekers integer,
        seekers_per_posting text,
        searches integer,
        candidates_searching integer,
        employers_searching integer,
        CONSTRAINT cited_demand_role_fkey FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE
    )",
    "CREATE INDEX cited_demand_role ON cited_demand (role_id, position)",
    "CREATE TABLE outlook (
        id {id} NOT NULL PRIMARY KEY,
        role_id {id} NOT NULL,
        position integer NOT NULL,
        publisher text NOT NULL,
        occupation text NOT NULL,
        from_year integer NOT NULL,
        to_year integer NOT NULL,
        growth_percent {real} NOT NULL,
        all_occupations_growth_percent {real},
        openings_per_year integer,
        CONSTRAINT outlook_role_fkey FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE
    )",
    "CREATE INDEX outlook_role ON outlook (role_id, position)",
    "CREATE TABLE course (
        id {id} NOT NULL PRIMARY KEY,
        role_id {id} NOT NULL,
        position integer NOT NULL,
        title text NOT NULL,
        provider text NOT NULL,
        enrolled integer,
        ratings integer,
        CONSTRAINT course_role_fkey FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE
    )",
    "CREATE INDEX course_role ON course (role_id, position)",
    "CREATE TABLE training_path (
        id {id} NOT NULL PRIMARY KEY,
        role_id {id} NOT NULL,
        position integer NOT NULL,
        kind text NOT NULL,
        min_weeks integer NOT NULL,
        max_weeks integer NOT NULL,
        CONSTRAINT training_path_role_fkey FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE
    )",
    "CREATE INDEX training_path_role ON training_path (role_id, position)",
];

const DOWN: &[&str] = &[
    "DROP TABLE training_path",
    "DROP TABLE course",
    "DROP TABLE outlook",
    "DROP TABLE cited_demand",
    "DROP TABLE cited_salary",
];
