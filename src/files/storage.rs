//! Where the bytes are: a folder, or a bucket of an S3-compatible service. Names are made here and mean nothing.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path as Folder, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ClientConfigKey, Error, GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt, RetryConfig};
use secrecy::ExposeSecret;

use crate::clock::Timestamp;
use crate::config::{FilesConfig, Place, S3Config};
use crate::ids;

/// How long a bucket that does not answer is asked again, before whoever waits is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// The storage of files. Clones share it.
#[derive(Clone, Debug)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    /// The folder, if it is one.
    folder: Option<PathBuf>,
}

impl Storage {
    /// Opens the storage; a folder is made if need be, for the server's own user alone. A bucket is not asked yet.
    ///
    /// # Errors
    /// The folder cannot be made, or the settings of the bucket do not fit together.
    pub fn open(config: &FilesConfig) -> anyhow::Result<Self> {
        match &config.place {
            Place::Folder(folder) => {
                let mut builder = std::fs::DirBuilder::new();
                builder.recursive(true);
                #[cfg(unix)]
                std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
                builder.create(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
                let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
                Ok(Self { store: Arc::new(store), prefix: Path::default(), folder: Some(folder.clone()) })
            }
            Place::Bucket { name, prefix } => Ok(Self {
                store: Arc::new(bucket(name, &config.s3)?),
                prefix: Path::parse(prefix).context("setting `files-url`: the prefix is no path")?,
                folder: None,
            }),
        }
    }

    /// A name that nothing has yet.
    #[must_use]
    pub fn new_key(now: Timestamp) -> String {
        ids::generate(now).to_string()
    }

    /// Writes bytes under a name: all of them or none.
    ///
    /// # Errors
    /// The storage does not answer.
    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> anyhow::Result<()> {
        self.store.put(&self.path(key), bytes.into()).await.context("a file cannot be stored").map(drop)
    }

    /// Reads bytes, all of them or a range.
    ///
    /// # Errors
    /// The storage does not answer, or has no such bytes.
    pub async fn get(&self, key: &str, range: Option<Range<u64>>) -> anyhow::Result<GetResult> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        self.store.get_opts(&self.path(key), options).await.context("a file cannot be read")
    }

    /// Reads all bytes under a name, if there are any.
    ///
    /// # Errors
    /// The storage does not answer.
    pub async fn find(&self, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
        match self.store.get(&self.path(key)).await {
            Ok(found) => Ok(Some(found.bytes().await.context("a file cannot be read")?.into())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error).context("a file cannot be read"),
        }
    }

    /// Removes bytes, and what a write that was cut off left of them. Bytes that are not there are removed already.
    ///
    /// # Errors
    /// The storage does not answer.
    pub async fn delete(&self, key: &str) -> anyhow::Result<()> {
        match self.store.delete(&self.path(key)).await {
            Ok(()) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error).context("a file cannot be removed"),
        }
        match &self.folder {
            Some(folder) => delete_draft(folder, key).await,
            None => Ok(()),
        }
    }

    fn path(&self, key: &str) -> Path {
        self.prefix.clone().join(key)
    }
}

/// `object_store` writes into `<name>#1` and renames it at the end.
async fn delete_draft(folder: &Folder, key: &str) -> anyhow::Result<()> {
    match tokio::fs::remove_file(folder.join(format!("{key}#1"))).await {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).context("the draft of a file cannot be removed")
        }
        _ => Ok(()),
    }
}

/// How long one request to a bucket may take, the bytes of a whole file included, and how long until it is reached.
const REQUEST: [(ClientConfigKey, &str); 2] =
    [(ClientConfigKey::Timeout, "15s"), (ClientConfigKey::ConnectTimeout, "2s")];

/// What is not a setting of ours (roles of a machine or a pod, proxies, encryption) is read from `AWS_…`, as every tool
/// for S3 does.
fn bucket(name: &str, config: &S3Config) -> anyhow::Result<AmazonS3> {
    let retry = RetryConfig { max_retries: 3, retry_timeout: PATIENCE, ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(name).with_retry(retry);
    for (limit, time) in REQUEST {
        builder = builder.with_config(AmazonS3ConfigKey::Client(limit), time);
    }
    if let Some(region) = &config.region {
        builder = builder.with_region(region);
    }
    if let Some(endpoint) = &config.endpoint {
        // Whoever writes http:// means it: a service on the same machine or in the same closed network.
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    if let Some(key) = &config.access_key_id {
        builder = builder.with_access_key_id(key.expose_secret());
    }
    if let Some(key) = &config.secret_access_key {
        builder = builder.with_secret_access_key(key.expose_secret());
    }
    if let Some(token) = &config.session_token {
        builder = builder.with_token(token.expose_secret());
    }
    builder.build().context("the settings of the bucket do not fit together")
}
