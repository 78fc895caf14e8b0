//! Manifests of trusted documents, in the three forms that the tools of clients write:
//!
//! - Relay's `persistConfig.file` and the `persisted-documents.json` of graphql-codegen's client preset: one object of ids
//!   and texts;
//! - Apollo's `apollo-persisted-query-manifest`, version 1.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::graphql::conformance::OperationType;

const FORMAT: &str = "apollo-persisted-query-manifest";

/// A document of a manifest.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) text: String,
    /// What the manifest says that it is.
    pub(super) operation: Option<Operation>,
    pub(super) file: PathBuf,
}

/// What a manifest says of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) kind: OperationType,
}

#[derive(Deserialize)]
struct Apollo {
    version: u32,
    operations: Vec<Persisted>,
}

#[derive(Deserialize)]
struct Persisted {
    id: String,
    body: String,
    name: String,
    #[serde(rename = "type")]
    kind: Kind,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Query,
    Mutation,
    Subscription,
}

/// The documents of a manifest, or of all manifests (`*.json`) of a folder, in the order of their names.
///
/// # Errors
/// There is no manifest, one cannot be read, or it is of none of the forms; the file is named.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Entry>> {
    let files = files(path).with_context(|| format!("{} cannot be read", path.display()))?;
    if files.is_empty() {
        bail!("{} has no *.json in it", path.display());
    }
    let mut entries = Vec::new();
    for file in files {
        entries.extend(read_file(&file).with_context(|| file.display().to_string())?);
    }
    Ok(entries)
}

fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.metadata()?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in path.read_dir()? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn read_file(file: &Path) -> anyhow::Result<Vec<Entry>> {
    let json: Json = serde_json::from_slice(&std::fs::read(file)?).context("it is not JSON")?;
    let Json::Object(fields) = &json else { bail!("it is no object") };
    let entry = |id, text, operation| Entry { id, text, operation, file: file.to_owned() };
    let Some(Json::String(format)) = fields.get("format").filter(|_| fields.contains_key("operations")) else {
        let texts: BTreeMap<String, String> = typed(json).context("ids and texts are expected")?;
        return Ok(texts.into_iter().map(|(id, text)| entry(id, text, None)).collect());
    };
    if format != FORMAT {
        bail!("its format is \"{format}\", and \"{FORMAT}\" is expected");
    }
    let manifest: Apollo = typed(json)?;
    if manifest.version != 1 {
        bail!("its version is {}, and 1 is expected", manifest.version);
    }
    let operations = manifest.operations.into_iter().map(|persisted| {
        let kind = match persisted.kind {
            Kind::Query => OperationType::Query,
            Kind::Mutation => OperationType::Mutation,
            Kind::Subscription => OperationType::Subscription,
        };
        entry(persisted.id, persisted.body, Some(Operation { name: persisted.name, kind }))
    });
    Ok(operations.collect())
}

/// As this type, or where it is not.
fn typed<T: DeserializeOwned>(json: Json) -> anyhow::Result<T> {
    Ok(serde_path_to_error::deserialize(json)?)
}
