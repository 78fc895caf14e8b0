//! Whether anything at all was changed.

use rolecall::db::Database;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Tables that note attempts, also such as were refused.
const NOTES: [&str; 1] = ["audit_entry"];

/// Rows and versions of every table.
pub async fn fingerprint(db: &Database) -> Vec<(String, i64, i64)> {
    let (backend, reads) = (db.backend(), db.reads());
    let tables = match backend {
        DbBackend::Sqlite => {
            "SELECT m.name, (SELECT count(*) FROM pragma_table_info(m.name) WHERE name = 'version') AS versions
                FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'seaql%'
                ORDER BY 1"
        }
        _ => {
            "SELECT t.table_name::text AS name, (SELECT count(*) FROM information_schema.columns c
                WHERE c.table_name = t.table_name AND c.column_name = 'version') AS versions
                FROM information_schema.tables t WHERE t.table_schema = 'public' AND t.table_name NOT LIKE 'seaql%'
                ORDER BY 1"
        }
    };
    let tables = reads.query_all_raw(Statement::from_string(backend, tables)).await.expect("tables");
    let counts = tables.iter().map(|row| {
        let name: String = row.try_get("", "name").expect("a name");
        let has_version = row.try_get::<i64>("", "versions").expect("a number") > 0;
        (name, if has_version { "CAST(coalesce(sum(version), 0) AS bigint)" } else { "CAST(0 AS bigint)" })
    });
    let counts = counts.filter(|(name, _)| !NOTES.contains(&name.as_str()));
    let counts: Vec<_> = counts
        .map(|(name, versions)| {
            format!("SELECT '{name}' AS name, count(*) AS rows, {versions} AS versions FROM {name}")
        })
        .collect();
    let rows = reads
        .query_all_raw(Statement::from_string(backend, format!("{} ORDER BY 1", counts.join(" UNION ALL "))))
        .await
        .expect("counts");
    let read = |row: &sea_orm::QueryResult| {
        let number = |column| row.try_get::<i64>("", column).expect("a number");
        (row.try_get("", "name").expect("a name"), number("rows"), number("versions"))
    };
    rows.iter().map(read).collect()
}
