//! The load bench: makes a board of any size, imports it with the real binary, serves it, and measures the answers.
//!
//! `cargo run --release -p bench -- --postings 1000000 --seekers 5000000`; without sizes it is a try-out of about six minutes.

mod changes;
mod client;
mod data;
mod load;
mod operations;
mod queries;
mod server;
mod statements;
mod table;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::NaiveTime;
use clap::Parser;
use rolecall::clock::Clock;

use client::{Client, Effort, Times};
use data::{Files, Size, World};
use queries::Query;
use server::Binary;
use statements::Count;
use table::{Table, grouped, megabytes, over, percentiles};

/// Clients that ask at the same time.
const CLIENTS: [usize; 3] = [1, 16, 64];
/// Answers to one query at the most; enough for a p99 that means something.
const ANSWERS: usize = 5_000;
/// Answers of the database alone: it takes seconds for some.
const ANSWERS_OF_SQL: usize = 20;

/// Fills a board with postings and job seekers and measures what its answers take.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct Arguments {
    /// Postings
    #[arg(long, default_value_t = 10_000)]
    postings: u32,
    /// Job seekers
    #[arg(long, default_value_t = 50_000)]
    seekers: u32,
    /// `sqlite` for a file in the folder, or the address of an empty PostgreSQL database
    #[arg(long, default_value = "sqlite")]
    database: String,
    /// Folder for the files and the database; what was made for the same sizes on the same day is used again
    #[arg(long, default_value = "bench-data")]
    dir: PathBuf,
    /// The binary to measure [default: the one beside this]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Measure the database as it is, without importing into it
    #[arg(long)]
    filled: bool,
    /// Make the files and stop
    #[arg(long)]
    only_files: bool,
    /// Import and stop: what is measured on a machine that does nothing else is measured later, with `--filled`
    #[arg(long, conflicts_with = "filled")]
    only_import: bool,
    /// Seconds for each query and number of clients
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Seconds after which an answer counts as none
    #[arg(long, default_value_t = 10)]
    patience: u64,
    /// Measure what six operations of the contract cost, and then ask for ten times the capacity for so many seconds
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "60")]
    overload: Option<u64>,
    /// Leave out the comparison with the database alone
    #[arg(long)]
    no_sql: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let size = Size { postings: arguments.postings, seekers: arguments.seekers };
    std::fs::create_dir_all(&arguments.dir)?;
    let dir = arguments.dir.canonicalize()?;
    let today = Clock::default().today();
    let world = World::load()?;
    said(&format!("making {} postings and {} seekers", grouped(size.postings.into()), grouped(size.seekers.into())))?;
    let files = data::write(&dir, &world, size, today.and_time(NaiveTime::MIN).and_utc())?;
    if arguments.only_files {
        return Ok(());
    }
    let binary = binary(&arguments, &dir)?;
    if !arguments.filled {
        fill(&binary, &files, size).await?;
    }
    if arguments.only_import {
        return Ok(());
    }
    match arguments.overload {
        Some(seconds) => overload(&arguments, &binary, &world, seconds).await,
        None => measure(&arguments, &binary, &world, today).await,
    }
}

async fn overload(arguments: &Arguments, binary: &Binary, world: &World, seconds: u64) -> anyhow::Result<()> {
    let server = binary.serve(true).await?;
    let client = Client::new(&server.url, binary.patience)?;
    let operations: Vec<_> = operations::six(world, &client).await?.into_iter().map(Arc::new).collect();
    said("measuring what operations cost")?;
    shown(&load::capacity(&server, &client, &operations, arguments.seconds).await?)?;
    said("asking for ten times the capacity")?;
    shown(&load::overload(&server, &client, &operations, seconds).await?)?;
    server.stop().await
}

/// The binary with a database of its own.
fn binary(arguments: &Arguments, dir: &Path) -> anyhow::Result<Binary> {
    let path = arguments.binary.clone().map_or_else(Binary::beside_this_one, Ok)?;
    let file = dir.join(format!("board-{}-{}.db", arguments.postings, arguments.seekers));
    let database = if arguments.database == "sqlite" {
        if !arguments.filled {
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
            }
        }
        format!("sqlite://{}?mode=rwc", file.display())
    } else {
        arguments.database.clone()
    };
    let data = dir.join("data");
    if !arguments.filled {
        // What a server keeps of another board.
        let _ = std::fs::remove_dir_all(&data);
    }
    std::fs::create_dir_all(&data)?;
    Ok(Binary { path, database, data, patience: Duration::from_secs(arguments.patience) })
}

async fn fill(binary: &Binary, files: &Files, size: Size) -> anyhow::Result<()> {
    binary.migrate()?;
    let mut table = Table::new(&["import", "records", "time", "a second", "peak memory"].map(str::to_owned));
    let kinds = [
        ("employers", &files.employers, Some(size.employers())),
        ("postings", &files.postings, Some(size.postings)),
        ("candidates", &files.seekers, Some(size.seekers)),
        // How many there are is known when they are made.
        ("applications", &files.applications, None),
    ];
    for (kind, file, count) in kinds {
        said(&format!("importing {kind}"))?;
        let imported = binary.import(kind, file).await?;
        let count = count.map_or_else(|| data::count(file), Ok)?;
        let millis = imported.took.as_millis().max(1);
        table.row(&[
            kind.to_owned(),
            grouped(count.into()),
            format!("{:.1} s", imported.took.as_secs_f64()),
            grouped(u128::from(count) * 1_000 / millis),
            megabytes(imported.peak),
        ]);
    }
    shown(&table)
}

async fn measure(
    arguments: &Arguments,
    binary: &Binary,
    world: &World,
    today: chrono::NaiveDate,
) -> anyhow::Result<()> {
    said("starting the server, twice")?;
    let first = binary.serve(true).await?;
    let first_ready = first.ready_after;
    first.stop().await?;
    let server = binary.serve(true).await?;
    let mut table = Table::new(&["start", "ready after", "resident"].map(str::to_owned));
    table.row(&["first, with nothing kept".to_owned(), format!("{:.1} s", first_ready.as_secs_f64()), String::new()]);
    let again = format!("{:.1} s", server.ready_after.as_secs_f64());
    table.row(&["again".to_owned(), again, megabytes(server.resident())]);
    let client = Client::new(&server.url, binary.patience)?;
    let queries: Vec<_> = queries::all(world, &client, today).await?.into_iter().map(Arc::new).collect();
    check(&client, &queries).await?;
    let effort = Effort { time: Duration::from_secs(arguments.seconds), answers: ANSWERS };
    let mut engine = Vec::new();
    for query in &queries {
        said(query.name)?;
        let mut all = Vec::new();
        for clients in CLIENTS {
            all.push(client.drive(query, clients, effort).await);
        }
        engine.push(all);
    }
    table.row(&["after all queries".to_owned(), String::new(), megabytes(server.resident())]);
    server.stop().await?;
    shown(&table)?;
    said("counting statements")?;
    let statements = statements::count(binary, true, &queries).await?;
    let sql = if arguments.no_sql { None } else { Some(database_alone(binary, &queries).await?) };
    shown(&answers(&queries, &engine, &statements, sql.as_deref(), binary.patience))?;
    said("publishing postings")?;
    shown(&visibility(&changes::measure(binary).await?, binary.patience))
}

/// How soon changes are seen.
fn visibility(seen: &changes::Seen, patience: Duration) -> Table {
    let mut table = Table::new(&["a posting is published, and seen", "p50 / p99 in ms"].map(str::to_owned));
    let rows = [
        ("in a list of the server that wrote it", &seen.own),
        ("in a list of another server", &seen.filter),
        ("by a word of its text, at another server", &seen.text),
        ("in salary statistics of another server", &seen.figures),
    ];
    for (what, times) in rows {
        table.row(&[what.to_owned(), percentiles(times, patience)]);
    }
    table.row(&["answers that did not have it yet".to_owned(), seen.late.to_string()]);
    table
}

/// Every query is answered without errors, or the bench would measure how fast the server refuses.
async fn check(client: &Client, queries: &[Arc<Query>]) -> anyhow::Result<()> {
    for query in queries {
        for body in &query.bodies {
            client.ask(body).await.with_context(|| query.name)?;
        }
    }
    Ok(())
}

/// One client, fewer answers, and nothing in memory; with the number of statements.
async fn database_alone(binary: &Binary, queries: &[Arc<Query>]) -> anyhow::Result<Vec<(Times, Option<Count>)>> {
    let server = binary.serve(false).await?;
    let client = Client::new(&server.url, binary.patience)?;
    let effort = Effort { time: binary.patience * 2, answers: ANSWERS_OF_SQL };
    let mut all = Vec::new();
    for query in queries {
        said(&format!("the database alone: {}", query.name))?;
        all.push(client.drive(query, 1, effort).await);
    }
    server.stop().await?;
    let counts = statements::count(binary, false, queries).await?;
    Ok(all.into_iter().zip(counts).collect())
}

fn answers(
    queries: &[Arc<Query>],
    engine: &[Vec<Times>],
    statements: &[Option<Count>],
    sql: Option<&[(Times, Option<Count>)]>,
    patience: Duration,
) -> Table {
    let mut head = vec!["p50 / p99 in ms".to_owned()];
    head.extend(CLIENTS.map(|clients| format!("{clients} client{}", if clients == 1 { "" } else { "s" })));
    head.push("statements, first and later".to_owned());
    if sql.is_some() {
        head.extend(["the database alone", "statements", "ratio"].map(str::to_owned));
    }
    let counted = |count: Option<Count>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
    let mut table = Table::new(&head);
    for (at, query) in queries.iter().enumerate() {
        let mut row = vec![query.name.to_owned()];
        row.extend(engine[at].iter().map(|times| percentiles(times, patience)));
        row.push(counted(statements[at]));
        if let Some((times, count)) = sql.map(|sql| &sql[at]) {
            row.extend([percentiles(times, patience), counted(*count), ratio(&engine[at][0], times, patience)]);
        }
        table.row(&row);
    }
    table
}

/// How many times longer the database alone takes, by the medians.
fn ratio(engine: &Times, sql: &Times, patience: Duration) -> String {
    let seconds = |time: Duration| time.as_secs_f64();
    match (engine.percentile(50).map(seconds), sql.percentile(50).map(seconds)) {
        (Some(engine), Some(sql)) => format!("{:.1}", sql / engine),
        (Some(engine), None) => format!("over {:.0}", seconds(patience) / engine),
        _ => over(patience),
    }
}

/// What is going on, beside the tables.
fn said(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stderr(), "{line} …")?)
}

fn shown(table: &Table) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{table}")?)
}
