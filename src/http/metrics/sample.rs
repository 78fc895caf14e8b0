//! Values that are looked up when somebody asks for them.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use sea_orm::{DbErr, EntityTrait};

use super::process::Process;
use crate::clock::Timestamp;
use crate::entities::job;
use crate::mail::queue;
use crate::state::State;

/// How long the database may take to tell what it knows.
const PATIENCE: Duration = Duration::from_secs(2);

/// A gauge of a number that need not be whole.
type Real = Gauge<f64, AtomicU64>;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Pool {
    pool: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Job {
    job: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

/// A registry of all that is looked up, as of now.
pub(super) async fn looked_up(state: &State) -> Registry {
    let mut all = Registry::with_prefix("rolecall");
    let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
    all.register("build", "The version of this server", version);
    pools(&mut all, state);
    replica(&mut all, state);
    // What the database knows is the same for all servers.
    let told = tokio::time::timeout(PATIENCE, from_database(&mut all, state)).await;
    let answers = matches!(told, Ok(Ok(())));
    gauge(&mut all, "database_up", "Whether the database answered when these values were looked up", answers.into());
    live(&mut all, state);
    engine(&mut all, state).await;
    passwords(&mut all, state);
    process(state, all)
}

fn gauge(all: &mut Registry, name: &str, help: &str, value: i64) {
    let gauge = Gauge::<i64>::default();
    gauge.set(value);
    all.register(name, help, gauge);
}

fn real(all: &mut Registry, name: &str, help: &str, value: f64) {
    let gauge = Real::default();
    gauge.set(value);
    all.register(name, help, gauge);
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn pools(all: &mut Registry, state: &State) {
    let [in_use, idle, most] = [(); 3].map(|()| Family::<Pool, Gauge>::default());
    for pool in state.db.pools() {
        let labels = Pool { pool: pool.name };
        in_use.get_or_create(&labels).set(whole(pool.in_use));
        idle.get_or_create(&labels).set(whole(pool.idle));
        most.get_or_create(&labels).set(whole(pool.most));
    }
    all.register("database_connections_in_use", "Connections that work", in_use);
    all.register("database_connections_idle", "Connections that wait for work", idle);
    all.register("database_connections_max", "Connections that there may be", most);
}

fn replica(all: &mut Registry, state: &State) {
    let figures = state.db.replica();
    let is_in_use = figures.is_some_and(|figures| figures.is_in_use);
    let age = figures.map_or(0.0, |figures| figures.age.as_secs_f64());
    gauge(all, "database_replica_in_use", "Whether statements are run on a replica", is_in_use.into());
    real(all, "database_replica_age_seconds", "Time since the moment that the replica shows", age);
}

async fn from_database(all: &mut Registry, state: &State) -> Result<(), DbErr> {
    let db = state.db.quiet();
    let waiting = queue::backlog(db.reads()).await?;
    let now = state.clock.now();
    let age = waiting.oldest.map_or(0.0, |oldest| seconds(now) - seconds(oldest));
    let jobs = job::Entity::find().all(db.reads()).await?;
    gauge(all, "mail_waiting", "Mails in the outbox", waiting.count);
    real(all, "mail_oldest_age_seconds", "Age of the oldest mail in the outbox", age.max(0.0));
    let (runs, failures) = (Family::<Job, Counter>::default(), Family::<Job, Counter>::default());
    let in_a_row = Family::<Job, Gauge>::default();
    let finished = Family::<Job, Real>::default();
    for row in jobs {
        let labels = Job { job: row.name };
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        runs.get_or_create(&labels).inc_by(count(row.runs));
        failures.get_or_create(&labels).inc_by(count(row.failures));
        in_a_row.get_or_create(&labels).set(row.failures_in_a_row.into());
        finished.get_or_create(&labels).set(row.last_finished_at.map_or(0.0, seconds));
    }
    all.register("job_runs", "Runs of a job that have ended, on all servers", runs);
    all.register("job_failures", "Runs of a job that failed, on all servers", failures);
    all.register("job_failures_in_a_row", "Runs that failed one after the other until now", in_a_row);
    all.register("job_last_finished_timestamp_seconds", "When a run of a job last ended, well or not", finished);
    Ok(())
}

fn live(all: &mut Registry, state: &State) {
    let backlog = Family::<Kind, Gauge>::default();
    let (postings, applications) = state.live.hub.backlog();
    backlog.get_or_create(&Kind { kind: "postings" }).set(whole(postings));
    backlog.get_or_create(&Kind { kind: "applications" }).set(whole(applications));
    all.register("live_backlog", "Changes that wait to be matched with those who listen", backlog);
}

async fn engine(all: &mut Registry, state: &State) {
    let figures = state.mirror.figures().await;
    gauge(all, "engine_loaded", "Whether the board is in memory, and followed", figures.is_some().into());
    let figures = figures.unwrap_or_default();
    let rows = Family::<Kind, Gauge>::default();
    for (kind, count) in [("postings", figures.postings), ("recent", figures.recent), ("seekers", figures.seekers)] {
        rows.get_or_create(&Kind { kind }).set(whole(count));
    }
    all.register("engine_rows", "Postings in memory, those of them since the last compaction, and seekers", rows);
    gauge(all, "engine_memory_bytes", "Memory of postings and seekers, estimated", whole(figures.bytes));
    real(all, "engine_lag_seconds", "Time since memory was last in step with the log", figures.lag.as_secs_f64());
}

fn passwords(all: &mut Registry, state: &State) {
    let (busy, waiting) = state.passwords.load();
    gauge(all, "password_workers_busy", "Passwords that are being hashed", whole(busy));
    gauge(all, "password_queue", "Sign-ins that wait for a worker", whole(waiting));
}

fn process(state: &State, mut all: Registry) -> Registry {
    let Process { resident_bytes, open_fds, max_fds, cpu_seconds } = Process::look();
    let own = all.sub_registry_with_prefix("process");
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    gauge(own, "resident_memory_bytes", "Memory that the process takes", whole(resident_bytes));
    gauge(own, "open_fds", "Files and connections that are open", whole(open_fds));
    gauge(own, "max_fds", "How many there may be", whole(max_fds));
    let cpu = Counter::<f64, AtomicU64>::default();
    cpu.inc_by(cpu_seconds);
    own.register("cpu_seconds", "Processor time", cpu);
    gauge(own, "stopping", "Whether the server was told to stop", state.is_stopping().into());
    all
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in it")]
fn seconds(at: Timestamp) -> f64 {
    at.timestamp_millis() as f64 / 1_000.0
}
