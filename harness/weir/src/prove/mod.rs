//! Proves the catalogue with the deviations, and the deviations with the catalogue: an endpoint with the
//! target `proof` is started with one deviation at a time, and what the checks say of it is compared with what they must say.
//!
//! A check that no deviation makes fail cannot be trusted to notice anything; a deviation that no check notices is a
//! defect that a user would ship.

mod catalogue_run;
mod compatibility;
mod digest;
mod hiding;
pub mod innocent;
mod judge;
mod naming;
mod record;
mod reduced;
mod same_rule;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;

pub use compatibility::{Compatibility, CompatibilityError, Encounter, Survival, compatibility};
pub use hiding::HiddenReason;
pub use judge::{Complaint, judge};
pub use naming::{NamingFault, exception, misnaming};
pub use record::{Record, RecordError};
pub use reduced::{REDUCED, ReducedEndpoint, ReducedRecord, judge_reduced};

use crate::embedded::{self, EmbeddedEndpoint, EmbeddedOptions, KnownDeviation};
use catalogue_run::CatalogueRun;
use weir_catalog::{Check, Scale, UnderWay, checks};
use weir_files::pattern::{Pattern, PatternError};
use weir_judge::{BrokenLaw, Cause, Finding, Verdict, broken_laws, causes, full_name, parts_of_name, rules};

/// How many checks are run against every deviation besides those that its requirements call for and those that the record names.
const SENTINELS: usize = 20;
/// How many where the record names rules alone, which judge what other checks cause.
const SENTINELS_FOR_RULES: usize = 60;

/// What a proof covers.
#[derive(Clone, Debug)]
pub struct ProveOptions {
    /// Every check against every deviation, instead of those that matter to it and the sentinels.
    pub full: bool,
    /// Which deviations: whole ids, topics, or patterns with asterisks; all if empty.
    pub only: Vec<String>,
    /// The name of the resource type that each deviation is limited to, those that can be; `None` for no limit.
    pub resource_type: Option<String>,
    /// The endpoint that offers less than the target `proof`, on which the deviations are switched on.
    pub reduced: Option<&'static ReducedEndpoint>,
    pub seed: u64,
    /// How many endpoints are tested side by side.
    pub concurrency: usize,
}

/// What the checks and rules said of an endpoint: the full name of each that was run, with its verdict.
pub type Verdicts = BTreeMap<String, Verdict>;

/// One deviation with what the checks said of it.
#[derive(Clone, Debug)]
pub struct Trial {
    pub deviation: KnownDeviation,
    pub verdicts: Verdicts,
    /// The first cause of its report.
    pub cause: Option<Cause>,
    /// The resource type that the deviation was limited to.
    pub limit: Option<String>,
    /// Why nothing noticed it, if the endpoint or the resource type does not have what it takes.
    pub hiding: Option<HiddenReason>,
    /// The laws of verdicts that its report breaks.
    pub laws: Vec<BrokenLaw>,
    pub exchanges: u64,
    pub elapsed: Duration,
}

impl Trial {
    /// The checks and rules that noticed: a note is not enough.
    pub fn noticed(&self) -> impl Iterator<Item = (&str, Verdict)> {
        self.verdicts
            .iter()
            .map(|(check, verdict)| (check.as_str(), *verdict))
            .filter(|(_, verdict)| matches!(verdict, Verdict::Fail | Verdict::Warn))
    }
}

/// The whole matrix, as far as it was computed.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Whether every check met every deviation.
    pub complete: bool,
    /// What the checks say of the endpoint without any deviation.
    pub faithful: Verdicts,
    pub trials: Vec<Trial>,
    pub exchanges: u64,
}

/// Why a proof could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    #[error(transparent)]
    UnknownDeviation(#[from] PatternError),
    #[error("{deviation}: the embedded endpoint cannot be tested: {problem}")]
    Subject { deviation: String, problem: String },
}

/// Runs the trials; `progress` hears of each that is done.
pub async fn prove(
    options: &ProveOptions,
    record: &Record,
    mut progress: impl FnMut(&Trial),
) -> Result<Proof, ProveError> {
    let only = patterns(&options.only)?;
    let selected = |id: &str| only.is_empty() || only.iter().any(|pattern| pattern.matches(id));
    let EndpointVerdicts { verdicts: faithful, mut exchanges, .. } =
        deviate(None, options, checks::all().collect()).await?;
    let limit = options.resource_type.as_deref();
    let deviations = embedded::known_deviations()
        .filter(|deviation| selected(deviation.id) && (limit.is_none() || deviation.can_be_limited))
        // That a permitted one accuses nobody is shown by the whole endpoint and by innocents.
        .filter(|deviation| options.reduced.is_none() || !deviation.is_permitted());
    let known = &faithful;
    let trials = deviations.map(|deviation| try_deviation(deviation, options, record, known));
    let mut trials = futures_util::stream::iter(trials).buffered(options.concurrency.max(1));
    let mut done = Vec::new();
    while let Some(trial) = trials.next().await {
        let trial = trial?;
        exchanges += trial.exchanges;
        progress(&trial);
        done.push(trial);
    }
    Ok(Proof {
        complete: options.full && options.only.is_empty() && limit.is_none() && options.reduced.is_none(),
        faithful: faithful.clone(),
        trials: done,
        exchanges,
    })
}

/// One deviation against the checks.
async fn try_deviation(
    deviation: KnownDeviation,
    options: &ProveOptions,
    record: &Record,
    faithful: &Verdicts,
) -> Result<Trial, ProveError> {
    let checks = || if options.full { checks::all().collect() } else { checks_for(&deviation, record) };
    let outcome = deviate(Some(deviation.id), options, checks()).await?;
    let EndpointVerdicts { mut verdicts, reasons, digest, refusal, cause, laws, exchanges, elapsed } = outcome;
    if options.reduced.is_some() {
        // What is said of the endpoint as it is says nothing of the deviation.
        let is_accusing = |verdict: &Verdict| matches!(verdict, Verdict::Fail | Verdict::Warn);
        verdicts.retain(|name, verdict| !is_accusing(verdict) || !faithful.get(name).is_some_and(is_accusing));
    }
    let limit = options.resource_type.clone();
    let mut trial = Trial { deviation, verdicts, cause, limit, hiding: None, laws, exchanges, elapsed };
    let can_be_hidden = options.reduced.is_some() || options.resource_type.is_some();
    if can_be_hidden && !deviation.is_permitted() && trial.noticed().next().is_none() {
        let limit = options.resource_type.as_deref();
        trial.hiding = if let Some(refusal) = refusal {
            Some(HiddenReason::NotThere(refusal))
        } else if let Some(reason) = hiding::by_offers(deviation.id, record, &trial.verdicts, &reasons, limit) {
            Some(reason)
        } else {
            let faithful = deviate(None, options, checks()).await?;
            trial.exchanges += faithful.exchanges;
            (faithful.digest == digest).then_some(HiddenReason::NoAnswerDiffers)
        };
    }
    Ok(trial)
}

/// What one endpoint came to.
#[derive(Default)]
struct EndpointVerdicts {
    verdicts: Verdicts,
    /// Why a check was skipped or blocked, or what it notes.
    reasons: BTreeMap<String, String>,
    /// A number that stands for all answers, where it is asked for.
    digest: Option<u64>,
    /// Why the deviation cannot be switched on.
    refusal: Option<String>,
    cause: Option<Cause>,
    laws: Vec<BrokenLaw>,
    exchanges: u64,
    elapsed: Duration,
}

/// Runs `checks` against the target `proof` with one deviation, or none. An endpoint that discovery cannot use makes every check of discovery fail: that is noticed enough.
async fn deviate(
    deviation: Option<&'static str>,
    wanted: &ProveOptions,
    checks: Vec<&'static Check>,
) -> Result<EndpointVerdicts, ProveError> {
    let started = Instant::now();
    let problem =
        |problem: String| ProveError::Subject { deviation: deviation.unwrap_or("no deviation").into(), problem };
    let seed = wanted.seed;
    let activation =
        |id: &str| wanted.resource_type.as_deref().map_or_else(|| id.to_owned(), |kind| full_name(id, kind));
    let deviations = deviation.map(activation).into_iter().collect();
    let under_way = UnderWay::default();
    let options = EmbeddedOptions { target: "proof".into(), deviations, seed };
    let endpoint = match wanted.reduced {
        None => EmbeddedEndpoint::start_repeatable(&options, &under_way),
        Some(reduced) => {
            let options = EmbeddedOptions { target: format!("{}.toml", reduced.id), ..options };
            EmbeddedEndpoint::start_text_repeatable(&reduced.target_file(), &options, &under_way)
        }
    };
    let endpoint = match endpoint {
        Ok(endpoint) => endpoint,
        // What is about something that the endpoint does not have cannot be switched on.
        Err(error) if wanted.reduced.is_some() && deviation.is_some() => {
            return Ok(EndpointVerdicts { refusal: Some(error.to_string()), ..EndpointVerdicts::default() });
        }
        Err(error) => return Err(problem(error.to_string())),
    };
    let has_digest = wanted.reduced.is_some() || wanted.resource_type.is_some();
    let run = if has_digest { CatalogueRun::with_digest } else { CatalogueRun::new };
    let run = run(endpoint, under_way).map_err(|error| problem(error.to_string()))?;
    let (verdicts, reasons, cause, laws) = if let Ok(discovery) = run.discover().await {
        let findings = run.run(checks, &discovery, seed, Some(Scale::PROOF)).await;
        let verdicts = findings.iter().map(|own| (own.name().into_owned(), own.verdict)).collect();
        let reason = |own: &Finding| Some((own.name().into_owned(), own.reason.clone()?));
        let reasons = findings.iter().filter_map(reason).collect();
        let laws = broken_laws(&findings);
        let findings: Vec<Arc<Finding>> = findings.into_iter().map(Arc::new).collect();
        (verdicts, reasons, causes(&findings).into_iter().next(), laws)
    } else {
        let discovery = checks.iter().filter(|check| check.topic() == "discovery");
        (discovery.map(|check| (check.id.to_owned(), Verdict::Fail)).collect(), BTreeMap::new(), None, Vec::new())
    };
    let digest = has_digest.then(|| run.digest());
    let (exchanges, elapsed) = (run.exchanges(), started.elapsed());
    Ok(EndpointVerdicts { verdicts, reasons, digest, refusal: None, cause, laws, exchanges, elapsed })
}

fn patterns(texts: &[String]) -> Result<Vec<Pattern>, PatternError> {
    texts.iter().map(|text| embedded::deviation_pattern(text)).collect()
}

/// The checks that must be run against a deviation: those that cite what it breaks, those that noticed it when the record
/// was written, and the sentinels, which are spread evenly over the catalogue. All of them where the record does not have the
/// deviation yet.
fn checks_for(deviation: &KnownDeviation, record: &Record) -> Vec<&'static Check> {
    let recorded: BTreeSet<&str> = record.of(deviation.id).map(|(check, _)| parts_of_name(check).0).collect();
    if recorded.is_empty() && !deviation.is_permitted() {
        return checks::all().collect();
    }
    let sentinels = if recorded.iter().all(|id| rules::find(id).is_some()) { SENTINELS_FOR_RULES } else { SENTINELS };
    let step = (checks::all().count() / sentinels).max(1);
    checks::all()
        .enumerate()
        .filter(|(index, check)| {
            index.is_multiple_of(step)
                || recorded.contains(check.id)
                || check.requirements.iter().any(|id| deviation.breaks.contains(id))
        })
        .map(|(_, check)| check)
        .collect()
}

#[cfg(test)]
mod tests;
