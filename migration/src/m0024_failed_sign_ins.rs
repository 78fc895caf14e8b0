//! How many wrong passwords were tried in a row, after which an account needs a new one.

crate::dialect::migration!("m0024_failed_sign_ins");

const UP: &[&str] = &["ALTER TABLE account ADD COLUMN failed_sign_ins integer NOT NULL DEFAULT 0"];

const DOWN: &[&str] = &["ALTER TABLE account DROP COLUMN failed_sign_ins"];
