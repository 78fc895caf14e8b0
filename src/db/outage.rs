//! When the database does not answer: how that differs from its other failures, and how long it is waited for.

use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// What PostgreSQL calls failures that pass (SQLSTATE): connections, conflicts of transactions, resources, interventions
/// of its operators, the system below it.
const PASSING_CLASSES: [&str; 5] = ["08", "40", "53", "57", "58"];

/// More of them: written to a standby, ended while idle in a transaction, a lock that others hold.
const PASSING: [&str; 3] = ["25006", "25P03", "55P03"];

/// The same of SQLite: busy, locked, no memory, not writable, input and output, full, cannot be opened
/// (<https://www.sqlite.org/rescode.html>).
const PASSING_ON_SQLITE: [u32; 7] = [5, 6, 7, 8, 10, 13, 14];

/// Whether the database is away, overwhelmed or full, so that the same may succeed in a moment. Everything else is a fault
/// of the server itself.
#[must_use]
pub fn is_outage(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => match &**error {
            SqlxError::Database(error) => error.code().is_some_and(|code| passes(&code)),
            SqlxError::Io(_)
            | SqlxError::Tls(_)
            | SqlxError::Protocol(_)
            | SqlxError::PoolTimedOut
            | SqlxError::PoolClosed
            | SqlxError::WorkerCrashed => true,
            _ => false,
        },
        _ => false,
    }
}

/// A SQLSTATE has five characters; SQLite tells a number, whose lowest byte is the kind.
fn passes(code: &str) -> bool {
    if code.len() == 5 {
        return PASSING.contains(&code) || PASSING_CLASSES.iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>().is_ok_and(|code| PASSING_ON_SQLITE.contains(&(code & 0xff)))
}

/// Waits for the database, but not for ever: a connection that died without a word gives neither answer nor error. What
/// was asked is dropped then, and its transaction is rolled back.
///
/// # Errors
/// What the database says; an [outage](is_outage) when it says nothing within `limit`.
pub async fn in_time<T>(limit: Duration, asked: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    match tokio::time::timeout(limit, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(DbErr::Conn(RuntimeErr::Internal("the database does not answer in time".to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_that_pass_are_told_from_others() {
        for code in
            ["08006", "40001", "40P01", "53100", "53300", "57014", "57P01", "58030", "25006", "5", "517", "13", "778"]
        {
            assert!(passes(code), "{code}");
        }
        for code in ["23505", "42P01", "22001", "25P02", "1", "19", "1555", "2067", "11", ""] {
            assert!(!passes(code), "{code}");
        }
    }

    #[tokio::test]
    async fn silence_is_an_outage() {
        let silent = in_time(Duration::from_millis(1), std::future::pending::<Result<(), DbErr>>()).await;
        assert!(is_outage(&silent.expect_err("nobody answers")));
        assert!(!is_outage(&DbErr::RecordNotFound("it".to_owned())));
    }
}
