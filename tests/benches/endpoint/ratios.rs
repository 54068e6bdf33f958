//! Against the bare route: CPU time a request and throughput, as ratios.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::Options;
use crate::bare;
use crate::load::{self, Connection};
use crate::process::Process;
use crate::requests::{all_ids, by_id, by_name, get, patch_title, post, scatter, weir};
use crate::spread::{median, spread};

/// Measures and prints the table; returns the process that was measured, for what comes next.
pub fn run(options: &Options) -> Result<Process, String> {
    let empty = weir(0)?.resident_bytes()?;
    let started = Instant::now();
    let weir = weir(options.people)?;
    #[expect(clippy::cast_precision_loss, reason = "populations are far below 2^52")]
    let people = options.people as f64;
    println!("people                       {}", options.people);
    println!("start with seeding           {:.2} s", started.elapsed().as_secs_f64());
    println!("start to first answer, ms    {}", spread(&mut first_answers()?, 1));
    println!("resident bytes a user        {:.0}", (weir.resident_bytes()? - empty) / people);
    let ids = all_ids(&weir, options.people)?;
    let length = |request: Vec<u8>| Ok::<_, String>(Connection::open(&weir.address)?.send(&request)?.body.len());
    let (one, list) = (length(by_id(&ids[0]))?, length(by_name(options.people / 2))?);
    println!("bytes of a user on the wire  {one}, in a list {list}\n");
    let mut program = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
    program.args([bare::COMMAND, &one.to_string(), &list.to_string()]);
    let bare = Process::start(program)?;

    println!(
        "{:<34} {:>24} {:>18} {:>24}",
        "against the bare route", "CPU ratio min/med/max", "CPU µs bare/weir", "throughput min/med/max"
    );
    let any = |connection: usize, turn: usize| &ids[scatter(connection, turn) % ids.len()];
    let pair = Pair { options, weir: &weir, bare: &bare };
    pair.compare("GET /Users/{id}", &|connection, turn| by_id(any(connection, turn)))?;
    pair.compare("GET /Users?filter=userName eq", &|connection, turn| {
        by_name(scatter(connection, turn) % options.people)
    })?;
    // Names must not repeat over connections, turns, and rounds.
    let next = AtomicUsize::new(0);
    pair.compare("POST /Users", &|_, _| post(next.fetch_add(1, Ordering::Relaxed)))?;
    pair.compare("PATCH /Users/{id} one attribute", &|connection, turn| patch_title(any(connection, turn), turn))?;
    Ok(weir)
}

/// The milliseconds from the start of an empty endpoint's process to its first answer, of ten starts.
fn first_answers() -> Result<Vec<f64>, String> {
    (0..10)
        .map(|_| {
            let started = Instant::now();
            let weir = weir(0)?;
            let answer = Connection::open(&weir.address)?.send(&get("/scim/v2/Users?count=1"))?;
            if answer.status != 200 {
                return Err(format!("the first answer is {}", answer.status));
            }
            Ok(started.elapsed().as_secs_f64() * 1e3)
        })
        .collect()
}

struct Pair<'p> {
    options: &'p Options,
    weir: &'p Process,
    bare: &'p Process,
}

type Request<'a> = dyn Fn(usize, usize) -> Vec<u8> + Sync + 'a;

impl Pair<'_> {
    fn compare(&self, name: &str, request: &Request<'_>) -> Result<(), String> {
        let (mut cpu, mut throughput, mut bare_cost, mut weir_cost) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.options.rounds {
            let (bare_cpu, bare_rate) = self.measure(self.bare, request)?;
            let (weir_cpu, weir_rate) = self.measure(self.weir, request)?;
            cpu.push(bare_cpu / weir_cpu);
            throughput.push(weir_rate / bare_rate);
            bare_cost.push(bare_cpu * 1e6);
            weir_cost.push(weir_cpu * 1e6);
        }
        let costs = format!("{:.1} / {:.1}", median(&mut bare_cost), median(&mut weir_cost));
        println!("{name:<34} {:>24} {costs:>18} {:>24}", spread(&mut cpu, 2), spread(&mut throughput, 2));
        Ok(())
    }

    /// CPU seconds a request and requests a second of one measurement.
    fn measure(&self, process: &Process, request: &Request<'_>) -> Result<(f64, f64), String> {
        let before = process.cpu_seconds()?;
        let options = self.options;
        let measured = load::run(&process.address, options.connections, options.seconds, &[200, 201, 204], request)?;
        let cpu = process.cpu_seconds()? - before;
        #[expect(clippy::cast_precision_loss, reason = "request counts are far below 2^52")]
        let requests = measured.latencies.len() as f64;
        Ok((cpu / requests, requests / measured.seconds))
    }
}
