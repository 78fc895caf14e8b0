//! How many SQL statements an answer takes: told by a server in this process, for the binary does not count them.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rolecall::app::App;
use rolecall::clock::Clock;
use rolecall::config::{Config, Flags, Settings};
use rolecall::db::Database;
use rolecall::reference::Reference;
use tokio::sync::oneshot;

use crate::client::Client;
use crate::queries::Query;
use crate::server::Binary;

/// Sets of variables that are tried.
const TRIES: usize = 5;

/// Statements of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// The most when it was asked for first: what never changes is read then.
    pub first: usize,
    /// The most when it was asked for again.
    pub again: usize,
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}", self.first, self.again)
    }
}

/// The most statements that an answer to each query took, of some; `None` where none came.
///
/// # Errors
/// The database cannot be opened or read.
pub async fn count(binary: &Binary, engine: bool, queries: &[Arc<Query>]) -> anyhow::Result<Vec<Option<Count>>> {
    let mut environment: BTreeMap<_, _> =
        binary.settings(engine).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    // Searches are counted in the background, which is nobody's answer.
    environment.insert("ROLECALL_SEARCH_COUNT_INTERVAL".to_owned(), "1h".to_owned());
    let config = Config::new(&Settings::gather(&Flags::default(), &environment, None)?)?;
    let mut db = Database::connect(&config.database).await?;
    let reference = Arc::new(Reference::load(&db, &config.market).await?);
    let statements = Arc::new(AtomicUsize::new(0));
    let heard = Arc::clone(&statements);
    db.on_statement(move |_| {
        heard.fetch_add(1, Ordering::Relaxed);
    });
    let app = App::over(db, config, Clock::default(), reference)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let client = Client::new(&format!("http://{}", listener.local_addr()?), binary.patience)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(app.clone().serve(listener, async move { drop(stopped.await) }));
    if engine {
        app.state.mirror.loaded().await;
    }
    let mut counts = Vec::with_capacity(queries.len());
    for query in queries {
        counts.push(most(&client, query, &statements).await);
    }
    drop(stop);
    serving.await??;
    Ok(counts)
}

async fn most(client: &Client, query: &Query, statements: &AtomicUsize) -> Option<Count> {
    let mut count = Count { first: 0, again: 0 };
    for body in query.bodies.iter().take(TRIES) {
        for most in [&mut count.first, &mut count.again] {
            statements.store(0, Ordering::Relaxed);
            // A query that the database does not answer in time would take as long again.
            client.ask(body).await.ok()?;
            // What an answer leaves to be done after it.
            tokio::time::sleep(Duration::from_millis(20)).await;
            *most = (*most).max(statements.load(Ordering::Relaxed));
        }
    }
    Some(count)
}
