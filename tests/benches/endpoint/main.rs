//! `cargo bench --workspace --bench endpoint`: what the reference endpoint costs beside a bare actix-web route.
//!
//! Two processes are measured in turn by one load generator over the same number of connections: `weir serve`, and this
//! program again as a bare route that sends the same bytes. The result is a ratio of server CPU time a request (user and
//! system, from the operating system) and of throughput, so that it means the same on every machine. Then come latencies, and
//! a load of reads and writes over 64 connections.
//!
//! `-- --people N` sets the population (default 100,000), `--seconds S` the length of one measurement (default 2),
//! `--rounds R` how often each pair alternates (default 3), `--connections C` (default 16), `--soak S` watches the memory for so
//! long. `--growth` measures each operation at 1,000 to 1,000,000 people (or up to `--people`) instead, and `--plot FILE` draws it.

mod awake;
mod bare;
mod growth;
mod latency;
mod load;
mod mixed;
mod plot;
mod process;
mod ratios;
mod requests;
mod spread;

use std::process::ExitCode;

// The bare route gets the allocator that `weir` has, so that the ratio is not about allocators.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub struct Options {
    people: usize,
    seconds: f64,
    rounds: usize,
    connections: usize,
    soak: f64,
    plot: Option<String>,
}

/// The populations of a measurement of growth.
pub struct Populations(Vec<usize>);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|word| word == bare::COMMAND) {
        return bare::serve();
    }
    if arguments.first().is_some_and(|word| word == awake::COMMAND) {
        return awake::spin();
    }
    let word = |name: &str| {
        let at = arguments.iter().position(|word| word == name);
        at.and_then(|at| arguments.get(at + 1)).cloned()
    };
    let number = |name: &str, default: f64| word(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let grows = arguments.iter().any(|word| word == "--growth");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts given by hand")]
    let options = Options {
        people: number("--people", if grows { 1e6 } else { 1e5 }) as usize,
        seconds: number("--seconds", 2.0),
        rounds: number("--rounds", 3.0) as usize,
        connections: number("--connections", 16.0) as usize,
        soak: number("--soak", 0.0),
        plot: word("--plot"),
    };
    let outcome = if grows {
        let all = [1_000, 10_000, 100_000, 1_000_000];
        growth::run(&options, &Populations(all.into_iter().filter(|people| *people <= options.people).collect()))
    } else {
        ratios::run(&options).and_then(|weir| {
            latency::run(&options, &weir)?;
            mixed::run(&options, &weir)
        })
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("endpoint benchmark: {error}");
            ExitCode::FAILURE
        }
    }
}
