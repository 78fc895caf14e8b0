//! A scope in the image in memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use sea_orm::DbErr;
use tokio::sync::OnceCell;

use crate::clock::Timestamp;
use crate::db::Reads;
use crate::market::dimension::{Dimension, GroupKey, GroupName};
use crate::market::mirrored::Mirrored;
use crate::mirror::{Mirror, Ticket};
use crate::postings::filter::Scope;
use crate::shelf::Shelf;

/// How old names may be: a server that starts with newer reference data changes some without a word in the log.
const AGE: Duration = Duration::from_mins(1);
/// Names that are kept.
const MOST: u64 = 50_000;

/// The image that a scope may be read off, and what was found there: the same for all questions.
pub(super) struct Reflection {
    mirror: Arc<Mirror>,
    ticket: Ticket,
    /// What groups are called, as it was read before.
    names: Cache<(Dimension, GroupKey), GroupName>,
    scope: Scope,
    found: OnceCell<Option<Arc<Mirrored>>>,
}

impl Reflection {
    pub(super) fn new(mirror: &Arc<Mirror>, shelf: &Shelf, scope: &Scope) -> Self {
        let (ticket, names) = (mirror.ticket(), shelf.lately(AGE, MOST));
        Self { mirror: mirror.clone(), ticket, names, scope: scope.clone(), found: OnceCell::new() }
    }

    /// What the image answers for an instant, if there is one and it knows.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        now: Timestamp,
        ask: impl FnOnce(&Mirrored) -> Option<T> + Send + 'static,
    ) -> Option<T> {
        let look = async || {
            let image = self.mirror.current(self.ticket).await?;
            let scope = self.scope.clone();
            // It waits for whoever changes the image.
            self.mirror.compute(move || Mirrored::new(image, &scope, now)).await.flatten().map(Arc::new)
        };
        let market = self.found.get_or_init(look).await.clone()?;
        self.mirror.compute(move || ask(&market)).await.flatten()
    }

    /// Names of these groups, where they need a look-up. Of names that are known already nothing is asked.
    pub(super) async fn names_of(
        &self,
        db: &Reads,
        by: Dimension,
        keys: impl Iterator<Item = &GroupKey>,
    ) -> Result<HashMap<GroupKey, GroupName>, DbErr> {
        let (mut known, mut unknown) = (HashMap::new(), Vec::new());
        for key in keys {
            match self.names.get(&(by, key.clone())) {
                Some(name) => drop(known.insert(key.clone(), name)),
                None => unknown.push(key),
            }
        }
        for (key, name) in by.names_of(db, unknown.into_iter()).await? {
            self.names.insert((by, key.clone()), name.clone());
            known.insert(key, name);
        }
        Ok(known)
    }
}
