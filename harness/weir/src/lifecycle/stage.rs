//! A stage: one application, a directory, a provisioner between them, and what must come of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use weir_exchange::{Client, Request};
use weir_judge::{Problem, Verdict};
use weir_provision::client::Description;
use weir_provision::client::wire::{Sender, Wire};
use weir_provision::engine::report::{Cause, Failure};
use weir_provision::engine::{CycleReport, PassError, Provisioner};
use weir_provision::ledger::{Kind, MemoryLedger};
use weir_provision::mapping::field::Place;
use weir_provision::source::Directory;
use weir_provision::{Channel, Options};

use super::comparison;
use super::comparison::{Comparison, Side};
use super::guard::Guard;
use super::observation::{Observation, ReadBackError};
use super::step::{OpenStep, Outcome, StepSpec, Steps};
use super::world::World;

/// Why a step about groups is skipped.
pub(super) const NO_GROUPS: &str = "this client provisions no groups";

/// How what is there is read back.
pub(super) enum ReadBack {
    /// The endpoint is our own: everything is read, and the service behind the application as well.
    Everything { control: Box<Client>, application: String },
    /// The endpoint is somebody's: only what the run created is read.
    Own(Arc<Guard>),
}

/// See the module documentation.
pub(super) struct Stage {
    pub client: Client,
    pub directory: Directory,
    pub provisioner: Provisioner,
    pub world: World,
    /// The documents of `/Schemas`, once they have been read.
    pub schemas: Vec<Value>,
    read_back: ReadBack,
    /// Every user name that was ever provisioned.
    names: BTreeSet<String>,
    /// Whether the latest cycle could not do something, which the next one tries again.
    has_failures: bool,
}

impl Stage {
    pub(super) fn new(
        client: Client,
        directory: Directory,
        description: &Description,
        options: Options,
        read_back: ReadBack,
    ) -> Self {
        let wire: Arc<dyn Wire> = match &read_back {
            ReadBack::Everything { .. } => Arc::new(Sender::new(client.clone(), description)),
            ReadBack::Own(guard) => Arc::clone(guard) as Arc<dyn Wire>,
        };
        let provisioner = Provisioner {
            channel: Channel::default().for_client(description),
            description: Arc::new(description.clone()),
            options,
            wire,
            ledger: Arc::new(MemoryLedger::new()),
        };
        Self {
            client,
            directory,
            provisioner,
            world: World::default(),
            schemas: Vec::new(),
            read_back,
            names: BTreeSet::new(),
            has_failures: false,
        }
    }

    /// Whether the client provisions groups.
    pub(super) fn has_groups(&self) -> bool {
        self.provisioner.description.group.is_some()
    }

    /// Why the client cannot find a group where groups cannot be filtered; nothing if it can.
    pub(super) fn needs_group_filter(&self) -> Option<&'static str> {
        match &self.provisioner.description.group {
            None => Some(NO_GROUPS),
            Some(group) if !group.find.is_empty() && group.fallback_statuses.is_empty() => {
                Some("this client finds groups by filter and never lists them")
            }
            Some(_) => None,
        }
    }

    /// Every user name that was ever provisioned.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.names.iter()
    }

    /// Changes the directory; a fault in the changes is a fault of ours.
    pub(super) fn change(&mut self, name: &str, changes: &str) -> Result<(), Fault> {
        self.directory.apply(name, changes).map(drop).map_err(Fault::new)
    }

    /// Forgets everything, as `--reset-all` does.
    pub(super) fn forget(&mut self) {
        self.provisioner.ledger = Arc::new(MemoryLedger::new());
    }

    /// Applies changes, runs a cycle and compares, as one step.
    pub(super) async fn step(&mut self, steps: &mut Steps<'_>, spec: &StepSpec, changes: &str) -> Option<Verdict> {
        let (begun, client) = steps.begin(spec, &self.client)?;
        let mut outcome = Outcome::default();
        if !changes.is_empty()
            && let Err(fault) = self.change(spec.id, changes)
        {
            outcome.problems.push(fault.problem());
            return Some(steps.end(begun, outcome));
        }
        let Some(report) = self.cycle(steps, spec, &client, &mut outcome).await else {
            return Some(steps.end(begun, Outcome::skipped("interrupted")));
        };
        if let Some(report) = report {
            outcome.reason = Some(summary(&report));
        }
        self.compare(spec, &client, &mut outcome).await;
        Some(steps.end(begun, outcome))
    }

    /// As [`Self::step`], where nothing may be written.
    pub(super) async fn quiet_step(&mut self, steps: &mut Steps<'_>, spec: &StepSpec) -> Option<Verdict> {
        let (begun, client) = steps.begin(spec, &self.client)?;
        let (client, recording) = client.recorded();
        let mut outcome = Outcome::default();
        // What failed before is tried again.
        let is_quiet = !self.has_failures;
        if self.cycle(steps, spec, &client, &mut outcome).await.is_none() {
            return Some(steps.end(begun, Outcome::skipped("interrupted")));
        }
        for exchange in recording.exchanges() {
            if is_quiet && exchange.method != Method::GET {
                outcome.problems.push(
                    Fault(format!("{} {} was sent although nothing had changed", exchange.method, exchange.target()))
                        .problem(),
                );
            }
        }
        self.compare(spec, &client, &mut outcome).await;
        Some(steps.end(begun, outcome))
    }

    /// Runs a cycle: `None` if it was interrupted, `Some(None)` if the source could not be read.
    pub(super) async fn cycle(
        &mut self,
        steps: &Steps<'_>,
        spec: &StepSpec,
        client: &Client,
        outcome: &mut Outcome,
    ) -> Option<Option<CycleReport>> {
        Some(match Box::pin(self.judged_cycle(steps, spec, client)).await? {
            Ok((report, problems)) => {
                outcome.problems.extend(problems);
                Some(report)
            }
            Err(error) => {
                outcome.problems.push(Fault::new(error).problem());
                None
            }
        })
    }

    /// Runs a cycle, and what it could not do as problems; nothing if it was interrupted. Any network loses an answer, and any endpoint may
    /// be unavailable for a time (RFC 9110 sections 9.2.2 and 15.6.4): the cycle that follows makes up for it, or shows that it lasts.
    pub(super) async fn judged_cycle(
        &mut self,
        steps: &Steps<'_>,
        spec: &StepSpec,
        client: &Client,
    ) -> Option<Result<(CycleReport, Vec<Problem>), PassError>> {
        let first = match self.raw_cycle(steps, client).await? {
            Ok(report) => report,
            Err(error) => return Some(Err(error)),
        };
        let passing = first.failures.iter().find(|failure| is_passing(failure)).cloned();
        let Some(passing) = passing.filter(|_| first.aborted.is_none()) else {
            let problems = comparison::failures(spec, &first);
            return Some(Ok((first, problems)));
        };
        let second = match self.raw_cycle(steps, client).await? {
            Ok(report) => report,
            Err(error) => return Some(Err(error)),
        };
        let mut problems = comparison::failures(spec, &second);
        if !second.failures.iter().any(is_passing) {
            let message = format!("the next cycle made up for what passes: {passing}");
            problems.push(Problem::new(Verdict::Note, message, passing.message));
        }
        Some(Ok((first, problems)))
    }

    /// Runs a cycle without judging it; nothing if it was interrupted.
    pub(super) async fn raw_cycle(
        &mut self,
        steps: &Steps<'_>,
        client: &Client,
    ) -> Option<Result<CycleReport, PassError>> {
        match &self.read_back {
            ReadBack::Everything { .. } => {
                self.provisioner.wire = Arc::new(Sender::new(client.clone(), &self.provisioner.description));
            }
            ReadBack::Own(guard) => guard.set_client(client.clone()),
        }
        self.world.advance(&self.directory, &self.provisioner.channel, &self.provisioner.options);
        self.names.extend(self.world.accounts.values().map(|account| account.user_name.clone()));
        let mut interrupted = steps.interruption();
        let report = tokio::select! {
            report = self.provisioner.cycle(&self.directory) => report,
            Ok(_) = interrupted.wait_for(|interrupted| *interrupted) => return None,
        };
        self.has_failures = report.as_ref().is_ok_and(|report| !report.failures.is_empty());
        Some(report)
    }

    /// Reads back and compares with what must be there.
    pub(super) async fn compare(&self, spec: &StepSpec, client: &Client, outcome: &mut Outcome) {
        // Without a cycle there is nothing to compare with.
        if outcome.problems.iter().any(|problem| matches!(problem.verdict, Verdict::Blocked | Verdict::Error)) {
            return;
        }
        match self.observe(client).await {
            Err(error) => outcome.problems.push(comparison::unreadable(spec, &error)),
            Ok((front, service)) => {
                outcome.problems.extend(self.differences(spec, Side::Front, &front));
                if let Some(service) = service {
                    outcome.problems.extend(self.differences(spec, Side::Service, &service));
                }
            }
        }
    }

    /// What is there: in front, and in the service behind an application of our own.
    pub(super) async fn observe(&self, client: &Client) -> Result<(Observation, Option<Observation>), ReadBackError> {
        match &self.read_back {
            ReadBack::Everything { control, application } => {
                let front = Observation::everything(client).await?;
                let request = Request::get("/applications").segment(application).segment("accounts");
                let service = Observation::of_service(control.send(request).await?)?;
                Ok((front, Some(service)))
            }
            ReadBack::Own(guard) => {
                let names: Vec<String> = self.names.iter().cloned().collect();
                Ok((Observation::of_names(client, &names, &guard.own_ids("/Groups")).await?, None))
            }
        }
    }

    /// Where one side is not as it must be.
    pub(super) fn differences(&self, spec: &StepSpec, side: Side, found: &Observation) -> Vec<Problem> {
        let is_listed = |place: &Place| self.is_listed(place);
        Comparison { spec, side, is_exhaustive: true, is_listed: &is_listed }.problems(&self.world, found)
    }

    /// Whether the endpoint's schemas list the attribute. An endpoint that shows no schemas is held to everything.
    fn is_listed(&self, place: &Place) -> bool {
        let offers = |urn: &str, attribute: &str, sub: Option<&str>| {
            let named = |list: &Value, name: &str| -> Option<Value> {
                let all = list.as_array()?;
                all.iter().find(|one| one["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name))).cloned()
            };
            self.schemas
                .iter()
                .find(|schema| schema["id"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(urn)))
                .and_then(|schema| named(&schema["attributes"], attribute))
                .is_some_and(|found| sub.is_none_or(|sub| named(&found["subAttributes"], sub).is_some()))
        };
        let user = scim::schema::standard::USER;
        self.schemas.is_empty()
            || match place {
                Place::Core(attribute) | Place::Values(attribute) => offers(user, attribute, None),
                Place::Sub(attribute, sub) | Place::Typed { attribute, sub, .. } => offers(user, attribute, Some(sub)),
                Place::Extension { urn, attribute, .. } => offers(urn, attribute, None),
                Place::ExtensionSub { urn, attribute, sub } => offers(urn, attribute, Some(sub)),
            }
    }

    /// Ends a step whose cycle was judged elsewhere.
    pub(super) async fn finish(
        &self,
        steps: &mut Steps<'_>,
        spec: &StepSpec,
        begun: OpenStep,
        client: &Client,
        mut outcome: Outcome,
    ) -> Verdict {
        self.compare(spec, client, &mut outcome).await;
        steps.end(begun, outcome)
    }
}

/// Whether a failure may be over when the request is sent again.
pub(super) fn is_passing(failure: &Failure) -> bool {
    matches!(failure.cause, Cause::NoAnswer | Cause::Status(429 | 503))
}

/// Options for a lifecycle: the description's, with threads, and without patience for what is on this machine.
pub(super) fn options(description: &Description, threads: usize, timeout: Duration) -> Options {
    Options { max_threads: threads, timeout, ..description.options.clone() }
}

/// What a cycle did, in a few words.
pub(super) fn summary(report: &CycleReport) -> String {
    let parts: Vec<String> = [Kind::User, Kind::Group]
        .into_iter()
        .filter_map(|kind| {
            let actions: Vec<String> = report
                .actions
                .iter()
                .filter(|((own, _), _)| *own == kind)
                .map(|((_, action), count)| format!("{count} {}", action.as_str()))
                .collect();
            (!actions.is_empty()).then(|| format!("{}s: {}", kind.as_str(), actions.join(", ")))
        })
        .collect();
    if parts.is_empty() { "nothing to do".to_owned() } else { parts.join("; ") }
}

/// A fault of the harness itself, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(String);

impl Fault {
    pub(super) fn new(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }

    /// As a problem of the step in which it showed.
    pub(super) fn problem(self) -> Problem {
        Problem::new(Verdict::Error, self.0, "")
    }
}
