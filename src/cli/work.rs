//! `rolecall work`.

use std::io::Write as _;

use super::serve::stop_signal;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::mirror;
use crate::work::work;

/// Does the background work until a signal asks to stop; answers no requests. Alerts and snapshots of the market read the
/// board in memory, as those of a server do.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let app = App::build(config, Clock::default()).await?;
    let mut out = std::io::stdout();
    writeln!(out, "working")?;
    out.flush()?;
    let patience = app.state.config.drain_timeout;
    let mirroring = app.state.config.engine.then(|| tokio::spawn(mirror::run(app.state.clone())));
    work(app.state, stop_signal(), patience).await;
    if let Some(mirroring) = mirroring {
        mirroring.abort();
    }
    Ok(())
}
