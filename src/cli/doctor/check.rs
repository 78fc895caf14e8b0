//! One thing that was looked at, and how it is told.

use std::fmt::Write as _;

use serde::Serialize;

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// As it should be.
    Ok,
    /// The server does its work, but something may go wrong.
    Warn,
    /// The server cannot do its work.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) name: &'static str,
    #[serde(rename = "status")]
    pub(super) level: Level,
    /// What was found.
    found: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
}

impl Check {
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, level: Level::Ok, found: found.into(), advice: None }
    }

    pub(super) fn warn(name: &'static str, found: impl Into<String>, advice: &'static str) -> Self {
        Self { name, level: Level::Warn, found: found.into(), advice: Some(advice) }
    }

    pub(super) fn fail(name: &'static str, found: impl Into<String>, advice: &'static str) -> Self {
        Self { name, level: Level::Fail, found: found.into(), advice: Some(advice) }
    }
}

/// One line for each.
pub(super) fn lines(checks: &[Check]) -> String {
    checks.iter().fold(String::new(), |mut text, Check { name, level, found, advice }| {
        let word = match level {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "fail",
        };
        // Errors of others have line ends of their own.
        let found = found.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = write!(text, "{word:<5} {name:<16} {found}");
        if let Some(advice) = advice {
            let _ = write!(text, " - {advice}");
        }
        text.push('\n');
        text
    })
}

/// The same for programs.
pub(super) fn json(checks: &[Check]) -> anyhow::Result<String> {
    let worst = checks.iter().map(|check| check.level).max().unwrap_or(Level::Ok);
    Ok(format!("{}\n", serde_json::json!({"status": worst, "checks": serde_json::to_value(checks)?})))
}
