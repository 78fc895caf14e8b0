//! Where the values of settings come from.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, anyhow, bail};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use secrecy::SecretString;

use super::table::{self, Setting, find};

/// Where a value came from; later ones win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The table of settings.
    Default,
    /// `rolecall.toml`.
    File,
    /// The environment.
    Environment,
    /// The command line.
    Flag,
}

/// The settings given as flags, by name.
#[derive(Clone, Debug, Default)]
pub struct Flags(BTreeMap<&'static str, String>);

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        table::all().filter(|setting| !setting.is_secret || setting.name == "database-url").fold(
            command,
            |command, setting| {
                let help = if setting.default.is_empty() {
                    setting.help.to_owned()
                } else {
                    format!("{} [default: {}]", setting.help, setting.default)
                };
                let arg = Arg::new(setting.name).long(setting.name).value_name("VALUE").help(help);
                command.arg(arg.global(true).help_heading("Settings"))
            },
        )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = table::all().filter_map(|setting| {
            let value = matches.try_get_one::<String>(setting.name).ok().flatten()?;
            Some((setting.name, value.clone()))
        });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The value of every setting, with its source.
#[derive(Clone, Debug, Default)]
pub struct Settings(BTreeMap<&'static str, (String, Source)>);

impl Settings {
    /// Gathers all settings.
    ///
    /// # Errors
    /// An unknown key in the file or the environment, or a file that cannot be read.
    pub fn gather(flags: &Flags, environment: &BTreeMap<String, String>, file: Option<&Path>) -> anyhow::Result<Self> {
        let mut settings = Self::default();
        for setting in table::all().filter(|setting| !setting.default.is_empty()) {
            settings.0.insert(setting.name, (setting.default.to_owned(), Source::Default));
        }
        if let Some(path) = file {
            settings.read_file(path)?;
        }
        settings.read_environment(environment)?;
        for (name, value) in &flags.0 {
            settings.0.insert(name, (value.clone(), Source::Flag));
        }
        Ok(settings)
    }

    fn read_file(&mut self, path: &Path) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let table: toml::Table = text.parse().with_context(|| format!("{} is not TOML", path.display()))?;
        for (key, value) in table {
            let setting = find(&key).ok_or_else(|| anyhow!("{}: there is no setting `{key}`", path.display()))?;
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(truth) => truth.to_string(),
                _ => bail!("{}: `{key}` takes a text, a whole number or a truth value", path.display()),
            };
            self.0.insert(setting.name, (text, Source::File));
        }
        Ok(())
    }

    fn read_environment(&mut self, environment: &BTreeMap<String, String>) -> anyhow::Result<()> {
        /// Read when the server is built, not when it runs.
        const OF_THE_BUILD: &str = "ROLECALL_SKIP_GRAPHIQL";
        for setting in table::all() {
            let of_file = setting.is_secret.then(|| environment.get(&format!("{}_FILE", setting.env))).flatten();
            let value = match (environment.get(setting.env), of_file) {
                (Some(_), Some(_)) => bail!("both `{0}` and `{0}_FILE` are given", setting.env),
                (Some(value), None) => value.clone(),
                (None, Some(path)) => std::fs::read_to_string(path)
                    .with_context(|| format!("`{}_FILE` names {path}, which cannot be read", setting.env))?
                    .trim()
                    .to_owned(),
                (None, None) => continue,
            };
            self.0.insert(setting.name, (value, Source::Environment));
        }
        let known = |name: &str| {
            table::all().any(|setting| {
                name == setting.env || (setting.is_secret && name.strip_suffix("_FILE") == Some(setting.env))
            })
        };
        match environment.keys().find(|name| name.starts_with("ROLECALL_") && *name != OF_THE_BUILD && !known(name)) {
            Some(unknown) => bail!("there is no setting for the environment variable `{unknown}`"),
            None => Ok(()),
        }
    }

    /// The value of a setting, as its type.
    ///
    /// # Errors
    /// Names the setting, its source and what it takes.
    pub fn parse<T: FromStr<Err: std::fmt::Display>>(&self, name: &str) -> anyhow::Result<T> {
        let (value, source) = self.0.get(name).with_context(|| format!("setting `{name}` has no value"))?;
        value.parse().map_err(|error| anyhow!("setting `{name}` = `{value}` (from {source}): expected {error}"))
    }

    /// The value of a secret, if it was given.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<SecretString> {
        self.0.get(name).map(|(value, _)| value.clone().into())
    }

    /// The items of a list written with commas.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        let value = self.0.get(name).map_or("", |(value, _)| value);
        value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    /// Sets a value, as a flag would. For tests and for commands with settings of their own.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.insert(name, (value.into(), Source::Flag));
        self
    }

    /// Whether nobody gave a value other than the default.
    #[must_use]
    pub fn is_default(&self, name: &str) -> bool {
        self.0.get(name).is_none_or(|(_, source)| *source == Source::Default)
    }

    /// A table of all settings for people; secrets are not shown.
    #[must_use]
    pub fn print(&self) -> String {
        table::all().fold(String::new(), |mut text, setting| {
            let (value, source) = match self.0.get(setting.name) {
                Some((_, source)) if setting.is_secret => ("(hidden)", source.to_string()),
                Some((value, source)) => (value.as_str(), source.to_string()),
                None => ("", "not given".to_owned()),
            };
            let _ = writeln!(text, "{:<34} {value:<32} {source}", setting.name);
            text
        })
    }
}

/// The text of `.env.example`: every setting with its purpose and default.
#[must_use]
pub fn env_example() -> String {
    let head = "# Every setting of Rolecall. Generated by `rolecall config example`; a test keeps it current.\n";
    table::all().fold(head.to_owned(), |mut text, Setting { env, default, help, is_secret, .. }| {
        let _ = write!(text, "\n# {help}\n# {env}={default}\n");
        if *is_secret {
            let _ = writeln!(text, "# {env}_FILE=/run/secrets/{}", env.to_lowercase());
        }
        text
    })
}
