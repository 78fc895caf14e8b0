//! A server of its own for every test, on a copy of a migrated and filled database.

mod actor;
mod databases;
mod post;
mod s3;
mod smtp;
mod socket;
mod wire;

use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};

use rolecall::app::App;
use rolecall::clock::Clock;
use rolecall::config::{Config, Flags, Settings};
use rolecall::db::Database;
use rolecall::entities::account;
use rolecall::reference::Reference;
use sea_orm::{ActiveModelTrait, Set, Statement};
use tempfile::TempDir;
use tokio::sync::{OnceCell, oneshot};
use tokio::task::JoinHandle;

pub use actor::{Actor, Answer, Payload, text};
use databases::Copy;
pub use s3::Bucket;
pub use smtp::{Mood, Sink};
pub use socket::{Heard, Socket};
pub use wire::Wire;

/// Declares scenarios that run on both databases: `async fn name(app: TestApp) { … }`.
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn scenario($app: &TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let app = TestApp::sqlite().await;
                scenario(&app).await;
                app.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let app = TestApp::postgres().await;
                scenario(&app).await;
                app.close().await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;

/// A password that is good enough.
pub const PASSWORD: &str = "correct horse battery";

/// A running server.
pub struct TestApp {
    pub app: App,
    pub url: String,
    statements: Arc<Mutex<Vec<Statement>>>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<anyhow::Result<()>>,
    database: String,
    /// Who made the database drops it.
    copy: Option<Copy>,
    data: Arc<TempDir>,
}

/// Reference data is the same in every copy, so it is read once.
static REFERENCE: OnceCell<Arc<Reference>> = OnceCell::const_new();

impl TestApp {
    pub async fn sqlite() -> Self {
        Self::first(Copy::sqlite().await).await
    }

    pub async fn postgres() -> Self {
        Self::first(Copy::postgres().await).await
    }

    async fn first(copy: Copy) -> Self {
        let data = Arc::new(tempfile::tempdir().expect("a folder"));
        let mut app = Self::start(copy.url.clone(), data, |settings| settings).await;
        app.copy = Some(copy);
        app
    }

    /// Another server over the same database and with the same keys, with settings changed.
    pub async fn twin(&self, change: impl FnOnce(Settings) -> Settings) -> Self {
        Self::start(self.database.clone(), self.data.clone(), change).await
    }

    async fn start(database: String, data: Arc<TempDir>, change: impl FnOnce(Settings) -> Settings) -> Self {
        let config = Config::new(&change(settings(&database, &data))).expect("a config");
        let mut db = Database::connect(&config.database).await.expect("the copy opens");
        let reference = REFERENCE.get_or_init(async || {
            let reference = Reference::load(&db, &config.market).await;
            Arc::new(reference.expect("reference data"))
        });
        let reference = Arc::clone(reference.await);
        let statements: Arc<Mutex<Vec<Statement>>> = Arc::default();
        let heard = Arc::clone(&statements);
        db.on_statement(move |statement| heard.lock().expect("not poisoned").push(statement.clone()));
        let app = App::over(db, config, Clock::default(), reference).expect("an app");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(app.clone().serve(listener, async move {
            let _ = stopped.await;
        }));
        if app.state.config.engine {
            app.state.mirror.loaded().await;
        }
        Self { app, url, statements, stop, serving, database, copy: None, data }
    }

    /// How many SQL statements there were since the last call.
    pub fn statements(&self) -> usize {
        self.heard().len()
    }

    /// The SQL statements since the last call.
    pub fn heard(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.statements.lock().expect("not poisoned"))
    }

    pub fn anonymous(&self) -> Actor {
        Actor::anonymous(&self.url)
    }

    /// A new account, signed in, whose address is proven.
    pub async fn account(&self, name: &str) -> Actor {
        let actor = self.newcomer(name).await;
        self.change_account(
            &actor,
            account::ActiveModel { email_verified_at: Set(Some(self.app.state.clock.now())), ..Default::default() },
        )
        .await;
        actor
    }

    /// A new account, signed in, that has proven nothing yet.
    pub async fn newcomer(&self, name: &str) -> Actor {
        Actor::register(&self.url, name).await
    }

    async fn change_account(&self, actor: &Actor, columns: account::ActiveModel) {
        let id = rolecall::ids::decode(rolecall::ids::Kind::Account, &actor.id).expect("an account");
        let row = account::ActiveModel { id: Set(id), ..columns };
        row.update(self.app.state.db.writes()).await.expect("updated");
    }

    /// A new account that administers the board.
    pub async fn administrator(&self) -> Actor {
        let actor = self.account("admin").await;
        self.change_account(&actor, account::ActiveModel { is_admin: Set(true), ..Default::default() }).await;
        actor
    }

    /// A verified employer with the account that owns it.
    pub async fn employer(&self, name: &str) -> (Actor, String) {
        let owner = self.account(name).await;
        let id = owner.create_employer(name).await;
        self.administrator().await.verify(&id).await;
        (owner, id)
    }

    /// Waits until so many listen to changes and miss nothing that happens from now on.
    pub async fn until_listening(&self, count: usize) {
        self.until(|app| app.state.live.hub.listening() == count, "listeners").await;
    }

    /// Waits until so many connections are kept open.
    pub async fn until_open(&self, count: usize) {
        self.until(|app| app.state.live.places.count() == count, "connections").await;
    }

    async fn until(&self, holds: impl Fn(&App) -> bool, what: &str) {
        for _ in 0..2_000 {
            if holds(&self.app) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let live = &self.app.state.live;
        panic!("{what}: {} listen, {} are open", live.hub.listening(), live.places.count());
    }

    /// Asks the server to stop, and gives what becomes of it.
    pub fn stop(self) -> JoinHandle<anyhow::Result<()>> {
        let _ = self.stop.send(());
        self.serving
    }

    /// Stops the server and drops its database. A test that fails leaves both; the next run sweeps them away.
    pub async fn close(self) {
        let _ = self.stop.send(());
        let Self { app, copy, .. } = self;
        app.state.db.close().await;
        if let Some(copy) = copy {
            copy.drop().await;
        }
    }
}

fn settings(url: &str, data: &TempDir) -> Settings {
    let settings = Settings::gather(&Flags::default(), &std::collections::BTreeMap::new(), None).expect("settings");
    settings
        .with("data-dir", data.path().display().to_string())
        .with("database-url", url)
        // Nobody balances between servers of tests.
        .with("shutdown-delay", "0")
        // A test does the background work when it says so.
        .with("work", "false")
        // It counts searches when it says so, too.
        .with("search-count-interval", "1h")
        .with("database-connections", "4")
        .with("database-acquire-timeout", "30s")
        .with("request-timeout", "60s")
        .with("keyed-timeout", "60s")
        .with("database-statement-timeout", "60s")
        // The machine of the tests is busy, and no test asks for an answer that is old.
        .with("engine-patience", "60s")
        // All people of a test have one address. Tests of limits set narrow ones.
        .with("budget-per-account", "1000000000")
        .with("budget-per-address", "1000000000")
        .with("tries-per-address", "1000000")
        .with("sign-in-tries", "1000000")
        .with("mails-per-address", "1000000")
        .with("mails-per-recipient", "1000000")
}
