//! What operators rely on, with the real binary as a process of its own: how it stops, what it tells about itself, its
//! doctor and its backups.

mod backup;
mod doctor;
mod metrics;
mod process;
mod replica;
mod shutdown;
mod traces;

#[expect(dead_code, reason = "shared with the tests of the API, which need all of it")]
#[path = "../api/support/actor.rs"]
mod actor;
#[path = "../api/support/databases.rs"]
mod databases;
#[expect(dead_code, reason = "shared with the tests of the API, which need all of it")]
#[path = "../api/documents.rs"]
mod documents;
#[expect(dead_code, reason = "shared with the tests of the API, which need all of it")]
#[path = "../api/support/socket.rs"]
mod socket;

/// A password that is long enough.
pub const PASSWORD: &str = "correct horse battery";

/// Declares scenarios that run on both databases: `async fn name(place: Place) { … }`.
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($place:ident: Place) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn scenario($place: &Place) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let place = Place::sqlite().await;
                scenario(&place).await;
                place.clear().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let place = Place::postgres().await;
                scenario(&place).await;
                place.clear().await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;
