//! The real binary: imports files, serves the board, and is asked for its memory.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::task::JoinHandle;

/// How often memory is looked at, and a server asked whether it is ready.
const GLANCE: Duration = Duration::from_millis(50);

/// The binary with the settings of a run.
#[derive(Clone, Debug)]
pub struct Binary {
    /// Where it is.
    pub path: PathBuf,
    /// `sqlite://…` or `postgres://…`.
    pub database: String,
    /// Data folder.
    pub data: PathBuf,
    /// How long a request and a statement may take.
    pub patience: Duration,
}

/// What an import took.
#[derive(Debug)]
pub struct Imported {
    /// Wall time.
    pub took: Duration,
    /// The most memory that was resident, in bytes.
    pub peak: u64,
}

/// A server that is ready.
#[derive(Debug)]
pub struct Server {
    child: Running,
    /// `http://…`.
    pub url: String,
    /// From the start of the process until `/readyz` said yes.
    pub ready_after: Duration,
}

/// Processor time.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessorTime {
    /// Of the whole process.
    pub all: Duration,
    /// Of the threads that are the embedded database.
    pub database: Duration,
}

/// The unit in which Linux tells processor times.
const TICK: Duration = Duration::from_millis(10);

/// Looks at the memory of a server until it is asked for the most.
#[derive(Debug)]
pub struct Watch {
    most: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Watch {
    /// The most that was seen, in bytes.
    #[must_use]
    pub fn most(self) -> u64 {
        self.task.abort();
        self.most.load(Ordering::Relaxed)
    }
}

/// A process that does not outlive this one's interest in it.
#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless something went wrong here.
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

impl Binary {
    /// The binary beside this one, where one build puts both.
    pub fn beside_this_one() -> anyhow::Result<PathBuf> {
        let path = std::env::current_exe()?.with_file_name("rolecall");
        if !path.exists() {
            bail!("{} is not there: `cargo build --release` makes it", path.display());
        }
        Ok(path)
    }

    /// The settings of the run, as the environment of a process.
    pub fn settings(&self, engine: bool) -> [(&'static str, String); 9] {
        let seconds = format!("{}s", self.patience.as_secs().max(1));
        [
            ("DATABASE_URL", self.database.clone()),
            ("ROLECALL_DATA_DIR", self.data.display().to_string()),
            ("ROLECALL_LISTEN", "127.0.0.1:0".to_owned()),
            ("ROLECALL_ENGINE", engine.to_string()),
            // Snapshots of the day and mails would be measured as well.
            ("ROLECALL_WORK", "false".to_owned()),
            ("ROLECALL_REQUEST_TIMEOUT", seconds.clone()),
            ("ROLECALL_DATABASE_STATEMENT_TIMEOUT", seconds),
            // All clients are one address, which asks for more than a person could.
            ("ROLECALL_BUDGET_PER_ADDRESS", "0".to_owned()),
            ("ROLECALL_LOG_FILTER", "error".to_owned()),
        ]
    }

    fn command(&self, engine: bool) -> Command {
        let mut command = Command::new(&self.path);
        command.env_clear().envs(std::env::vars().filter(|(name, _)| !name.starts_with("ROLECALL")));
        command.envs(self.settings(engine));
        command
    }

    /// Makes the database and its schema.
    pub fn migrate(&self) -> anyhow::Result<()> {
        let status = self.command(false).arg("migrate").stdout(Stdio::null()).status()?;
        expect("migrate", status)
    }

    /// Makes somebody an administrator.
    pub fn make_administrator(&self, email: &str, password: &str) -> anyhow::Result<()> {
        let mut command = self.command(false);
        command.args(["admin", "create", "--email", email, "--password-stdin"]).stdout(Stdio::null());
        let mut child = Running(command.stdin(Stdio::piped()).spawn()?);
        let mut input = child.0.stdin.take().context("the command has no input")?;
        input.write_all(password.as_bytes())?;
        drop(input);
        expect("admin create", child.0.wait()?)
    }

    /// Imports a file; every record of it is good.
    pub async fn import(&self, kind: &str, file: &Path) -> anyhow::Result<Imported> {
        let began = Instant::now();
        let mut child = Running(self.command(false).args(["import", kind]).arg(file).stdout(Stdio::piped()).spawn()?);
        let mut peak = 0;
        let status = loop {
            peak = peak.max(memory(child.0.id(), "VmHWM:").unwrap_or(0));
            if let Some(status) = child.0.try_wait()? {
                break status;
            }
            tokio::time::sleep(GLANCE).await;
        };
        let mut said = String::new();
        if let Some(mut out) = child.0.stdout.take() {
            out.read_to_string(&mut said)?;
        }
        expect(&format!("import {kind}"), status).with_context(|| said)?;
        Ok(Imported { took: began.elapsed(), peak })
    }

    /// The same on another machine: with a data folder of its own, in which is what this one keeps.
    pub fn elsewhere(&self) -> anyhow::Result<Self> {
        let data = self.data.with_extension("elsewhere");
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        copy(&self.data, &data)?;
        Ok(Self { data, ..self.clone() })
    }

    /// Starts a server and waits until it is ready.
    pub async fn serve(&self, engine: bool) -> anyhow::Result<Server> {
        let began = Instant::now();
        let mut child = Running(self.command(engine).arg("serve").stdout(Stdio::piped()).spawn()?);
        let out = child.0.stdout.take().context("the server has no output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let url = line.trim().strip_prefix("listening on ").context("the server did not start")?.to_owned();
        let client = reqwest::Client::new();
        loop {
            let answer = client.get(format!("{url}/readyz")).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(Server { child, url, ready_after: began.elapsed() });
            }
            if let Some(status) = child.0.try_wait()? {
                bail!("the server ended: {status}");
            }
            tokio::time::sleep(GLANCE).await;
        }
    }
}

impl Server {
    /// Bytes of memory that are resident.
    pub fn resident(&self) -> u64 {
        memory(self.child.0.id(), "VmRSS:").unwrap_or(0)
    }

    /// Processor time of the server so far, and that of its database. A PostgreSQL is not part of the process, and its
    /// share is not told.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn processor_time(&self) -> anyhow::Result<ProcessorTime> {
        let mut time = ProcessorTime::default();
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.0.id()))? {
            // A thread may end while it is looked at.
            let Ok(stat) = std::fs::read_to_string(task?.path().join("stat")) else { continue };
            let Some((name, fields)) = stat.split_once(") ") else { continue };
            let ticks = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum::<u32>();
            let spent = TICK * ticks;
            time.all += spent;
            if name.contains("(sqlx-sqlite") {
                time.database += spent;
            }
        }
        Ok(time)
    }

    /// Looks at the memory of the server from now on.
    #[must_use]
    pub fn watch_memory(&self) -> Watch {
        let id = self.child.0.id();
        let most = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&most);
        let task = tokio::spawn(async move {
            loop {
                seen.fetch_max(memory(id, "VmRSS:").unwrap_or(0), Ordering::Relaxed);
                tokio::time::sleep(GLANCE).await;
            }
        });
        Watch { most, task }
    }

    /// Asks the server to stop and waits until it has; what is under way may take its time.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.0.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().context("`kill` is missing")?;
        while self.child.0.try_wait()?.is_none() {
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

fn expect(what: &str, status: ExitStatus) -> anyhow::Result<()> {
    if status.success() { Ok(()) } else { bail!("`rolecall {what}` ended with {status}") }
}

/// A line of the process's status, in bytes; Linux tells it, other systems do not.
fn memory(id: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1_024)
}
