//! A disk that runs full under SQLite: nothing that was acknowledged is lost, reading goes on, and writing goes on as soon
//! as there is room.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Board, Copy, Ledger, Process, Server, Silence, Store};

/// How a disk is made full.
enum Disk {
    /// A small one in memory, filled with a file.
    Small(PathBuf),
    /// Where that is not allowed: the process may not make its files any longer.
    Limited,
}

impl Disk {
    fn at(folder: &Path) -> Self {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=256m", "tmpfs"]).arg(folder).output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            Self::Small(folder.to_owned())
        } else {
            Self::Limited
        }
    }

    fn fill(&self, process: u32) {
        match self {
            Self::Limited => limit(process, "1"),
            Self::Small(folder) => {
                let mut file = fs::File::create(folder.join("filler")).expect("a file");
                let block = vec![1; 1 << 16];
                while file.write_all(&block).is_ok() {}
                while file.write_all(&[1]).is_ok() {}
            }
        }
    }

    fn free(&self, process: u32) {
        match self {
            Self::Limited => limit(process, "unlimited"),
            Self::Small(folder) => fs::remove_file(folder.join("filler")).expect("removed"),
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Self::Small(folder) = self {
            let _ = Command::new("umount").arg("-l").arg(folder).status();
        }
    }
}

fn limit(process: u32, bytes: &str) {
    let limited =
        Command::new("prlimit").arg(format!("--pid={process}")).arg(format!("--fsize={bytes}:unlimited")).status();
    assert!(limited.expect("util-linux").success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_costs_nothing_that_was_acknowledged() {
    let copy = Copy::sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::at(folder.path());
    let file = folder.path().join("board.db");
    let template = copy.url.trim_start_matches("sqlite://").trim_end_matches("?mode=rwc");
    fs::copy(template, &file).expect("a copy");
    let (url, data) = (format!("sqlite://{}?mode=rwc", file.display()), folder.path().join("data"));
    let server = Server::from(Process::that_may_run_full(&url, &data, &[])).await;
    let store = Store::open(&url).await;
    let board = Board::new(&server.url, &store).await;
    let mut ledger = Ledger::default();
    board.write(&server.url, &mut ledger, "First Engineer", 0).await.expect("written");

    disk.fill(server.process.id());
    let mut turns = 0;
    // What the log of SQLite has room for already is still taken.
    while board.write(&server.url, &mut ledger, &format!("Engineer {turns}"), turns).await != Err(Silence::NotNow) {
        turns += 1;
        assert!(turns < 10_000, "the disk is not full");
    }
    let told = &ledger.refused[0];
    assert_eq!((told.code(), told.retry_after.is_some()), ("SERVICE_UNAVAILABLE", true), "{}", told.body);
    assert!(!told.body.to_string().to_lowercase().contains("disk"), "{}", told.body);
    let read = board.owner.send(
        &server.url,
        "{ postings(first: 5) { totalCount edges { node { title } } } }",
        Value::Null,
        None,
    );
    assert_eq!(read.await.expect("an answer").body.get("errors"), None);
    assert_eq!(server.readiness().await, 200, "it can be read");

    disk.free(server.process.id());
    let begun = Instant::now();
    while board.write(&server.url, &mut ledger, &format!("Later Engineer {turns}"), 0).await.is_err() {
        turns += 1;
        assert!(begun.elapsed() < Duration::from_secs(10), "{}", server.process.errors());
    }
    println!(
        "a disk that ran full: {} writes acknowledged, 0 lost; written again {:.1?} after there was room",
        ledger.acknowledged(),
        begun.elapsed()
    );
    ledger.retry(&server.url).await;
    store.holds(&ledger).await;
    drop(server);
    // What the log holds is there after a crash, too.
    let server = Server::start(&url, &data, &[]).await;
    store.holds(&ledger).await;
    store.is_whole().await;
    drop(server);
    store.0.close().await;
    drop(disk);
    copy.drop().await;
}
