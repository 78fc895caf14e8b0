//! What candidates keep for later: postings, and searches with alerts.

mod alerts;
mod postings;
mod searches;

use serde_json::{Value, json};

use crate::support::Actor;

/// Keeps a search, and gives it as it is then.
pub async fn search(who: &Actor, input: Value) -> Value {
    let shown = "savedSearch { id version name search filter alerts newMatchCount }";
    who.act("savedSearchCreate", input, shown).await.good()["savedSearch"].clone()
}

/// Keeps a posting.
pub async fn save(who: &Actor, posting: &Value) {
    who.act("postingSave", json!({"postingId": posting["id"]}), "posting { id }").await.good();
}
