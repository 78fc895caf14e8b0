//! A JSON document that is written, and read, piece by piece: memory holds a piece, however long the document is. The
//! pieces are rows beside the export, so that every server on the database can give what another one wrote.

use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, Set};
use serde::Serialize;
use uuid::Uuid;

use crate::entities::account_export_part;

/// Bytes of a piece, about.
const PIECE: usize = 256 * 1_024;

/// A document that is being written: an object with fields and lists.
#[derive(Debug)]
pub struct Document<'a> {
    db: &'a DatabaseConnection,
    export_id: Uuid,
    buffer: Vec<u8>,
    number: i32,
    size: i64,
    needs_comma: bool,
}

impl<'a> Document<'a> {
    /// Begins the document of an export, and throws away what an earlier attempt left.
    ///
    /// # Errors
    /// The database failed.
    pub async fn begin(db: &'a DatabaseConnection, export_id: Uuid) -> Result<Self, DbErr> {
        let old = account_export_part::Entity::delete_many();
        old.filter(account_export_part::Column::ExportId.eq(export_id)).exec(db).await?;
        Ok(Self { db, export_id, buffer: b"{".to_vec(), number: 0, size: 0, needs_comma: false })
    }

    /// Adds a field.
    ///
    /// # Errors
    /// The database failed.
    pub async fn field(&mut self, name: &str, value: &impl Serialize) -> anyhow::Result<()> {
        self.name(name)?;
        serde_json::to_writer(&mut self.buffer, value)?;
        self.needs_comma = true;
        Ok(self.flush_if_full().await?)
    }

    /// Begins a list; its items follow.
    ///
    /// # Errors
    /// None that is to be expected.
    pub fn begin_list(&mut self, name: &str) -> anyhow::Result<()> {
        self.name(name)?;
        self.buffer.push(b'[');
        self.needs_comma = false;
        Ok(())
    }

    /// Adds an item to the list.
    ///
    /// # Errors
    /// The database failed.
    pub async fn item(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        self.comma();
        serde_json::to_writer(&mut self.buffer, value)?;
        self.needs_comma = true;
        Ok(self.flush_if_full().await?)
    }

    /// Ends the list.
    pub fn end_list(&mut self) {
        self.buffer.push(b']');
        self.needs_comma = true;
    }

    /// Ends the document; gives its size in bytes.
    ///
    /// # Errors
    /// The database failed.
    pub async fn finish(mut self) -> Result<i64, DbErr> {
        self.buffer.extend_from_slice(b"}\n");
        self.flush().await?;
        Ok(self.size)
    }

    fn name(&mut self, name: &str) -> anyhow::Result<()> {
        self.comma();
        serde_json::to_writer(&mut self.buffer, name)?;
        self.buffer.push(b':');
        Ok(())
    }

    fn comma(&mut self) {
        if self.needs_comma {
            self.buffer.push(b',');
        }
        // Every item on a line of its own: people read this.
        self.buffer.push(b'\n');
    }

    async fn flush_if_full(&mut self) -> Result<(), DbErr> {
        if self.buffer.len() < PIECE { Ok(()) } else { self.flush().await }
    }

    async fn flush(&mut self) -> Result<(), DbErr> {
        let body = std::mem::take(&mut self.buffer);
        self.size += i64::try_from(body.len()).unwrap_or(i64::MAX);
        let row = account_export_part::ActiveModel {
            export_id: Set(self.export_id),
            number: Set(self.number),
            body: Set(body),
        };
        self.number += 1;
        account_export_part::Entity::insert(row).exec_without_returning(self.db).await.map(drop)
    }
}

/// The piece of a document with this number; `None` behind the last.
///
/// # Errors
/// The database failed.
pub async fn piece(db: &DatabaseConnection, export_id: Uuid, number: i32) -> Result<Option<Vec<u8>>, DbErr> {
    let row = account_export_part::Entity::find_by_id((export_id, number)).one(db).await?;
    Ok(row.map(|row| row.body))
}
