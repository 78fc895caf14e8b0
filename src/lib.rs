pub mod clock;
pub mod db;
pub mod entities;
pub mod error;
pub mod ids;
pub mod pagination;
