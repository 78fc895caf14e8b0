//! The server as a whole: built from its settings, served on a listener.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum_server::Handle;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper_util::rt::TokioTimer;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use crate::accounts::keys::{TokenKeys, generate_cursor_key, generate_signing_key, keep_secret};
use crate::accounts::passwords::Passwords;
use crate::clock::Clock;
use crate::config::{Config, FrontConfig};
use crate::db::Database;
use crate::files::judge::Judge;
use crate::files::storage::Storage;
use crate::http;
use crate::limits::Limits;
use crate::live::{self, Live};
use crate::mail::mailer::Mailer;
use crate::mirror::{self, Mirror};
use crate::pagination::CursorSeal;
use crate::reference::Reference;
use crate::search::demand;
use crate::signing::Signer;
use crate::state::State;
use crate::work::work;

/// How long sockets may take to close once the server has stopped.
const GOODBYE: Duration = Duration::from_secs(3);

/// A server that is ready to serve.
#[derive(Debug, Clone)]
pub struct App {
    /// What every request shares.
    pub state: State,
}

impl App {
    /// Opens and migrates the database, loads the reference data and the keys.
    ///
    /// # Errors
    /// The database or the data folder cannot be used, or a secret is malformed.
    pub async fn build(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let data = &config.data_dir;
        if config.database.url.expose_secret().contains(&*data.to_string_lossy()) {
            std::fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
        }
        let turn = Database::turn(&config.database).await?;
        let db = Database::connect(&config.database).await.context("the database cannot be opened")?;
        db.migrate().await?;
        let reference = Reference::load(&db, &config.market).await?;
        drop(turn);
        Self::over(db, config, clock, Arc::new(reference))
    }

    /// The same over a database that is up to date and its reference data.
    ///
    /// # Errors
    /// See [`App::build`].
    pub fn over(db: Database, config: Config, clock: Clock, reference: Arc<Reference>) -> anyhow::Result<Self> {
        let signing =
            secret(config.signing_key.as_ref(), &config.data_dir.join("keys/signing.pem"), generate_signing_key)?;
        let cursor = secret(config.cursor_key.as_ref(), &config.data_dir.join("keys/cursor"), generate_cursor_key)?;
        let cursor = STANDARD.decode(cursor.trim()).context("the cursor key is not base64")?;
        let board = config.mail.from.name.as_deref().unwrap_or_default();
        let keys =
            TokenKeys::new(&signing, config.verifying_keys.as_ref(), &config.public_url, config.access_token_ttl)?;
        let state = State {
            keys: Arc::new(keys),
            passwords: Passwords::new(config.password, board, config.password_workers, config.password_queue)?,
            limits: Arc::new(Limits::new(&config.limits, &clock)),
            cursors: Arc::new(CursorSeal::new(&cursor)?),
            signer: Arc::new(Signer::new(&cursor)),
            mailer: Arc::new(Mailer::new(&config)?),
            files: Storage::open(&config.files)?,
            judge: Judge::default(),
            reference,
            live: Arc::new(Live::new(&config.live)),
            searches: Arc::default(),
            mirror: Arc::new(Mirror::new(config.engine_patience)),
            shelf: Arc::default(),
            stopping: Arc::default(),
            config: Arc::new(config),
            db,
            clock,
        };
        Ok(Self { state })
    }

    /// Answers requests, and does background work unless another process does it, until `stop` ends. From then on the server
    /// says that it is not ready; a moment later it takes no more connections, and what is under way may finish for a while.
    ///
    /// # Errors
    /// The listener failed.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        let handle = Handle::new();
        let drain = self.state.config.operation.drain_timeout;
        let router = http::router(&self.state)?;
        let following = tokio::spawn(live::run(self.state.clone()));
        let db = self.state.db.clone();
        let observing = tokio::spawn(async move { db.observe_replica().await });
        let mirroring = self.state.config.engine.then(|| tokio::spawn(mirror::run(self.state.clone())));
        let (tell_worker, mut told) = watch::channel(false);
        tokio::spawn(stop_in_order(self.state.clone(), stop, tell_worker, handle.clone()));
        let mut still = told.clone();
        let counting = tokio::spawn(demand::run(self.state.clone(), async move {
            drop(still.wait_for(|is_told| *is_told).await);
        }));
        let worker = self.state.config.work.then(|| {
            let stop = async move { drop(told.wait_for(|is_told| *is_told).await) };
            tokio::spawn(work(self.state.clone(), stop, drain))
        });
        listen(listener, handle, router, &self.state.config.front).await?;
        // Sockets have left the server's hands; they say goodbye in their own time, which is short.
        let _ = tokio::time::timeout(GOODBYE, self.state.live.places.vacated()).await;
        following.abort();
        observing.abort();
        if let Some(mirroring) = mirroring {
            mirroring.abort();
        }
        counting.await?;
        // Those that were answered since the server was told to stop.
        if let Err(error) = demand::flush(&self.state).await {
            tracing::warn!(%error, "the last searches could not be counted");
        }
        if let Some(worker) = worker {
            worker.await?;
        }
        Ok(())
    }

    /// Serves what is measured, on a listener of its own, for as long as the future lives.
    ///
    /// # Errors
    /// The listener failed.
    pub async fn expose(self, listener: TcpListener) -> anyhow::Result<()> {
        listen(listener, Handle::new(), http::metrics::router(&self.state), &self.state.config.front).await
    }
}

/// Serves routes on a listener, with a limit for whoever does not finish the head of a request.
async fn listen(
    listener: TcpListener,
    handle: Handle<SocketAddr>,
    router: Router,
    front: &FrontConfig,
) -> anyhow::Result<()> {
    listener.set_nonblocking(true)?;
    let mut server = axum_server::from_tcp(listener)?.handle(handle).acceptor(http::Connections::new(front));
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(front.header_timeout);
    server.serve(router.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}

/// Once `stop` ends: says that the server is not ready and tells the background, waits until whoever balances between
/// servers has seen it, then closes the listener and whatever stays open.
async fn stop_in_order(
    state: State,
    stop: impl Future<Output = ()> + Send,
    tell_worker: watch::Sender<bool>,
    handle: Handle<SocketAddr>,
) {
    stop.await;
    tracing::info!("stopping");
    state.stopping.store(true, Ordering::Release);
    tell_worker.send_replace(true);
    tokio::time::sleep(state.config.operation.shutdown_delay).await;
    handle.graceful_shutdown(Some(state.config.operation.drain_timeout));
    state.live.close();
}

/// The secret that was given, or in development the one that the data folder keeps.
fn secret(
    given: Option<&SecretString>,
    kept: &Path,
    generate: fn() -> anyhow::Result<String>,
) -> anyhow::Result<String> {
    match given {
        Some(secret) => Ok(secret.expose_secret().to_owned()),
        None => keep_secret(kept, generate),
    }
}
