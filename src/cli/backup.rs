//! `rolecall backup`: making, checking and bringing back.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;
use secrecy::{ExposeSecret, SecretString};

use crate::backup::{self, Made, Manifest};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::sqlite_file;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a backup while servers serve; the same command goes on with one that was cut off
    Create {
        /// A folder of its own
        folder: PathBuf,
        /// Leave files out: for those who keep a bucket that is backed up elsewhere
        #[arg(long)]
        without_files: bool,
        /// Put the keys in, too; whoever reads the backup can sign access tokens then
        #[arg(long)]
        with_keys: bool,
    },
    /// Read every byte of a backup and open its database
    Verify {
        /// The folder
        folder: PathBuf,
    },
    /// Bring a backup back, where the settings say that database and files are. Servers must not run meanwhile
    Restore {
        /// The folder
        folder: PathBuf,
        /// Write over what is there
        #[arg(long)]
        force: bool,
    },
}

pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let (said, manifest) = match command {
        Command::Create { folder, without_files, with_keys } => {
            if let Some(file) = sqlite_file(config.database.url.expose_secret()).filter(|file| !file.exists()) {
                bail!("there is no database {}", file.display());
            }
            let keys = if with_keys { keys(&config)? } else { Vec::new() };
            let made = Made { files: !without_files, keys: &keys };
            ("made", backup::create(&config, &folder, made, Clock::default().now()).await?)
        }
        Command::Verify { folder } => ("whole", backup::verify(&folder).await?),
        Command::Restore { folder, force } => ("restored", backup::restore(&config, &folder, force).await?),
    };
    tell(said, &manifest)
}

fn tell(said: &str, manifest: &Manifest) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let rows: u64 = manifest.contents.rows.values().sum();
    let (files, bytes) = (manifest.contents.files.len() - manifest.missing.len(), manifest.bytes());
    let files = if manifest.has_files { format!("{files} files") } else { "no files".to_owned() };
    let taken = manifest.taken_at.format("%Y-%m-%d %H:%M:%S UTC");
    writeln!(out, "{said}: {rows} rows, {files}, {bytes} bytes, as of {taken}, schema {}", manifest.contents.schema)?;
    if !manifest.missing.is_empty() {
        writeln!(out, "{} files were removed while it was taken", manifest.missing.len())?;
    }
    Ok(())
}

/// The keys that the server has: those of the settings, or those that the data folder keeps.
fn keys(config: &Config) -> anyhow::Result<Vec<(&'static str, String)>> {
    let keys = [(config.signing_key.as_ref(), "signing.pem"), (config.cursor_key.as_ref(), "cursor")];
    keys.into_iter().map(|(given, name)| Ok((name, key(given, &config.data_dir.join("keys").join(name))?))).collect()
}

fn key(given: Option<&SecretString>, kept: &Path) -> anyhow::Result<String> {
    match given {
        Some(key) => Ok(key.expose_secret().to_owned()),
        None => std::fs::read_to_string(kept).with_context(|| format!("{} cannot be read", kept.display())),
    }
}
