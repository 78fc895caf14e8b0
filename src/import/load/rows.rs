//! Many rows into one table with few statements.
//!
//! PostgreSQL gets all rows as one JSON document, which it reads into rows of the table's own type: one value to bind and
//! one short statement to plan. SQLite plans quickly and reads JSON slowly: it gets statements for a fixed number of rows,
//! which stay prepared.

use std::fmt::Write as _;

use sea_orm::sea_query::Value;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityName, EntityTrait,
    IdenStatic, Iterable, Statement,
};

/// Rows of a SQLite statement. Few sizes, so that a connection keeps the statements of all tables prepared; the largest
/// binds fewer values than SQLite allows (32,766) even for the widest table.
const SIZES: [usize; 3] = [200, 20, 1];
/// Bytes of a document for PostgreSQL, about.
const DOCUMENT: usize = 4 << 20;

/// Inserts rows that all set the same columns.
///
/// # Errors
/// The database failed.
pub(super) async fn insert<A: ActiveModelTrait + Send>(txn: &DatabaseTransaction, rows: Vec<A>) -> Result<(), DbErr> {
    write(txn, rows, "").await
}

/// The same; a row whose key is taken is left out.
///
/// # Errors
/// The database failed.
pub(super) async fn insert_new<A: ActiveModelTrait + Send>(
    txn: &DatabaseTransaction,
    rows: Vec<A>,
) -> Result<(), DbErr> {
    write(txn, rows, " ON CONFLICT DO NOTHING").await
}

async fn write<A: ActiveModelTrait + Send>(
    txn: &DatabaseTransaction,
    rows: Vec<A>,
    conflict: &'static str,
) -> Result<(), DbErr> {
    let Some(first) = rows.first() else { return Ok(()) };
    let columns: Vec<_> =
        <A::Entity as EntityTrait>::Column::iter().filter(|column| first.get(*column).is_set()).collect();
    let table = A::Entity::default();
    let names: Vec<_> = columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect();
    let table = Table { name: table.table_name(), columns: names.join(", "), width: columns.len(), conflict };
    let values = |mut row: A, into: &mut Vec<Value>| {
        into.extend(columns.iter().map(|column| match row.take(*column) {
            ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value,
            ActiveValue::NotSet => Value::String(None),
        }));
    };
    match txn.get_database_backend() {
        DbBackend::Postgres => {
            let names: Vec<_> = columns.iter().map(IdenStatic::as_str).collect();
            table.insert_documents(txn, &names, rows, values).await
        }
        _ => table.insert_values(txn, rows, values).await,
    }
}

struct Table<'a> {
    name: &'a str,
    /// Quoted, with commas between.
    columns: String,
    width: usize,
    /// What ends a statement.
    conflict: &'static str,
}

impl Table<'_> {
    async fn insert_values<A>(
        &self,
        txn: &DatabaseTransaction,
        rows: Vec<A>,
        values: impl Fn(A, &mut Vec<Value>),
    ) -> Result<(), DbErr> {
        let mut rows = rows.into_iter();
        for size in SIZES {
            if rows.len() < size {
                continue;
            }
            let sql = self.sql_of_values(size);
            while rows.len() >= size {
                let mut bound = Vec::with_capacity(size * self.width);
                for row in rows.by_ref().take(size) {
                    values(row, &mut bound);
                }
                let statement = Statement::from_sql_and_values(txn.get_database_backend(), sql.as_str(), bound);
                txn.execute_raw(statement).await?;
            }
        }
        Ok(())
    }

    fn sql_of_values(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.width].join(", "));
        let rows = vec![row.as_str(); rows].join(", ");
        format!("INSERT INTO \"{}\" ({}) VALUES {rows}{}", self.name, self.columns, self.conflict)
    }

    async fn insert_documents<A>(
        &self,
        txn: &DatabaseTransaction,
        names: &[&str],
        rows: Vec<A>,
        values: impl Fn(A, &mut Vec<Value>),
    ) -> Result<(), DbErr> {
        let Self { name, columns, conflict, .. } = self;
        let sql = format!(
            "INSERT INTO \"{name}\" ({columns}) \
             SELECT {columns} FROM json_populate_recordset(NULL::\"{name}\", CAST($1 AS json)){conflict}"
        );
        let mut rows = rows.into_iter().peekable();
        let mut bound = Vec::with_capacity(self.width);
        while rows.peek().is_some() {
            let mut document = String::from("[");
            while document.len() < DOCUMENT
                && let Some(row) = rows.next()
            {
                bound.clear();
                values(row, &mut bound);
                document.push(if document.len() == 1 { ' ' } else { ',' });
                push_object(&mut document, names, &bound)?;
            }
            document.push(']');
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql.as_str(), [document.into()]);
            txn.execute_raw(statement).await?;
        }
        Ok(())
    }
}

/// Adds a row. What is null is left out: an absent key is null as well.
fn push_object(document: &mut String, names: &[&str], values: &[Value]) -> Result<(), DbErr> {
    document.push('{');
    let start = document.len();
    for (name, value) in names.iter().zip(values) {
        let length = document.len();
        if length > start {
            document.push(',');
        }
        // Writing to a string cannot fail.
        let _ = write!(document, "\"{name}\":");
        if !push_value(document, value)? {
            document.truncate(length);
        }
    }
    document.push('}');
    Ok(())
}

/// Adds a value; false if it is null.
fn push_value(document: &mut String, value: &Value) -> Result<bool, DbErr> {
    let written = match value {
        Value::Bool(Some(is)) => write!(document, "{is}"),
        Value::Int(Some(number)) => write!(document, "{number}"),
        Value::BigInt(Some(number)) => write!(document, "{number}"),
        Value::Uuid(Some(id)) => write!(document, "\"{id}\""),
        Value::ChronoDate(Some(day)) => write!(document, "\"{day}\""),
        Value::ChronoDateTimeUtc(Some(at)) => write!(document, "\"{}\"", at.format("%Y-%m-%dT%H:%M:%S%.6fZ")),
        Value::Json(Some(json)) => write!(document, "{json}"),
        Value::String(Some(text)) => write!(document, "{}", quoted(text)?),
        Value::Enum(sea_orm::sea_query::OptionEnum::Some(word)) => write!(document, "{}", quoted(&word.value)?),
        null if *null == null.as_null() => return Ok(false),
        other => return Err(DbErr::Type(format!("no document holds {other:?}"))),
    };
    Ok(written.is_ok())
}

/// A text as JSON has it.
fn quoted(text: &str) -> Result<String, DbErr> {
    serde_json::to_string(text).map_err(|error| DbErr::Json(error.to_string()))
}
