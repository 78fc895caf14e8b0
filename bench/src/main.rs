//! The load bench.

mod data;

use std::path::PathBuf;

use clap::Parser;

/// Fills a board with postings and job seekers and measures what its answers take.
#[derive(Debug, Parser)]
struct Arguments {
    /// Postings
    #[arg(long, default_value_t = 10_000)]
    postings: u32,
    /// Job seekers
    #[arg(long, default_value_t = 50_000)]
    seekers: u32,
    /// Folder for files and databases
    #[arg(long, default_value = "bench-data")]
    dir: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    std::fs::create_dir_all(&arguments.dir)?;
    let size = data::Size { postings: arguments.postings, seekers: arguments.seekers };
    let midnight = rolecall::clock::Clock::default().today().and_time(chrono::NaiveTime::MIN).and_utc();
    data::write(&arguments.dir, size, midnight)?;
    Ok(())
}
