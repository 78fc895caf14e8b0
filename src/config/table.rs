//! The table of all settings, a list for each room of the house.

mod accounts;
mod clients;
mod live;
mod market;
mod requests;
mod server;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name: the flag without `--`, and the key in `rolecall.toml`.
    pub name: &'static str,
    /// The environment variable.
    pub env: &'static str,
    /// What holds when nobody says otherwise; empty when there is none.
    pub default: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// Whether the value must not be shown. A secret can also be given as a file, by the variable with `_FILE` added.
    pub is_secret: bool,
}

/// The setting with this name.
pub fn find(name: &str) -> Option<&'static Setting> {
    all().find(|setting| setting.name == name)
}

const fn plain(name: &'static str, env: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { name, env, default, help, is_secret: false }
}

const fn secret(name: &'static str, env: &'static str, help: &'static str) -> Setting {
    Setting { name, env, default: "", help, is_secret: true }
}

/// All settings, in the order in which they are shown.
pub fn all() -> impl Iterator<Item = &'static Setting> + Clone {
    [server::SETTINGS, accounts::SETTINGS, requests::SETTINGS, live::SETTINGS, clients::SETTINGS, market::SETTINGS]
        .into_iter()
        .flatten()
}
