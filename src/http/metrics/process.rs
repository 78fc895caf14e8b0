//! What the process itself takes, as Linux tells it; other systems tell nothing here.

use std::fs;

/// Ticks of a second in what Linux tells of processor time; a constant of its interface.
const TICKS: f64 = 100.0;

/// What the process takes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Process {
    /// Memory in use.
    pub(super) resident_bytes: u64,
    /// Open files and connections.
    pub(super) open_fds: u64,
    /// How many there may be.
    pub(super) max_fds: u64,
    /// Seconds of processor time.
    pub(super) cpu_seconds: f64,
}

impl Process {
    /// As of now.
    pub(super) fn look() -> Self {
        let read = |name: &str| fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
        Self {
            resident_bytes: resident(&read("status")),
            open_fds: fs::read_dir("/proc/self/fd").map_or(0, |all| all.count() as u64),
            max_fds: limit(&read("limits")),
            cpu_seconds: processor(&read("stat")),
        }
    }
}

fn resident(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn limit(limits: &str) -> u64 {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Time in the program and in the system: the 14th and 15th field. The second is a name in brackets, with anything in it.
fn processor(stat: &str) -> f64 {
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_tells_is_read() {
        assert_eq!(resident("Name:\tx\nVmRSS:\t  2048 kB\n"), 2_097_152);
        assert_eq!(limit("Max open files            1024                 524288               files\n"), 1024);
        let stat = "7 (a b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20";
        assert!((processor(stat) - 3.0).abs() < 1e-9);
    }
}
