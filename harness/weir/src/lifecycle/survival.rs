//! What becomes of a client that meets a deviation: a short life with an endpoint of our own, judged by what the service
//! behind it holds in the end, whatever the endpoint says.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use weir_exchange::{Client, ClientOptions, Credentials, Exchange, Recording, Request};
use weir_judge::{Consumer, Event, Events, Finding, Verdict};
use weir_provision::RemoveUserAction;
use weir_provision::client::Description;
use weir_provision::source::Directory;

use super::comparison::Side;
use super::connect;
use super::observation::Observation;
use super::people::InventedPeople;
use super::specs::{
    CONNECT, DISABLE, ENABLE, FIRST_CYCLE, GROUP_CREATE, GROUP_DELETE, GROUP_MEMBERS, GROUP_RENAME, JOINER,
    LEAVER_DELETE, LEAVER_DISABLE, MOVER, REFRESH_FIELDS, RELINK, UNCHANGED,
};
use super::stage::{Fault, ReadBack, Stage, options};
use super::step::{StepSpec, Steps};
use crate::embedded::Application;
use crate::embedded::EmbeddedEndpoint;

/// Enough for every part: one changes, one is disabled and deleted, two come later.
const PEOPLE: usize = 8;
/// An answer that does not come from an endpoint inside this process within this time never will, however busy the machine is.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The steps, in their order.
pub const STEPS: [&str; 15] = [
    CONNECT.id,
    REFRESH_FIELDS.id,
    FIRST_CYCLE.id,
    UNCHANGED.id,
    JOINER.id,
    MOVER.id,
    DISABLE.id,
    ENABLE.id,
    GROUP_CREATE.id,
    GROUP_MEMBERS.id,
    GROUP_RENAME.id,
    RELINK.id,
    GROUP_DELETE.id,
    LEAVER_DELETE.id,
    LEAVER_DISABLE.id,
];

/// What happened at one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// What the client could not do, not even in the cycle after.
    pub failures: BTreeSet<String>,
    /// What the service does not hold as it must.
    pub differences: BTreeSet<String>,
    /// How often each kind of request was sent.
    pub requests: BTreeMap<String, usize>,
    /// Whether the cycle after put right what failed.
    pub again: bool,
}

/// A life, step by step; it may end early.
pub type Life = BTreeMap<&'static str, Passage>;

/// Lets a client live with an application of an embedded endpoint.
///
/// # Errors
/// Nothing could be tried.
pub async fn live(
    embedded: &EmbeddedEndpoint,
    application: &Application,
    description: &Description,
) -> Result<Life, Fault> {
    let mut run = SurvivalRun::new(embedded, application, description)?;
    run.begin().await;
    if run.life.get(CONNECT.id).is_some_and(|passage| passage.failures.is_empty()) {
        run.scenario(&InventedPeople::new("weir", PEOPLE)).await?;
    }
    Ok(run.life)
}

/// Keeps the steps that are emitted.
#[derive(Clone, Default)]
struct StepLog(Arc<Mutex<Vec<Arc<Finding>>>>);

impl Consumer for StepLog {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Finding(step) = event {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(step));
        }
        Ok(())
    }
}

struct SurvivalRun {
    stage: Stage,
    control: Client,
    application: String,
    client: String,
    life: Life,
}

impl SurvivalRun {
    fn new(embedded: &EmbeddedEndpoint, application: &Application, description: &Description) -> Result<Self, Fault> {
        let base = application.base_urls.first().ok_or_else(|| Fault::new("the application has no base URL"))?;
        let with = |credentials| ClientOptions { credentials, timeout: TIMEOUT, ..ClientOptions::default() };
        let client = Client::new(base, with(application.credentials())).map_err(Fault::new)?;
        let token = Credentials::Bearer(embedded.control_token().clone());
        let control = Client::new(embedded.control_url(), with(token)).map_err(Fault::new)?;
        let people = InventedPeople::new("weir", PEOPLE);
        let (directory, _) = Directory::parse("invented.ldif", &people.directory()).map_err(Fault::new)?;
        let read_back =
            ReadBack::Everything { control: Box::new(control.clone()), application: application.name.clone() };
        // One operation after the other, so that the same happens in every run.
        let stage = Stage::new(client, directory, description, options(description, 1, TIMEOUT), read_back);
        Ok(Self {
            stage,
            control,
            application: application.name.clone(),
            client: description.id.clone(),
            life: Life::new(),
        })
    }

    /// The steps before the first cycle.
    async fn begin(&mut self) {
        let kept = StepLog::default();
        let events = Events::new(vec![Box::new(kept.clone())]);
        let (_sender, interrupted) = watch::channel(false);
        let mut steps = Steps::new(&events, &self.client, interrupted);
        connect::connect(&mut steps, &self.stage.client, &self.stage.provisioner.description).await;
        connect::refresh_fields(&mut steps, &mut self.stage).await;
        for step in kept.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let Some(id) = STEPS.into_iter().find(|id| *id == step.id) else { continue };
            let problems = step.problems.iter().filter(|problem| problem.verdict > Verdict::Note);
            let messages: BTreeSet<String> = problems.map(|problem| plain(&problem.message)).collect();
            // Who gets in with wrong credentials gets in; the mapping page without fields is one that nobody can fill.
            let connects = id == CONNECT.id && !messages.iter().any(|message| message.contains("right credentials"));
            let mut passage = Passage::default();
            if connects && step.verdict == Verdict::Fail {
                passage.differences = messages;
            } else {
                passage.failures = messages;
            }
            self.life.insert(id, passage);
        }
    }

    async fn scenario(&mut self, people: &InventedPeople) -> Result<(), Fault> {
        self.cycle(&FIRST_CYCLE, "").await?;
        self.cycle(&UNCHANGED, "").await?;
        self.cycle(&JOINER, &people.joiner()).await?;
        self.cycle(&MOVER, &people.mover()).await?;
        self.cycle(&DISABLE, &people.locked(true)).await?;
        self.cycle(&ENABLE, &people.locked(false)).await?;
        let has_groups = self.stage.has_groups();
        if has_groups {
            self.cycle(&GROUP_CREATE, &people.group_created()).await?;
            self.cycle(&GROUP_MEMBERS, &people.group_changed()).await?;
            self.cycle(&GROUP_RENAME, &people.group_renamed()).await?;
        }
        self.stage.forget();
        self.cycle(&RELINK, "").await?;
        if has_groups {
            self.cycle(&GROUP_DELETE, &people.group_deleted()).await?;
        }
        self.stage.provisioner.options.remove_user_action = RemoveUserAction::Delete;
        self.cycle(&LEAVER_DELETE, &people.departed(2)).await?;
        self.stage.provisioner.options.remove_user_action = RemoveUserAction::Disable;
        self.cycle(&LEAVER_DISABLE, &people.departed(1)).await
    }

    /// Applies changes and runs a cycle, and another one if something failed.
    async fn cycle(&mut self, spec: &StepSpec, changes: &str) -> Result<(), Fault> {
        if !changes.is_empty() {
            self.stage.change(spec.id, changes)?;
        }
        let (client, recording) = self.stage.client.recorded();
        let mut passage = Passage { failures: self.attempt(&client).await?, ..Passage::default() };
        if !passage.failures.is_empty() {
            passage.failures = self.attempt(&client).await?;
            passage.again = passage.failures.is_empty();
        }
        passage.requests = kinds(&recording);
        passage.differences = self.differences(spec).await?;
        self.life.insert(spec.id, passage);
        Ok(())
    }

    async fn attempt(&mut self, client: &Client) -> Result<BTreeSet<String>, Fault> {
        let events = Events::new(Vec::new());
        let (_sender, interrupted) = watch::channel(false);
        let steps = Steps::new(&events, &self.client, interrupted);
        Ok(match self.stage.raw_cycle(&steps, client).await {
            // Nobody can interrupt it.
            None => BTreeSet::new(),
            Some(Err(error)) => return Err(Fault::new(error)),
            Some(Ok(report)) => {
                let failures = report.failures.iter().map(|failure| plain(&failure.to_string()));
                failures.chain(report.aborted.iter().map(ToString::to_string)).collect()
            }
        })
    }

    /// Where the service does not hold what it must.
    async fn differences(&self, spec: &StepSpec) -> Result<BTreeSet<String>, Fault> {
        let request = Request::get("/applications").segment(&self.application).segment("accounts");
        let exchange = self.control.send(request).await.map_err(Fault::new)?;
        let found = Observation::of_service(exchange).map_err(Fault::new)?;
        let problems = self.stage.differences(spec, Side::Service, &found);
        Ok(problems.iter().filter(|own| own.verdict > Verdict::Note).map(|own| plain(&own.message)).collect())
    }
}

/// The requests of a step by kind: method, endpoint, the names of the parameters, and the status unless it is a success.
fn kinds(recording: &Recording) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for exchange in recording.exchanges() {
        *kinds.entry(kind(&exchange)).or_default() += 1;
    }
    kinds
}

fn kind(exchange: &Exchange) -> String {
    let path = exchange.url.path();
    let endpoint = ["/Users", "/Groups", "/Schemas", "/Bulk"].into_iter().find(|own| path.contains(own));
    let endpoint = endpoint.unwrap_or("/");
    let has_id = path.rsplit('/').next().is_some_and(|last| !endpoint.ends_with(last));
    let mut names: Vec<String> = exchange.url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    names.sort();
    let id = if has_id { "/{id}" } else { "" };
    let query = if names.is_empty() { String::new() } else { format!("?{}", names.join("&")) };
    let status = if exchange.is_success() { String::new() } else { format!(" answered {}", exchange.status) };
    format!("{} {endpoint}{id}{query}{status}", exchange.method)
}

/// Longer messages are cut.
const LONGEST: usize = 160;

/// A message without what differs from run to run: ids, ports and times.
fn plain(message: &str) -> String {
    let word = |word: &str| {
        let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_id = core.len() == 36 && core.bytes().filter(|byte| *byte == b'-').count() == 4;
        let is_url = core.contains("://127.0.0.1");
        if is_id {
            word.replace(core, "ID")
        } else if is_url || word.contains("127.0.0.1:") {
            "the endpoint".to_owned()
        } else {
            let parts: Vec<&str> = word
                .split('/')
                .map(|part| if part.len() == 36 && part.matches('-').count() == 4 { "{id}" } else { part })
                .collect();
            parts.join("/")
        }
    };
    let text: Vec<String> = message.split_whitespace().map(word).collect();
    let text = text.join(" ");
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_left_out() {
        for (message, expected) in [
            ("user 01a21ed6-e4d6-7000-a0ff-40a0ffee2dfa is there", "user ID is there"),
            ("GET /Users/01a21ed6-e4d6-7000-a0ff-40a0ffee2dfa failed", "GET /Users/{id} failed"),
            ("http://127.0.0.1:4711/scim sent nothing", "the endpoint sent nothing"),
            ("plain-words stay: 7", "plain-words stay: 7"),
        ] {
            assert_eq!(plain(message), expected);
        }
        let long = "x".repeat(500);
        assert_eq!(plain(&long).chars().count(), 161);
    }
}
