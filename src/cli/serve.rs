//! `rolecall serve` and `rolecall migrate`.

use std::io::Write as _;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::stop::stop_signal;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;

/// Serves until a signal asks to stop.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let app = App::build(config, Clock::default()).await?;
    serve(app, "").await
}

/// Binds, says where, and serves. `announcement` is printed once the server answers.
pub async fn serve(app: App, announcement: &str) -> anyhow::Result<()> {
    let listener = bind(&app.state.config.listen).await?;
    let bound = listener.local_addr()?;
    let exposing = expose(&app).await?;
    let stop = stop_signal(app.state.config.operation.shutdown_timeout);
    let mut out = std::io::stdout();
    write!(out, "listening on http://{bound}\n{}", announcement.replace("{address}", &bound.to_string()))?;
    out.flush()?;
    let served = app.serve(listener.into_std()?, stop).await;
    if let Some(exposing) = exposing {
        exposing.abort();
    }
    served
}

/// Serves what is measured, if the settings say where, and says so.
pub(super) async fn expose(app: &App) -> anyhow::Result<Option<JoinHandle<()>>> {
    let Some(address) = &app.state.config.operation.metrics_listen else { return Ok(None) };
    let listener = bind(address).await?;
    writeln!(std::io::stdout(), "metrics on http://{}/metrics", listener.local_addr()?)?;
    let (app, listener) = (app.clone(), listener.into_std()?);
    Ok(Some(tokio::spawn(async move {
        if let Err(error) = app.expose(listener).await {
            tracing::error!(error = format!("{error:#}"), "metrics are no longer served");
        }
    })))
}

async fn bind(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// Migrates and loads the reference data, then stops.
pub async fn migrate(config: Config) -> anyhow::Result<()> {
    App::build(config, Clock::default()).await?;
    writeln!(std::io::stdout(), "The database is up to date.")?;
    Ok(())
}
