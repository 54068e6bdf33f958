//! `weir bench`: what an endpoint can do, and how long its users wait.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use tokio::sync::watch;
use url::Url;
use weir_catalog::deletion::clean_up;
use weir_catalog::run_prefix;
use weir_catalog::{Discovery, discover, interruption};
use weir_exchange::{Client, CreatedResources, Further};
use weir_files::private::WholeFile;
use weir_judge::Events;

use crate::bench;
use crate::bench::{Load, Measurement, Population, Progress, Shape};
use crate::exit;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::flags::endpoint::base_url;
use crate::interrupt;
use crate::output::confirm;
use crate::output::plural::plural;
use crate::output::{Output, Printable, progress_line};
use crate::report::bench as bench_report;
use crate::report::bench::{BenchReport, ShapeOutcome};
use crate::report::leftovers::Leftovers;
use crate::seed;
use crate::session::RunEndpoint;

const EXAMPLES: &str = "\
With --rate the loop is open: requests are due at that rate, and time counts from the due time, so a stall shows.
Without it each of --concurrency connections sends its next request when the last one is answered.

Examples:
  weir bench                      an embedded endpoint, for a first look
  weir bench http://127.0.0.1:8080/scim/v2 --bearer @token.txt
  weir bench https://scim.example.com/v2 --shape get --shape filter --rate 200 \\
      --duration 60 --bearer @token.txt --yes
  weir bench http://127.0.0.1:8080/scim/v2 --concurrency 64 --format json --output bench.json";

/// How often the line on a terminal is written anew.
const LIVE: Duration = Duration::from_millis(250);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum BenchFormat {
    #[default]
    Text,
    Json,
}

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct BenchArgs {
    /// The SCIM base URL; without it an embedded endpoint is loaded
    #[arg(value_name = "URL", value_parser = base_url)]
    url: Option<Url>,
    /// Only loads of this shape; repeat for more [default: all that the endpoint offers]
    #[arg(long = "shape", value_enum, value_name = "SHAPE", value_delimiter = ',')]
    shapes: Vec<Shape>,
    /// How many users to create before the load, and to delete after it
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    people: u32,
    /// How long to measure each shape
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    duration: u64,
    /// How long to run each shape before measuring
    #[arg(long, value_name = "SECONDS", default_value_t = 1)]
    warm_up: u64,
    /// The same seed invents the same names [default: random]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Allow load on a remote endpoint without asking
    #[arg(long)]
    yes: bool,
    /// The target that the embedded endpoint behaves like: a name or a target file
    #[arg(long, value_name = "NAME|FILE", default_value = "rfc", conflicts_with = "url")]
    target: String,
    /// The form of the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: BenchFormat,
    /// Write the result to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    endpoint: EndpointFlags,
}

pub(super) async fn run(args: BenchArgs, output: &Output) -> Result<u8, Failure> {
    let seed = args.seed.unwrap_or_else(seed::draw);
    // The rate is the load's, not a courtesy of the client.
    let flags = EndpointFlags { rate: None, ..args.endpoint.clone() };
    if let (None, Some(sign)) = (&args.url, args.endpoint.sign()) {
        return Err(Failure::Usage(format!(
            "no URL, though {sign} is given: give one; without it Weir loads its own endpoint"
        )));
    }
    let endpoint = match &args.url {
        Some(url) => RunEndpoint::foreign(flags.client(url, output)?, Further::default()),
        None => RunEndpoint::embedded(&args.target, &[], seed, flags.pace())?,
    };
    let url = endpoint.client.base_url().clone();
    let what = format!(
        "weir creates and deletes {} named {}…, and loads the endpoint",
        plural(args.people.into(), "user", "users"),
        run_prefix(seed)
    );
    confirm::before_writing(&url, &what, args.yes)?;
    // Before anything is created, so that nothing is left behind by a file that cannot be written.
    let file = args.output.as_deref().map(|path| {
        WholeFile::begin(path)
            .map_err(|error| Failure::Usage(format!("the result cannot be written to {}: {error}", path.display())))
    });
    let mut file = file.transpose()?;
    let interrupted = interrupt::watch();
    let discovered = discover(&endpoint.client);
    let Some(discovered) = interruption::unless_over(&interrupted, Duration::ZERO, discovered).await else {
        return Ok(exit::INTERRUPTED);
    };
    let discovery = Arc::new(discovered.map_err(|error| Failure::Unreachable(error.to_string()))?);
    let created = CreatedResources::default();
    let leftovers = Leftovers::default();
    let events = Events::new(vec![Box::new(leftovers.clone())]);
    let client = endpoint.client.noting(&created);
    let load = load(&args, seed, &client, &discovery, &interrupted);
    let outcome = interruption::unless_over(&interrupted, interruption::GRACE, load).await;
    clean_up(&created, &endpoint.client, &events, &interrupted, usize::from(args.endpoint.concurrency())).await;
    let mut report = outcome.unwrap_or_else(|| Ok(BenchReport::new(plan_of(&args))))?;
    report.url = url.to_string();
    report.leftovers = leftovers.take();
    report.interrupted = *interrupted.borrow();
    let text = match args.format {
        BenchFormat::Text => Printable::from(bench_report::text(&report)),
        BenchFormat::Json => Printable::json(bench_report::json(&report)),
    };
    match &mut file {
        Some(file) => {
            file.write_all(text.as_str().as_bytes())?;
            file.flush()?;
        }
        None => output.print(text)?,
    }
    let failed =
        report.rows.iter().any(|row| matches!(row, ShapeOutcome::Measured { measured, .. } if measured.failed() > 0));
    Ok(match (report.interrupted, failed || !report.leftovers.is_empty()) {
        (true, _) => exit::INTERRUPTED,
        (false, true) => exit::FINDINGS,
        (false, false) => exit::OK,
    })
}

fn plan_of(args: &BenchArgs) -> Load {
    Load {
        connections: usize::from(args.endpoint.concurrency()),
        warm_up: Duration::from_secs(args.warm_up),
        duration: Duration::from_secs(args.duration),
        rate: args.endpoint.rate,
    }
}

/// Creates the population and runs every shape.
async fn load(
    args: &BenchArgs,
    seed: u64,
    client: &Client,
    discovery: &Arc<Discovery>,
    interrupted: &watch::Receiver<bool>,
) -> Result<BenchReport, Failure> {
    let plan = plan_of(args);
    let people = usize::try_from(args.people).unwrap_or(usize::MAX);
    let started = Instant::now();
    let population = bench::populate(client, discovery, seed, people, plan.connections, interrupted).await;
    let population = Arc::new(match population {
        Ok(population) => population,
        Err(_) if *interrupted.borrow() => return Ok(BenchReport::new(plan)),
        Err(error) => return Err(Failure::Unreachable(error.to_string())),
    });
    let mut report = BenchReport::new(plan);
    (report.people, report.populated) = (population.people(), started.elapsed());
    let shapes = if args.shapes.is_empty() { Shape::ALL.to_vec() } else { args.shapes.clone() };
    for shape in shapes {
        if *interrupted.borrow() {
            break;
        }
        let missing = shape.needs().iter().find(|capability| !discovery.offers(**capability));
        let row = match missing {
            Some(capability) => {
                ShapeOutcome::Skipped { shape, reason: format!("the endpoint does not offer {capability}") }
            }
            None if shape == Shape::Members && !population.has_group() => {
                ShapeOutcome::Skipped { shape, reason: "the endpoint refused to create a group".into() }
            }
            None => {
                ShapeOutcome::Measured { shape, measured: measure(shape, plan, client, &population, interrupted).await }
            }
        };
        report.rows.push(row);
    }
    Ok(report)
}

/// Runs one shape with a line on the terminal that says how it goes.
async fn measure(
    shape: Shape,
    plan: Load,
    client: &Client,
    population: &Arc<Population>,
    interrupted: &watch::Receiver<bool>,
) -> Measurement {
    let progress = Arc::new(Progress::default());
    let running = bench::run(shape, plan, client, population, &progress, interrupted);
    tokio::pin!(running);
    if !std::io::stderr().is_terminal() {
        return running.await;
    }
    let started = Instant::now();
    let mut ticks = tokio::time::interval(LIVE);
    loop {
        tokio::select! {
            measured = &mut running => {
                progress_line::clear();
                return measured;
            }
            _ = ticks.tick() => {
                let requests = progress.requests.load(Ordering::Relaxed);
                let failed = progress.failed.load(Ordering::Relaxed);
                let seconds = started.elapsed().as_secs_f64();
                #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
                let rate = requests as f64 / seconds.max(0.001);
                let word = if requests == 1 { "request " } else { "requests" };
                progress_line::draw(&format!(
                    "{:<8} {seconds:>5.1} s {requests:>9} {word} {rate:>8.0} a second {failed} failed",
                    shape.as_str(),
                ));
            }
        }
    }
}
