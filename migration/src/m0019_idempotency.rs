//! What was answered to a mutation that carried a key, for those who ask again because the answer did not reach them.

crate::dialect::migration!("m0019_idempotency");

const UP: &[&str] = &[
    // The account is nil for nobody. Key and answer are of use to those alone who know the key.
    "CREATE TABLE idempotency_key (
        account_id {id} NOT NULL,
        key_hash {bytes} NOT NULL,
        request_hash {bytes} NOT NULL,
        response {bytes},
        created_at {instant} NOT NULL,
        PRIMARY KEY (account_id, key_hash)
    )",
    "CREATE INDEX idempotency_key_created ON idempotency_key (created_at)",
];

const DOWN: &[&str] = &["DROP TABLE idempotency_key"];
