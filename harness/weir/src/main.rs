//! The `weir` binary.

use std::process::ExitCode;

// The system's allocator is a third of what an answer costs the endpoint: see docs/evidence/performance.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    weir::command::main()
}
