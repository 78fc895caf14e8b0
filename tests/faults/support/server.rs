//! The server itself, as a process of its own that can be killed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::time::sleep;

/// How long a server may take to begin.
const PATIENCE: Duration = Duration::from_mins(2);

/// A process of `rolecall`. It is killed with the value.
pub struct Process {
    child: Child,
    out: PathBuf,
    errors: PathBuf,
}

/// A server that listens.
pub struct Server {
    pub process: Process,
    pub url: String,
}

impl Process {
    /// Runs a command over a database, with its data in a folder. Nothing of the environment of the tests gets in.
    pub fn run(arguments: &[&str], database: &str, data: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
        command.args(arguments);
        Self::spawn(command, database, data, settings)
    }

    /// The same for a server that may be refused to write, and is not killed for having tried.
    pub fn that_may_run_full(database: &str, data: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" serve", env!("CARGO_BIN_EXE_rolecall")]);
        Self::spawn(command, database, data, settings)
    }

    fn spawn(mut command: Command, database: &str, data: &Path, settings: &[(&str, &str)]) -> Self {
        std::fs::create_dir_all(data).expect("a folder");
        let name = uuid::Uuid::now_v7().simple().to_string();
        let (out, errors) = (data.join(format!("{name}.out")), data.join(format!("{name}.err")));
        let child = command
            .current_dir(data)
            .env_clear()
            .env("DATABASE_URL", database)
            .env("ROLECALL_DATA_DIR", data)
            .env("ROLECALL_LISTEN", "127.0.0.1:0")
            .env("ROLECALL_ACCESS_TOKEN_TTL", "12h")
            // The machine of the tests is busy.
            .env("ROLECALL_KEYED_TIMEOUT", "10s")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(File::create(&out).expect("a file"))
            .stderr(File::create(&errors).expect("a file"))
            .spawn()
            .expect("a process");
        Self { child, out, errors }
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it on the spot (SIGKILL): nothing of it gets to say a last word.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What it said on standard error.
    pub fn errors(&self) -> String {
        std::fs::read_to_string(&self.errors).unwrap_or_default()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a status").is_some()
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end: {}", self.errors());
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Server {
    /// Starts a server, and waits until it is ready.
    pub async fn start(database: &str, data: &Path, settings: &[(&str, &str)]) -> Self {
        Self::from(Process::run(&["serve"], database, data, settings)).await
    }

    /// Waits until a process is a server that is ready.
    pub async fn from(mut process: Process) -> Self {
        let begun = Instant::now();
        let url = loop {
            let out = std::fs::read_to_string(&process.out).unwrap_or_default();
            if let Some(url) = out.lines().find_map(|line| line.strip_prefix("listening on ")) {
                break url.to_owned();
            }
            let ended = process.child.try_wait().expect("a status");
            let is_late = begun.elapsed() > PATIENCE;
            assert!(ended.is_none() && !is_late, "no server ({ended:?}): {}", process.errors());
            sleep(Duration::from_millis(10)).await;
        };
        let server = Self { process, url };
        server.until_ready(PATIENCE).await;
        server
    }

    /// Status of `/readyz`.
    pub async fn readiness(&self) -> u16 {
        let answer = reqwest::get(format!("{}/readyz", self.url)).await;
        answer.map_or(0, |answer| answer.status().as_u16())
    }

    /// Waits until the server is ready; how long that took.
    pub async fn until_ready(&self, limit: Duration) -> Duration {
        self.until(200, limit).await
    }

    /// Waits until the server says that it is not ready; how long that took.
    pub async fn until_unready(&self, limit: Duration) -> Duration {
        self.until(503, limit).await
    }

    async fn until(&self, wanted: u16, limit: Duration) -> Duration {
        let begun = Instant::now();
        loop {
            let status = self.readiness().await;
            if status == wanted {
                return begun.elapsed();
            }
            assert!(begun.elapsed() < limit, "/readyz says {status}: {}", self.process.errors());
            sleep(Duration::from_millis(20)).await;
        }
    }
}
