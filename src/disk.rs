//! Writing so that what has its name is whole, whatever happens.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The name under which a file is written until it is whole.
#[must_use]
pub fn draft(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// A folder for its owner alone, if there is none.
///
/// # Errors
/// It cannot be made.
pub fn make_folder(path: &Path) -> anyhow::Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.with_context(|| format!("{} cannot be made", path.display()))
}

/// An empty file for its owner alone, in the place of what was there.
///
/// # Errors
/// It cannot be written.
pub fn new_file(path: &Path) -> anyhow::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("{} cannot be removed", path.display()));
        }
        _ => {}
    }
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.with_context(|| format!("{} cannot be written", path.display()))
}

/// Writes a file as a whole.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let draft = draft(path);
    new_file(&draft)?.write_all(bytes).with_context(|| format!("{} cannot be written", draft.display()))?;
    settle(&draft, path)
}

/// Gives a draft its name, once it is on the disk.
///
/// # Errors
/// It cannot be written.
pub fn settle(draft: &Path, path: &Path) -> anyhow::Result<()> {
    rename(draft, path).with_context(|| format!("{} cannot be written", path.display()))
}

/// A name is on the disk once its folder is.
fn rename(draft: &Path, path: &Path) -> std::io::Result<()> {
    File::open(draft)?.sync_all()?;
    fs::rename(draft, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Copies a file as a whole.
///
/// # Errors
/// One cannot be read, or the other written.
pub fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let draft = draft(to);
    let mut source = File::open(from).with_context(|| format!("{} cannot be read", from.display()))?;
    std::io::copy(&mut source, &mut new_file(&draft)?)
        .with_context(|| format!("{} cannot be written", draft.display()))?;
    settle(&draft, to)
}
