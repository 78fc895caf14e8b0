//! Live subscriptions, below any transport. One task of a server follows the log of changes while somebody listens, finds
//! out who is concerned, and puts the identifiers of what changed into their queues; a transport takes them out and
//! executes the subscription once for each. So a change made by another server arrives as well as one made here, what is
//! told is read (and permitted) at the moment of telling, and a listener who is slow costs a bounded list of identifiers.

mod follow;
pub mod graphql;
mod hub;
mod matching;
mod places;
mod queue;

pub use follow::run;
pub use hub::{Hub, Listener, NotFollowed, Topic};
pub use places::{Full, Place, Places};
pub use queue::Behind;

use tokio::sync::watch;

use crate::config::LiveConfig;

/// What the live connections of a server share.
#[derive(Debug)]
pub struct Live {
    /// Who listens to what.
    pub hub: Hub,
    /// Who may keep a connection open.
    pub places: Places,
    closing: watch::Sender<bool>,
}

impl Live {
    /// Nobody listens yet.
    #[must_use]
    pub fn new(config: &LiveConfig) -> Self {
        Self { hub: Hub::new(config.backlog), places: Places::new(config), closing: watch::Sender::new(false) }
    }

    /// Asks every live connection to end.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Resolves once the connections are asked to end.
    pub async fn closing(&self) {
        // The sender lives as long as this value, so waiting cannot fail.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }
}
