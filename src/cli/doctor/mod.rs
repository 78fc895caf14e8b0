//! `rolecall doctor`: looks at everything that a server needs, changes nothing that lasts, and says what to do.

mod check;
mod database;
mod outside;
mod place;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use check::{Check, Level};

use super::gather;
use crate::config::{Config, Flags};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
}

/// Looks, prints what it found, and gives the exit status: 1 if a server could not do its work.
pub fn run(arguments: &Arguments, flags: &Flags, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let checks = match gather(flags, file).and_then(|settings| Config::new(&settings)) {
        Ok(config) => {
            let environment: BTreeMap<_, _> = std::env::vars().collect();
            let mut checks = place::settings(&config, &environment);
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            checks.extend(runtime.block_on(look(&config)));
            checks
        }
        // Nothing else can be looked at without them.
        Err(error) => {
            vec![Check::fail("settings", format!("{error:#}"), "Mend it; `rolecall config print` shows all.")]
        }
    };
    let text = if arguments.json { check::json(&checks)? } else { check::lines(&checks) };
    std::io::stdout().write_all(text.as_bytes())?;
    let has_failed = checks.iter().any(|check| check.level == Level::Fail);
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn look(config: &Config) -> Vec<Check> {
    let mut checks = place::folders(config);
    checks.extend(place::ports(config));
    checks.extend(database::look(config).await);
    checks.push(outside::files(config).await);
    checks.push(outside::mail(config).await);
    checks
}
