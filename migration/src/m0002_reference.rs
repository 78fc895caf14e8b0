//! Reference data: roles, skills, places and industries.

crate::dialect::migration!("m0002_reference");

const UP: &[&str] = &[
    // What the server must remember about itself, such as which bundled reference data it has loaded.
    "CREATE TABLE property (
        name {key} NOT NULL PRIMARY KEY,
        value text NOT NULL
    )",
    "CREATE TABLE industry (
        id {id} NOT NULL PRIMARY KEY,
        slug {key} NOT NULL,
        name text NOT NULL,
        name_key {key} NOT NULL,
        CONSTRAINT industry_slug_key UNIQUE (slug)
    )",
    "CREATE INDEX industry_name ON industry (name_key, id)",
    "CREATE TABLE skill (
        id {id} NOT NULL PRIMARY KEY,
        slug {key} NOT NULL,
        name text NOT NULL,
        name_key {key} NOT NULL,
        kind text,
        is_reviewed boolean NOT NULL,
        CONSTRAINT skill_slug_key UNIQUE (slug)
    )",
    "CREATE INDEX skill_name ON skill (name_key, id)",
    "CREATE TABLE skill_alias (
        skill_id {id} NOT NULL,
        alias_key {key} NOT NULL,
        alias text NOT NULL,
        position integer NOT NULL,
        PRIMARY KEY (skill_id, alias_key),
        CONSTRAINT skill_alias_skill_fkey FOREIGN KEY (skill_id) REFERENCES skill (id) ON DELETE CASCADE
    )",
    "CREATE INDEX skill_alias_by_key ON skill_alias (alias_key)",
    "CREATE TABLE place (
        id {id} NOT NULL PRIMARY KEY,
        kind text NOT NULL,
        country_code {key} NOT NULL,
        region_code {key},
        city text,
        name text NOT NULL,
        name_key {key} NOT NULL,
        latitude {real},
        longitude {real},
        population bigint,
        is_reviewed boolean NOT NULL
    )",
    "CREATE INDEX place_name ON place (name_key, id)",
    "CREATE INDEX place_population ON place (population, id)",
    "CREATE INDEX place_point ON place (latitude, longitude)",
    "CREATE TABLE place_alias (
        place_id {id} NOT NULL,
        alias_key {key} NOT NULL,
        PRIMARY KEY (place_id, alias_key),
        CONSTRAINT place_alias_place_fkey FOREIGN KEY (place_id) REFERENCES place (id) ON DELETE CASCADE
    )",
    "CREATE INDEX place_alias_by_key ON place_alias (alias_key)",
    "CREATE TABLE role (
        id {id} NOT NULL PRIMARY KEY,
        slug {key} NOT NULL,
        title text NOT NULL,
        title_key {key} NOT NULL,
        parent_id {id},
        soc_code text,
        esco_code text,
        education_level text,
        experience_min_years integer,
        experience_max_years integer,
        summary text,
        responsibilities {json} NOT NULL,
        how_to_enter {json} NOT NULL,
        CONSTRAINT role_slug_key UNIQUE (slug)
    )",
    "CREATE INDEX role_title ON role (title_key, id)",
    "CREATE INDEX role_parent ON role (parent_id)",
    "CREATE TABLE role_alias (
        role_id {id} NOT NULL,
        alias_key {key} NOT NULL,
        alias text NOT NULL,
        position integer NOT NULL,
        is_shown boolean NOT NULL,
        PRIMARY KEY (role_id, alias_key),
        CONSTRAINT role_alias_role_fkey FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE
    )",
    "CREATE INDEX role_alias_by_key ON role_alias (alias_key)",
    "CREATE TABLE similar_role (
        role_id {id} NOT NULL,
        similar_id {id} NOT NULL,
        position integer NOT NULL,
        PRIMARY KEY (role_id, similar_id),
        CONSTRAINT similar_role_role_fkey FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE,
        CONSTRAINT similar_role_similar_fkey FOREIGN KEY (similar_id) REFERENCES role (id) ON DELETE CASCADE
    )",
    "CREATE TABLE role_skill (
        role_id {id} NOT NULL,
        skill_id {id} NOT NULL,
        importance text NOT NULL,
        position integer NOT NULL,
        PRIMARY KEY (role_id, skill_id),
        CONSTRAINT role_skill_role_fkey FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE,
        CONSTRAINT role_skill_skill_fkey FOREIGN KEY (skill_id) REFERENCES skill (id) ON DELETE CASCADE
    )",
    "CREATE TABLE role_industry (
        role_id {id} NOT NULL,
        industry_id {id} NOT NULL,
        position integer NOT NULL,
        PRIMARY KEY (role_id, industry_id),
        CONSTRAINT role_industry_role_fkey FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE,
        CONSTRAINT role_industry_industry_fkey FOREIGN KEY (industry_id) REFERENCES industry (id) ON DELETE CASCADE
    )",
];

const DOWN: &[&str] = &[
    "DROP TABLE role_industry",
    "DROP TABLE role_skill",
    "DROP TABLE similar_role",
    "DROP TABLE role_alias",
    "DROP TABLE role",
    "DROP TABLE place_alias",
    "DROP TABLE place",
    "DROP TABLE skill_alias",
    "DROP TABLE skill",
    "DROP TABLE industry",
    "DROP TABLE property",
];
