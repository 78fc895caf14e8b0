//! The parts of a backup by their bytes.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, bail};
use aws_lc_rs::digest::{Context as Digest, SHA256};

use super::manifest::Part;

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
    use std::fs;

    use super::*;
    use crate::disk::{draft, write};

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
