//! The `rolecall` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// An answer is made of thousands of small things, beside gigabytes that stay: the system's allocator searches long for
/// room among these.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    rolecall::cli::main()
}
