//! The job that gives hashes to the texts of postings that were written before texts had them. An index of words reads a
//! text without a hash at every start.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::search_text::hash;
use crate::entities::posting;
use crate::state::State;
use crate::text;

/// Texts of one transaction.
const BATCH: u64 = 500;

/// Gives hashes to all texts that have none, some at a time.
///
/// # Errors
/// The database failed; what was written until then stays.
pub async fn fill(state: &State) -> anyhow::Result<()> {
    loop {
        let txn = state.db.begin().await?;
        let written = fill_some(&txn).await?;
        txn.commit().await?;
        if written < BATCH {
            return Ok(());
        }
    }
}

async fn fill_some(txn: &DatabaseTransaction) -> Result<u64, DbErr> {
    use posting::Column as C;
    let some = posting::Entity::find()
        .select_only()
        .columns([C::Id, C::Title, C::SearchText])
        .filter(C::SearchHash.is_null())
        .order_by_asc(C::Id)
        .limit(BATCH);
    let some: Vec<(Uuid, String, String)> = some.into_tuple().all(txn).await?;
    let hashed = |(id, title, words): (Uuid, String, String)| (id, (hash(&text::searchable([&*title]), &words), words));
    let hashed: HashMap<Uuid, (i64, String)> = some.into_iter().map(hashed).collect();
    for (id, (hash, words)) in &hashed {
        // Whoever writes a text in the meantime gives it its own hash.
        posting::Entity::update_many()
            .col_expr(C::SearchHash, Expr::val(*hash))
            .filter(C::Id.eq(*id).and(C::SearchHash.is_null()).and(C::SearchText.eq(words.as_str())))
            .exec(txn)
            .await?;
    }
    Ok(hashed.len() as u64)
}
