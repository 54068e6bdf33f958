//! How each operation grows with the population: a table, and a plot.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::awake::Awake;
use crate::latency::sample;
use crate::plot::{self, Line};
use crate::requests::{
    all_ids, by_id, by_name, find_group, page, patch_title, post, scan, scatter, toggle_member, weir,
};
use crate::spread::median;
use crate::{Options, Populations};

type Request<'a> = dyn Fn(usize) -> Vec<u8> + 'a;

const OPERATIONS: [&str; 8] = [
    "GET by id",
    "userName eq",
    "POST",
    "PATCH one attribute",
    "member of everyone",
    "first page of 100",
    "page at nine tenths",
    "title co, no index",
];

/// Measures every operation at each population, prints the table and writes the plot.
pub fn run(options: &Options, Populations(populations): &Populations) -> Result<(), String> {
    let mut lines: Vec<Line> = OPERATIONS.iter().map(|name| Line { name, points: Vec::new() }).collect();
    let mut starts = Vec::new();
    let _awake = Awake::start()?;
    for &people in populations {
        let started = Instant::now();
        let weir = weir(people)?;
        starts.push(started.elapsed().as_secs_f64());
        let ids = all_ids(&weir, people)?;
        let any = |turn: usize| &ids[scatter(1, turn) % ids.len()];
        let everyone = find_group(&weir, "everyone")?;
        let next = AtomicUsize::new(0);
        let times = options.rounds * 300;
        let requests: [(usize, &Request<'_>); 8] = [
            (times, &|turn| by_id(any(turn))),
            (times, &|turn| by_name(scatter(1, turn) % people)),
            (times, &|_| post(next.fetch_add(1, Ordering::Relaxed))),
            (times, &|turn| patch_title(any(turn), turn)),
            (times, &|turn| toggle_member(&everyone, &ids[0], turn)),
            (times / 3, &|_| page(1)),
            (times / 3, &|_| page(people / 10 * 9 + 1)),
            (options.rounds * 5, &|_| scan()),
        ];
        for (line, (times, request)) in lines.iter_mut().zip(requests) {
            let micros = median(&mut sample(&weir, times, request)?);
            line.points.push((people, micros));
        }
    }
    print!("\n{:<24}", "median µs, one connection");
    for people in populations {
        print!(" {people:>12}");
    }
    println!();
    for line in &lines {
        print!("{:<25}", line.name);
        for (_, micros) in &line.points {
            print!(" {micros:>12.0}");
        }
        println!();
    }
    print!("{:<25}", "start with seeding, s");
    for seconds in starts {
        print!(" {seconds:>12.2}");
    }
    println!();
    if let Some(file) = &options.plot {
        std::fs::write(file, plot::svg(&lines)).map_err(|error| format!("{file}: {error}"))?;
        println!("plot written to {file}");
    }
    Ok(())
}
