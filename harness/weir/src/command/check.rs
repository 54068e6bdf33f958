//! `weir check`: the conformance of an endpoint, somebody's or an embedded one.

use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use tokio::sync::watch;
use url::Url;
use weir_catalog::baseline::SharedBaseline;
use weir_catalog::plan::{Decision, PlannedCheck, Selection, plan, select};
use weir_catalog::rounds::Rounds;
use weir_catalog::run;
use weir_catalog::run::RunOptions;
use weir_catalog::{Check, Scale, run_prefix};
use weir_catalog::{Discovery, DiscoveryError, discover_knowing};
use weir_exchange::{Client, Observer};
use weir_judge::{Event, Events, Summary, Verdict};
use weir_provision::client as clients;
use weir_provision::client::Description;

use super::scenario;
use super::subject::Subject;
use super::variants;
use crate::config::Config;
use crate::exit;
use crate::exit::FailOn;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::flags::baseline::BaselineFlags;
use crate::flags::client::{Chosen, ClientFlags};
use crate::flags::endpoint::base_url;
use crate::flags::further::FurtherFlags;
use crate::flags::repeat;
use crate::flags::report::ReportFlags;
use crate::interrupt;
use crate::lifecycle;
use crate::lifecycle::{EmbeddedSubject, ForeignSubject, MOST_PEOPLE};
use crate::output::Output;
use crate::output::confirm;
use crate::output::table;
use crate::scenario::Scenario;
use crate::seed;

const EXAMPLES: &str = "\
Examples:
  weir check                                          an embedded Aquera endpoint
  weir check https://scim.example.com/v2 --bearer @token.txt --yes
  weir check http://127.0.0.1:8080/scim/v2 --only patch --only delete.user
  weir check https://scim.example.com/v2 --as pingfederate-aquera --bearer @token.txt --yes
  weir check --as pingone-aquera --scenario partial-update
  weir check --deviate put.creates                    see a defect caught
  weir check http://127.0.0.1:8080/scim/v2 --baseline weir.baseline.toml
  weir check http://127.0.0.1:8080/scim/v2 --dry-run  what would run, and why the rest would not
  weir check --format json --output report.json
  weir check --report junit=weir.xml --report sarif=weir.sarif --report markdown=summary.md";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct CheckArgs {
    /// The SCIM base URL; without it an embedded endpoint is checked
    #[arg(value_name = "URL", value_parser = base_url)]
    url: Option<Url>,
    /// Run only checks whose id begins so; may be repeated
    #[arg(long, value_name = "ID-PREFIX")]
    only: Vec<String>,
    /// Leave out checks whose id begins so; may be repeated
    #[arg(long, value_name = "ID-PREFIX")]
    skip: Vec<String>,
    /// Run the checks of scale too: they create 10,000 users, and a group of 5,000 members
    #[arg(long)]
    scale: bool,
    /// Leave out every check that writes
    #[arg(long)]
    read_only: bool,
    /// Show what would run, and why the rest would not; sends nothing but discovery
    #[arg(long)]
    dry_run: bool,
    /// Decides every name and value that the run invents
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Run everything so many times, and tell what is not judged alike in every round
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    #[arg(hide_default_value = true)]
    repeat: u32,
    /// The gravest findings that still fail the run: must, should, note or never
    #[arg(long, value_enum, value_name = "LEVEL", hide_possible_values = true)]
    fail_on: Option<FailOn>,
    /// Agree to writing to an endpoint that is not on this machine
    #[arg(long)]
    yes: bool,
    /// Run this client's lifecycle instead of the checks; may be repeated, `weir list clients` shows them
    #[arg(long = "as", value_name = "CLIENT", conflicts_with_all = ["only", "skip", "read_only"])]
    #[arg(help_heading = "Lifecycle of a client")]
    clients: Vec<String>,
    /// Act out a known limitation with the client, instead of its lifecycle; --format takes terminal, json and markdown
    #[arg(
        long,
        value_enum,
        value_name = "SCENARIO",
        conflicts_with = "deviations",
        help_heading = "Lifecycle of a client"
    )]
    scenario: Option<Scenario>,
    /// Try the client's unknown details one at a time, each in a short life of its own
    #[arg(long, conflicts_with_all = ["scenario", "deviations", "repeat", "dry_run"], help_heading = "Lifecycle of a client")]
    variants: bool,
    #[command(flatten)]
    configured: ClientFlags,
    /// How many people to invent for somebody's endpoint
    #[arg(long, value_name = "N", default_value_t = MOST_PEOPLE, requires = "url", help_heading = "Lifecycle of a client")]
    people: usize,
    /// What the embedded endpoint behaves as: a target's name, or a target file
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "url", help_heading = "Embedded endpoint")]
    target: Option<String>,
    /// A deviation to switch on in the embedded endpoint; may be repeated
    #[arg(long = "deviate", value_name = "ID[=VALUE]", conflicts_with = "url", help_heading = "Embedded endpoint")]
    deviations: Vec<String>,
    #[command(flatten)]
    report: ReportFlags,
    #[command(flatten)]
    known: BaselineFlags,
    #[command(flatten)]
    endpoint: EndpointFlags,
    #[command(flatten)]
    further: FurtherFlags,
}

pub(super) async fn run(args: CheckArgs, output: Output) -> Result<u8, Failure> {
    let mut args = args;
    let config = configuration(&mut args)?;
    let chosen = choose(&args)?;
    let seed = args.seed.unwrap_or_else(seed::draw);
    if let Some(scenario) = args.scenario {
        let wanted = scenario::Wanted {
            scenario,
            url: args.url.as_ref(),
            target: args.target.as_deref(),
            seed,
            yes: args.yes,
            report: &args.report,
            endpoint: &args.endpoint,
        };
        return scenario::run(&wanted, &chosen, output).await;
    }
    if args.variants {
        return try_variants(&args, &chosen, seed, output).await;
    }
    let mut agenda = Agenda::new(&args, &chosen)?;
    let baseline = args.known.read()?;
    let mut subject = subject(&args, chosen.first(), seed)?;
    let departs = subject.embedded.as_ref().is_some_and(|embedded| embedded.declared().departs());
    if departs && chosen.is_empty() {
        agenda.clients.clear();
    }
    let further = match &subject.embedded {
        Some(embedded) => embedded.further(),
        None => args.further.read(subject.client.base_url())?,
    };
    if !args.dry_run && !args.read_only {
        let what = format!("weir creates and deletes users and groups named {}…", run_prefix(seed));
        confirm::before_writing(subject.client.base_url(), &what, args.yes)?;
    }
    if args.dry_run {
        return dry_run(agenda, &subject, &config, args.read_only, output).await;
    }
    let mut events = Events::new(args.report.consumers(output)?);
    let baseline = baseline.map(SharedBaseline::new);
    if let Some(baseline) = &baseline {
        events = events.annotated_by(baseline.clone());
    }
    if args.report.wants_exchanges() {
        let events = events.clone();
        subject.observe(Observer::new(move |exchange| events.emit(&Event::Exchange(Arc::clone(exchange)))));
    }
    let interrupted = interrupt::watch();
    let started = Instant::now();
    events.emit(&Event::RunStarted {
        command: repeat::command(std::env::args(), seed),
        seed,
        url: subject.client.base_url().to_string(),
        target: subject.embedded.as_ref().map(|embedded| embedded.target().to_owned()),
    });
    let options = RunOptions {
        seed,
        concurrency: usize::from(args.endpoint.concurrency()),
        interrupted: interrupted.clone(),
        further,
        scale: agenda.checks.iter().any(|check| check.is_opt_in()).then_some(Scale::FULL),
        templates: Arc::new(config.templates.clone()),
    };
    let outcome = perform(agenda, &subject, &args, &config, &events, &options).await;
    if let Err(Failure::Unreachable(reason)) = &outcome {
        events.emit(&Event::RunFailed { reason: reason.clone() });
    }
    let baseline = baseline.map(|baseline| baseline.end(&events));
    let summary = Summary {
        exchanges: subject.client.sent() + outcome.as_ref().copied().unwrap_or(0),
        elapsed: started.elapsed(),
        interrupted: *interrupted.borrow(),
        ..events.summary()
    };
    events.emit(&Event::RunFinished { summary: summary.clone() });
    outcome?;
    if let Some(error) = events.failure() {
        return Err(error.into());
    }
    let fail_on = args.fail_on.unwrap_or_default();
    let status = exit::status_of(&summary, fail_on);
    // Only a run that came to its end knows what there is to know.
    if let Some(baseline) = baseline.filter(|_| matches!(status, exit::OK | exit::FINDINGS))
        && args.known.write(&baseline, fail_on)?
        && summary.total(Verdict::Error) == 0
    {
        return Ok(exit::OK);
    }
    Ok(status)
}

/// Puts what the configuration says where no flag does. It counts for somebody's endpoint only: one of our own needs none.
fn configuration(args: &mut CheckArgs) -> Result<Config, Failure> {
    if args.target.is_some() || !args.deviations.is_empty() {
        return Ok(Config::default());
    }
    let config = args.endpoint.configuration(args.url.as_ref())?;
    args.url = args.url.take().or_else(|| config.url.clone());
    if args.url.is_none() {
        return Ok(Config::default());
    }
    args.endpoint = args.endpoint.with(&config);
    let checks = &config.checks;
    if args.only.is_empty() && args.clients.is_empty() {
        args.only.clone_from(&checks.only);
    }
    if args.clients.is_empty() {
        args.skip.extend(checks.skip.iter().cloned());
        args.read_only |= checks.read_only;
        args.scale |= checks.scale;
    }
    args.fail_on = args.fail_on.or(checks.fail_on);
    args.known.or(checks.baseline.as_ref());
    Ok(config)
}

/// The URL as given, or that of the connection, or an endpoint of our own.
fn subject(args: &CheckArgs, chosen: Option<&Chosen>, seed: u64) -> Result<Subject, Failure> {
    let connected = chosen.map(|chosen| chosen.url(args.url.as_ref())).transpose()?.flatten();
    match (connected, chosen) {
        (Some(url), Some(chosen)) => {
            Ok(Subject { client: chosen.client(&url, &args.endpoint)?, embedded: None, observer: None })
        }
        _ => unconnected(args, seed),
    }
}

fn unconnected(args: &CheckArgs, seed: u64) -> Result<Subject, Failure> {
    match &args.url {
        Some(url) => Subject::at(url, &args.endpoint),
        None => Subject::embedded(args.target.as_deref(), &args.deviations, seed, &args.endpoint),
    }
}

async fn try_variants(args: &CheckArgs, chosen: &[Chosen], seed: u64, output: Output) -> Result<u8, Failure> {
    if chosen.is_empty() {
        return Err(Failure::Usage("--variants are those of a client; name it with --as".into()));
    }
    let form = args.report.single().and_then(|(format, file)| Some((scenario::Form::of(format)?, file)));
    let Some((form, file)) = form else {
        return Err(Failure::Usage("variants are reported with --format terminal, json or markdown".into()));
    };
    let subject = subject(args, chosen.first(), seed)?;
    let what = format!("weir creates and deletes users and groups named {}…", run_prefix(seed));
    confirm::before_writing(subject.client.base_url(), &what, args.yes)?;
    let threads = usize::from(args.endpoint.concurrency.unwrap_or(8));
    let wanted = variants::Wanted { people: args.people, seed, threads };
    variants::run(chosen, &subject, &wanted, form, file, output).await
}

/// What a run does: the lifecycle of a client, checks, or both.
struct Agenda {
    clients: Vec<Description>,
    checks: Vec<&'static Check>,
}

impl Agenda {
    /// With `--as` the lifecycles of these clients; else the checks, and at an endpoint of our own the first client's
    /// lifecycle before them, unless the run is about some checks only.
    fn new(args: &CheckArgs, chosen: &[Chosen]) -> Result<Self, Failure> {
        if !chosen.is_empty() {
            let clients = chosen.iter().map(|chosen| chosen.description.clone()).collect();
            return Ok(Self { clients, checks: Vec::new() });
        }
        let selection = Selection { only: args.only.clone(), skip: args.skip.clone(), scale: args.scale };
        let checks = select(&selection).map_err(Failure::usage)?;
        let lives = args.url.is_none() && args.only.is_empty() && args.skip.is_empty() && !args.read_only;
        let clients = clients::all().iter().take(usize::from(lives)).cloned().collect();
        Ok(Self { clients, checks })
    }
}

/// The clients that `--as` or the connection names, configured.
fn choose(args: &CheckArgs) -> Result<Vec<Chosen>, Failure> {
    let flags = &args.configured;
    if args.clients.is_empty() && flags.connection.is_none() {
        if flags.settings.is_empty() && flags.variant.is_none() {
            return Ok(Vec::new());
        }
        return Err(Failure::Usage("--setting and --variant are for a client; name it with --as".into()));
    }
    if args.clients.is_empty() {
        return Ok(vec![flags.choose(None, "")?]);
    }
    args.clients.iter().map(|id| flags.choose(Some(id), "")).collect()
}

/// Runs a client's lifecycle; returns how many requests the subject's own client did not count.
async fn live(client: &Description, subject: &Subject, args: &CheckArgs, events: &Events, options: &RunOptions) -> u64 {
    let threads = options.concurrency;
    let whose = match &subject.embedded {
        Some(embedded) => lifecycle::Subject::Embedded(EmbeddedSubject {
            embedded,
            deviations: &args.deviations,
            threads,
            observer: subject.observer.clone(),
        }),
        None => lifecycle::Subject::Foreign(ForeignSubject {
            client: subject.client.clone(),
            people: args.people,
            seed: options.seed,
            threads,
        }),
    };
    let uncounted = lifecycle::run(&whose, client, events, options.interrupted.clone()).await;
    if let Some(embedded) = &subject.embedded {
        // The checks begin with an endpoint that has not been used.
        embedded.reset();
    }
    uncounted
}

/// Does what is on the agenda; returns how many requests the subject's own client did not count.
async fn perform(
    agenda: Agenda,
    subject: &Subject,
    args: &CheckArgs,
    config: &Config,
    events: &Events,
    options: &RunOptions,
) -> Result<u64, Failure> {
    let discovery = discover_or_leave(&subject.client, config, options.interrupted.clone()).await?;
    let Some(mut discovery) = discovery else { return Ok(0) };
    if let Some(embedded) = &subject.embedded {
        discovery.declare(embedded.declared().clone());
    }
    let discovery = Arc::new(discovery);
    let mut remarks = discovery.remarks().to_vec();
    if discovery.declared().departs() && agenda.clients.is_empty() {
        remarks.push(
            "the target departs from the RFCs on purpose, so no client's lifecycle was run; --as CLIENT runs one"
                .into(),
        );
    }
    events.emit(&Event::Discovered { offers: discovery.all_offers(), remarks });
    let planned = plan(agenda.checks, &discovery, args.read_only);
    let skipped = planned.iter().filter(|planned| planned.decision != Decision::Run).count();
    events.emit(&Event::Planned { run: planned.len() - skipped, skipped });
    if args.repeat == 1 {
        return Ok(round(&agenda.clients, &planned, subject, args, &discovery, events, options).await);
    }
    let rounds = Rounds::new(events.clone());
    let mut uncounted = 0;
    for number in 0..args.repeat {
        if *options.interrupted.borrow() {
            break;
        }
        // A name that an endpoint does not forget must not decide the next round.
        let options = RunOptions { seed: options.seed.wrapping_add(u64::from(number)), ..options.clone() };
        uncounted += round(&agenda.clients, &planned, subject, args, &discovery, &rounds.round(), &options).await;
        if let Some(embedded) = &subject.embedded {
            embedded.reset();
        }
    }
    rounds.finish();
    Ok(uncounted)
}

/// One round; returns how many requests the subject's own client did not count.
async fn round(
    clients: &[Description],
    planned: &[PlannedCheck],
    subject: &Subject,
    args: &CheckArgs,
    discovery: &Arc<Discovery>,
    events: &Events,
    options: &RunOptions,
) -> u64 {
    let mut uncounted = 0;
    for client in clients {
        uncounted += live(client, subject, args, events, options).await;
    }
    run::run(planned, &subject.client, discovery, events, options).await;
    uncounted
}

/// Discovers, unless the run is interrupted meanwhile.
async fn discover_or_leave(
    client: &Client,
    config: &Config,
    mut interrupted: watch::Receiver<bool>,
) -> Result<Option<Discovery>, Failure> {
    tokio::select! {
        discovery = discover_knowing(client, &config.known) => discovery.map(Some).map_err(|error| undiscovered(&error, config)),
        Ok(_) = interrupted.wait_for(|interrupted| *interrupted) => Ok(None),
    }
}

/// Why nothing is known of the endpoint.
fn undiscovered(error: &DiscoveryError, config: &Config) -> Failure {
    match error {
        DiscoveryError::UnknownType { .. } => {
            Failure::Usage(format!("{}: `resource_types`: {error}", config.file.display()))
        }
        _ => Failure::Unreachable(error.to_string()),
    }
}

async fn dry_run(
    agenda: Agenda,
    subject: &Subject,
    config: &Config,
    read_only: bool,
    output: Output,
) -> Result<u8, Failure> {
    let client = &subject.client;
    let discovery = discover_knowing(client, &config.known).await.map_err(|error| undiscovered(&error, config))?;
    let lifecycles = agenda.clients.into_iter().map(|client| {
        vec!["run".to_owned(), "lifecycle".to_owned(), format!("the whole life of {} with the endpoint", client.id)]
    });
    let checks = plan(agenda.checks, &discovery, read_only);
    let rows: Vec<_> = lifecycles
        .chain(checks.into_iter().map(|PlannedCheck { check, decision }| {
            let (word, text) = match decision {
                Decision::Run => ("run", check.title.to_owned()),
                Decision::Skip(reason) => ("skip", reason),
            };
            vec![word.to_owned(), check.id.to_owned(), text]
        }))
        .collect();
    output.print(&table(&rows))?;
    Ok(exit::OK)
}
