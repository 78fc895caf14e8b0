//! Writing so that what has its name is whole, whatever happens.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use aws_lc_rs::digest::{Context as Digest, SHA256};

use super::manifest::Part;

/// The name under which a file is written until it is whole.
pub(super) fn draft(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// A folder for its owner alone, if there is none.
pub(super) fn make_folder(path: &Path) -> anyhow::Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.with_context(|| format!("{} cannot be made", path.display()))
}

/// An empty file for its owner alone, in the place of what was there.
pub(super) fn new_file(path: &Path) -> anyhow::Result<File> {
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
pub(super) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let draft = draft(path);
    new_file(&draft)?.write_all(bytes).with_context(|| format!("{} cannot be written", draft.display()))?;
    settle(&draft, path)
}

/// Gives a draft its name, once it is on the disk.
pub(super) fn settle(draft: &Path, path: &Path) -> anyhow::Result<()> {
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
pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let draft = draft(to);
    let mut source = File::open(from).with_context(|| format!("{} cannot be read", from.display()))?;
    std::io::copy(&mut source, &mut new_file(&draft)?)
        .with_context(|| format!("{} cannot be written", draft.display()))?;
    settle(&draft, to)
}

/// What a part of a folder is, by its bytes.
pub(super) fn measure(folder: &Path, path: &str) -> anyhow::Result<Part> {
    let (bytes, sha256) = digest(&folder.join(path)).with_context(|| format!("{path} cannot be read"))?;
    Ok(Part { path: path.to_owned(), bytes, sha256 })
}

fn digest(path: &Path) -> std::io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut digest, mut bytes, mut buffer) = (Digest::new(&SHA256), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            let mut sha256 = String::with_capacity(64);
            for byte in digest.finish().as_ref() {
                // A String takes whatever is written.
                let _ = write!(sha256, "{byte:02x}");
            }
            return Ok((bytes, sha256));
        }
        digest.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// Fails unless a part of a folder is what its manifest says.
pub(super) fn check(folder: &Path, part: &Part) -> anyhow::Result<()> {
    if measure(folder, &part.path)? != *part {
        bail!("{} is not what it was when the backup was made", part.path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_changed_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        write(&folder.path().join("a"), b"abc").expect("written");
        let part = measure(folder.path(), "a").expect("a part");
        assert_eq!(part.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        check(folder.path(), &part).expect("as it was");
        fs::write(folder.path().join("a"), b"abd").expect("changed");
        assert!(check(folder.path(), &part).is_err());
        assert!(!draft(&folder.path().join("a")).exists());
    }
}
