//! `rolecall serve` and `rolecall migrate`.

use std::io::Write as _;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

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
    let address = app.state.config.listen.clone();
    let listener = TcpListener::bind(&address).await.with_context(|| format!("cannot listen on {address}"))?;
    let bound = listener.local_addr()?;
    let mut out = std::io::stdout();
    write!(out, "listening on http://{bound}\n{}", announcement.replace("{address}", &bound.to_string()))?;
    out.flush()?;
    app.serve(listener.into_std()?, stop_signal()).await
}

/// Migrates and loads the reference data, then stops.
pub async fn migrate(config: Config) -> anyhow::Result<()> {
    App::build(config, Clock::default()).await?;
    writeln!(std::io::stdout(), "The database is up to date.")?;
    Ok(())
}

/// Ends with the first SIGINT or SIGTERM.
pub(super) async fn stop_signal() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
