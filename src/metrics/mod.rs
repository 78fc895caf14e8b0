//! What operators measure: counters and times, recorded where things happen. What is looked up when somebody asks is
//! beside the route that they ask.
//!
//! As with log lines, whoever records needs nothing but a function of this room; the registry behind it is one for the
//! process. Labels have few values: what a client can make up (names of operations) is bounded.

mod names;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use names::Names;

/// The media type of an [`exposition`].
pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// Names of operations that have series of their own; the rest share one.
const OPERATIONS: usize = 200;

/// Seconds from what is answered from memory to what runs out of time.
const SECONDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Everything that is recorded.
static RECORDED: LazyLock<Recorded> = LazyLock::new(Recorded::new);

type Times<L> = Family<L, Histogram, fn() -> Histogram>;

struct Recorded {
    registry: Registry,
    names: Names,
    requests: Times<Request>,
    in_flight: Gauge,
    operations: Times<Operation>,
    price: Family<Operation, Counter>,
    errors: Family<Code, Counter>,
    refusals: Family<Reason, Counter>,
    statements: Times<Statement>,
    failed_statements: Counter,
    apart: Family<Place, Counter>,
    failed_apart: Counter,
    begins: Histogram,
    failed_begins: Counter,
    connections: Family<Transport, Gauge>,
    subscriptions: Gauge,
    mails: Family<Fate, Counter>,
    kept: Family<Lookup, Counter>,
    compute_waits: Histogram,
    compactions: Histogram,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Operation {
    operation: String,
    r#type: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Code {
    code: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Statement {
    verb: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Place {
    ran_on: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Transport {
    transport: &'static str,
}

/// How a connection that stays open is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// A WebSocket.
    WebSocket,
    /// A stream of events.
    Events,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Fate {
    fate: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Lookup {
    result: &'static str,
}

impl Recorded {
    fn new() -> Self {
        let times = || Histogram::new(SECONDS);
        let recorded = Self {
            registry: Registry::default(),
            names: Names::new(OPERATIONS),
            requests: Family::new_with_constructor(times),
            in_flight: Gauge::default(),
            operations: Family::new_with_constructor(times),
            price: Family::default(),
            errors: Family::default(),
            refusals: Family::default(),
            statements: Family::new_with_constructor(times),
            failed_statements: Counter::default(),
            apart: Family::default(),
            failed_apart: Counter::default(),
            begins: times(),
            failed_begins: Counter::default(),
            connections: Family::default(),
            subscriptions: Gauge::default(),
            mails: Family::default(),
            kept: Family::default(),
            compute_waits: times(),
            compactions: Histogram::new([0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0]),
        };
        recorded.registered()
    }

    fn registered(mut self) -> Self {
        let mut all = Registry::with_prefix("rolecall");
        all.register("http_request_duration_seconds", "Time to the head of an answer", self.requests.clone());
        all.register("http_requests_in_flight", "Requests that are being answered", self.in_flight.clone());
        all.register(
            "graphql_operation_duration_seconds",
            "Time of an operation that was run",
            self.operations.clone(),
        );
        all.register("graphql_operation_price", "Prices of operations that were run, added up", self.price.clone());
        all.register("graphql_errors", "Errors of resolvers, by their code", self.errors.clone());
        all.register("refusals", "Requests that were turned away, by the reason", self.refusals.clone());
        all.register(
            "database_statement_duration_seconds",
            "Time of a statement of a request",
            self.statements.clone(),
        );
        let failed = self.failed_statements.clone();
        all.register("database_statement_failures", "Statements that failed, broken constraints with them", failed);
        let apart = self.apart.clone();
        all.register("database_replica_reads", "Statements that a replica may answer, by where they were run", apart);
        let failed = self.failed_apart.clone();
        all.register("database_replica_failures", "Statements that were begun there and run on the primary", failed);
        let begins = self.begins.clone();
        all.register("database_begin_duration_seconds", "Time until a transaction that writes has begun", begins);
        let failed = self.failed_begins.clone();
        all.register("database_begin_failures", "Transactions that could not begin in time", failed);
        all.register("live_connections", "WebSockets and event streams that are open", self.connections.clone());
        all.register("live_subscriptions", "Subscriptions under way", self.subscriptions.clone());
        all.register("mail_attempts", "Tries to send a mail, by what came of them", self.mails.clone());
        all.register("answer_cache_lookups", "Lookups of answers that are kept", self.kept.clone());
        let waits = self.compute_waits.clone();
        all.register("engine_compute_wait_seconds", "Time that a computation in memory waits for a thread", waits);
        let compactions = self.compactions.clone();
        all.register("engine_compaction_duration_seconds", "Time of building a new base of the engine", compactions);
        self.registry = all;
        self.begin_at_zero();
        self
    }

    /// A series that is there from the beginning shows its first step; of those that are known beforehand, that is.
    fn begin_at_zero(&self) {
        for transport in ["websocket", "events"] {
            drop(self.connections.get_or_create(&Transport { transport }));
        }
        for ran_on in ["replica", "primary"] {
            drop(self.apart.get_or_create(&Place { ran_on }));
        }
        for fate in ["sent", "later", "never"] {
            drop(self.mails.get_or_create(&Fate { fate }));
        }
        for result in ["hit", "miss"] {
            drop(self.kept.get_or_create(&Lookup { result }));
        }
    }
}

/// Something that is counted for as long as this value lives.
#[derive(Debug)]
pub struct Held(Gauge);

impl Held {
    fn new(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts a request that is being answered.
#[must_use]
pub fn request_begun() -> Held {
    Held::new(RECORDED.in_flight.clone())
}

/// Records a request: its method, the route that it took, and the status of its answer.
pub fn request(method: &'static str, route: &str, status: u16, took: Duration) {
    let labels = Request { method, route: route.to_owned(), status };
    RECORDED.requests.get_or_create(&labels).observe(took.as_secs_f64());
}

/// Records an operation that was run. `kind` is query, mutation or subscription; of a subscription each event is one.
pub fn operation(name: Option<&str>, kind: &'static str, price: u64, took: Duration) {
    let labels = Operation { operation: RECORDED.names.admit(name).to_owned(), r#type: kind };
    RECORDED.operations.get_or_create(&labels).observe(took.as_secs_f64());
    RECORDED.price.get_or_create(&labels).inc_by(price);
}

/// Counts an error of a resolver, by the code that the client is told.
pub fn graphql_error(code: &str) {
    RECORDED.errors.get_or_create(&Code { code: code.to_owned() }).inc();
}

/// Counts a request that was turned away before it was run. A reason is a word of a closed list: the code that the client
/// is told, or what else it was, in lower case.
pub fn refused(reason: &'static str) {
    RECORDED.refusals.get_or_create(&Reason { reason }).inc();
}

/// Records a statement of a request.
pub fn statement(sql: &str, took: Duration, has_failed: bool) {
    RECORDED.statements.get_or_create(&Statement { verb: verb(sql) }).observe(took.as_secs_f64());
    if has_failed {
        RECORDED.failed_statements.inc();
    }
}

/// Counts a statement that a replica may answer: whether it was run there.
pub fn read_apart(is_on_replica: bool) {
    RECORDED.apart.get_or_create(&Place { ran_on: if is_on_replica { "replica" } else { "primary" } }).inc();
}

/// Counts a statement that a replica did not answer, so that it is run on the primary.
pub fn replica_failed() {
    RECORDED.failed_apart.inc();
}

fn verb(sql: &str) -> &'static str {
    let word = sql.split_whitespace().next().unwrap_or_default();
    let known = ["select", "insert", "update", "delete"];
    known.into_iter().find(|known| word.eq_ignore_ascii_case(known)).unwrap_or("other")
}

/// Records how long it took until a transaction that writes had begun, or that it could not.
pub fn begun(since: Instant, has_failed: bool) {
    RECORDED.begins.observe(since.elapsed().as_secs_f64());
    if has_failed {
        RECORDED.failed_begins.inc();
    }
}

/// Counts a connection that stays open.
#[must_use]
pub fn connection(transport: Channel) -> Held {
    let transport = match transport {
        Channel::WebSocket => "websocket",
        Channel::Events => "events",
    };
    Held::new(RECORDED.connections.get_or_create_owned(&Transport { transport }))
}

/// Counts a subscription under way.
#[must_use]
pub fn subscription() -> Held {
    Held::new(RECORDED.subscriptions.clone())
}

/// Counts a try to send a mail: `sent`, `later` or `never`.
pub fn mail(fate: &'static str) {
    RECORDED.mails.get_or_create(&Fate { fate }).inc();
}

/// Counts a lookup of an answer that may be kept: whether it was there, or in the making.
pub fn looked_up(is_there: bool) {
    RECORDED.kept.get_or_create(&Lookup { result: if is_there { "hit" } else { "miss" } }).inc();
}

/// Records how long a computation in memory waited for a thread.
pub fn compute_waited(waited: Duration) {
    RECORDED.compute_waits.observe(waited.as_secs_f64());
}

/// Records how long the building of a new base took.
pub fn compacted(took: Duration) {
    RECORDED.compactions.observe(took.as_secs_f64());
}

/// Everything that was recorded, and what was looked up, in the text format of Prometheus (0.0.4).
#[must_use]
pub fn exposition(looked_up: &Registry) -> String {
    let mut text = String::new();
    for registry in [&RECORDED.registry, looked_up] {
        // A String takes whatever is written.
        let _ = prometheus_text::encode(&mut text, registry);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_apart_by_their_verb() {
        for (sql, expected) in [
            ("SELECT 1", "select"),
            ("  insert into x", "insert"),
            ("WITH a AS (SELECT 1) SELECT 2", "other"),
            ("", "other"),
        ] {
            assert_eq!(verb(sql), expected, "{sql}");
        }
    }

    #[test]
    fn what_is_held_counts_as_long_as_it_is_held() {
        let (one, other) = (subscription(), subscription());
        assert_eq!(RECORDED.subscriptions.get(), 2);
        drop((one, other));
        assert_eq!(RECORDED.subscriptions.get(), 0);
    }
}
