//! Under load: reads and writes over many connections, how long others wait for a scan, and whether memory grows.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Options;
use crate::awake::Awake;
use crate::load;
use crate::process::Process;
use crate::requests::{all_ids, by_id, by_name, page, patch_title, post, scan, scatter};
use crate::spread::of_thousand;

/// As many as a busy server has.
const CONNECTIONS: usize = 64;

/// Measures and prints the table; with `options.soak` also how the memory grows over so many seconds.
pub fn run(options: &Options, weir: &Process) -> Result<(), String> {
    let ids = all_ids(weir, options.people)?;
    // Beyond the numbers that other measurements have used up.
    let next = AtomicUsize::new(1 << 32);
    let mixture = |writes: usize| {
        let (ids, next) = (&ids, &next);
        move |connection: usize, turn: usize| {
            let any = scatter(connection, turn);
            if any % 100 < writes {
                return if any.is_multiple_of(7) {
                    post(next.fetch_add(1, Ordering::Relaxed))
                } else {
                    patch_title(&ids[any % ids.len()], turn)
                };
            }
            match any % 5 {
                0 | 1 => by_id(&ids[any % ids.len()]),
                2 | 3 => by_name(any % options.people),
                _ => page(any % options.people + 1),
            }
        }
    };
    println!("\n{:<44} {:>9} {:>8} {:>8} {:>8} {:>8}", "64 connections", "a second", "p50 µs", "p99", "p99.9", "max");
    for (name, writes) in [("90 % reads, 10 % writes", 10), ("50 % reads, 50 % writes", 50)] {
        let measured =
            load::run(&weir.address, CONNECTIONS, options.seconds * 2.0, &[200, 201, 204], &mixture(writes))?;
        show(name, &measured);
    }
    let awake = Awake::start()?;
    let alone =
        load::run(&weir.address, 1, options.seconds, &[200], &|_, turn| by_id(&ids[scatter(0, turn) % ids.len()]))?;
    drop(awake);
    show("GET by id over one connection", &alone);
    // The first connection scans without a break, the second is the one who waits.
    let beside = load::run_where(
        &weir.address,
        2,
        options.seconds * 2.0,
        &[200],
        &|connection, turn| {
            if connection == 0 { scan() } else { by_id(&ids[scatter(connection, turn) % ids.len()]) }
        },
        &|connection| connection == 1,
    )?;
    show("the same beside scans of everybody", &beside);
    if options.soak > 0.0 {
        let before = weir.resident_bytes()?;
        let request = mixture(10);
        // Without creations, so that what grows is not what is stored.
        let steady = |connection: usize, turn: usize| {
            let bytes = request(connection, turn);
            if bytes.starts_with(b"POST") { by_id(&ids[turn % ids.len()]) } else { bytes }
        };
        let measured = load::run(&weir.address, CONNECTIONS, options.soak, &[200, 204], &steady)?;
        let grown = (weir.resident_bytes()? - before) / 1e6;
        println!(
            "\n{} requests in {:.0} s; resident memory grew by {grown:.1} MB",
            measured.latencies.len(),
            measured.seconds
        );
    }
    Ok(())
}

fn show(name: &str, measured: &load::Measured) {
    let mut latencies = measured.latencies.clone();
    latencies.sort_unstable();
    let at = |thousandths| of_thousand(&latencies, thousandths);
    #[expect(clippy::cast_precision_loss, reason = "request counts are far below 2^52")]
    let rate = latencies.len() as f64 / measured.seconds;
    println!(
        "{name:<44} {rate:>9.0} {:>8} {:>8} {:>8} {:>8}",
        at(500),
        at(990),
        at(999),
        latencies.last().copied().unwrap_or(0)
    );
}
