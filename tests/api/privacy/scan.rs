//! Looks for words in every column of every table.

use rolecall::db::Database;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Where in the database one of the words stands, as `table.column: word`; case does not matter.
pub async fn places_of(db: &Database, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (table, column, text) in columns(db).await {
        for word in words {
            let like = word.to_lowercase().replace('\'', "''");
            let sql = format!("SELECT 1 FROM {table} WHERE lower({text}) LIKE '%{like}%' LIMIT 1");
            let row = db.reads().query_one_raw(Statement::from_string(db.backend(), sql)).await.expect("an answer");
            if row.is_some() {
                found.push(format!("{table}.{column}: {word}"));
            }
        }
    }
    found
}

/// Every column, with the expression that gives its text.
async fn columns(db: &Database) -> Vec<(String, String, String)> {
    let sql = match db.backend() {
        DbBackend::Postgres => {
            "SELECT table_name::text AS t, column_name::text AS c, data_type::text AS d FROM information_schema.columns
             WHERE table_schema = 'public'"
        }
        _ => {
            "SELECT m.name AS t, p.name AS c, p.type AS d FROM sqlite_master m JOIN pragma_table_info(m.name) p
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
    };
    let rows = db.reads().query_all_raw(Statement::from_string(db.backend(), sql)).await.expect("the columns");
    let columns = rows.iter().map(|row| {
        let read = |name| row.try_get::<String>("", name).expect("a text");
        let (table, column, kind) = (read("t"), read("c"), read("d"));
        let text = match kind.as_str() {
            "bytea" => format!("encode(\"{column}\", 'escape')"),
            _ => format!("CAST(\"{column}\" AS text)"),
        };
        (table, column, text)
    });
    let columns: Vec<_> = columns.collect();
    assert!(columns.len() > 200, "these are all");
    columns
}
