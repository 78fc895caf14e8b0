//! `rolecall work`.

use std::io::Write as _;

use super::serve::expose;
use super::stop::stop_signal;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::mirror;
use crate::work::work;

/// Does the background work until a signal asks to stop; answers no requests. Alerts and snapshots of the market read the
/// board in memory, as those of a server do.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let app = App::build(config, Clock::default()).await?;
    let exposing = expose(&app).await?;
    let operation = &app.state.config.operation;
    let (patience, stop) = (operation.drain_timeout, stop_signal(operation.shutdown_timeout));
    let mut out = std::io::stdout();
    writeln!(out, "working")?;
    out.flush()?;
    let mirroring = app.state.config.engine.then(|| tokio::spawn(mirror::run(app.state.clone())));
    work(app.state, stop, patience).await;
    if let Some(mirroring) = mirroring {
        mirroring.abort();
    }
    if let Some(exposing) = exposing {
        exposing.abort();
    }
    Ok(())
}
