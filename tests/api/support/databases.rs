//! Databases for tests: one is migrated and filled, the others are copies of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rolecall::config::{Config, Flags, Settings};
use rolecall::db::Database;
use rolecall::reference::{bundle, seed};
use sea_orm::{ConnectionTrait, Database as SeaDatabase, DatabaseConnection, DbBackend, Statement};
use tokio::sync::OnceCell;

/// A database of one test.
pub struct Copy {
    pub url: String,
    file: Option<PathBuf>,
}

static SQLITE: OnceCell<PathBuf> = OnceCell::const_new();
static POSTGRES: OnceCell<String> = OnceCell::const_new();

impl Copy {
    pub async fn sqlite() -> Self {
        let template = SQLITE.get_or_init(sqlite_template).await;
        let file = template.with_file_name(format!("{}.db", unique()));
        std::fs::copy(template, &file).expect("a copy");
        Self { url: format!("sqlite://{}?mode=rwc", file.display()), file: Some(file) }
    }

    pub async fn postgres() -> Self {
        let template = POSTGRES.get_or_init(postgres_template).await;
        let name = unique();
        let admin = admin().await;
        // Only one session may copy a template at a time.
        for attempt in 0.. {
            let made = admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
            match made {
                Ok(_) => break,
                Err(error) if attempt < 200 && error.to_string().contains("being accessed") => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => panic!("no database for a test: {error}"),
            }
        }
        admin.close().await.expect("closed");
        Self { url: postgres_url(&name), file: None }
    }

    pub async fn drop(self) {
        if let Some(file) = self.file {
            for end in ["", "-wal", "-shm", "-lock"] {
                let _ = std::fs::remove_file(format!("{}{end}", file.display()));
            }
        } else {
            let name = self.url.rsplit('/').next().expect("a name");
            let admin = admin().await;
            let _ = admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            let _ = admin.close().await;
        }
    }
}

/// `rolecall_test_<seconds>_<random>`: the time tells which ones a failed run left behind.
fn unique() -> String {
    let random = uuid::Uuid::now_v7().simple().to_string();
    format!("rolecall_test_{}_{}", seconds(), &random[16..])
}

#[expect(clippy::disallowed_methods, reason = "tells databases of this run from those that earlier ones left")]
fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Where a PostgreSQL server answers for tests.
fn postgres_url(database: &str) -> String {
    let server = std::env::var("TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432".to_owned());
    format!("{server}/{database}")
}

async fn admin() -> DatabaseConnection {
    let url = postgres_url("postgres");
    let connected = SeaDatabase::connect(sea_orm::ConnectOptions::new(&url).max_connections(1).to_owned()).await;
    connected.unwrap_or_else(|error| panic!("these tests need PostgreSQL at {url} (set TEST_POSTGRES): {error}"))
}

/// Templates are named after what is in them, so that they can be kept from run to run.
fn fingerprint() -> String {
    use migration::{Migrator, MigratorTrait};
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    for migration in Migrator::migrations() {
        migration.name().hash(&mut hasher);
    }
    bundle::fingerprint().hash(&mut hasher);
    include_str!("../../../migration/src/dialect.rs").hash(&mut hasher);
    MIGRATIONS.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The texts of the migrations: one that is edited before its release makes another template.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migration/src/m0001_accounts.rs"),
    include_str!("../../../migration/src/m0002_reference.rs"),
    include_str!("../../../migration/src/m0003_cited_figures.rs"),
    include_str!("../../../migration/src/m0004_employers.rs"),
    include_str!("../../../migration/src/m0005_postings.rs"),
    include_str!("../../../migration/src/m0006_candidates.rs"),
    include_str!("../../../migration/src/m0007_applications.rs"),
    include_str!("../../../migration/src/m0008_search_demand.rs"),
    include_str!("../../../migration/src/m0009_change.rs"),
    include_str!("../../../migration/src/m0010_mail.rs"),
    include_str!("../../../migration/src/m0011_job.rs"),
    include_str!("../../../migration/src/m0013_file.rs"),
    include_str!("../../../migration/src/m0014_hiring.rs"),
    include_str!("../../../migration/src/m0015_saved.rs"),
    include_str!("../../../migration/src/m0016_search_mark.rs"),
    include_str!("../../../migration/src/m0017_trust.rs"),
    include_str!("../../../migration/src/m0018_privacy.rs"),
    include_str!("../../../migration/src/m0019_idempotency.rs"),
    include_str!("../../../migration/src/m0020_list_orders.rs"),
    include_str!("../../../migration/src/m0020_market_reads.rs"),
    include_str!("../../../migration/src/m0021_market_snapshot.rs"),
    include_str!("../../../migration/src/m0024_failed_sign_ins.rs"),
];

async fn fill(url: &str) {
    let settings = Settings::gather(&Flags::default(), &std::collections::BTreeMap::new(), None).expect("settings");
    let config = Config::new(&settings.with("database-url", url).with("database-statement-timeout", "10m"));
    let db = Database::connect(&config.expect("a config").database).await.expect("the template opens");
    db.migrate().await.expect("migrated");
    seed::seed(&db).await.expect("filled");
    db.close().await;
}

async fn sqlite_template() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    sweep_files(folder);
    let template = folder.join(format!("rolecall_template_{}.db", fingerprint()));
    if !template.exists() {
        // Made under another name, so that a run that is cut off leaves no half of a template.
        let draft = folder.join(format!("{}.draft", unique()));
        fill(&format!("sqlite://{}?mode=rwc", draft.display())).await;
        std::fs::rename(&draft, &template).expect("renamed");
    }
    template
}

fn sweep_files(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_old(&name) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether a database of a test was made more than an hour ago.
fn is_old(name: &str) -> bool {
    let made = name.strip_prefix("rolecall_test_").and_then(|rest| rest.split('_').next()?.parse::<u64>().ok());
    made.is_some_and(|made| made + 3_600 < seconds())
}

async fn postgres_template() -> String {
    let name = format!("rolecall_template_{}", fingerprint());
    let admin = admin().await;
    let rows = |sql: &str| Statement::from_string(DbBackend::Postgres, sql.to_owned());
    let lock = admin.query_one_raw(rows("SELECT pg_advisory_lock(7265637)::text")).await;
    lock.expect("the lock of the template");
    let databases = admin.query_all_raw(rows("SELECT datname::text AS name FROM pg_database")).await.expect("a list");
    let databases: Vec<String> = databases.iter().filter_map(|row| row.try_get("", "name").ok()).collect();
    for old in databases.iter().filter(|name| is_old(name)) {
        let _ = admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {old} WITH (FORCE)")).await;
    }
    if !databases.contains(&name) {
        let draft = unique();
        admin
            .execute_unprepared(&format!("CREATE DATABASE {draft} TEMPLATE template0 ENCODING 'UTF8'"))
            .await
            .expect("made");
        fill(&postgres_url(&draft)).await;
        admin.execute_unprepared(&format!("ALTER DATABASE {draft} RENAME TO {name}")).await.expect("renamed");
    }
    admin.close().await.expect("closed, and unlocked with it");
    name
}
