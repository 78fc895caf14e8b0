//! Bundles the playground (`graphiql/`) with npm and embeds it, so that `/graphiql` needs neither internet nor files.
//!
//! The bundle is made in a copy below `OUT_DIR`; the source tree is only read. A build without npm, without network or
//! with `ROLECALL_SKIP_GRAPHIQL=1` still succeeds: it warns, and `/graphiql` tells its reader the same.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

const PACKAGE: &str = "graphiql";
/// What the bundle is made of, below `graphiql/`. Anything else there (`node_modules`, `dist`) changes nothing.
const SOURCES: [&str; 7] =
    ["package.json", "package-lock.json", ".npmrc", "vite.config.js", "precompress.js", "index.html", "src"];
const SKIP: &str = "ROLECALL_SKIP_GRAPHIQL";
const DECLARATION: &str = "/// What this build embeds.\npub static PLAYGROUND: Playground =";
/// The oldest Node that the bundler runs on.
const OLDEST_NODE: (u32, u32) = (20, 19);

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo:rerun-if-env-changed={SKIP}");
    println!("cargo:rerun-if-changed=build.rs");
    for source in SOURCES {
        println!("cargo:rerun-if-changed={PACKAGE}/{source}");
    }

    let manifest = match bundle(&root.join(PACKAGE), &out.join(PACKAGE)) {
        Ok(dist) => embedded(&dist)?,
        Err(reason) => {
            // Only now: terminals and editors differ in their path, and should not undo each other's builds.
            println!("cargo:rerun-if-env-changed=PATH");
            println!("cargo:warning=/graphiql is built without its playground: {reason}");
            format!("{DECLARATION} Playground::Missing {{ reason: {reason:?} }};\n")
        }
    };
    fs::write(out.join("playground.rs"), manifest)
}

/// Makes the bundle unless one of the same sources is there already, and returns its folder; else the reason why not,
/// in words for the person who builds.
fn bundle(package: &Path, work: &Path) -> Result<PathBuf, String> {
    if env::var_os(SKIP).is_some_and(|value| value != "0" && !value.is_empty()) {
        return Err(format!("{SKIP} is set"));
    }
    let sources = read_sources(package).map_err(|error| format!("{PACKAGE}/ cannot be read ({error})"))?;
    let fingerprint = fingerprint(&sources);
    let dist = work.join("dist");
    let stamp = work.join("fingerprint");
    if fs::read_to_string(&stamp).is_ok_and(|seen| seen == fingerprint) && dist.join("index.html").is_file() {
        return Ok(dist);
    }
    if let Some(made) = made_elsewhere(work, &fingerprint)
        && copy_files(&made, &dist).and_then(|()| fs::write(&stamp, &fingerprint)).is_ok()
    {
        return Ok(dist);
    }

    require_node()?;
    lay_out(&sources, work).map_err(|error| format!("its copy cannot be written ({error})"))?;
    // Scripts of dependencies do not run, and an absent network is noticed in seconds.
    let install = [
        "ci",
        "--include=dev",
        "--ignore-scripts",
        "--prefer-offline",
        "--fetch-retries=1",
        "--fetch-retry-mintimeout=1000",
    ];
    npm(work, &install)?;
    npm(work, &["run", "build"])?;
    // Most of the folder's size, and of no more use.
    fs::remove_dir_all(work.join("node_modules")).map_err(|error| error.to_string())?;
    fs::write(&stamp, fingerprint).map_err(|error| error.to_string())?;
    Ok(dist)
}

/// A finished bundle of the same sources in another output folder of this target folder: `cargo clippy`, `cargo test`
/// and `cargo build --release` each have one of their own, and need not each run npm.
fn made_elsewhere(work: &Path, fingerprint: &str) -> Option<PathBuf> {
    // <target>/<profile>/build/<package and hash>/out/graphiql
    let target = work.ancestors().nth(5)?;
    let folders = |path: PathBuf| fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    folders(target.to_owned())
        .flat_map(|profile| folders(profile.join("build")))
        .map(|unit| unit.join("out").join(PACKAGE))
        // The stamp is written last, so a bundle that has one is whole.
        .find(|made| fs::read_to_string(made.join("fingerprint")).is_ok_and(|seen| seen == fingerprint))
        .map(|made| made.join("dist"))
}

/// Copies a folder into a fresh one.
fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    for path in files_below(from)? {
        let target = to.join(path.strip_prefix(from).expect("the file lies below the folder"));
        fs::create_dir_all(target.parent().expect("a file has a folder"))?;
        fs::copy(&path, target)?;
    }
    Ok(())
}

/// Every source file as (path below the package, content), in a fixed order.
fn read_sources(package: &Path) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut files = Vec::new();
    for source in SOURCES {
        let path = package.join(source);
        if path.is_dir() { files.extend(files_below(&path)?) } else { files.push(path) }
    }
    files
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(package).expect("the file lies below the package").to_owned();
            Ok((name, fs::read(&path)?))
        })
        .collect()
}

/// The files below a folder, at any depth, sorted.
fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files.extend(files_below(&path)?) } else { files.push(path) }
    }
    files.sort();
    Ok(files)
}

/// One value for all sources; it changes when any name or byte does.
fn fingerprint(sources: &[(PathBuf, Vec<u8>)]) -> String {
    let hash = sources.iter().fold(FNV_OFFSET, |hash, (name, content)| {
        let named = fnv(hash, name.to_string_lossy().as_bytes());
        fnv(fnv(named, &content.len().to_le_bytes()), content)
    });
    format!("{hash:032x}")
}

const FNV_OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const FNV_PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// 128-bit FNV-1a: small, the same on every machine and Rust version, and nobody attacks one's own build with it.
fn fnv(hash: u128, bytes: &[u8]) -> u128 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(FNV_PRIME))
}

/// Writes a fresh copy of the package.
fn lay_out(sources: &[(PathBuf, Vec<u8>)], work: &Path) -> io::Result<()> {
    if work.exists() {
        fs::remove_dir_all(work)?;
    }
    for (name, content) in sources {
        let target = work.join(name);
        fs::create_dir_all(target.parent().expect("a file has a folder"))?;
        fs::write(target, content)?;
    }
    Ok(())
}

/// Refuses a Node that is missing or too old, before npm would fail with something less clear.
fn require_node() -> Result<(), String> {
    let (major, minor) = OLDEST_NODE;
    let wanted = format!("install Node {major}.{minor} or newer with npm, then `touch build.rs` and build again");
    let Ok(answer) = Command::new("node").arg("--version").output() else {
        return Err(format!("Node was not found; {wanted}"));
    };
    let version = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let mut parts = version.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < OLDEST_NODE { Err(format!("Node {version} is too old; {wanted}")) } else { Ok(()) }
}

/// Runs npm in the copy; on failure the reason holds the first lines in which it speaks of an error.
fn npm(work: &Path, args: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    // With NODE_ENV=production in the environment npm would leave out the bundler.
    let ran = Command::new(program).args(args).current_dir(work).env_remove("NODE_ENV").output();
    let output = ran.map_err(|error| format!("npm was not found ({error}); install it, then `touch build.rs`"))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    // The cause comes first in npm's own messages, and after it much advice.
    let telling: Vec<&str> = printed.lines().filter(|line| line.to_lowercase().contains("error")).take(4).collect();
    Err(format!("`npm {}` failed ({}); mend that, then `touch build.rs` and build again", args[0], telling.join(" | ")))
}

/// The Rust source of the embedded bundle: one entry a file, with both of its compressed forms.
fn embedded(dist: &Path) -> io::Result<String> {
    let mut source = format!("{DECLARATION} Playground::Bundled {{ assets: &[\n");
    let compressed = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "br" || ending == "gz");
    for path in files_below(dist)?.into_iter().filter(|path| !compressed(path)) {
        let name = path.strip_prefix(dist).expect("the file lies below dist").to_string_lossy().replace('\\', "/");
        let etag = format!("{:032x}", fnv(FNV_OFFSET, &fs::read(&path)?));
        let file = path.to_string_lossy();
        let (brotli, gzip) = (format!("{file}.br"), format!("{file}.gz"));
        let content_type = content_type(&name);
        writeln!(
            source,
            "    Asset {{ path: {name:?}, content_type: {content_type:?}, etag: {etag:?}, \
             brotli: include_bytes!({brotli:?}), gzip: include_bytes!({gzip:?}) }},"
        )
        .expect("writing to a string cannot fail");
    }
    source.push_str("] };\n");
    Ok(source)
}

/// The media type of a bundled file by its ending.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json" | "map") => "application/json",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}
