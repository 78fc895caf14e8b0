//! What tells the text in which a posting is found from any other, so that an index of words knows what it lacks.

crate::dialect::migration!("m0022_search_hash");

// Null where the text was written before: such texts are read to be told.
const UP: &[&str] = &["ALTER TABLE posting ADD COLUMN search_hash bigint"];

const DOWN: &[&str] = &["ALTER TABLE posting DROP COLUMN search_hash"];
