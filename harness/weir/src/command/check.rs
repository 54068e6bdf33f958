//! `weir check`: the conformance of an endpoint, somebody's or an embedded one.

use std::sync::Arc;

use clap::Args;
use url::Url;
use weir_catalog::essentials::ESSENTIALS;
use weir_catalog::selection::{SelectedCheck, Selection, select, select_rules};
use weir_catalog::{DiscoveryError, run_prefix};
use weir_judge::{Events, Verdict, parts_of_name, rules};
use weir_provision::client as clients;

use super::own_endpoint::{DEMONSTRATION, EndpointHints, NEXT, OwnEndpoint, own_endpoint};
use super::{scenario, variants};
use crate::config::Config;
use crate::exit;
use crate::exit::FailOn;
use crate::failure::Failure;
use crate::flags::baseline::BaselineFlags;
use crate::flags::bounds::BoundsFlags;
use crate::flags::client::{ClientChoice, ClientFlags};
use crate::flags::endpoint::base_url;
use crate::flags::further::FurtherFlags;
use crate::flags::report::ReportFlags;
use crate::flags::{EndpointFlags, repeat};
use crate::interrupt;
use crate::lifecycle::MOST_PEOPLE;
use crate::lifecycle::variants::VariantRun;
use crate::output::run_progress::RunProgress;
use crate::output::{Output, confirm};
use crate::report;
use crate::scenario::Scenario;
use crate::seed;
use crate::session::{CheckError, CheckOutcome, CheckRun, DEFAULT_TARGET, RunEndpoint};

const EXAMPLES: &str = "\
Examples:
  weir check --embedded                               Weir's own Aquera endpoint
  weir check https://scim.example.com/v2 --bearer @token.txt --yes
  weir check http://127.0.0.1:8080/scim/v2 --quick --first           begin here
  weir check http://127.0.0.1:8080/scim/v2 --only patch --only delete.resource
  weir check https://scim.example.com/v2 --as pingfederate-aquera --bearer @token.txt --yes
  weir check --as pingone-aquera --scenario partial-update
  weir check --deviate put.creates                    see a defect caught
  weir check http://127.0.0.1:8080/scim/v2 --baseline weir.baseline.toml
  weir check http://127.0.0.1:8080/scim/v2 --dry-run  what would run, and why the rest would not
  weir check --embedded --format json --output report.json
  weir check https://scim.example.com/v2 --yes --report junit=weir.xml --report markdown=summary.md";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct CheckArgs {
    /// The SCIM base URL [default: that of weir.toml]
    #[arg(value_name = "URL", value_parser = base_url)]
    url: Option<Url>,
    /// Run only this topic, check or pattern: `essentials`, `patch`, `create.dup*`; repeat for more
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
    /// Run what every client needs, in a few seconds: the same as --only essentials
    #[arg(long, conflicts_with_all = ["only", "clients", "scale"])]
    quick: bool,
    /// Leave out this topic, check or pattern; repeat for more
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    skip: Vec<String>,
    /// Add slow checks: 10,000 users, a group of 5,000 members
    #[arg(long)]
    scale: bool,
    /// Leave out every check that writes
    #[arg(long)]
    read_only: bool,
    /// Show what would run, and why the rest would not; send discovery requests only
    #[arg(long)]
    dry_run: bool,
    /// The same seed invents the same names and values [default: random]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Run no further topic when one has failed
    #[arg(long, conflicts_with = "clients")]
    first: bool,
    /// Leave what the checks create at URL, and print the lines that repeat findings with it
    #[arg(long, conflicts_with_all = ["clients", "embedded", "target", "deviations", "repeat"])]
    keep: bool,
    /// Run N times and list the checks whose verdict changed
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeat: u32,
    /// The mildest finding that fails the run: must, should, note; or never [default: must]
    #[arg(long, value_enum, value_name = "LEVEL", hide_possible_values = true)]
    fail_on: Option<FailOn>,
    /// Allow writes to a remote endpoint without asking
    #[arg(long)]
    yes: bool,
    /// Run this client's lifecycle instead of the checks; repeat for more. `weir list clients` shows all
    #[arg(long = "as", value_name = "CLIENT", conflicts_with_all = ["only", "skip", "read_only"])]
    #[arg(help_heading = "Lifecycle of a client")]
    clients: Vec<String>,
    /// Act out a known limitation instead of the lifecycle. --format takes terminal, json and markdown
    #[arg(
        long,
        value_enum,
        value_name = "SCENARIO",
        conflicts_with = "deviations",
        help_heading = "Lifecycle of a client"
    )]
    scenario: Option<Scenario>,
    /// Also try each undocumented behaviour the client may have (`weir explain CLIENT`)
    #[arg(long, conflicts_with_all = ["scenario", "deviations", "repeat", "dry_run"], help_heading = "Lifecycle of a client")]
    variants: bool,
    #[command(flatten)]
    configured: ClientFlags,
    /// How many test users --as creates at URL
    #[arg(long, value_name = "N", default_value_t = MOST_PEOPLE, requires = "url", help_heading = "Lifecycle of a client")]
    people: usize,
    /// Check Weir's own endpoint, and say that it is meant
    #[arg(long, conflicts_with = "url", help_heading = "Embedded endpoint")]
    embedded: bool,
    /// The target that the embedded endpoint behaves like: a name or a target file
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "url", help_heading = "Embedded endpoint")]
    target: Option<String>,
    /// Break the embedded endpoint on purpose, such as `put.creates`; repeat for more
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
    #[command(flatten)]
    bounds: BoundsFlags,
}

impl CheckArgs {
    pub(super) const fn is_quiet(&self) -> bool {
        self.report.is_quiet()
    }

    /// Whether a flag says that Weir's own endpoint is meant.
    const fn is_embedded(&self) -> bool {
        self.embedded || self.target.is_some() || !self.deviations.is_empty()
    }

    /// What speaks of somebody's endpoint.
    fn sign(&self) -> Option<&'static str> {
        let yes = self.yes.then_some("--yes");
        let known = if self.clients.is_empty() { self.known.sign() } else { None };
        self.endpoint.sign().or(yes).or(known).or_else(|| self.further.sign())
    }
}

pub(super) async fn run(mut args: CheckArgs, output: &Output) -> Result<u8, Failure> {
    args.endpoint.bounds = args.bounds.bounds();
    let config = configuration(&mut args, output)?;
    let chosen = choose(&args, output)?;
    selected(&args)?;
    let is_demonstration = is_demonstration(&args, &chosen)?;
    if is_demonstration {
        output.insist(DEMONSTRATION);
    }
    let status = act_or_check(&args, &config, &chosen, output).await;
    if is_demonstration && status.is_ok() {
        output.insist(DEMONSTRATION);
        output.insist(NEXT);
    }
    status
}

/// Whether the run is about Weir's own endpoint because nothing else was said; an error if something else was meant.
fn is_demonstration(args: &CheckArgs, chosen: &[ClientChoice]) -> Result<bool, Failure> {
    let connected = chosen.first().map(|chosen| chosen.url(args.url.as_ref())).transpose()?.flatten();
    if args.url.is_some() || connected.is_some() {
        return Ok(false);
    }
    if args.keep {
        return Err(Failure::Usage(
            "--keep leaves resources at an endpoint that stays, and Weir's own ends with the run; give a URL".into(),
        ));
    }
    if args.further.second_url.is_some() {
        return Err(Failure::Usage(
            "--second-url is not used at Weir's own endpoint; leave it out, or give a URL".into(),
        ));
    }
    let wanted = EndpointHints { by_name: args.is_embedded(), rehearsal: !chosen.is_empty(), sign: args.sign() };
    Ok(own_endpoint(&wanted)? == OwnEndpoint::Demonstration)
}

async fn act_or_check(
    args: &CheckArgs,
    config: &Config,
    chosen: &[ClientChoice],
    output: &Output,
) -> Result<u8, Failure> {
    let seed = args.seed.unwrap_or_else(seed::draw);
    match args.scenario {
        Some(scenario) => act(args, scenario, chosen, seed, output).await,
        None if args.variants => try_variants(args, chosen, seed, output).await,
        None => check(args, config, chosen, seed, output).await,
    }
}

async fn check(
    args: &CheckArgs,
    config: &Config,
    chosen: &[ClientChoice],
    seed: u64,
    output: &Output,
) -> Result<u8, Failure> {
    let mut run = check_run(args, config, chosen, seed)?;
    let baseline = args.known.read()?;
    let mut endpoint = endpoint(args, chosen.first(), seed, output)?;
    let departs = endpoint.embedded.as_ref().is_some_and(|embedded| embedded.declared().departs());
    if departs && chosen.is_empty() {
        run.clients.clear();
    }
    if args.dry_run {
        return interrupt::or_leave(async {
            let plan = run.plan(&endpoint).await.map_err(|error| undiscovered(&error, config))?;
            output.print(report::plan::text(&run.clients, &plan))?;
            Ok(exit::OK)
        })
        .await;
    }
    if !args.read_only {
        confirm_writing(&endpoint, seed, args.yes)?;
    }
    let mut consumers = args.report.consumers(output)?;
    let progress = (!args.is_quiet()).then(|| RunProgress::start(args.repeat));
    let progress = progress.map(|(progress, watch)| {
        consumers.insert(0, watch.before_reports);
        consumers.push(watch.after_reports);
        progress
    });
    let outcome = run.run(&mut endpoint, Events::new(consumers), baseline, interrupt::watch()).await;
    drop(progress);
    let CheckOutcome { summary, baseline } = outcome.map_err(|error| match error {
        CheckError::Undiscovered(error) => undiscovered(&error, config),
        CheckError::Report(error) => error.into(),
    })?;
    let fail_on = args.fail_on.unwrap_or_default();
    if !summary.interrupted && summary.is_of_nothing() {
        return Err(Failure::Usage(
            "nothing was tested: every check was skipped; --verbose lists each with its reason".into(),
        ));
    }
    let status = exit::status_of(&summary, fail_on);
    // Only a run that came to its end knows what there is to know.
    if let Some(baseline) = baseline.filter(|_| matches!(status, exit::OK | exit::FINDINGS))
        && args.known.write(&baseline, fail_on, output)?
        && summary.total(Verdict::Error) == 0
    {
        return Ok(exit::OK);
    }
    Ok(status)
}

fn confirm_writing(endpoint: &RunEndpoint, seed: u64, yes: bool) -> Result<(), Failure> {
    let what = format!("weir creates and deletes users and groups named {}…", run_prefix(seed));
    confirm::before_writing(endpoint.client.base_url(), &what, yes)
}

/// Puts what the configuration says where no flag does. It counts for somebody's endpoint only: one of our own needs none.
fn configuration(args: &mut CheckArgs, output: &Output) -> Result<Config, Failure> {
    if args.quick {
        args.only.push(ESSENTIALS.to_owned());
    }
    if args.is_embedded() {
        return Ok(Config::default());
    }
    let config = args.endpoint.configuration(args.url.as_ref(), output)?;
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
    args.known.be_strict(checks.strict_baseline);
    Ok(config)
}

/// The URL as given, or that of the connection, or an endpoint of our own.
fn endpoint(
    args: &CheckArgs,
    chosen: Option<&ClientChoice>,
    seed: u64,
    output: &Output,
) -> Result<RunEndpoint, Failure> {
    let connected = chosen.map(|chosen| chosen.url(args.url.as_ref())).transpose()?.flatten();
    let client = match (connected, chosen, &args.url) {
        (Some(url), Some(chosen), _) => chosen.client(&url, &args.endpoint, output)?,
        (_, _, Some(url)) => args.endpoint.client(url, output)?,
        (_, _, None) => {
            let target = args.target.as_deref().unwrap_or(DEFAULT_TARGET);
            return RunEndpoint::embedded(target, &args.deviations, seed, args.endpoint.pace());
        }
    };
    let further = args.further.read(client.base_url())?;
    if args.further.second_url.is_some() && !checks_use_a_stranger(args)? {
        return Err(Failure::Usage(
            "--second-url is for the checks of multi-tenancy, none of which is selected; leave it out".into(),
        ));
    }
    Ok(RunEndpoint::foreign(client, further))
}

/// The checks that are asked for.
fn selected(args: &CheckArgs) -> Result<Vec<SelectedCheck>, Failure> {
    select(&selection(args)).map_err(Failure::usage)
}

fn selection(args: &CheckArgs) -> Selection {
    Selection { only: args.only.clone(), skip: args.skip.clone(), scale: args.scale }
}

/// The resource types that stand in brackets behind ids, each with its flag.
fn named_resource_types(args: &CheckArgs) -> Vec<(&'static str, String)> {
    let of = |flag: &'static str, texts: &[String]| -> Vec<(&'static str, String)> {
        texts.iter().filter_map(|text| Some((flag, parts_of_name(text).1?.to_owned()))).collect()
    };
    [of("--only", &args.only), of("--skip", &args.skip)].concat()
}

/// Whether one of the selected checks asks as another tenant.
fn checks_use_a_stranger(args: &CheckArgs) -> Result<bool, Failure> {
    let checks = selected(args)?;
    Ok(args.clients.is_empty() && checks.iter().any(|selected| selected.check.topic() == "multi-tenancy"))
}

async fn act(
    args: &CheckArgs,
    scenario: Scenario,
    chosen: &[ClientChoice],
    seed: u64,
    output: &Output,
) -> Result<u8, Failure> {
    let wanted = scenario::ScenarioOptions {
        scenario,
        url: args.url.as_ref(),
        target: args.target.as_deref(),
        seed,
        yes: args.yes,
        report: &args.report,
        endpoint: &args.endpoint,
    };
    scenario::run(&wanted, chosen, output).await
}

async fn try_variants(args: &CheckArgs, chosen: &[ClientChoice], seed: u64, output: &Output) -> Result<u8, Failure> {
    if chosen.is_empty() {
        return Err(Failure::Usage("--variants are those of a client; name it with --as".into()));
    }
    let Some((form, file)) = args.report.document() else {
        return Err(Failure::Usage("variants are reported with --format terminal, json or markdown".into()));
    };
    let endpoint = endpoint(args, chosen.first(), seed, output)?;
    confirm_writing(&endpoint, seed, args.yes)?;
    let run = VariantRun {
        client: endpoint.client.clone(),
        embedded: endpoint.embedded.as_ref(),
        people: args.people,
        seed,
        threads: usize::from(args.endpoint.concurrency.unwrap_or(8)),
    };
    variants::run(chosen, &run, form, file, output).await
}

/// With `--as` the lifecycles of these clients; else the checks, and at an endpoint of our own the first client's
/// lifecycle before them, unless the run is about some checks only.
fn check_run(args: &CheckArgs, config: &Config, chosen: &[ClientChoice], seed: u64) -> Result<CheckRun, Failure> {
    let mut is_for_rules_alone = false;
    let (clients, checks, rules) = if chosen.is_empty() {
        let mut checks = selected(args)?;
        let rules = select_rules(&selection(args)).map_err(Failure::usage)?;
        if checks.is_empty() && !rules.is_empty() {
            // A rule judges what passes by, and somebody has to send it.
            is_for_rules_alone = true;
            checks = select(&Selection { only: Vec::new(), ..selection(args) }).map_err(Failure::usage)?;
        }
        let lives = args.url.is_none() && args.only.is_empty() && args.skip.is_empty() && !args.read_only;
        (clients::all().iter().take(usize::from(lives)).cloned().collect(), checks, rules)
    } else {
        let clients = chosen.iter().map(|chosen| chosen.description.clone()).collect();
        (clients, Vec::new(), rules::all().collect())
    };
    Ok(CheckRun {
        clients,
        rules,
        is_for_rules_alone,
        read_only: args.read_only,
        rounds: args.repeat,
        people: args.people,
        concurrency: usize::from(args.endpoint.concurrency()),
        known: config.known.clone(),
        resource_types: named_resource_types(args),
        templates: Arc::new(config.templates.clone()),
        command: repeat::command(std::env::args(), seed),
        base_command: repeat::base_command(std::env::args(), seed),
        emits_exchanges: args.report.wants_exchanges(),
        keeps: args.keep,
        stops_at_failure: args.first,
        ..CheckRun::new(checks, seed)
    })
}

/// The clients that `--as` or the connection names, configured.
fn choose(args: &CheckArgs, output: &Output) -> Result<Vec<ClientChoice>, Failure> {
    let flags = &args.configured;
    flags.refuse_unused(false)?;
    if args.clients.is_empty() && flags.connection.is_none() {
        if flags.settings.is_empty() && flags.variant.is_none() {
            return Ok(Vec::new());
        }
        return Err(Failure::Usage("--setting and --variant are for a client; name it with --as".into()));
    }
    if args.clients.is_empty() {
        return Ok(vec![flags.choose(None, "", output)?]);
    }
    args.clients.iter().map(|id| flags.choose(Some(id), "", output)).collect()
}

/// Why nothing is known of the endpoint.
fn undiscovered(error: &DiscoveryError, config: &Config) -> Failure {
    match error {
        DiscoveryError::Unpublished { key, name } => Failure::usage(config.unpublished(key, name)),
        _ => Failure::Unreachable(error.to_string()),
    }
}
