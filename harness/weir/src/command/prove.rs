//! `weir prove`: that every check can fail, and that every deviation is noticed.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use weir_judge::Verdict;
use weir_provision::client as clients;
use weir_provision::client::Description;

use crate::exit;
use crate::failure::Failure;
use crate::output::plural::{exchanges, plural};
use crate::output::{Output, Printable, progress_line};
use crate::prove::innocent::{self, InnocentOptions, PremiseOutcome};
use crate::prove::{
    Complaint, Encounter, Proof, ProveOptions, REDUCED, Record, ReducedRecord, Trial, compatibility, judge,
    judge_reduced, misnaming, prove,
};
use crate::report::{compatibility as compatibility_report, innocents as innocents_report};

const EXAMPLES: &str = "\
Examples:
  weir prove                       each deviation against the checks that matter to it
  weir prove --full                every deviation against every check
  weir prove --full --write fixtures/proof.tsv
  weir prove --only patch          only deviations of this topic
  weir prove --on Group            each deviation on groups alone
  weir prove --reduced             each deviation on endpoints that offer less
  weir prove --innocent            that no check accuses an endpoint that conforms
  weir prove --innocent 200 --seed 7 --write innocents/
  weir prove --innocent 200 --guilty 200
  weir prove --premises            that no check accuses an endpoint of what it need not have
  weir prove --as pingfederate-aquera          a client against each deviation
  weir prove --as all --write docs/evidence/compatibility.md";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ProveFormat {
    #[default]
    Text,
    Json,
}

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct ProveArgs {
    /// Run every check against every deviation; each check must fail for one
    #[arg(long)]
    full: bool,
    /// Only this deviation or topic, or a pattern such as `put.null*`; may be repeated
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
    /// Run this client against each deviation, instead of the checks; repeat for more, or give `all`
    #[arg(long = "as", value_name = "CLIENT", conflicts_with = "full")]
    clients: Vec<String>,
    /// Run the checks against N generated endpoints that conform to the RFCs. No check may accuse one
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        default_missing_value = "50",
        value_parser = clap::value_parser!(u32).range(1..=100_000),
        conflicts_with_all = ["full", "only", "clients"],
    )]
    innocent: Option<u32>,
    /// Switch one random deviation that breaks a requirement on in M of the generated endpoints. It must be noticed, or hidden
    /// by what that endpoint does not offer
    #[arg(long, value_name = "M", default_value_t = 0, requires = "innocent")]
    guilty: u32,
    /// How many smaller endpoints to try for each check that accuses one, to find the smallest
    #[arg(long, value_name = "N", default_value_t = 150, requires = "innocent")]
    cuts: usize,
    /// Run the checks against endpoints that lack one thing each: an attribute, a capability, a filter. What need not be
    /// there may be named by no check. Give the beginnings of ids such as attribute.User to choose
    #[arg(
        long,
        value_name = "ID",
        num_args = 0..,
        value_delimiter = ',',
        conflicts_with_all = ["full", "only", "clients", "innocent"],
    )]
    premises: Option<Vec<String>>,
    /// Limit each deviation to this resource type, such as Group, and list those that nothing notices
    #[arg(long, value_name = "TYPE", conflicts_with_all = ["full", "innocent", "clients"])]
    on: Option<String>,
    /// Switch the deviations on at five endpoints that offer less: each must be noticed where it can show
    #[arg(long, conflicts_with_all = ["full", "innocent", "clients", "on", "only"])]
    reduced: bool,
    /// With --full, write the record of checks and deviations to FILE, instead of comparing it. With --as, write the
    /// page of clients and deviations. With --innocent, write each endpoint as a target file to the
    /// folder FILE. The smallest that each check accuses is among them. With --premises, write each endpoint. With --reduced, write the deviations that cannot show
    #[arg(long, value_name = "FILE", conflicts_with = "only")]
    write: Option<PathBuf>,
    /// The same seed invents the same names and values
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many endpoints to test at once
    #[arg(long, value_name = "N", default_value_t = 2)]
    concurrency: usize,
    /// The form of the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ProveFormat,
}

pub(super) async fn run(args: ProveArgs, output: &Output) -> Result<u8, Failure> {
    if !args.clients.is_empty() {
        return compare(&args, output).await;
    }
    if let Some(count) = args.innocent {
        return acquit(&args, usize::try_from(count).unwrap_or(usize::MAX), output).await;
    }
    if let Some(only) = &args.premises {
        return take_away(&args, only, output).await;
    }
    if args.reduced {
        return prove_reduced(&args, output).await;
    }
    if args.write.is_some() && !args.full {
        return Err(Failure::Usage(
            "--write needs --full, --innocent, --premises, --reduced, or --as with a client; give one of them".into(),
        ));
    }
    let record = Record::compiled_in().map_err(Failure::usage)?;
    let options = ProveOptions {
        full: args.full,
        only: args.only,
        resource_type: args.on,
        reduced: None,
        seed: args.seed,
        concurrency: args.concurrency,
    };
    let started = Instant::now();
    let proof = prove_with_progress(&options, &record).await?;
    let found = Record::of_proof(&proof);
    let record = if let Some(path) = &args.write {
        Printable::as_is(found.to_string()).write_to(path)?;
        &found
    } else {
        &record
    };
    let complaints = judge(&proof, args.full.then_some(record));
    let text = match args.format {
        ProveFormat::Text => Printable::from(text_of(&proof, &complaints, started.elapsed().as_secs_f64())),
        ProveFormat::Json => Printable::json(json_of(&proof, &complaints)),
    };
    output.print(text)?;
    Ok(if complaints.is_empty() { exit::OK } else { exit::FINDINGS })
}

/// Runs the proof, with the deviation that is being tested on the progress line.
async fn prove_with_progress(options: &ProveOptions, record: &Record) -> Result<Proof, Failure> {
    let mut progress = ProgressLine::new();
    let proof = prove(options, record, |trial| progress.show(trial.deviation.id)).await;
    progress.clear();
    proof.map_err(Failure::usage)
}

/// The deviations at the endpoints that offer less.
async fn prove_reduced(args: &ProveArgs, output: &Output) -> Result<u8, Failure> {
    let record = Record::compiled_in().map_err(Failure::usage)?;
    let recorded = ReducedRecord::compiled_in().map_err(Failure::usage)?;
    let mut found = ReducedRecord::default();
    let (mut text, mut parts, mut is_proven) = (String::new(), Map::new(), true);
    for endpoint in &REDUCED {
        let options = ProveOptions {
            full: false,
            only: Vec::new(),
            resource_type: None,
            reduced: Some(endpoint),
            seed: args.seed,
            concurrency: args.concurrency,
        };
        let started = Instant::now();
        let proof = prove_with_progress(&options, &record).await?;
        found.add(endpoint, &proof);
        let complaints = if args.write.is_some() {
            judge_reduced(endpoint, &proof, &found)
        } else {
            judge_reduced(endpoint, &proof, &recorded)
        };
        is_proven &= complaints.is_empty();
        parts.insert(endpoint.id.to_owned(), json_of(&proof, &complaints));
        let _ = writeln!(
            text,
            "{}: {}; {} cannot show there",
            endpoint.id,
            endpoint.what,
            plural(found.count(endpoint) as u64, "deviation", "deviations"),
        );
        text.push_str(&text_of(&proof, &complaints, started.elapsed().as_secs_f64()));
        text.push('\n');
    }
    if let Some(path) = &args.write {
        Printable::as_is(found.to_string()).write_to(path)?;
    }
    output.print(match args.format {
        ProveFormat::Text => Printable::from(text),
        ProveFormat::Json => Printable::json(parts.into()),
    })?;
    Ok(if is_proven { exit::OK } else { exit::FINDINGS })
}

/// The checks against endpoints that conform.
async fn acquit(args: &ProveArgs, innocents: usize, output: &Output) -> Result<u8, Failure> {
    let options = InnocentOptions {
        innocents,
        guilty: usize::try_from(args.guilty).unwrap_or(usize::MAX),
        cuts: args.cuts,
        seed: args.seed,
        concurrency: args.concurrency,
    };
    let record = Record::compiled_in().map_err(Failure::usage)?;
    let started = Instant::now();
    let mut progress = ProgressLine::new();
    let proof = innocent::innocents(&options, &record, |what| progress.show(what)).await;
    progress.clear();
    let proof = proof.map_err(Failure::usage)?;
    if let Some(folder) = &args.write {
        let drawn = proof.drawn.iter().enumerate();
        let drawn = drawn.map(|(number, own)| (format!("{:04}", number + 1), own.target_file()));
        let accused = proof.accused.iter();
        let accused =
            accused.map(|own| (own.check.clone(), format!("# {}\n{}", own.check, own.smallest.target_file())));
        write_targets(folder, drawn.chain(accused))?;
    }
    output.print(match args.format {
        ProveFormat::Text => Printable::from(innocents_report::text(&proof, started.elapsed().as_secs_f64())),
        ProveFormat::Json => Printable::json(innocents_report::json(&proof)),
    })?;
    Ok(if proof.is_proven() { exit::OK } else { exit::FINDINGS })
}

/// The checks against endpoints that lack one thing each.
async fn take_away(args: &ProveArgs, only: &[String], output: &Output) -> Result<u8, Failure> {
    let options = InnocentOptions { innocents: 0, guilty: 0, cuts: 0, seed: args.seed, concurrency: args.concurrency };
    let started = Instant::now();
    let mut progress = ProgressLine::new();
    let outcomes = innocent::without_premises(&options, only, |what| progress.show(what)).await;
    progress.clear();
    let outcomes = outcomes.map_err(Failure::usage)?;
    if let Some(folder) = &args.write {
        write_targets(folder, innocent::premises().iter().map(|own| (own.id.clone(), own.target_file())))?;
    }
    output.print(match args.format {
        ProveFormat::Text => {
            Printable::from(innocents_report::premises_text(&outcomes, started.elapsed().as_secs_f64()))
        }
        ProveFormat::Json => Printable::json(innocents_report::premises_json(&outcomes)),
    })?;
    let is_proven = !outcomes.is_empty() && outcomes.iter().all(PremiseOutcome::is_proven);
    Ok(if is_proven { exit::OK } else { exit::FINDINGS })
}

/// Writes target files into a folder, each under its name.
fn write_targets(folder: &Path, files: impl Iterator<Item = (String, String)>) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::Usage(format!("{}: {error}; give a folder that can be made", folder.display())))?;
    for (name, text) in files {
        Printable::as_is(text).write_to(&folder.join(format!("{name}.toml")))?;
    }
    Ok(())
}

/// Clients against deviations.
async fn compare(args: &ProveArgs, output: &Output) -> Result<u8, Failure> {
    let mut clients: Vec<&'static Description> = Vec::new();
    for id in &args.clients {
        if id == "all" {
            clients = clients::all().iter().collect();
            break;
        }
        clients.push(clients::named(id).map_err(Failure::usage)?);
    }
    let mut progress = ProgressLine::new();
    let mut done = Vec::new();
    for client in clients {
        let show = |encounter: &Encounter| progress.show(encounter.deviation.id);
        let found = compatibility(client, &args.only, args.seed, args.concurrency, show).await;
        progress.clear();
        done.push(found.map_err(Failure::usage)?);
    }
    if let Some(path) = &args.write {
        Printable::as_is(compatibility_report::markdown(&done)).write_to(path)?;
    }
    output.print(match args.format {
        ProveFormat::Text => Printable::from(compatibility_report::text(&done)),
        ProveFormat::Json => Printable::json(compatibility_report::json(&done)),
    })?;
    Ok(exit::OK)
}

fn text_of(proof: &Proof, complaints: &[Complaint], seconds: f64) -> String {
    let breaking: Vec<&Trial> = proof.trials.iter().filter(|trial| !trial.deviation.is_permitted()).collect();
    let noticed = breaking.iter().filter_map(|trial| trial.noticed().map(|(_, verdict)| verdict).max());
    let (failed, warned): (Vec<_>, Vec<_>) = noticed.partition(|verdict| *verdict == Verdict::Fail);
    let hidden = match breaking.iter().filter(|trial| trial.hiding.is_some()).count() {
        0 => String::new(),
        count => format!("{count} of the others cannot show: what they act on is not offered, or not there\n"),
    };
    let named = breaking.iter().filter(|trial| trial.noticed().next().is_some() && misnaming(trial).is_none()).count();
    let mut text = format!(
        "{} of {} deviations that break a requirement are noticed, {} of them by a warn alone; {} are permitted\n\
         {hidden}{named} of {} that are noticed are named right\n\
         {}, {}, {seconds:.1} s\n",
        failed.len() + warned.len(),
        breaking.len(),
        warned.len(),
        proof.trials.len() - breaking.len(),
        failed.len() + warned.len(),
        plural(proof.faithful.len() as u64, "check", "checks"),
        exchanges(proof.exchanges),
    );
    for complaint in complaints {
        text.push_str("\n- ");
        text.push_str(&complaint.to_string());
    }
    if complaints.is_empty() {
        text
    } else {
        format!("{text}\n\nnot proven: {}\n", plural(complaints.len() as u64, "complaint", "complaints"))
    }
}

fn json_of(proof: &Proof, complaints: &[Complaint]) -> Value {
    let trials: Vec<Value> = proof
        .trials
        .iter()
        .map(|trial| {
            json!({
                "deviation": trial.deviation.id,
                "permitted": trial.deviation.is_permitted(),
                "noticed": trial.noticed().map(|(check, verdict)| json!({"check": check, "verdict": verdict.as_str()})).collect::<Vec<_>>(),
                "cause": trial.cause.as_ref().map(|cause| json!({"id": cause.id, "headline": cause.headline, "requirements": cause.requirements, "findings": cause.findings})),
                "hidden": trial.hiding.as_ref().map(ToString::to_string),
                "misnamed": misnaming(trial).map(|misnaming| misnaming.to_string()),
                "breaks": trial.deviation.breaks,
                "checks": trial.verdicts.len(),
                "exchanges": trial.exchanges,
                "milliseconds": u64::try_from(trial.elapsed.as_millis()).unwrap_or(u64::MAX),
            })
        })
        .collect();
    json!({
        "complete": proof.complete,
        "exchanges": proof.exchanges,
        "trials": trials,
        "complaints": complaints.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// One line that is written over, on a terminal only.
struct ProgressLine {
    shown: bool,
    done: usize,
}

impl ProgressLine {
    fn new() -> Self {
        Self { shown: std::io::stderr().is_terminal(), done: 0 }
    }

    fn show(&mut self, deviation: &str) {
        self.done += 1;
        if self.shown {
            progress_line::draw(&format!("{} {deviation}", self.done));
        }
    }

    fn clear(&self) {
        if self.shown && self.done > 0 {
            progress_line::clear();
        }
    }
}
