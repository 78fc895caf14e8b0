//! Databases to keep a board in.

use std::time::Duration;

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, Database as SeaDatabase, DatabaseTransaction, EntityTrait,
    IntoActiveModel,
};

use super::world::World;
use crate::db::{Database, DatabaseConfig};

impl World {
    pub async fn store(&self, db: &Database) {
        let txn = db.begin().await.expect("a transaction");
        insert(&txn, &self.industries).await;
        insert(&txn, &self.skills).await;
        insert(&txn, &self.employers).await;
        insert(&txn, &self.roles).await;
        insert(&txn, &self.places).await;
        insert(&txn, &self.postings).await;
        insert(&txn, &self.posting_places).await;
        insert(&txn, &self.requirements).await;
        insert(&txn, &self.accounts).await;
        insert(&txn, &self.candidates).await;
        insert(&txn, &self.target_roles).await;
        insert(&txn, &self.target_places).await;
        insert(&txn, &self.skills_held).await;
        insert(&txn, &self.active_days).await;
        insert(&txn, &self.applications).await;
        txn.commit().await.expect("committed");
    }
}

async fn insert<M, A>(txn: &DatabaseTransaction, rows: &[M])
where
    M: Clone + IntoActiveModel<A>,
    A: ActiveModelTrait + ActiveModelBehavior + Send,
{
    for rows in rows.chunks(100) {
        let rows = rows.iter().map(|row| row.clone().into_active_model().reset_all());
        A::Entity::insert_many(rows).exec_without_returning(txn).await.expect("inserted");
    }
}

/// Opens a database and brings its schema up.
pub async fn open(url: &str) -> anyhow::Result<Database> {
    let config = DatabaseConfig {
        url: url.into(),
        max_connections: 4,
        acquire_timeout: Duration::from_secs(5),
        statement_timeout: Duration::from_secs(30),
        replica: None,
    };
    let db = Database::connect(&config).await?;
    db.migrate().await?;
    Ok(db)
}

/// A PostgreSQL server and a database on it that belongs to this test alone.
pub struct PostgresServer {
    base: String,
    name: String,
}

impl PostgresServer {
    /// The server that the environment names, or the one of this machine, if it answers; and a name for a purpose.
    pub async fn find(purpose: &str) -> Option<Self> {
        let url = std::env::var("TEST_DATABASE_URL").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432".into());
        let mut parts = url::Url::parse(&url).ok()?;
        parts.set_path("");
        let base = parts.as_str().trim_end_matches('/').to_owned();
        SeaDatabase::connect(format!("{base}/postgres")).await.ok()?;
        Some(Self { base, name: format!("rolecall_{purpose}_{}", std::process::id()) })
    }

    async fn run(&self, sql: &str) {
        let admin = SeaDatabase::connect(format!("{}/postgres", self.base)).await.expect("PostgreSQL answers");
        admin.execute_unprepared(sql).await.expect(sql);
    }

    pub async fn create(&self) -> Database {
        self.run(&format!("CREATE DATABASE {}", self.name)).await;
        open(&format!("{}/{}", self.base, self.name)).await.expect("a database")
    }

    pub async fn drop(&self) {
        self.run(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}
