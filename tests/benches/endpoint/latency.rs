//! The latency of one connection, request after request.

use std::time::Instant;

use crate::awake::Awake;
use crate::load::Connection;
use crate::process::Process;
use crate::requests::{find_group, page, scan, toggle_member};
use crate::spread::spread;
use crate::{Options, requests};

/// Measures and prints the table.
pub fn run(options: &Options, weir: &Process) -> Result<(), String> {
    println!("\n{:<44} {:>24}", "latency of one connection", "µs min/med/max");
    let show = |name: &str, times: usize, request: &dyn Fn(usize) -> Vec<u8>| -> Result<(), String> {
        println!("{name:<44} {:>24}", spread(&mut sample(weir, times, request)?, 0));
        Ok(())
    };
    let rounds = options.rounds;
    // It keeps the cores busy by itself.
    show("title co \"eeper 9\", count 10, no index", rounds * 5, &|_| scan())?;
    let _awake = Awake::start()?;
    show("first page of 100", rounds * 50, &|_| page(1))?;
    show("page of 100 at nine tenths", rounds * 50, &|_| page(options.people / 10 * 9 + 1))?;
    let ids = requests::all_ids(weir, options.people)?;
    let member = ids.last().ok_or("nobody is there")?;
    for name in ["ten", "everyone"] {
        let group = find_group(weir, name)?;
        let label = format!("one member removed or added, group \"{name}\"");
        show(&label, rounds * 200, &|turn| toggle_member(&group, member, turn))?;
    }
    Ok(())
}

/// The microseconds that each of so many requests took, one after another over one connection.
pub fn sample(weir: &Process, times: usize, request: &dyn Fn(usize) -> Vec<u8>) -> Result<Vec<f64>, String> {
    let mut connection = Connection::open(&weir.address)?;
    let mut samples = Vec::with_capacity(times);
    for turn in 0..times {
        let bytes = request(turn);
        let started = Instant::now();
        let answer = connection.send(&bytes)?;
        samples.push(started.elapsed().as_secs_f64() * 1e6);
        if answer.status >= 300 {
            return Err(format!("status {}: {}", answer.status, String::from_utf8_lossy(&answer.body)));
        }
    }
    Ok(samples)
}
