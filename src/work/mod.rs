//! Background work: a handful of jobs that come round again, each done by one of however many servers there are.
//!
//! Whoever runs a job holds it by a lease in the table `job`, taken by one conditional write and renewed while it runs;
//! a server that dies lets its lease run out, and another takes the job over. A job that fails is recorded, tried again
//! later and later, and keeps no other from running. Time is the clock's, so a test moves it and calls [`tick`].
//!
//! Apalis 1.0, the best-kept library for this, was tried: it is on the same sqlx and would fit both databases. But it
//! reads the machine's time inside its queries, so no test could move it; its queue is two crates with two schemas and a
//! migration history of their own; a `sea_orm` transaction is no executor of sqlx, so nothing could be queued in the
//! transaction that causes it; and a queue is not what is missing: mails have the outbox, and the rest are a few names
//! with an interval.

pub mod graphql;
pub mod jobs;
pub mod lease;
pub mod run;
mod sweep;
pub mod worker;

pub use jobs::{JOBS, Job};
pub use run::tick;
pub use worker::work;
