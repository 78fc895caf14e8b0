//! A service that speaks S3 over a folder, and checks signatures.

use std::net::Ipv4Addr;

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use s3s::HttpError;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A bucket `jobs` that opens with the key `me` and `secret`.
pub struct Bucket {
    pub url: String,
    pub data: TempDir,
    pub running: JoinHandle<()>,
}

impl Bucket {
    pub async fn start() -> Self {
        let data = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(data.path().join("jobs")).expect("a bucket");
        let mut service = S3ServiceBuilder::new(FileSystem::new(data.path()).expect("a file system"));
        service.set_auth(SimpleAuth::from_single("me", "secret"));
        let failed = |error: HttpError| async move { (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}")) };
        let router = Router::new().fallback_service(HandleError::new(service.build(), failed));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let running = tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        Self { url, data, running }
    }
}
