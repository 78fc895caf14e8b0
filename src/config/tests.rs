use std::collections::BTreeMap;
use std::io::Write as _;

use super::sources::env_example;
use super::*;

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn gather(pairs: &[(&str, &str)]) -> anyhow::Result<Config> {
    Config::new(&Settings::gather(&Flags::default(), &environment(pairs), None)?)
}

/// 32 random bytes in base64, drawn for these tests.
const STRONG: &str = "q3Zt0mXc8VhN2uYkLr5wBf7JpDsGaE1TzQ9oIxR4vKU=";

#[test]
fn the_defaults_hold() {
    let config = gather(&[]).expect("defaults");
    assert_eq!(config.listen, "127.0.0.1:8080");
    assert_eq!(config.access_token_ttl, Duration::from_mins(5));
    assert_eq!(config.database.url.expose_secret(), "sqlite://./rolecall-data/rolecall.db?mode=rwc");
}

#[test]
fn the_environment_wins_over_the_file() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    write!(file, "listen = \"127.0.0.1:1\"\nmax-cost = 7\n").expect("written");
    let given = environment(&[("ROLECALL_LISTEN", "127.0.0.1:2")]);
    let settings = Settings::gather(&Flags::default(), &given, Some(file.path())).expect("settings");
    let config = Config::new(&settings).expect("config");
    assert_eq!((config.listen.as_str(), config.guard.cost), ("127.0.0.1:2", 7));
}

#[test]
fn unknown_keys_are_refused_by_name() {
    let error = gather(&[("ROLECALL_LISTNE", "x")]).expect_err("unknown").to_string();
    assert!(error.contains("ROLECALL_LISTNE"), "{error}");
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    write!(file, "lisen = \"x\"").expect("written");
    let error = Settings::gather(&Flags::default(), &BTreeMap::new(), Some(file.path())).expect_err("unknown");
    assert!(error.to_string().contains("lisen"), "{error}");
}

#[test]
fn only_postgresql_has_a_replica() {
    let (primary, replica) =
        (("DATABASE_URL", "postgres://one/board"), ("DATABASE_REPLICA_URL", "postgres://two/board"));
    assert!(gather(&[primary]).expect("a config").database.replica.is_none());
    let found = gather(&[primary, replica]).expect("a config").database.replica.expect("a replica");
    assert_eq!((found.url.expose_secret(), found.staleness), ("postgres://two/board", Duration::from_secs(2)));
    for wrong in [
        &[replica][..],
        &[("DATABASE_URL", "sqlite://board.db"), replica],
        &[primary, ("DATABASE_REPLICA_URL", "sqlite://board.db")],
    ] {
        let error = gather(wrong).expect_err("no replica").to_string();
        assert!(error.contains("database-replica-url") && !error.contains("two"), "{error}");
    }
    let error = gather(&[("ROLECALL_REPLICA_STALENESS", "100ms")]).expect_err("too short").to_string();
    assert!(error.contains("replica-staleness"), "{error}");
}

#[test]
fn a_wrong_value_is_refused_by_name_and_source() {
    let error = gather(&[("ROLECALL_MAX_COST", "much")]).expect_err("not a number").to_string();
    assert!(error.contains("max-cost") && error.contains("environment"), "{error}");
    assert!(gather(&[("ROLECALL_SESSION_IDLE", "40d")]).is_err());
    assert!(gather(&[("ROLECALL_ACCESS_TOKEN_TTL", "0s")]).is_err());
}

#[test]
fn passwords_are_not_hashed_below_the_floor() {
    let with = |memory: &str, passes: &str| {
        gather(&[("ROLECALL_PASSWORD_MEMORY", memory), ("ROLECALL_PASSWORD_PASSES", passes)])
    };
    for (memory, passes) in [("19456", "2"), ("65536", "3"), ("47104", "1"), ("7168", "5"), ("7168", "9")] {
        assert!(with(memory, passes).is_ok(), "{memory} {passes}");
    }
    for (memory, passes) in [("19455", "2"), ("47103", "1"), ("7167", "9"), ("65536", "0")] {
        let error = with(memory, passes).expect_err("below the floor").to_string();
        assert!(error.contains("OWASP"), "{error}");
    }
    assert!(gather(&[("ROLECALL_PASSWORD_LANES", "0")]).is_err());
}

#[test]
fn a_budget_pays_for_every_operation() {
    let error = gather(&[("ROLECALL_BUDGET_PER_ADDRESS", "4999")]).expect_err("too small").to_string();
    assert!(error.contains("budget-per-address") && error.contains("max-cost"), "{error}");
    assert!(gather(&[("ROLECALL_BUDGET_PER_ADDRESS", "0")]).is_ok(), "no limit");
    assert!(gather(&[("ROLECALL_BUDGET_PER_ACCOUNT", "2147483648")]).is_err());
}

#[test]
fn production_needs_every_secret_and_a_strong_one() {
    let error = |pairs: &[(&str, &str)]| {
        let mut all = vec![("ROLECALL_ENVIRONMENT", "production")];
        all.extend_from_slice(pairs);
        gather(&all).expect_err("refused").to_string()
    };
    assert!(error(&[]).contains("ROLECALL_SIGNING_KEY"));
    assert!(error(&[("ROLECALL_SIGNING_KEY", STRONG)]).contains("ROLECALL_CURSOR_KEY"));
    assert!(error(&[("ROLECALL_SIGNING_KEY", STRONG), ("ROLECALL_CURSOR_KEY", "short")]).contains("too short"));
    let example = "change-me-change-me-change-me-change-me-change-me";
    assert!(error(&[("ROLECALL_SIGNING_KEY", STRONG), ("ROLECALL_CURSOR_KEY", example)]).contains("example"));
}

#[test]
fn a_secret_can_be_a_file() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    writeln!(file, "{STRONG}").expect("written");
    let path = file.path().display().to_string();
    let config = gather(&[("ROLECALL_CURSOR_KEY_FILE", &path)]).expect("config");
    assert_eq!(config.cursor_key.expect("given").expose_secret(), STRONG);
    assert!(gather(&[("ROLECALL_CURSOR_KEY_FILE", &path), ("ROLECALL_CURSOR_KEY", STRONG)]).is_err());
    assert!(gather(&[("ROLECALL_CURSOR_KEY_FILE", "/nowhere/at/all")]).is_err());
}

#[test]
fn secrets_are_not_printed() {
    let given = environment(&[("ROLECALL_CURSOR_KEY", STRONG), ("DATABASE_URL", "postgres://me:hunter2@db/x")]);
    let settings = Settings::gather(&Flags::default(), &given, None).expect("settings");
    let shown = format!("{}{:?}", settings.print(), Config::new(&settings).expect("config"));
    assert!(!shown.contains(STRONG) && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn the_example_file_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/.env.example");
    if std::env::var_os("UPDATE_EXAMPLE").is_some() {
        std::fs::write(path, env_example()).expect("written");
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), env_example(), "run with UPDATE_EXAMPLE=1");
}
