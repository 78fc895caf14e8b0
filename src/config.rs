//! Settings: one table that names, documents and checks each; flags win over the environment, which wins over
//! `rolecall.toml`, which wins over the default.

mod files;
mod front;
mod guard;
mod limits;
mod live;
mod operation;
mod sources;
mod table;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, bail};
use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};

use crate::db::{DatabaseConfig, ReplicaConfig};
use crate::mail::transport::{Transport, sender};
pub use files::{FilesConfig, Place, S3Config};
pub use front::{FrontConfig, PersistedConfig};
pub use guard::GuardConfig;
pub use limits::{LimitsConfig, PasswordConfig};
pub use live::LiveConfig;
pub use operation::OperationConfig;
pub use sources::{Flags, Settings, Source, env_example};
pub use table::{Setting, all as settings};

/// Whether missing secrets are made up (and kept in the data folder) or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Secrets that are not given are generated once.
    Development,
    /// Every secret must be given, and strong.
    Production,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Settings of the market's figures (`domain.md` §5 and §6).
#[derive(Clone, Debug)]
pub struct MarketConfig {
    /// Paid hours of a full-time year.
    pub hours_per_year: u32,
    /// Paid days of a full-time year.
    pub days_per_year: u32,
    /// Weekly hours of a full-time job.
    pub full_time_hours: u32,
    /// Postings below which no salary figure is released.
    pub min_postings: u32,
    /// Employers below which no salary figure is released.
    pub min_employers: u32,
    /// Postings below which p10 and p90 are not released.
    pub min_postings_for_tails: u32,
    /// Postings below which seekers per posting is not released.
    pub min_postings_for_seekers: u32,
    /// Job seekers below which seekers per posting is not released.
    pub min_seekers: u32,
}

/// Settings of e-mail.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// Address of the mail server; without one, mails are written into the data folder.
    pub smtp_url: Option<SecretString>,
    /// The sender of all mails; its name is the board's.
    pub from: Mailbox,
    /// Address of the front end, where links in mails lead.
    pub web_url: String,
}

/// All settings, parsed and checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// What happens when a secret is missing.
    pub environment: Environment,
    /// `host:port`; port 0 takes any free one.
    pub listen: String,
    /// Keys, and the SQLite file of the default database.
    pub data_dir: PathBuf,
    /// The database.
    pub database: DatabaseConfig,
    /// PKCS#8 PEM of the Ed25519 key that signs access tokens.
    pub signing_key: Option<SecretString>,
    /// PEM of up to two further keys whose access tokens hold.
    pub verifying_keys: Option<SecretString>,
    /// Base64 of the 32 bytes that seal cursors.
    pub cursor_key: Option<SecretString>,
    /// The public address, the issuer and audience of access tokens.
    pub public_url: String,
    /// E-mail.
    pub mail: MailConfig,
    /// Whether `serve` does the background work too.
    pub work: bool,
    /// Whether the market is kept in memory and figures are answered from there.
    pub engine: bool,
    /// How long a question waits for what was just committed to arrive there.
    pub engine_patience: Duration,
    /// How long the log of changes is kept.
    pub change_retention: Duration,
    /// Validity of an access token.
    pub access_token_ttl: Duration,
    /// How long a session lives without being refreshed.
    pub session_idle: Duration,
    /// How long a session lives at the most.
    pub session_max: Duration,
    /// How passwords are hashed.
    pub password: PasswordConfig,
    /// Passwords hashed at the same time.
    pub password_workers: usize,
    /// Sign-ins that may wait for a worker.
    pub password_queue: usize,
    /// How much somebody may ask for, and how often somebody may try.
    pub limits: LimitsConfig,
    /// Proxies in front of the server that are believed when they say who asks.
    pub trusted_proxies: u8,
    /// How long searches wait before they are counted.
    pub search_count_interval: Duration,
    /// How long applications that came to nothing keep what is about a person.
    pub application_retention: Duration,
    /// Mebibytes of answers that are kept in memory.
    pub answer_cache: u32,
    /// Bytes of a request body.
    pub max_body: usize,
    /// How much a GraphQL document may ask for.
    pub guard: GuardConfig,
    /// What the HTTP front admits.
    pub front: FrontConfig,
    /// Time for one request.
    pub request_timeout: Duration,
    /// Time for a mutation with a key, payload included.
    pub keyed_timeout: Duration,
    /// Origins whose pages may call the server.
    pub cors_origins: Vec<String>,
    /// Whether GraphiQL is served.
    pub playground: bool,
    /// The form of log lines.
    pub log_format: LogFormat,
    /// Which log lines are written, as in `rolecall=info`.
    pub log_filter: String,
    /// Where files are kept and what may be sent.
    pub files: FilesConfig,
    /// Settings of the market's figures.
    pub market: MarketConfig,
    /// Settings of live subscriptions.
    pub live: LiveConfig,
    /// How the server stops, and who may see what it measures.
    pub operation: OperationConfig,
}

impl Config {
    /// Parses and checks all settings.
    ///
    /// # Errors
    /// Names the setting, where it came from and what it takes.
    pub fn new(settings: &Settings) -> anyhow::Result<Self> {
        let data_dir: PathBuf = settings.parse("data-dir")?;
        let database = DatabaseConfig {
            url: database_url(settings, &data_dir),
            max_connections: settings.parse("database-connections")?,
            acquire_timeout: settings.parse::<Seconds>("database-acquire-timeout")?.0,
            statement_timeout: settings.parse::<Seconds>("database-statement-timeout")?.0,
            replica: replica(settings)?,
        };
        let files = FilesConfig::new(settings, &data_dir)?;
        let config = Self {
            environment: settings.parse("environment")?,
            listen: settings.parse("listen")?,
            data_dir,
            database,
            signing_key: settings.secret("signing-key"),
            verifying_keys: settings.secret("verifying-keys"),
            cursor_key: settings.secret("cursor-key"),
            public_url: settings.parse("public-url")?,
            mail: MailConfig::new(settings)?,
            work: settings.parse("work")?,
            engine: settings.parse("engine")?,
            engine_patience: settings.parse::<Seconds>("engine-patience")?.0,
            change_retention: settings.parse::<Seconds>("change-retention")?.0,
            access_token_ttl: settings.parse::<Seconds>("access-token-ttl")?.0,
            session_idle: settings.parse::<Seconds>("session-idle")?.0,
            session_max: settings.parse::<Seconds>("session-max")?.0,
            password: PasswordConfig::new(settings)?,
            password_workers: settings.parse("password-workers")?,
            password_queue: settings.parse("password-queue")?,
            limits: LimitsConfig::new(settings, settings.parse("max-cost")?)?,
            trusted_proxies: settings.parse("trusted-proxies")?,
            search_count_interval: settings.parse::<Seconds>("search-count-interval")?.0,
            application_retention: settings.parse::<Seconds>("application-retention")?.0,
            answer_cache: settings.parse("answer-cache")?,
            max_body: settings.parse("max-body")?,
            guard: GuardConfig::new(settings)?,
            front: FrontConfig::new(settings)?,
            request_timeout: settings.parse::<Seconds>("request-timeout")?.0,
            keyed_timeout: settings.parse::<Seconds>("keyed-timeout")?.0,
            cors_origins: settings.list("cors-origins"),
            playground: settings.parse("playground")?,
            log_format: settings.parse("log-format")?,
            log_filter: settings.parse("log-filter")?,
            files,
            market: MarketConfig::new(settings)?,
            live: LiveConfig::new(settings)?,
            operation: OperationConfig::new(settings)?,
        };
        config.check()?;
        Ok(config)
    }

    /// What no single setting can tell on its own.
    fn check(&self) -> anyhow::Result<()> {
        if self.environment == Environment::Production {
            require_secret("signing-key", self.signing_key.as_ref())?;
            require_secret("cursor-key", self.cursor_key.as_ref())?;
        }
        if self.session_idle > self.session_max {
            bail!("setting `session-idle`: it must not exceed `session-max`");
        }
        // Figures of the market tell the applicants of these days apart.
        if self.application_retention < Duration::from_hours(28 * 24) {
            bail!("setting `application-retention`: at least 28d");
        }
        if self.front.idle_timeout <= self.request_timeout.max(self.live.keep_alive) {
            bail!("setting `idle-timeout`: it must be longer than `request-timeout` and `live-keep-alive`");
        }
        if self.password_workers == 0 || self.database.max_connections == 0 {
            bail!("settings `password-workers` and `database-connections` must be at least 1");
        }
        Ok(())
    }
}

impl MailConfig {
    fn new(settings: &Settings) -> anyhow::Result<Self> {
        let smtp_url = settings.secret("smtp-url");
        if let Some(url) = &smtp_url {
            Transport::check_address(url.expose_secret()).context("setting `smtp-url`")?;
            if settings.is_default("mail-from") {
                bail!("setting `mail-from`: a mail server takes mail of a sender that exists");
            }
        }
        let web_url = match settings.parse::<String>("web-url") {
            Ok(url) => url,
            Err(_) => settings.parse("public-url")?,
        };
        let from = sender(&settings.parse::<String>("mail-from")?).context("setting `mail-from`")?;
        Ok(Self { smtp_url, from, web_url })
    }
}

impl MarketConfig {
    fn new(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self {
            hours_per_year: settings.parse("market-hours-per-year")?,
            days_per_year: settings.parse("market-days-per-year")?,
            full_time_hours: settings.parse("market-full-time-hours")?,
            min_postings: settings.parse("market-min-postings")?,
            min_employers: settings.parse("market-min-employers")?,
            min_postings_for_tails: settings.parse("market-min-postings-for-tails")?,
            min_postings_for_seekers: settings.parse("market-min-postings-for-seekers")?,
            min_seekers: settings.parse("market-min-seekers")?,
        })
    }
}

/// The default database is a file in the data folder.
fn database_url(settings: &Settings, data_dir: &Path) -> SecretString {
    settings
        .secret("database-url")
        .unwrap_or_else(|| format!("sqlite://{}?mode=rwc", data_dir.join("rolecall.db").display()).into())
}

/// The replica, if one is named and the database can have one.
fn replica(settings: &Settings) -> anyhow::Result<Option<ReplicaConfig>> {
    const NAME: &str = "setting `database-replica-url`";
    let is_postgres = |url: &SecretString| {
        let url = url.expose_secret();
        url.starts_with("postgres:") || url.starts_with("postgresql:")
    };
    let staleness = settings.parse::<Seconds>("replica-staleness")?.0;
    if staleness < Duration::from_millis(200) {
        bail!("setting `replica-staleness`: at least 200ms");
    }
    let Some(url) = settings.secret("database-replica-url").filter(|url| !url.expose_secret().is_empty()) else {
        return Ok(None);
    };
    if !settings.secret("database-url").is_some_and(|url| is_postgres(&url)) {
        bail!("{NAME}: only a PostgreSQL database has a replica, and `database-url` names none");
    }
    if !is_postgres(&url) {
        bail!("{NAME}: the address of a replica begins with postgres:");
    }
    Ok(Some(ReplicaConfig { url, staleness }))
}

/// In production a secret must be there, long enough, and not one of those printed in documents.
fn require_secret(name: &str, secret: Option<&SecretString>) -> anyhow::Result<()> {
    let env = table::find(name).map_or(name, |setting| setting.env);
    let secret = secret.with_context(|| format!("in production the secret `{env}` (or `{env}_FILE`) must be given"))?;
    let text = secret.expose_secret().trim();
    if text.len() < 43 {
        bail!("the secret `{env}` is too short: it takes at least 32 bytes, 43 characters of base64");
    }
    let lower = text.to_lowercase();
    let distinct = text.chars().collect::<std::collections::HashSet<_>>().len();
    if distinct < 10
        || ["example", "changeme", "change-me", "secret", "rolecall"].iter().any(|word| lower.contains(word))
    {
        bail!("the secret `{env}` is an example, not a secret: generate one");
    }
    Ok(())
}

/// A duration written in seconds, or with a unit: `90`, `100ms`, `5m`, `12h`, `14d`.
struct Seconds(Duration);

impl FromStr for Seconds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
        let unit = UNITS.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)));
        let (digits, factor) = unit.unwrap_or((text, 1_000));
        let milliseconds = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
        milliseconds
            .filter(|milliseconds| *milliseconds > 0)
            .map(|milliseconds| Self(Duration::from_millis(milliseconds)))
            .ok_or("a time such as 100ms, 90s, 5m or 14d")
    }
}

/// The same, or 0 for no time at all.
struct Pause(Duration);

impl FromStr for Pause {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "0" | "0s" => Ok(Self(Duration::ZERO)),
            _ => text.parse::<Seconds>().map(|time| Self(time.0)),
        }
    }
}

impl FromStr for Environment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            _ => Err("development or production"),
        }
    }
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("text or json"),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::File => "rolecall.toml",
            Self::Environment => "environment",
            Self::Flag => "flag",
        })
    }
}

#[cfg(test)]
mod tests;
