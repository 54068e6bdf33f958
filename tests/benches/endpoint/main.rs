//! `cargo bench --workspace --bench endpoint`: what the reference endpoint costs beside a bare actix-web route.
//!
//! Two processes are measured in turn by one load generator over the same number of connections: `weir serve`, and this
//! program again as a bare route that sends the same bytes. The result is a ratio of server CPU time a request (user and
//! system, from the operating system) and of throughput, so that it means the same on every machine.
//!
//! `-- --people N` sets the population (default 100,000), `--seconds S` the length of one measurement (default 2),
//! `--rounds R` how often each pair alternates (default 3), `--connections C` (default 16).

mod bare;
mod load;
mod process;
mod scenario;

use std::process::ExitCode;

// The bare route gets the allocator that `weir` has, so that the ratio is not about allocators.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Options {
    people: usize,
    seconds: f64,
    rounds: usize,
    connections: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|word| word == bare::COMMAND) {
        return bare::serve();
    }
    let number = |name: &str, default: f64| {
        let at = arguments.iter().position(|word| word == name);
        at.and_then(|at| arguments.get(at + 1)).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts given by hand")]
    let options = Options {
        people: number("--people", 100_000.0) as usize,
        seconds: number("--seconds", 2.0),
        rounds: number("--rounds", 3.0) as usize,
        connections: number("--connections", 16.0) as usize,
    };
    match scenario::run_all(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("endpoint benchmark: {error}");
            ExitCode::FAILURE
        }
    }
}
