//! What was measured, as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use crate::client::Times;

/// Lines of a table.
#[derive(Debug, Default)]
pub struct Table(String);

impl Table {
    /// A table with these columns; figures stand on the right of all but the first.
    pub fn new(columns: &[String]) -> Self {
        let mut table = Self::default();
        table.row(columns);
        let lines = columns.iter().enumerate().map(|(at, _)| if at == 0 { "---" } else { "---:" }.to_owned());
        table.row(&lines.collect::<Vec<_>>());
        table
    }

    /// Adds a line.
    pub fn row(&mut self, cells: &[String]) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "| {} |", cells.join(" | "));
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Two percentiles in milliseconds, or why there are none.
pub fn percentiles(times: &Times, patience: Duration) -> String {
    let failed = if times.failed == 0 { String::new() } else { format!(" ({} failed)", times.failed) };
    match (times.percentile(50), times.percentile(99)) {
        (Some(median), Some(most)) => format!("{} / {}{failed}", millis(median), millis(most)),
        _ => over(patience),
    }
}

/// What stands for an answer that did not come.
pub fn over(patience: Duration) -> String {
    format!("none in {} s", patience.as_secs())
}

/// Milliseconds, with as many decimals as mean something.
pub fn millis(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1_000.0;
    if millis < 10.0 { format!("{millis:.1}") } else { grouped(time.as_millis()) }
}

/// Bytes in megabytes (10⁶).
pub fn megabytes(bytes: u64) -> String {
    format!("{} MB", grouped(u128::from(bytes / 1_000_000)))
}

/// A whole number with commas between thousands.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_at_a_glance() {
        assert_eq!(["7", "1,234", "5,000,000"].map(str::to_owned), [7, 1_234, 5_000_000].map(grouped));
        assert_eq!(millis(Duration::from_micros(1_240)), "1.2");
        assert_eq!(millis(Duration::from_millis(1_240)), "1,240");
        assert_eq!(megabytes(204_800_000), "204 MB");
    }
}
