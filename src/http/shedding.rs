//! How many requests are under way at a time. One more is turned away at once, before anything is read or looked up, so
//! that those who are served are served in time.
//!
//! A place is taken until the head of the answer is there. Streams of events and sockets hold none while they are open,
//! they are counted elsewhere ([`Places`](crate::live::Places)); a query or mutation over a socket takes one as any other.

use std::sync::Arc;

use axum::error_handling::HandleErrorLayer;
use axum::http::HeaderMap;
use axum::routing::Router;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::{BoxError, ServiceBuilder};

use super::denied::Denied;
use super::problem::Form;

/// The places of requests under way.
#[derive(Clone, Debug)]
pub struct Flight(Arc<Semaphore>);

impl Flight {
    /// So many places.
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))))
    }

    /// Lets requests to these routes in as long as there are places.
    pub(super) fn bound(&self, routes: Router, form: Form) -> Router {
        // The concurrency limit fails for no reason but that there is no place.
        let refuse = move |headers: HeaderMap, _: BoxError| async move { form.refuse(Denied::busy(), &headers) };
        let layers = ServiceBuilder::new()
            .layer(HandleErrorLayer::new(refuse))
            .load_shed()
            .layer(GlobalConcurrencyLimitLayer::with_semaphore(self.0.clone()));
        routes.layer(layers)
    }

    /// A place for what is not a request of its own.
    ///
    /// # Errors
    /// [`Denied`] when there is none.
    pub(super) fn take(&self) -> Result<OwnedSemaphorePermit, Denied> {
        self.0.clone().try_acquire_owned().map_err(|_| Denied::busy())
    }
}
