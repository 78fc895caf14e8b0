//! Settings, secrets, folders and ports.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;

use super::check::Check;
use crate::accounts::keys::TokenKeys;
use crate::config::{self, Config, Environment};
use crate::pagination::CursorSeal;

/// Free space below which something is likely to go wrong soon, and below which it does.
const LITTLE: u64 = 1 << 30;
const NONE: u64 = 64 << 20;

const SECRETS_FOLDER: &str = "/run/secrets/";

/// Settings and the secrets among them.
pub(super) fn settings(config: &Config, environment: &BTreeMap<String, String>) -> Vec<Check> {
    let found = match config.environment {
        Environment::Production => "all are good; production",
        Environment::Development => "all are good; development, so secrets that are not given are made up",
    };
    vec![Check::ok("settings", found), secrets(config), secret_files(config, environment)]
}

/// Their form.
fn secrets(config: &Config) -> Check {
    const NAME: &str = "secrets";
    let kept = |name: &str| fs::read_to_string(config.data_dir.join("keys").join(name)).ok();
    let given = |secret: Option<&secrecy::SecretString>| secret.map(|secret| secret.expose_secret().to_owned());
    let signing = given(config.signing_key.as_ref()).or_else(|| kept("signing.pem"));
    let cursor = given(config.cursor_key.as_ref()).or_else(|| kept("cursor"));
    let further = config.verifying_keys.as_ref();
    let keys = |key: &String| TokenKeys::new(key, further, &config.public_url, config.access_token_ttl);
    if let Some(Err(error)) = signing.as_ref().map(keys) {
        return Check::fail(NAME, format!("{error:#}"), "Make one: rolecall keys generate");
    }
    let seal = cursor.as_ref().map(|key| anyhow::Ok(CursorSeal::new(&STANDARD.decode(key.trim())?)?));
    if let Some(Err(error)) = seal {
        return Check::fail(NAME, format!("the cursor key: {error:#}"), "Make one: rolecall keys generate-cursor");
    }
    Check::ok(
        NAME,
        if signing.is_some() && cursor.is_some() { "of the right form" } else { "made up at the first start" },
    )
}

/// Whether others on this machine can read them. What is handed to a container in its folder of secrets is guarded outside.
fn secret_files(config: &Config, environment: &BTreeMap<String, String>) -> Check {
    let named = config::settings().filter(|setting| setting.is_secret);
    let named = named.filter_map(|setting| environment.get(&format!("{}_FILE", setting.env)).cloned());
    let own = ["signing.pem", "cursor"].map(|name| config.data_dir.join("keys").join(name).display().to_string());
    let open: Vec<_> = named
        .chain(own)
        .filter(|path| !path.starts_with(SECRETS_FOLDER))
        .filter(|path| fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0))
        .collect();
    if open.is_empty() {
        return Check::ok("secret-files", "read by nobody else");
    }
    Check::warn("secret-files", format!("others may read {}", open.join(", ")), "chmod 600 them.")
}

/// The data folder, and the index in it.
pub(super) fn folders(config: &Config) -> Vec<Check> {
    let data = writable("data-folder", &config.data_dir, "Give it to the user that the server runs as.");
    let space = space(there(&config.data_dir));
    let index = config.data_dir.join("index");
    let index = writable("index-folder", &index, "Give it to the server's user, or remove it: it is made anew.");
    vec![data, space, index]
}

/// The folder, or the one in which the server would make it.
fn there(folder: &Path) -> &Path {
    let mut above = folder.ancestors().filter(|above| !above.as_os_str().is_empty());
    above.find(|above| above.exists()).unwrap_or(Path::new("."))
}

fn writable(name: &'static str, folder: &Path, advice: &'static str) -> Check {
    let place = there(folder);
    let probe = place.join(format!(".doctor-{}", std::process::id()));
    match fs::write(&probe, b"x").and_then(|()| fs::remove_file(&probe)) {
        Ok(()) if place != folder => Check::ok(name, format!("{} is made when the server starts", folder.display())),
        Ok(()) => Check::ok(name, format!("{} can be written", folder.display())),
        Err(error) => Check::fail(name, format!("{}: {error}", folder.display()), advice),
    }
}

fn space(folder: &Path) -> Check {
    const NAME: &str = "free-space";
    let Ok(told) = rustix::fs::statvfs(folder) else {
        return Check::warn(NAME, "it is not told", "See that the data folder has a gigabyte free.");
    };
    let free = told.f_bavail.saturating_mul(told.f_frsize);
    let found = format!("{} MiB", free >> 20);
    match free {
        free if free < NONE => Check::fail(NAME, found, "Make room: the database cannot write without."),
        free if free < LITTLE => Check::warn(NAME, found, "Make room before it runs out."),
        _ => Check::ok(NAME, found),
    }
}

/// Whether the server could listen. A server that runs already is no fault.
pub(super) fn ports(config: &Config) -> Vec<Check> {
    let port = |name, address: &str| match TcpListener::bind(address) {
        Ok(_) => Check::ok(name, format!("{address} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            Check::warn(name, format!("{address} is taken"), "Nothing to do if that is this server.")
        }
        Err(error) => Check::fail(name, format!("{address}: {error}"), "Listen somewhere else, or as another user."),
    };
    let metrics = config.operation.metrics_listen.as_deref().map(|address| port("metrics-port", address));
    std::iter::once(port("port", &config.listen)).chain(metrics).collect()
}
