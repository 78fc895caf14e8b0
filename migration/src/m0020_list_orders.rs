//! An index for every order of every list, nulls last in both directions: what may be null is indexed as the server
//! sorts it, with a value behind all others in its place (`src/pagination.rs` writes the same values).

crate::dialect::migration!("m0020_list_orders");

const UP: &[&str] = &[
    "DROP INDEX posting_pay",
    "CREATE INDEX posting_pay_up ON posting (status, COALESCE(pay_rank, 9223372036854775807), id)",
    "CREATE INDEX posting_pay_down ON posting (status, COALESCE(pay_rank, -9223372036854775807), id)",
    "CREATE INDEX posting_updated ON posting (status, updated_at, id)",
    "CREATE INDEX posting_employer_title ON posting (employer_id, title_key, id)",
    "CREATE INDEX posting_employer_pay_up ON posting (employer_id, COALESCE(pay_rank, 9223372036854775807), id)",
    "CREATE INDEX posting_employer_pay_down ON posting (employer_id, COALESCE(pay_rank, -9223372036854775807), id)",
    "CREATE INDEX posting_employer_published_up ON posting (employer_id, COALESCE(published_at, 'infinity'), id)",
    "CREATE INDEX posting_employer_published_down ON posting (employer_id, COALESCE(published_at, '-infinity'), id)",
    "CREATE INDEX posting_employer_valid_up ON posting (employer_id, COALESCE(valid_through, 'infinity'), id)",
    "CREATE INDEX posting_employer_valid_down ON posting (employer_id, COALESCE(valid_through, '-infinity'), id)",
    "CREATE INDEX application_posting_updated ON application (posting_id, updated_at, id)",
    // Those who may be found have one of two states, which no order by time can begin with.
    "CREATE INDEX candidate_visible ON candidate (visibility, updated_at, id)",
    "DROP INDEX place_population",
    "CREATE INDEX place_population_up ON place (COALESCE(population, 9223372036854775807), id)",
    "CREATE INDEX place_population_down ON place (COALESCE(population, -9223372036854775807), id)",
];

const DOWN: &[&str] = &[
    "DROP INDEX candidate_visible",
    "DROP INDEX application_posting_updated",
    "DROP INDEX place_population_down",
    "DROP INDEX place_population_up",
    "CREATE INDEX place_population ON place (population, id)",
    "DROP INDEX posting_employer_valid_down",
    "DROP INDEX posting_employer_valid_up",
    "DROP INDEX posting_employer_published_down",
    "DROP INDEX posting_employer_published_up",
    "DROP INDEX posting_employer_pay_down",
    "DROP INDEX posting_employer_pay_up",
    "DROP INDEX posting_employer_title",
    "DROP INDEX posting_updated",
    "DROP INDEX posting_pay_down",
    "DROP INDEX posting_pay_up",
    "CREATE INDEX posting_pay ON posting (status, pay_rank, id)",
];
