//! How a process that serves or works comes to its end.

use std::io::Write as _;
use std::sync::mpsc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// Exit status of a server that was ended by its deadline.
const CUT_OFF: i32 = 4;

/// Resolves with the first SIGINT or SIGTERM. From then on the process has so much time; past it, it is ended with the status
/// [`CUT_OFF`]. A second signal ends it at once, with the status that a shell gives to whom that signal ends.
///
/// Both are watched by a thread of their own, which no work that holds all others can keep from it.
pub fn stop_signal(deadline: Duration) -> impl Future<Output = ()> + Send + 'static {
    let (tell, mut told) = watch::channel(false);
    let (ready, is_ready) = mpsc::channel();
    let watching = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
            runtime.block_on(watch_signals(&tell, ready, deadline));
        }
    });
    if let Err(error) = watching {
        tracing::error!(%error, "signals cannot be watched");
    }
    // From here on a signal is heard: a moment's wait.
    let _ = is_ready.recv();
    async move {
        if told.wait_for(|is_told| *is_told).await.is_err() {
            // Signals do what they do to any process.
            std::future::pending::<()>().await;
        }
    }
}

async fn watch_signals(tell: &watch::Sender<bool>, ready: mpsc::Sender<()>, deadline: Duration) {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    let _ = ready.send(());
    first_of(&mut interrupt, &mut terminate).await;
    tell.send_replace(true);
    tokio::select! {
        number = first_of(&mut interrupt, &mut terminate) => end(128 + number, "a second signal: ending at once"),
        () = tokio::time::sleep(deadline) => end(CUT_OFF, "the time to stop is over: ending with work under way"),
    }
}

/// The number of whichever signal comes first.
async fn first_of(interrupt: &mut Signal, terminate: &mut Signal) -> i32 {
    tokio::select! {
        _ = interrupt.recv() => SignalKind::interrupt().as_raw_value(),
        _ = terminate.recv() => SignalKind::terminate().as_raw_value(),
    }
}

fn end(status: i32, why: &str) {
    let _ = writeln!(std::io::stderr(), "rolecall: {why}");
    std::process::exit(status);
}
