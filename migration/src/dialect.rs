//! The few words in which the two databases differ.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

/// `{word}`, then what PostgreSQL and SQLite call it. `{key}` is text that is compared and sorted byte by byte on both,
/// so that a page of a list is the same page everywhere.
const WORDS: [(&str, &str, &str); 9] = [
    ("{id}", "uuid", "blob"),
    ("{instant}", "timestamptz", "text"),
    ("{day}", "date", "text"),
    ("{json}", "jsonb", "text"),
    ("{bytes}", "bytea", "blob"),
    ("{real}", "double precision", "real"),
    ("{key}", "text COLLATE \"C\"", "text"),
    // Numbers that follow the order of insertion and are never given again, not even after the last row was deleted.
    ("{sequence}", "bigserial PRIMARY KEY", "integer PRIMARY KEY AUTOINCREMENT"),
    // The transaction that wrote the row; SQLite has one writer and needs none.
    ("{xid}", "xid xid8 NOT NULL DEFAULT pg_current_xact_id(),", ""),
];

/// Begins a statement that only PostgreSQL runs.
const ON_POSTGRES: &str = "{postgres} ";
/// Begins a statement that only SQLite runs.
const ON_SQLITE: &str = "{sqlite} ";

/// Runs the statements in order, each with its `{words}` replaced for the database at hand. One that begins with
/// `{postgres}` or `{sqlite}` is for that database alone.
pub async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    for statement in statements {
        let (ours, theirs) = if postgres { (ON_POSTGRES, ON_SQLITE) } else { (ON_SQLITE, ON_POSTGRES) };
        if statement.starts_with(theirs) {
            continue;
        }
        let statement = statement.strip_prefix(ours).unwrap_or(statement);
        let sql = WORDS.iter().fold(statement.to_owned(), |sql, (word, on_postgres, on_sqlite)| {
            sql.replace(word, if postgres { on_postgres } else { on_sqlite })
        });
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Declares `Migration`: `UP` and `DOWN` run in one transaction on either database.
macro_rules! migration {
    ($name:literal) => {
        #[derive(Debug)]
        pub struct Migration;

        impl sea_orm_migration::MigrationName for Migration {
            fn name(&self) -> &'static str {
                $name
            }
        }

        #[sea_orm_migration::async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Migration {
            async fn up(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm_migration::DbErr> {
                crate::dialect::run(manager, UP).await
            }

            async fn down(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm_migration::DbErr> {
                crate::dialect::run(manager, DOWN).await
            }

            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }
        }
    };
}
pub(crate) use migration;
