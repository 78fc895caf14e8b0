//! `rolecall import`.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal as _, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::ValueEnum;
use flate2::read::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::import::load::{Batch, CANDIDATES, Loader, POSTINGS, Report, set_indexes_aside};
use crate::import::source::Shift;
use crate::import::{nyc, run, usajobs};
use crate::state::State;

/// Exit status when some records were refused and the others written.
const SOME_REJECTED: u8 = 3;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What the records are
    kind: Kind,
    /// Files, `.gz` included; `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Check everything and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Where refused records go, as JSON lines of line, path and reason [default: the first file's name with .rejects.jsonl]
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Employers, as JSON lines
    Employers,
    /// Postings, as JSON lines
    Postings,
    /// Candidates, as JSON lines
    Candidates,
    /// Applications, as JSON lines
    Applications,
    /// What the market was on past days, as JSON lines
    MarketDays,
    /// How often roles were searched for in past months, as JSON lines
    SearchMonths,
    /// Jobs of the City of New York, as published by NYC Open Data (CSV)
    NycJobs,
    /// Announcements of USAJOBS (CSV)
    Usajobs,
}

impl Kind {
    /// Tables whose indexes rest while this fills them for the first time.
    const fn tables(self) -> &'static [&'static str] {
        match self {
            Self::Postings | Self::NycJobs | Self::Usajobs => &POSTINGS,
            Self::Candidates => &CANDIDATES,
            Self::Employers | Self::Applications | Self::MarketDays | Self::SearchMonths => &[],
        }
    }
}

pub async fn run(arguments: Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let app = App::build(config, Clock::default()).await?;
    let state = &app.state;
    state.db.settle_for_bulk().await?;
    if !arguments.dry_run {
        set_indexes_aside(&state.db, arguments.kind.tables()).await?;
    }
    let mut desk = Desk::new(&arguments);
    let outcome = read(&arguments, state, &mut desk).await;
    state.db.restore_indexes().await?;
    outcome?;
    desk.finish(arguments.dry_run)
}

/// Reads every file.
async fn read(arguments: &Arguments, state: &State, desk: &mut Desk) -> anyhow::Result<()> {
    let mut loader = Loader::new(&state.db, &state.reference, state.clock.clone(), arguments.dry_run).await?;
    // Both exports of USAJOBS tell of some announcements.
    let mut seen = usajobs::Seen::new();
    for file in &arguments.files {
        let length = std::fs::metadata(file).map(|file| file.len()).ok();
        let bar = progress(length, &file.display().to_string());
        let input = open(file, &bar).with_context(|| format!("{} cannot be read", file.display()))?;
        let told = |report: Report| desk.take(&report);
        match arguments.kind {
            Kind::Employers => run::lines(&mut loader, input, Batch::Employers, told).await?,
            Kind::Postings => run::lines(&mut loader, input, Batch::Postings, told).await?,
            Kind::Candidates => run::lines(&mut loader, input, Batch::Candidates, told).await?,
            Kind::Applications => run::lines(&mut loader, input, Batch::Applications, told).await?,
            Kind::MarketDays => run::lines(&mut loader, input, Batch::MarketDays, told).await?,
            Kind::SearchMonths => run::lines(&mut loader, input, Batch::SearchMonths, told).await?,
            Kind::NycJobs => {
                let items = nyc::read(input, Shift::default())?;
                run::source(&mut loader, items, told).await?;
            }
            Kind::Usajobs => {
                let items = usajobs::read(input, Shift::default(), &mut seen)?;
                run::source(&mut loader, items, told).await?;
            }
        }
        bar.finish_and_clear();
    }
    Ok(())
}

/// A file, or standard input, unpacked if its name says it is packed.
fn open(path: &PathBuf, bar: &ProgressBar) -> anyhow::Result<Box<dyn BufRead + Send>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(bar.wrap_read(std::io::stdin()))));
    }
    let file = bar.wrap_read(File::open(path)?);
    let is_packed = path.extension().is_some_and(|extension| extension == "gz");
    let input: Box<dyn Read + Send> = if is_packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    Ok(Box::new(BufReader::with_capacity(1 << 16, input)))
}

/// A bar on a terminal, nothing elsewhere.
fn progress(length: Option<u64>, name: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    bar.with_message(name.to_owned())
}

/// Counts what became of the records and writes the refused ones down.
struct Desk {
    total: Report,
    rejected: u64,
    path: PathBuf,
    rejects: Option<File>,
    began: Instant,
}

impl Desk {
    fn new(arguments: &Arguments) -> Self {
        let path = arguments.rejects.clone().unwrap_or_else(|| {
            let first = arguments.files.first().filter(|file| file.as_os_str() != "-");
            let mut name = first.cloned().unwrap_or_else(|| PathBuf::from("import")).into_os_string();
            name.push(".rejects.jsonl");
            name.into()
        });
        Self { total: Report::default(), rejected: 0, path, rejects: None, began: Instant::now() }
    }

    fn take(&mut self, report: &Report) -> anyhow::Result<()> {
        let mut last = None;
        for reject in &report.rejects {
            // A record can be refused for several reasons.
            self.rejected += u64::from(last != Some(reject.line));
            last = Some(reject.line);
            let file = match &mut self.rejects {
                Some(file) => file,
                none => {
                    let made = File::create(&self.path);
                    none.insert(made.with_context(|| format!("{} cannot be written", self.path.display()))?)
                }
            };
            serde_json::to_writer(&mut *file, reject)?;
            file.write_all(b"\n")?;
        }
        self.total.count(report);
        Ok(())
    }

    fn finish(self, is_dry: bool) -> anyhow::Result<ExitCode> {
        let Report { created, updated, unchanged, .. } = self.total;
        let seconds = self.began.elapsed().as_secs_f64();
        let verb = if is_dry { "would be " } else { "" };
        let mut out = std::io::stdout();
        writeln!(
            out,
            "{created} {verb}created, {updated} {verb}updated, {unchanged} unchanged, {} rejected in {seconds:.1} s",
            self.rejected
        )?;
        if self.rejected == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "refused records: {}", self.path.display())?;
        Ok(ExitCode::from(SOME_REJECTED))
    }
}
