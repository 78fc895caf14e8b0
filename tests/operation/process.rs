//! The binary, started as an operator starts it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::databases::Copy;

/// Whoever waits longer than this waits for nothing.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// A database and a data folder.
pub struct Place {
    copy: Copy,
    data: TempDir,
}

impl Place {
    pub async fn sqlite() -> Self {
        Self { copy: Copy::sqlite().await, data: folder() }
    }

    pub async fn postgres() -> Self {
        Self { copy: Copy::postgres().await, data: folder() }
    }

    pub fn database(&self) -> &str {
        &self.copy.url
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// The binary with the settings of this place.
    pub fn command(&self, arguments: &[&str]) -> Command {
        command(self.database(), self.data(), arguments)
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    /// Starts a server and waits until it listens.
    pub fn serve(&self, settings: &[(&str, &str)]) -> Server {
        let mut command = self.command(&["serve"]);
        command.envs(settings.iter().copied());
        Server::start(command, self.data())
    }

    pub async fn clear(self) {
        self.copy.drop().await;
    }
}

/// A folder that goes with the test.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The binary with nothing of this process's environment that would be a setting.
pub fn command(database: &str, data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    let foreign = ["ROLECALL_", "OTEL_", "AWS_", "DATABASE_"];
    for (name, _) in std::env::vars().filter(|(name, _)| foreign.iter().any(|start| name.starts_with(start))) {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(data).stdin(Stdio::null());
    command.env("DATABASE_URL", database).env("ROLECALL_DATA_DIR", data).env("ROLECALL_LISTEN", "127.0.0.1:0");
    command.env("ROLECALL_SHUTDOWN_DELAY", "0").env("ROLECALL_DATABASE_CONNECTIONS", "4");
    // The machine of the tests is busy.
    command.env("ROLECALL_DATABASE_ACQUIRE_TIMEOUT", "60s").env("ROLECALL_REQUEST_TIMEOUT", "60s");
    command.env("ROLECALL_DATABASE_STATEMENT_TIMEOUT", "60s");
    command
}

/// A server that runs.
pub struct Server {
    child: Child,
    pub url: String,
    /// Where metrics are, if it said so.
    pub metrics: Option<String>,
    log: PathBuf,
}

impl Server {
    pub fn start(mut command: Command, data: &Path) -> Self {
        let log = data.join("log");
        let file = std::fs::File::create(&log).expect("a log");
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().expect("the binary starts");
        let mut metrics = None;
        for line in BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok) {
            if let Some(url) = line.strip_prefix("metrics on ") {
                metrics = Some(url.to_owned());
            }
            if let Some(url) = line.strip_prefix("listening on ") {
                return Self { child, url: url.to_owned(), metrics, log };
            }
        }
        let status = child.wait().expect("its end");
        panic!("the server did not start ({status}): {}", std::fs::read_to_string(log).unwrap_or_default());
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("its log")
    }

    /// Sends a signal, by its name without SIG.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for its end; its exit status.
    pub async fn ended(mut self) -> i32 {
        for _ in 0..PATIENCE.as_millis() / 20 {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status.code().unwrap_or_else(|| panic!("it was killed: {status}"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server goes on: {}", self.log());
    }

    /// The status of `/readyz`, over a connection of its own; nothing if there is none to be had.
    pub async fn readiness(&self) -> Option<u16> {
        let answer = reqwest::Client::new().get(format!("{}/readyz", self.url)).send().await.ok()?;
        Some(answer.status().as_u16())
    }

    /// Waits until `/readyz` says so.
    pub async fn until(&self, expected: Option<u16>) {
        for _ in 0..PATIENCE.as_millis() / 20 {
            if self.readiness().await == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("/readyz never said {expected:?}: {}", self.log());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already, unless a test failed.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
