//! `rolecall mail`: looking at mails without sending one.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;

use crate::config::Config;
use crate::mail::letter::Letter;
use crate::mail::mailer::{Forms, Mailer};
use crate::mail::samples;
use crate::signing::Signer;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what mails say, with made-up contents
    Preview {
        /// Which one, as in verify-address; all of them if absent
        kind: Option<String>,
        /// Show the form for programs that show pages
        #[arg(long, conflicts_with = "text")]
        html: bool,
        /// Show the form for everything else (what happens without a choice)
        #[arg(long)]
        text: bool,
        /// Write both forms as files into this folder instead
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

pub fn run(command: Command, config: &Config) -> anyhow::Result<()> {
    let Command::Preview { kind, html, text: _, out } = command;
    let mailer = Mailer::new(config)?;
    // A key of nobody's: the links of a preview end nothing.
    let signer = Signer::new(&[]);
    for (name, letter) in chosen(kind.as_deref())? {
        let forms = mailer.preview(&signer, &letter)?;
        match &out {
            Some(folder) => write(folder, name, &forms)?,
            None if html => writeln!(std::io::stdout(), "{}", forms.html)?,
            None => writeln!(std::io::stdout(), "== {name}\n\n{}", forms.text)?,
        }
    }
    Ok(())
}

fn chosen(kind: Option<&str>) -> anyhow::Result<Vec<(&'static str, Letter)>> {
    let all = samples::all();
    let Some(kind) = kind else { return Ok(all) };
    let names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
    let found: Vec<_> = all.into_iter().filter(|(name, _)| *name == kind).collect();
    if found.is_empty() {
        bail!("there is no mail `{kind}`, only {}", names.join(", "));
    }
    Ok(found)
}

fn write(folder: &Path, name: &str, forms: &Forms) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for (form, content) in [("html", &forms.html), ("txt", &forms.text)] {
        let path = folder.join(format!("{name}.{form}"));
        std::fs::write(&path, content).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}
