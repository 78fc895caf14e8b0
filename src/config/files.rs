//! Settings of files: where they are kept, and what may be sent.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};

use super::{Seconds, Settings};

/// Where files are kept and what may be sent.
#[derive(Clone, Debug)]
pub struct FilesConfig {
    /// Where files are kept.
    pub place: Place,
    /// How to reach a bucket.
    pub s3: S3Config,
    /// Bytes of a file that is sent.
    pub max_upload: usize,
    /// Time for sending one.
    pub upload_timeout: Duration,
}

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket of an S3-compatible service.
    Bucket {
        /// Its name.
        name: String,
        /// What the names of files begin with; empty for nothing.
        prefix: String,
    },
}

/// How to reach a bucket. What is absent is looked for as every tool for S3 does.
#[derive(Clone, Debug, Default)]
pub struct S3Config {
    /// Address of the service; default: that of AWS.
    pub endpoint: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Name of the key.
    pub access_key_id: Option<SecretString>,
    /// The key.
    pub secret_access_key: Option<SecretString>,
    /// Token of a key that was lent.
    pub session_token: Option<SecretString>,
}

impl FilesConfig {
    /// Reads the settings.
    pub(super) fn new(settings: &Settings, data_dir: &Path) -> anyhow::Result<Self> {
        let given = |name| settings.parse::<String>(name).ok().filter(|text| !text.is_empty());
        let place = match given("files-url") {
            None => Place::Folder(data_dir.join("files")),
            Some(url) => Place::parse(&url).with_context(|| format!("setting `files-url` = `{url}`"))?,
        };
        let secret = |name| settings.secret(name).filter(|text| !text.expose_secret().is_empty());
        let s3 = S3Config {
            endpoint: given("s3-endpoint"),
            region: given("s3-region"),
            access_key_id: secret("s3-access-key-id"),
            secret_access_key: secret("s3-secret-access-key"),
            session_token: secret("s3-session-token"),
        };
        let in_bucket = matches!(place, Place::Bucket { .. });
        if in_bucket && s3.access_key_id.is_some() != s3.secret_access_key.is_some() {
            bail!("settings `s3-access-key-id` and `s3-secret-access-key`: give both or neither");
        }
        let max_upload = settings.parse("max-upload")?;
        let upload_timeout = settings.parse::<Seconds>("upload-timeout")?.0;
        Ok(Self { place, s3, max_upload, upload_timeout })
    }
}

impl Place {
    fn parse(text: &str) -> anyhow::Result<Self> {
        let url = url::Url::parse(text)?;
        match (url.scheme(), url.host_str()) {
            ("file", _) => match url.to_file_path() {
                Ok(folder) => Ok(Self::Folder(folder)),
                Err(()) => bail!("this is no folder of this machine"),
            },
            ("s3", Some(name)) if url.username().is_empty() && url.query().is_none() => {
                Ok(Self::Bucket { name: name.to_owned(), prefix: url.path().trim_matches('/').to_owned() })
            }
            _ => bail!("it takes file:///folder or s3://bucket/prefix"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_folders_or_buckets() {
        let bucket = |name: &str, prefix: &str| Place::Bucket { name: name.to_owned(), prefix: prefix.to_owned() };
        assert_eq!(Place::parse("file:///var/lib/files").expect("a folder"), Place::Folder("/var/lib/files".into()));
        assert_eq!(Place::parse("s3://jobs").expect("a bucket"), bucket("jobs", ""));
        assert_eq!(Place::parse("s3://jobs/a/b/").expect("a bucket"), bucket("jobs", "a/b"));
        for wrong in ["", "files", "/files", "s3:", "s3://key@jobs/a", "https://jobs.example", "memory:///"] {
            assert!(Place::parse(wrong).is_err(), "{wrong}");
        }
    }
}
