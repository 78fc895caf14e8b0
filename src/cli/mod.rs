//! The command line.

mod admin;
mod backup;
mod demo;
mod doctor;
mod health;
mod import;
mod keys;
mod mail;
mod serve;
mod stop;
mod work;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::{Config, Flags, Settings, env_example};
use crate::graphql::schema;
use crate::telemetry::Telemetry;

/// A GraphQL backend for job boards that computes the market its postings make.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version, max_term_width = 120)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Settings file; `rolecall.toml` in this folder if there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (what happens without a command)
    Serve,
    /// Do the background work alone: mails, warnings, clean-up (`serve` does it too, unless told not to)
    Work,
    /// Serve the API on a database of its own, filled with real postings and synthetic job seekers
    Demo,
    /// Bring the database schema up to this version and load the reference data
    Migrate,
    /// Read records in bulk
    Import(import::Arguments),
    /// The GraphQL schema
    Schema {
        #[command(subcommand)]
        command: SchemaCommand,
    },
    /// Administrators of the board
    Admin {
        #[command(subcommand)]
        command: admin::Command,
    },
    /// Secrets and keys
    Keys {
        #[command(subcommand)]
        command: keys::Command,
    },
    /// E-mail
    Mail {
        #[command(subcommand)]
        command: mail::Command,
    },
    /// Backups of database, files and keys
    Backup {
        #[command(subcommand)]
        command: backup::Command,
    },
    /// Look at everything that a server needs, and say what to do; exit status 1 says that something fails
    Doctor(doctor::Arguments),
    /// Ask a running server whether it is ready; exit status 0 says yes
    Health,
    /// The settings
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
enum SchemaCommand {
    /// Print the schema in the schema definition language
    Export,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print every setting with its value and where it came from
    Print,
    /// Say whether a server could start with these settings
    Check,
    /// Print an example of the environment
    Example,
}

/// Runs the command that the process was called with.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "rolecall: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { command, config: file, flags } = arguments;
    match &command {
        Some(Command::Completions { shell }) => {
            clap_complete::generate(*shell, &mut Arguments::command(), "rolecall", &mut std::io::stdout());
            return Ok(ExitCode::SUCCESS);
        }
        Some(Command::Schema { command: SchemaCommand::Export }) => return print(&schema::sdl(&schema::build(None))),
        Some(Command::Config { command: ConfigCommand::Example }) => return print(&env_example()),
        Some(Command::Keys { command }) => {
            keys::run(command)?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Command::Doctor(arguments)) => return doctor::run(arguments, &flags, file.as_deref()),
        _ => {}
    }
    let settings = gather(&flags, file.as_deref())?;
    if matches!(command, Some(Command::Config { command: ConfigCommand::Print })) {
        return print(&settings.print());
    }
    let settings = if matches!(command, Some(Command::Demo)) { demo::settings(settings)? } else { settings };
    let config = Config::new(&settings)?;
    if matches!(command, Some(Command::Config { .. })) {
        crate::http::check(&config)?;
        return print("These settings are good.\n");
    }
    let telemetry = Telemetry::begin(&config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(dispatch(command.unwrap_or(Command::Serve), config));
    // What still holds a thread, such as the building of a base that nobody is going to read, is not waited for.
    runtime.shutdown_background();
    telemetry.end();
    done
}

async fn dispatch(command: Command, config: Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Work => work::run(config).await?,
        Command::Mail { command } => mail::run(command, &config)?,
        Command::Demo => demo::run(config).await?,
        Command::Migrate => serve::migrate(config).await?,
        Command::Import(arguments) => return import::run(arguments, config).await,
        Command::Admin { command } => admin::run(command, config).await?,
        Command::Backup { command } => backup::run(command, config).await?,
        Command::Health => health::run(&config).await?,
        Command::Serve
        | Command::Schema { .. }
        | Command::Config { .. }
        | Command::Keys { .. }
        | Command::Completions { .. }
        | Command::Doctor(_) => {
            serve::run(config).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Settings from flags, the environment and a file. Without `--config`, `rolecall.toml` is read if it is there.
fn gather(flags: &Flags, file: Option<&Path>) -> anyhow::Result<Settings> {
    let usual = Path::new("rolecall.toml");
    let file = file.or_else(|| usual.exists().then_some(usual));
    let environment: BTreeMap<_, _> = std::env::vars().collect();
    Settings::gather(flags, &environment, file)
}

fn print(text: &str) -> anyhow::Result<ExitCode> {
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
