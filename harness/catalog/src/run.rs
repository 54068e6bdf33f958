//! Runs a plan: checks that own their data side by side, the others one after the other; findings in the order of the
//! plan; clean-up whatever happens.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use futures_util::{StreamExt as _, stream};
use scim::capability::{Capability, ResourceOperation};
use tokio::sync::watch;
use tokio::task::JoinError;
use weir_exchange::{Client, CreatedResources, EndpointError, EndpointErrorKind, Evidence, Further};
use weir_judge::{Because, Event, Events, Examiner, Finding, Origin, Problem, Rule, Verdict, shortened, verdict_of};

use crate::ability::Abilities;
use crate::blocked::BlockedFindings;
use crate::check::{Check, CheckResult, Context, Scale, Stop, UnderWay};
use crate::data::{Data, run_prefix};
use crate::deletion::{clean_up, keep_created};
use crate::discovery::{Discovery, ResourceType};
use crate::interruption;
use crate::liveness::{self, Liveness};
use crate::long_checks::long_checks_early;
use crate::plan::{Decision, PlannedCheck};
use crate::sweep::{Thoroughness, sweep};
use crate::template::Templates;

/// How a plan is run.
#[derive(Clone)]
pub struct RunOptions {
    /// Decides the names of everything that is created.
    pub seed: u64,
    /// How many checks run side by side, and how many resources a check prepares at once.
    pub concurrency: usize,
    /// Becomes true when the run is to end early.
    pub interrupted: watch::Receiver<bool>,
    /// Further credentials, for the checks that need them.
    pub further: Further,
    /// How many are many, for the checks of scale.
    pub scale: Option<Scale>,
    /// How the values of new resources are made.
    pub templates: Arc<Templates>,
    /// Counts what checks send together.
    pub under_way: UnderWay,
    /// What judges every exchange of the run, and of what went before it.
    pub examiner: Examiner,
    /// Whether the checks run for their exchanges alone, which rules judge, and nothing is said of the checks themselves.
    pub is_for_rules_alone: bool,
    /// Whether what the checks create stays at the endpoint, and is reported.
    pub keeps: bool,
    /// Whether no check of a further topic is begun when a topic has failed.
    pub stops_at_failure: bool,
}

/// What every check of a run shares.
#[derive(Clone)]
struct RunParts {
    client: Client,
    discovery: Arc<Discovery>,
    events: Events,
    options: RunOptions,
    abilities: Arc<Abilities>,
    first_failure: Arc<FirstFailure>,
    liveness: Liveness,
}

/// Whether a run that ends with the first topic that fails has come to its end.
#[derive(Default)]
struct FirstFailure {
    failed_topic: OnceLock<&'static str>,
    is_over: AtomicBool,
}

impl FirstFailure {
    /// The topic that has failed, if no check of this one is begun any more.
    fn before(&self, topic: &str) -> Option<&'static str> {
        let failed = *self.failed_topic.get()?;
        let is_over = failed != topic || self.is_over.load(Ordering::Relaxed);
        self.is_over.store(is_over, Ordering::Relaxed);
        is_over.then_some(failed)
    }

    /// Ends the run with the topic of a check that has failed.
    fn note(&self, finding: &Finding) {
        if finding.verdict >= Verdict::Fail
            && let Some(check) = crate::checks::find(&finding.id)
        {
            // The first stays.
            let _ = self.failed_topic.set(check.topic());
        }
    }
}

/// Runs every check of `plan` and deletes what they created. Findings are emitted in the order of the plan, whatever
/// ran first; those that are blocked by something that passes, or comes later, are emitted behind the others.
pub async fn run(
    plan: &[PlannedCheck],
    client: &Client,
    discovery: &Arc<Discovery>,
    events: &Events,
    options: &RunOptions,
) {
    let examiner = &options.examiner;
    let client = &client.observed_by(examiner.observer()).meeting_preconditions();
    let abilities = Arc::new(learn_abilities(plan, client, discovery, events, options).await);
    let parts = RunParts {
        client: client.clone(),
        discovery: Arc::clone(discovery),
        events: events.clone(),
        options: options.clone(),
        abilities,
        first_failure: Arc::default(),
        liveness: Liveness::default(),
    };
    let one = |(place, planned): (usize, &PlannedCheck)| {
        let outcome = run_one(planned.clone(), parts.clone());
        async move { (place, outcome.await) }
    };
    // A topic is judged before the next begins, where one that fails is the last.
    let at_once = if options.stops_at_failure { 1 } else { options.concurrency.max(1) };
    // Alone only means something while nothing else runs, so those come last; the report keeps the plan's order among
    // the others and among these.
    let (alone, together): (Vec<_>, Vec<_>) = plan.iter().partition(|planned| planned.check.alone);
    let mut uncertain = discovery.may_have_created();
    let mut findings = BlockedFindings::default();
    for (checks, concurrency) in [(together, at_once), (alone, 1)] {
        let mut checks: Vec<(usize, &PlannedCheck)> = checks.into_iter().enumerate().collect();
        if concurrency > 1 {
            checks = long_checks_early(checks, |(_, planned)| planned.check.id);
        }
        let mut outcomes = stream::iter(checks.into_iter().map(one)).buffer_unordered(concurrency);
        // A long check holds up none of those behind it, only what is said of them.
        let mut in_order = InOrder::default();
        while let Some((place, outcome)) = outcomes.next().await {
            for (mut finding, was_uncertain) in in_order.take(place, outcome).into_iter().flatten() {
                uncertain |= was_uncertain;
                if options.stops_at_failure {
                    parts.first_failure.note(&finding);
                }
                if finding.cause.as_ref().is_some_and(|cause| plan.iter().all(|planned| planned.name() != *cause)) {
                    // The check that judges the cause was not asked for.
                    finding.because = Some(Because::Option);
                }
                if !options.is_for_rules_alone
                    && let Some(finding) = findings.take(finding)
                {
                    events.emit(&Event::Finding(finding));
                }
            }
        }
    }
    for finding in findings.explained() {
        events.emit(&Event::Finding(finding));
    }
    // A deletion that an endpoint only pretends is seen here, and so is what nobody noticed.
    let thoroughness = if uncertain { Thoroughness::Filters } else { Thoroughness::Look };
    if parts.liveness.is_silent()
        && let Some(reason) = parts.liveness.silence(client).await
    {
        let prefix = run_prefix(options.seed);
        let reason =
            format!("{reason}, and what else was created was not looked for; run weir clean --prefix {prefix}");
        events.emit(&Event::Leftover { url: client.base_url().to_string(), reason });
    } else if !options.keeps {
        look_for_the_rest(client, discovery, events, options, thoroughness).await;
    }
    for mut finding in examiner.findings() {
        declare(&mut finding, discovery);
        events.emit(&Event::Finding(Arc::new(finding)));
    }
}

/// What comes in any order, and goes on in the order of its places.
struct InOrder<T> {
    waiting: BTreeMap<usize, T>,
    next: usize,
}

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        Self { waiting: BTreeMap::new(), next: 0 }
    }
}

impl<T> InOrder<T> {
    /// Takes what belongs at `place`, and hands over what can go on.
    fn take(&mut self, place: usize, one: T) -> Vec<T> {
        self.waiting.insert(place, one);
        let mut ready = Vec::new();
        while let Some(one) = self.waiting.remove(&self.next) {
            ready.push(one);
            self.next += 1;
        }
        ready
    }
}

/// Judges by `rules` what discovery has seen, and whatever comes.
pub fn examiner(
    client: &Client,
    discovery: &Arc<Discovery>,
    rules: impl IntoIterator<Item = &'static Rule>,
) -> Examiner {
    let published = discovery.published(client.base_url());
    let declared = Arc::clone(discovery);
    let declared = move |requirement: &str| declared.declared().breaking(requirement);
    let examiner = Examiner::new(rules, published, client.evidence().clone(), declared);
    for exchange in discovery.exchanges() {
        examiner.see(exchange);
    }
    examiner
}

/// Finds by name what checks may have created without a note of it.
async fn look_for_the_rest(
    client: &Client,
    discovery: &Discovery,
    events: &Events,
    options: &RunOptions,
    thoroughness: Thoroughness,
) {
    let prefix = run_prefix(options.seed);
    let swept = sweep(client, discovery, events, &prefix, thoroughness, false);
    if interruption::unless_over(&options.interrupted, interruption::SWEEP, swept).await.is_none()
        && thoroughness != Thoroughness::Look
    {
        let reason = format!(
            "the run was interrupted, and what else it created was not looked for; run weir clean --prefix {prefix}"
        );
        events.emit(&Event::Leftover { url: client.base_url().to_string(), reason });
    }
}

/// Runs one check; `None` if the run was interrupted before. The flag tells whether something may remain that nobody
/// has noted.
async fn run_one(planned: PlannedCheck, parts: RunParts) -> Option<(Finding, bool)> {
    if *parts.options.interrupted.borrow() {
        return None;
    }
    let undone = match &planned.decision {
        Decision::Run => parts.first_failure.before(planned.check.topic()).map(|topic| {
            let reason = format!("the run ends with the first topic that fails, {topic}");
            (Verdict::Skip, Because::Option, reason)
        }),
        Decision::Skip(because, reason) => Some((Verdict::Skip, *because, reason.clone())),
        Decision::Blocked(reason) => Some((Verdict::Blocked, Because::Run, reason.clone())),
    };
    if let Some((verdict, because, reason)) = undone {
        let because = Some(because);
        return Some((Finding { verdict, because, reason: Some(reason), ..finding_of(&planned) }, false));
    }
    let silence = parts.liveness.silence(&parts.client);
    if let Some(reason) =
        interruption::unless_over(&parts.options.interrupted, interruption::GRACE, silence).await.flatten()
    {
        let because = Some(Because::Run);
        let reason = Some(reason);
        return Some((Finding { verdict: Verdict::Blocked, because, reason, ..finding_of(&planned) }, false));
    }
    if !parts.options.is_for_rules_alone {
        parts.events.emit(&Event::CheckStarted { check: planned.check.id });
    }
    let data = data_name(&planned);
    let (mut finding, mut uncertain, lost) = attempt(&planned, &data, &parts).await;
    if lost && !*parts.options.interrupted.borrow() {
        // One lost answer is the network's right; an endpoint that loses it again is at fault.
        let (second, second_uncertain, lost_again) = attempt(&planned, &format!("{data}-again"), &parts).await;
        uncertain |= second_uncertain;
        let (exchanges, elapsed) = (finding.exchanges + second.exchanges, finding.elapsed + second.elapsed);
        if !lost_again {
            let first = finding.reason.take().unwrap_or_default();
            finding = second;
            if finding.verdict == Verdict::Pass {
                finding.verdict = Verdict::Note;
                finding.reason = Some(format!("at the second attempt; at the first, {first}"));
            }
        }
        (finding.exchanges, finding.elapsed) = (exchanges, elapsed);
    }
    Some((finding, uncertain))
}

/// Runs a check once, with data of the name `data`. The flags tell whether something may remain that nobody has noted, and
/// whether the check ended because the connection was lost under it.
async fn attempt(planned: &PlannedCheck, data: &str, parts: &RunParts) -> (Finding, bool, bool) {
    let RunParts { client, discovery, events, options, abilities, liveness, .. } = parts;
    let check = planned.check;
    let created = CreatedResources::default();
    let bounds = if check.is_opt_in() { client.bounds().of_scale() } else { client.bounds() };
    let (metered, meter) = client.noting(&created).metered(bounds);
    let data = Data::new(options.seed, data, Arc::clone(discovery)).with_templates(Arc::clone(&options.templates));
    let context = Context::new(check, metered, Arc::clone(discovery), data)
        .about(planned.subject.clone())
        .knowing(Arc::clone(abilities))
        .with_further(options.further.clone())
        .with_scale(options.scale)
        .preparing_at_once(options.concurrency)
        .counting(options.under_way.clone());
    let context = Arc::new(context);
    let started = Instant::now();
    let asked = Arc::clone(&context);
    let outcome = tokio::select! {
        outcome = interruption::on_its_own(async move { check.ask(&asked).await }) => Ok(outcome),
        () = interruption::after(options.interrupted.clone(), interruption::GRACE) => Err("the run was interrupted".into()),
        () = tokio::time::sleep(bounds.time) => Err(format!(
            "one check takes at most {} s; raise --check-time if the endpoint is that slow",
            bounds.time.as_secs()
        )),
    };
    let mut finding = finding_of(planned);
    finding.elapsed = started.elapsed();
    finding.exchanges = meter.answered();
    finding.problems = context.take_problems();
    let lost_a_precondition = context.lost_a_precondition();
    let (got_no_answer, is_refused) = (meter.is_lost(), meter.is_refused());
    // What the check had in hand is another's now.
    drop((context, meter));
    let mut lost = lost_a_precondition
        || matches!(&outcome, Ok(Ok(Err(Stop::NoAnswer(error)))) if error.kind == EndpointErrorKind::CutShort);
    if let Ok(Ok(Err(Stop::NoAnswer(error)))) = &outcome
        && error.kind == EndpointErrorKind::Throttled
    {
        liveness.give_up(&error.sentence);
    }
    match outcome {
        Ok(Ok(outcome)) => judge(&mut finding, outcome, client.evidence()),
        Ok(Err(broken)) => {
            created.note_interruption();
            finding.verdict = Verdict::Error;
            finding.reason = Some(format!("the check itself broke down: {}", message_of(broken)));
        }
        Err(reason) => {
            created.note_interruption();
            // What was found until then is found.
            finding.verdict = finding.problems.iter().map(|problem| problem.verdict).fold(Verdict::Blocked, Ord::max);
            finding.because = Some(Because::Run);
            finding.reason = Some(reason);
        }
    }
    if got_no_answer {
        let silence = liveness.silence_after_loss(client);
        let silence = interruption::unless_over(&options.interrupted, interruption::GRACE, silence).await.flatten();
        if let Some(reason) = silence {
            silenced(&mut finding, reason);
            lost = false;
        }
    }
    if is_refused && finding.verdict >= Verdict::Warn {
        let refusal = liveness.refusal(client, discovery.exchanges());
        let refusal = interruption::unless_over(&options.interrupted, interruption::GRACE, refusal).await.flatten();
        if let Some(reason) = refusal {
            let is_refusal = |problem: &Problem| problem.exchanges.last().is_some_and(|last| last.status == 401);
            finding.problems.retain(|problem| !is_refusal(problem));
            silenced(&mut finding, reason);
        }
    }
    finding.reason = finding.reason.map(shortened);
    declare(&mut finding, discovery);
    if options.keeps {
        keep_created(&created, events);
    } else {
        clean_up(&created, client, events, &options.interrupted, options.concurrency).await;
    }
    (finding, created.is_uncertain(), lost)
}

/// The endpoint answers nothing any more, so that the answer which did not come says nothing about the check's question. What was
/// found until then is found.
fn silenced(finding: &mut Finding, reason: String) {
    finding.problems.retain(|problem| !problem.exchanges.is_empty());
    finding.verdict = finding.problems.iter().map(|problem| problem.verdict).fold(Verdict::Blocked, Ord::max);
    (finding.because, finding.cause, finding.reason) = (Some(Because::Run), None, Some(reason));
}

/// A declared behaviour of a target is reported as a note and is not a finding.
fn declare(finding: &mut Finding, discovery: &Discovery) {
    let is_finding = matches!(finding.verdict, Verdict::Warn | Verdict::Blocked | Verdict::Fail);
    // What only waits for something that the target declares is declared with it.
    let cause = finding.cause.as_deref().filter(|_| finding.verdict == Verdict::Blocked);
    let declared = discovery.declared();
    let because = declared.because(&finding.id).or_else(|| cause.and_then(|cause| declared.because(cause)));
    if let Some(because) = because.filter(|_| is_finding) {
        finding.verdict = Verdict::Note;
        finding.reason = Some(format!("declared by the target: {because}"));
        finding.cause = None;
        for problem in finding.problems.iter_mut().filter(|problem| problem.verdict != Verdict::Error) {
            problem.verdict = problem.verdict.min(Verdict::Note);
        }
    }
}

fn finding_of(planned: &PlannedCheck) -> Finding {
    let subject = planned.subject.as_ref().map(|subject| subject.name.clone());
    Finding { subject, ..Finding::new(Origin::Check, planned.check.id, planned.check.title) }
}

/// What the names begin with that the check creates: no two subjects share one, and it may stand in a URL.
fn data_name(planned: &PlannedCheck) -> String {
    let check = planned.check.id;
    // Users have the name of the check alone, because most services allow fewer characters in theirs.
    match planned.subject.as_ref().filter(|subject| subject.endpoint != "/Users") {
        Some(subject) => {
            let letters = subject.name.chars().filter(char::is_ascii_alphanumeric).take(20);
            format!("{check}-{}", letters.collect::<String>().to_ascii_lowercase())
        }
        None => check.to_owned(),
    }
}

/// Sees what the endpoint does that the checks of the plan go by.
async fn learn_abilities(
    plan: &[PlannedCheck],
    client: &Client,
    discovery: &Arc<Discovery>,
    events: &Events,
    options: &RunOptions,
) -> Abilities {
    let runs = |planned: &&PlannedCheck| planned.decision == Decision::Run;
    if !plan.iter().any(|planned| runs(&planned)) {
        return Abilities::default();
    }
    // A check that names its resource types itself may need to know of each.
    let is_about_all = plan.iter().filter(runs).any(|planned| planned.subject.is_none());
    let is_asked =
        |kind: &ResourceType| plan.iter().filter(runs).any(|planned| planned.subject.as_deref() == Some(kind));
    let kinds: Vec<&ResourceType> = discovery.subjects().filter(|kind| is_about_all || is_asked(kind)).collect();
    // What a list shows of a filter says something while there is a resource which the filter does not match.
    let needs_resources = |check: &Check| {
        check.operations.contains(&ResourceOperation::Create)
            || [Capability::CreateUsers, Capability::CreateGroups].iter().any(|own| check.needs.contains(own))
    };
    let writes = plan.iter().filter(runs).any(|planned| needs_resources(planned.check));
    let created = CreatedResources::default();
    let data =
        Data::new(options.seed, "abilities", Arc::clone(discovery)).with_templates(Arc::clone(&options.templates));
    let noting = client.noting(&created);
    let learned = Abilities::learn(&noting, discovery, &data, &kinds, writes);
    let learned = interruption::unless_over(&options.interrupted, interruption::GRACE, learned).await;
    if learned.is_none() {
        created.note_interruption();
    }
    // An endpoint that cannot be reached any more is reported by each check.
    let learned = learned.and_then(Result::ok).unwrap_or_default();
    clean_up(&created, client, events, &options.interrupted, options.concurrency).await;
    learned
}

fn judge(finding: &mut Finding, outcome: CheckResult, evidence: &Evidence) {
    // What decides the verdict is read first.
    finding.problems.sort_by_key(|problem| std::cmp::Reverse(problem.verdict));
    finding.verdict = finding.problems.first().map_or(Verdict::Pass, |problem| problem.verdict);
    match outcome {
        Ok(()) => {}
        Err(Stop::Skip(because, reason)) if finding.problems.is_empty() => {
            finding.verdict = Verdict::Skip;
            finding.because = Some(because);
            finding.reason = Some(reason);
        }
        Err(Stop::Skip(_, reason)) => finding.reason = Some(reason),
        Err(Stop::Blocked { reason, cause, exchanges }) => {
            // A check that judges the premise itself has its answer.
            let own = if cause.is_none() { crate::checks::find(&finding.id) } else { None };
            let verdict = own.map_or(Verdict::Blocked, |check| verdict_of(check.requirements));
            finding.verdict = finding.verdict.max(verdict);
            let observed = exchanges.last().map_or_else(|| "no answer".into(), |exchange| exchange.status.to_string());
            let mut problem = Problem { exchanges, ..Problem::new(verdict, reason.clone(), observed) };
            if let Some(check) = own {
                problem.cite(check.requirements, check.legal);
            }
            finding.problems.push(problem.kept(evidence));
            finding.reason = Some(reason);
            finding.cause = cause;
        }
        Err(Stop::Refused { reason, exchange }) => {
            let observed = exchange.status.to_string();
            let problem =
                Problem { exchanges: vec![exchange], ..Problem::new(Verdict::Blocked, reason.clone(), observed) };
            finding.verdict = finding.verdict.max(Verdict::Blocked);
            finding.problems.push(problem.kept(evidence));
            (finding.because, finding.reason) = (Some(Because::Run), Some(reason));
        }
        Err(Stop::NoAnswer(error)) => {
            let problem = no_answer(&error);
            if problem.verdict == Verdict::Blocked {
                finding.because = Some(Because::Run);
            }
            finding.verdict = finding.verdict.max(problem.verdict);
            finding.reason = Some(if error.is_of_a_bound() {
                error.sentence
            } else if error.is_unreachable() {
                liveness::reason(&error)
            } else {
                error.to_string()
            });
            finding.problems.push(problem);
        }
    }
}

/// An endpoint that cannot be reached blocks; one that takes the request and does not answer it properly fails.
fn no_answer(error: &EndpointError) -> Problem {
    use EndpointErrorKind as Kind;
    /// An answer is due at all: that of a success, or an Error. It says nothing about what the check asks.
    const ANSWER_IS_DUE: &[&str] = &["RFC7644-3.8-13"];
    const LEGAL: &str = "any answer: the request is carried out, or refused with a 4xx or 501";
    let verdict = match error.kind {
        Kind::Timeout | Kind::CutShort | Kind::NotHttp => verdict_of(ANSWER_IS_DUE),
        // Nothing was sent.
        Kind::OtherOrigin
        | Kind::Refused
        | Kind::Dns
        | Kind::Tls
        | Kind::Budget
        | Kind::Throttled
        | Kind::Foreign
        | Kind::TooLarge
        | Kind::Other => Verdict::Blocked,
        Kind::BadRequest | Kind::Discarded => Verdict::Error,
    };
    let mut problem = Problem::new(verdict, error.to_string(), "no usable answer");
    problem.cite(ANSWER_IS_DUE, &[LEGAL]);
    problem
}

fn message_of(broken: JoinError) -> String {
    let Ok(panic) = broken.try_into_panic() else { return "its task was ended".into() };
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "no message".into())
}
