//! `cargo bench --workspace --bench memory`: what a user takes in the store, counted by an allocation profiler instead of from outside.
//!
//! `-- --people N` sets the population (default 20,000; the profiler is slow).

use std::process::ExitCode;
use std::sync::Arc;

use weir_server::Clock;
use weir_server::host::{IdSource, MemoryStore, Seed};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let at = arguments.iter().position(|word| word == "--people");
    let people = at.and_then(|at| arguments.get(at + 1)).and_then(|text| text.parse().ok()).unwrap_or(20_000);
    match measure(people) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("memory benchmark: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(people: usize) -> Result<(), String> {
    let profiler = dhat::Profiler::builder().testing().build();
    let registry = weir_server::Target::rfc().registry().map_err(|error| error.to_string())?;
    let seed = Seed::new(&registry).ok_or("the rfc target has no users")?;
    let store = MemoryStore::new(Arc::clone(&registry), Clock::system(), IdSource::seeded(1));
    let load = |people: std::ops::Range<usize>| -> Result<(), String> {
        for start in people.clone().step_by(1_000) {
            let portion: Vec<_> = (start..people.end.min(start + 1_000)).map(|number| seed.person(number)).collect();
            store.load(&portion).map_err(|error| error.to_string())?;
        }
        Ok(())
    };
    // What a store has once is there before the first measurement.
    load(0..1_000)?;
    let before = dhat::HeapStats::get();
    load(1_000..people + 1_000)?;
    let after = dhat::HeapStats::get();
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
    let each = |count: usize| count as f64 / people as f64;
    println!("people                     {people}");
    println!("bytes allocated a user     {:.0}", each(after.curr_bytes - before.curr_bytes));
    println!("allocations kept a user    {:.2}", each(after.curr_blocks - before.curr_blocks));
    drop(profiler);
    Ok(())
}
