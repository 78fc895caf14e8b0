//! How much a server can do, and what becomes of it under ten times as much.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::client::{Client, Effort, Outcome, Times};
use crate::queries::Query;
use crate::server::Server;
use crate::table::{Table, grouped, megabytes, millis, percentiles};

/// Clients that keep a server busy.
const BUSY: usize = 16;
/// How many times its capacity a server is asked for.
const EXCESS: u32 = 10;
/// How often requests are sent, some at a time.
const TICK: Duration = Duration::from_millis(5);
/// Answers in a row that have to be quick again.
const CALM: usize = 10;

/// What one operation costs.
#[derive(Debug)]
struct Capacity {
    /// Requests a second, with clients on the same cores.
    rate: f64,
    /// Processor time of the server for one request.
    cost: Duration,
    /// The share of it that the database takes.
    in_database: f64,
    times: Times,
}

/// What each of some operations costs.
///
/// # Errors
/// The system does not tell processor times.
pub async fn capacity(
    server: &Server,
    client: &Client,
    operations: &[Arc<Query>],
    seconds: u64,
) -> anyhow::Result<Table> {
    let mut table = Table::new(
        &[
            "operation",
            "requests a second and core",
            "processor time",
            "of it in the database",
            "p50 / p99 in ms, 16 clients",
        ]
        .map(str::to_owned),
    );
    for operation in operations {
        let Capacity { cost, in_database, times, .. } = measure(server, client, operation, seconds).await?;
        table.row(&[
            operation.name.to_owned(),
            format!("{:.0}", 1.0 / cost.as_secs_f64()),
            format!("{} ms", millis(cost)),
            format!("{:.0} %", in_database * 100.0),
            percentiles(&times, Duration::from_secs(10)),
        ]);
    }
    Ok(table)
}

async fn measure(server: &Server, client: &Client, operation: &Arc<Query>, seconds: u64) -> anyhow::Result<Capacity> {
    // What never changes is read once in the life of a server.
    for body in &operation.bodies {
        client.ask(body).await?;
    }
    let (before, began) = (server.processor_time()?, Instant::now());
    let effort = Effort { time: Duration::from_secs(seconds), answers: usize::MAX };
    let times = client.drive(operation, BUSY, effort).await;
    let (after, took) = (server.processor_time()?, began.elapsed());
    let answers = u32::try_from(times.count().max(1)).unwrap_or(u32::MAX);
    let (all, database) = (after.all.saturating_sub(before.all), after.database.saturating_sub(before.database));
    Ok(Capacity {
        rate: f64::from(answers) / took.as_secs_f64(),
        cost: all / answers,
        in_database: database.as_secs_f64() / all.as_secs_f64().max(f64::EPSILON),
        times,
    })
}

/// Asks for ten times what a server can do, whatever it answers, and looks how it fares.
///
/// # Errors
/// The system does not tell processor times.
pub async fn overload(
    server: &Server,
    client: &Client,
    operations: &[Arc<Query>],
    seconds: u64,
) -> anyhow::Result<Table> {
    let mix = Arc::new(Query {
        name: "all six in turn",
        bodies: (0..operations.iter().map(|operation| operation.bodies.len()).max().unwrap_or(0))
            .flat_map(|at| {
                operations.iter().map(move |operation| operation.bodies[at % operation.bodies.len()].clone())
            })
            .collect(),
    });
    let calm = measure(server, client, &mix, 10).await?;
    let before = server.resident();
    let per_tick = f64::from(EXCESS) * calm.rate * TICK.as_secs_f64();
    let tally = Arc::new(Mutex::new(Tally::default()));
    let (under_way, most) = (Arc::new(AtomicUsize::new(0)), server.watch_memory());
    let (began, mut ticks, mut due, mut turn) = (Instant::now(), interval(TICK), 0.0, 0);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    while began.elapsed() < Duration::from_secs(seconds) {
        ticks.tick().await;
        due += per_tick;
        while due >= 1.0 {
            due -= 1.0;
            let (client, mix, tally, under_way) = (client.clone(), mix.clone(), tally.clone(), under_way.clone());
            let at = turn;
            turn += 1;
            under_way.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let (outcome, took) = client.try_once(&mix.bodies[at % mix.bodies.len()]).await;
                tally.lock().await.add(outcome, took);
                under_way.fetch_sub(1, Ordering::Relaxed);
            });
        }
    }
    let asked = f64::from(u32::try_from(turn).unwrap_or(u32::MAX)) / began.elapsed().as_secs_f64();
    let normal = normal_again(client, &mix, calm.times.percentile(99).unwrap_or(Duration::from_millis(100))).await;
    while under_way.load(Ordering::Relaxed) > 0 {
        sleep(TICK).await;
    }
    let most = most.most();
    let tally = Arc::into_inner(tally).map(Mutex::into_inner).unwrap_or_default();
    Ok(tally.table(&calm, asked, (before, most), normal))
}

/// How long it takes until answers come as they did before.
async fn normal_again(client: &Client, mix: &Query, usual: Duration) -> Duration {
    let (began, mut since, mut in_a_row) = (Instant::now(), Instant::now(), 0);
    for body in mix.bodies.iter().cycle() {
        let (outcome, took) = client.try_once(body).await;
        if outcome == Outcome::Answered && took <= usual {
            in_a_row += 1;
        } else {
            (in_a_row, since) = (0, Instant::now());
        }
        if in_a_row == CALM || began.elapsed() > Duration::from_mins(1) {
            break;
        }
    }
    since - began
}

/// What became of the requests.
#[derive(Debug, Default)]
struct Tally {
    answered: Times,
    refused: Times,
    failed: usize,
}

impl Tally {
    fn add(&mut self, outcome: Outcome, took: Duration) {
        match outcome {
            Outcome::Answered => self.answered.push(took),
            Outcome::Refused => self.refused.push(took),
            Outcome::Failed => self.failed += 1,
        }
    }

    fn table(mut self, calm: &Capacity, asked: f64, (before, most): (u64, u64), normal: Duration) -> Table {
        self.answered.sort();
        self.refused.sort();
        let patience = Duration::from_secs(10);
        let mut table = Table::new(&["under ten times its capacity", "measured"].map(str::to_owned));
        let rows = [
            ("capacity, 16 clients at once", format!("{:.0} requests a second", calm.rate)),
            ("p50 / p99 at capacity", format!("{} ms", percentiles(&calm.times, patience))),
            ("asked for", format!("{asked:.0} requests a second")),
            ("answered", grouped(self.answered.count() as u128)),
            ("p50 / p99 of what was answered", format!("{} ms", percentiles(&self.answered, patience))),
            ("refused with 503 and Retry-After", grouped(self.refused.count() as u128)),
            ("p50 / p99 of what was refused", format!("{} ms", percentiles(&self.refused, patience))),
            ("neither", self.failed.to_string()),
            ("resident before, and at the most", format!("{}, {}", megabytes(before), megabytes(most))),
            ("as before again after", format!("{:.1} s", normal.as_secs_f64())),
        ];
        for (what, value) in rows {
            table.row(&[what.to_owned(), value]);
        }
        table
    }
}
