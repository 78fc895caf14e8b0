//! Retries without a second effect: a mutation that carries a key is answered once, and the same request with the same
//! key gets that answer again for 24 hours.
//!
//! Key, effects and answer are one transaction: a server that dies before the commit has done nothing, one that dies
//! after it has kept the answer. Two requests with one key wait for each other at the primary key. The answer can hold
//! tokens, so it is encrypted under a key that is derived from the client's key, of which only a hash is kept.

use anyhow::{Context, anyhow};
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use chrono::TimeDelta;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::Database;
use crate::entities::idempotency_key;
use crate::signing::{Purpose, Signer};

/// How long an answer is kept.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
/// The longest key, in characters.
pub const MAX_KEY: usize = 255;

/// A request that carries a key.
#[derive(Debug)]
pub struct Keyed {
    account_id: Uuid,
    key_hash: Vec<u8>,
    request_hash: Vec<u8>,
    cipher: LessSafeKey,
}

/// What is known of a key.
#[derive(Debug)]
pub enum Claim {
    /// It is new: the request runs in this transaction, which ends with [`Keyed::keep`].
    New(DatabaseTransaction),
    /// It was answered.
    Answered(Vec<u8>),
    /// It was used for another request.
    Mismatch,
}

/// Whether a text can be a key: 1 to 255 visible ASCII characters.
#[must_use]
pub fn is_key(text: &str) -> bool {
    (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Keyed {
    /// A request of an account (or of nobody) that carries this key. `request` is everything that makes it what it is.
    ///
    /// # Errors
    /// The key cannot be derived.
    pub fn new(signer: &Signer, account_id: Option<Uuid>, key: &str, request: &[u8]) -> anyhow::Result<Self> {
        let account_id = account_id.unwrap_or_default();
        let scoped = [account_id.as_bytes(), key.as_bytes()].concat();
        let cipher = UnboundKey::new(&AES_256_GCM_SIV, &signer.derive(Purpose::IdempotentAnswer, &scoped))
            .map_err(|_| anyhow!("a derived key has 32 bytes"))?;
        Ok(Self {
            account_id,
            key_hash: signer.derive(Purpose::IdempotencyKey, &scoped),
            // Under the secret as well: a request can hold a password that somebody with a copy of the table would guess.
            request_hash: signer.derive(Purpose::IdempotentRequest, &[&scoped, request].concat()),
            cipher: LessSafeKey::new(cipher),
        })
    }

    /// Claims the key. Whoever holds it at this moment is waited for.
    ///
    /// # Errors
    /// The database failed, or whoever holds the key takes too long.
    pub async fn claim(&self, db: &Database, now: Timestamp) -> anyhow::Result<Claim> {
        // A second round is needed where the holder gave the key back while this request waited.
        for _ in 0..3 {
            let txn = db.begin().await?;
            if self.insert(&txn, now).await? {
                return Ok(Claim::New(txn));
            }
            let row = idempotency_key::Entity::find_by_id(self.id()).one(&txn).await?;
            txn.rollback().await?;
            match row {
                Some(row) if row.request_hash != self.request_hash => return Ok(Claim::Mismatch),
                Some(idempotency_key::Model { response: Some(sealed), .. }) => {
                    return self.open(sealed).map(Claim::Answered);
                }
                _ => {}
            }
        }
        Err(anyhow!("a key was given back and taken again and again"))
    }

    /// Keeps the answer, in the transaction of its effects.
    ///
    /// # Errors
    /// The database failed.
    pub async fn keep(&self, txn: &impl ConnectionTrait, answer: Vec<u8>) -> anyhow::Result<()> {
        let row = idempotency_key::ActiveModel { response: Set(Some(self.seal(answer)?)), ..Default::default() };
        let update = idempotency_key::Entity::update_many().set(row);
        let (account_id, key_hash) = self.id();
        let update = update
            .filter(idempotency_key::Column::AccountId.eq(account_id))
            .filter(idempotency_key::Column::KeyHash.eq(key_hash));
        update.exec(txn).await?;
        Ok(())
    }

    fn id(&self) -> (Uuid, Vec<u8>) {
        (self.account_id, self.key_hash.clone())
    }

    async fn insert(&self, txn: &DatabaseTransaction, now: Timestamp) -> Result<bool, DbErr> {
        let (account_id, key_hash) = self.id();
        let expired = idempotency_key::Entity::delete_many()
            .filter(idempotency_key::Column::AccountId.eq(account_id))
            .filter(idempotency_key::Column::KeyHash.eq(key_hash.clone()))
            .filter(idempotency_key::Column::CreatedAt.lte(now - KEPT));
        expired.exec(txn).await?;
        let row = idempotency_key::ActiveModel {
            account_id: Set(account_id),
            key_hash: Set(key_hash),
            request_hash: Set(self.request_hash.clone()),
            response: Set(None),
            created_at: Set(now),
        };
        let taken = OnConflict::columns([idempotency_key::Column::AccountId, idempotency_key::Column::KeyHash])
            .do_nothing()
            .to_owned();
        let inserted = idempotency_key::Entity::insert(row).on_conflict(taken).exec_without_returning(txn).await?;
        Ok(inserted == 1)
    }

    fn seal(&self, mut answer: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        self.cipher
            .seal_in_place_append_tag(nonce(), Aad::empty(), &mut answer)
            .map_err(|_| anyhow!("an answer cannot be sealed"))?;
        Ok(answer)
    }

    fn open(&self, mut sealed: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        let answer = self.cipher.open_in_place(nonce(), Aad::empty(), &mut sealed);
        answer.map(|answer| answer.to_vec()).ok().context("a kept answer was sealed by a server with another secret")
    }
}

/// One key seals one answer, and this mode of the cipher would bear more.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

/// Answers that one statement deletes.
const CHUNK: u64 = 200;

/// Forgets answers whose time has passed, some at a time.
///
/// # Errors
/// The database failed.
pub async fn sweep(db: &impl ConnectionTrait, now: Timestamp) -> Result<(), DbErr> {
    loop {
        // The hash of a key is made of the account too, and so names the row.
        let some = Query::select()
            .column(idempotency_key::Column::KeyHash)
            .from(idempotency_key::Entity)
            .and_where(idempotency_key::Column::CreatedAt.lte(now - KEPT))
            .limit(CHUNK)
            .to_owned();
        let expired = idempotency_key::Entity::delete_many().filter(idempotency_key::Column::KeyHash.in_subquery(some));
        if expired.exec(db).await?.rows_affected < CHUNK {
            return Ok(());
        }
    }
}
