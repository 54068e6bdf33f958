//! A check run: discover, plan, lifecycles and checks in one or more rounds, summary.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;
use weir_catalog::baseline::{Baseline, SharedBaseline};
use weir_catalog::plan::{Decision, PlannedCheck, kept_from_running, plan};
use weir_catalog::rounds::Rounds;
use weir_catalog::run::{self, RunOptions};
use weir_catalog::{
    Discovery, DiscoveryError, Foreknowledge, Scale, SelectedCheck, Templates, UnderWay, UnpublishedTemplate,
    discover_knowing, interruption, run_prefix,
};
use weir_catalog::{checks, essentials};
use weir_exchange::Observer;
use weir_files::name::UnknownName;
use weir_judge::{Event, Events, Examiner, Rule, Summary};
use weir_provision::client::Description;

use super::RunEndpoint;
use crate::lifecycle;
use crate::lifecycle::{EmbeddedRun, ForeignRun, LifecycleEndpoint, MOST_PEOPLE};
use crate::output::plural::plural;

/// What a run does to its endpoint: the lifecycles of clients, checks, or both.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct CheckRun {
    /// The clients whose lifecycles are run before the checks.
    pub clients: Vec<Description>,
    pub checks: Vec<SelectedCheck>,
    /// The resource types that select or leave out checks, each with the flag that names it.
    pub resource_types: Vec<(&'static str, String)>,
    /// What judges every exchange.
    pub rules: Vec<&'static Rule>,
    /// Whether the checks run for their exchanges alone, and only what the rules say is reported.
    pub is_for_rules_alone: bool,
    /// Leaves out every check that writes.
    pub read_only: bool,
    /// How many rounds there are, at least one.
    pub rounds: u32,
    /// How many people a lifecycle invents for somebody's endpoint.
    pub people: usize,
    /// Decides every name and value that the run invents.
    pub seed: u64,
    /// How many checks run side by side.
    pub concurrency: usize,
    /// What is known of the endpoint without asking it.
    pub known: Foreknowledge,
    /// How the values of new resources are made.
    pub templates: Arc<Templates>,
    /// The command that repeats the run, as reports show it.
    pub command: String,
    /// The same without what selects checks and reports.
    pub base_command: String,
    /// Emits every exchange as an event.
    pub emits_exchanges: bool,
    /// Leaves what the checks create at the endpoint.
    pub keeps: bool,
    /// Runs no further topic when one has failed.
    pub stops_at_failure: bool,
}

/// What a run came to.
#[derive(Debug)]
pub struct CheckOutcome {
    pub summary: Summary,
    /// The baseline with the verdicts of the run, if there is one.
    pub baseline: Option<Baseline>,
}

/// Why a run did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Nothing is known of the endpoint.
    #[error(transparent)]
    Undiscovered(#[from] DiscoveryError),
    /// A report could not be written.
    #[error(transparent)]
    Report(#[from] io::Error),
}

impl CheckRun {
    /// One round of `checks`, and nothing else.
    pub fn new(checks: Vec<SelectedCheck>, seed: u64) -> Self {
        Self {
            clients: Vec::new(),
            checks,
            resource_types: Vec::new(),
            rules: Vec::new(),
            is_for_rules_alone: false,
            read_only: false,
            rounds: 1,
            people: MOST_PEOPLE,
            seed,
            concurrency: 1,
            known: Foreknowledge::default(),
            templates: Arc::default(),
            command: String::new(),
            base_command: String::new(),
            emits_exchanges: false,
            keeps: false,
            stops_at_failure: false,
        }
    }

    /// What would run, and why the rest would not; sends nothing but discovery.
    pub async fn plan(&self, endpoint: &RunEndpoint) -> Result<Vec<PlannedCheck>, DiscoveryError> {
        let discovery = discover_knowing(&endpoint.client, &self.known).await?;
        self.knows_resource_types(&discovery)?;
        Ok(plan(self.checks.clone(), &discovery, self.read_only))
    }

    /// Runs everything; emits each event of the run to `events`, from [`Event::RunStarted`] to [`Event::RunFinished`]. The
    /// run ends early when `interrupted` becomes true.
    pub async fn run(
        &self,
        endpoint: &mut RunEndpoint,
        mut events: Events,
        baseline: Option<Baseline>,
        interrupted: watch::Receiver<bool>,
    ) -> Result<CheckOutcome, CheckError> {
        let baseline = baseline.map(SharedBaseline::new);
        if let Some(baseline) = &baseline {
            events = events.annotated_by(baseline.clone());
        }
        if self.emits_exchanges {
            let events = events.clone();
            endpoint.observe(Observer::new(move |exchange| events.emit(&Event::Exchange(Arc::clone(exchange)))));
        }
        let started = Instant::now();
        events.emit(&Event::RunStarted {
            command: self.command.clone(),
            base_command: self.base_command.clone(),
            seed: self.seed,
            url: endpoint.client.base_url().to_string(),
            target: endpoint.embedded.as_ref().map(|embedded| embedded.target().to_owned()),
            keeps: self.keeps,
        });
        let outcome = self.perform(endpoint, &events, &interrupted).await;
        match &outcome {
            // A mistake in the configuration is not the endpoint's.
            Ok(_) | Err(DiscoveryError::Unpublished { .. }) => {}
            Err(error) => events.emit(&Event::RunFailed { reason: error.to_string() }),
        }
        let baseline = baseline.map(|baseline| baseline.end(&events));
        let summary = Summary {
            exchanges: endpoint.client.sent() + outcome.as_ref().copied().unwrap_or(0),
            elapsed: started.elapsed(),
            interrupted: *interrupted.borrow(),
            ..events.summary()
        };
        events.emit(&Event::RunFinished { summary: summary.clone() });
        outcome?;
        match events.failure() {
            Some(error) => Err(error.into()),
            None => Ok(CheckOutcome { summary, baseline }),
        }
    }

    /// Discovers, plans, and runs every round; returns how many requests the endpoint's own client did not count.
    async fn perform(
        &self,
        endpoint: &RunEndpoint,
        events: &Events,
        interrupted: &watch::Receiver<bool>,
    ) -> Result<u64, DiscoveryError> {
        let Some(discovery) = self.discover(endpoint, interrupted.clone()).await? else { return Ok(0) };
        let mut remarks = discovery.remarks().to_vec();
        if discovery.declared().departs() && self.clients.is_empty() {
            remarks.push(
                "the target departs from the RFCs on purpose, so no client's lifecycle was run; --as CLIENT runs one"
                    .into(),
            );
        }
        let planned = plan(self.checks.clone(), &discovery, self.read_only);
        let kept = kept_from_running(&planned, &discovery);
        if kept > 0 {
            remarks.push(format!(
                "faults of discovery keep at least {kept} of {} from running; `discovery.documents` and \
                 `discovery.first-requests` name them",
                plural(planned.len() as u64, "check", "checks")
            ));
        }
        let is_essential = |selected: &SelectedCheck| essentials::place(selected.check.id).is_some();
        if !self.checks.is_empty() && self.checks.iter().all(is_essential) && self.checks.len() > 1 {
            let left = checks::all().filter(|check| !check.is_opt_in()).count().saturating_sub(self.checks.len());
            remarks.push(format!(
                "only what every client needs is tested; {} without --quick",
                plural(left as u64, "more check runs", "more checks run")
            ));
        }
        events.emit(&Event::Discovered { offers: discovery.all_offers(), remarks });
        let skipped = planned.iter().filter(|planned| planned.decision != Decision::Run).count();
        for remainder in discovery.remainders() {
            events.emit(&remainder.event());
        }
        events.emit(&Event::Planned { run: planned.len() - skipped, skipped, areas: areas(&planned) });
        let round = Round { run: self, planned: &planned, endpoint, discovery: &discovery, interrupted };
        if self.rounds <= 1 {
            return Ok(round.perform(self.seed, events).await);
        }
        let rounds = Rounds::new(events.clone());
        let mut uncounted = 0;
        for number in 0..self.rounds {
            if *interrupted.borrow() {
                break;
            }
            // A name that an endpoint does not forget must not decide the next round.
            uncounted += round.perform(self.seed.wrapping_add(u64::from(number)), &rounds.round()).await;
            if let Some(embedded) = &endpoint.embedded {
                embedded.reset();
            }
        }
        rounds.finish();
        Ok(uncounted)
    }

    /// An error if a flag names a resource type that the endpoint does not have: its checks would be left out without a word, and
    /// the run would look as if they had passed. What is left out anyway may be a type that many endpoints have.
    fn knows_resource_types(&self, discovery: &Discovery) -> Result<(), DiscoveryError> {
        let known: Vec<&str> = discovery.resource_types().iter().map(|kind| kind.name.as_str()).collect();
        let is_known =
            |flag: &str, name: &str| known.contains(&name) || (flag == "--skip" && ["User", "Group"].contains(&name));
        match self.resource_types.iter().find(|(flag, name)| !is_known(flag, name)) {
            Some((flag, name)) => Err(DiscoveryError::Unpublished {
                key: (*flag).to_owned(),
                name: UnknownName::new("resource type", name, known),
            }),
            None => Ok(()),
        }
    }

    /// Discovers, unless the run is interrupted meanwhile.
    async fn discover(
        &self,
        endpoint: &RunEndpoint,
        mut interrupted: watch::Receiver<bool>,
    ) -> Result<Option<Arc<Discovery>>, DiscoveryError> {
        let (client, mut known) = (endpoint.client.clone(), self.known.clone());
        known.prefix = Some(run_prefix(self.seed));
        let asked = interruption::on_its_own(async move { discover_knowing(&client, &known).await });
        let mut discovery = tokio::select! {
            discovery = asked => match discovery {
                Ok(discovery) => discovery?,
                Err(broken) => std::panic::resume_unwind(broken.into_panic()),
            },
            Ok(_) = interrupted.wait_for(|interrupted| *interrupted) => return Ok(None),
        };
        if let Some(UnpublishedTemplate { key, name }) = self.templates.unpublished(&discovery) {
            return Err(DiscoveryError::Unpublished { key, name });
        }
        self.knows_resource_types(&discovery)?;
        if let Some(embedded) = &endpoint.embedded {
            discovery.declare(embedded.declared().clone());
        }
        Ok(Some(Arc::new(discovery)))
    }
}

/// How many checks each area of a plan has, in its order.
fn areas(planned: &[PlannedCheck]) -> Vec<(&'static str, usize)> {
    let mut areas: Vec<(&'static str, usize)> = Vec::new();
    for topic in planned.iter().map(|planned| planned.check.topic()) {
        match areas.iter_mut().find(|(area, _)| *area == topic) {
            Some((_, count)) => *count += 1,
            None => areas.push((topic, 1)),
        }
    }
    areas
}

/// What every round of a run shares.
struct Round<'a> {
    run: &'a CheckRun,
    planned: &'a [PlannedCheck],
    endpoint: &'a RunEndpoint,
    discovery: &'a Arc<Discovery>,
    interrupted: &'a watch::Receiver<bool>,
}

impl Round<'_> {
    /// Runs lifecycles and checks; returns how many requests the endpoint's own client did not count.
    async fn perform(&self, seed: u64, events: &Events) -> u64 {
        let examiner = run::examiner(&self.endpoint.client, self.discovery, self.run.rules.iter().copied());
        let mut uncounted = 0;
        for client in &self.run.clients {
            uncounted += self.live(client, seed, &examiner, events).await;
        }
        let options = RunOptions {
            seed,
            concurrency: self.run.concurrency,
            interrupted: self.interrupted.clone(),
            further: self.endpoint.further.clone(),
            scale: self.run.checks.iter().any(|selected| selected.check.is_opt_in()).then_some(Scale::FULL),
            templates: Arc::clone(&self.run.templates),
            under_way: UnderWay::default(),
            examiner,
            is_for_rules_alone: self.run.is_for_rules_alone,
            keeps: self.run.keeps,
            stops_at_failure: self.run.stops_at_failure,
        };
        run::run(self.planned, &self.endpoint.client, self.discovery, events, &options).await;
        uncounted
    }

    /// Runs a client's lifecycle; returns how many requests the endpoint's own client did not count.
    async fn live(&self, client: &Description, seed: u64, examiner: &Examiner, events: &Events) -> u64 {
        let (endpoint, threads) = (self.endpoint, self.run.concurrency);
        let subject = match &endpoint.embedded {
            Some(embedded) => LifecycleEndpoint::Embedded(EmbeddedRun {
                embedded,
                deviations: &endpoint.deviations,
                threads,
                observer: endpoint.observer.clone(),
                judge: Some(examiner.observer()),
            }),
            None => LifecycleEndpoint::Foreign(ForeignRun {
                client: endpoint.client.observed_by(examiner.observer()),
                people: self.run.people,
                seed,
                threads,
            }),
        };
        let uncounted = lifecycle::run(&subject, client, events, self.interrupted.clone()).await;
        if let Some(embedded) = &endpoint.embedded {
            // The checks begin with an endpoint that has not been used.
            embedded.reset();
        }
        uncounted
    }
}
