//! A rehearsal: a directory of a few entries, and a provisioner that remembers, before one application.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::Method;
use serde_json::Value;
use weir_exchange::Exchange;
use weir_provision::client::Description;
use weir_provision::client::wire::{Call, NoAnswer, Reply, Sender, Wire};
use weir_provision::engine::{CycleReport, Provisioner};
use weir_provision::ledger::MemoryLedger;
use weir_provision::source::{Directory, Source};
use weir_provision::{Channel, Options};

use super::write::{Write, Writes};
use super::{ScenarioApplication, ScenarioError};

pub(super) struct Rehearsal<'a> {
    pub application: &'a ScenarioApplication,
    pub directory: Directory,
    pub provisioner: Provisioner,
    /// The answers of the endpoint reach the client without `type` and `primary`.
    pub omits_types: bool,
}

/// What a cycle did, with what went over the wire.
pub(super) struct ObservedCycle {
    pub report: CycleReport,
    pub exchanges: Vec<Arc<Exchange>>,
}

impl<'a> Rehearsal<'a> {
    pub(super) fn new(
        application: &'a ScenarioApplication,
        description: &Description,
        ldif: &str,
    ) -> Result<Self, ScenarioError> {
        let options = Options { timeout: Duration::from_secs(30), ..description.options.clone() };
        let provisioner = Provisioner {
            channel: Channel::default().for_client(description),
            description: Arc::new(description.clone()),
            options,
            wire: Arc::new(Sender::new(application.client.clone(), description)),
            ledger: Arc::new(MemoryLedger::new()),
        };
        let directory = Directory::parse("scenario.ldif", ldif).map_err(|error| ours(&error))?.0;
        Ok(Self { application, directory, provisioner, omits_types: false })
    }

    /// Changes the directory.
    pub(super) fn change(&mut self, changes: &str) -> Result<(), ScenarioError> {
        self.directory.apply("scenario.ldif", changes).map(drop).map_err(|error| ours(&error))
    }

    /// Runs a cycle.
    pub(super) async fn cycle(&mut self) -> Result<ObservedCycle, ScenarioError> {
        let directory = self.directory.clone();
        self.cycle_from(&directory).await
    }

    /// As [`Self::cycle`], from another source than the directory.
    pub(super) async fn cycle_from(&mut self, source: &dyn Source) -> Result<ObservedCycle, ScenarioError> {
        let (client, recording) = self.application.client.recorded();
        let sender = Sender::new(client, &self.provisioner.description);
        self.provisioner.wire = if self.omits_types { Arc::new(UntypedWire(sender)) } else { Arc::new(sender) };
        let report = self.provisioner.cycle(source).await.map_err(|error| ours(&error))?;
        if let Some(aborted) = &report.aborted {
            return Err(ScenarioError::Unreachable(aborted.to_string()));
        }
        Ok(ObservedCycle { report, exchanges: recording.exchanges() })
    }

    /// As [`Self::cycle`], for what has to come off before the scenario begins.
    pub(super) async fn prepare(&mut self) -> Result<ObservedCycle, ScenarioError> {
        let acted = self.cycle().await?;
        match acted.report.failures.first() {
            Some(failure) => Err(ScenarioError::Unsuitable(format!(
                "the scenario cannot begin at {}: {failure}",
                self.application.name
            ))),
            None => Ok(acted),
        }
    }
}

/// A wire whose answers lack `type` and `primary`, as those of some targets do.
struct UntypedWire(Sender);

impl Wire for UntypedWire {
    fn send(&self, call: Call) -> BoxFuture<'_, Result<Reply, NoAnswer>> {
        Box::pin(async move {
            let mut reply = self.0.send(call).await?;
            if let Ok(body) = &mut reply.json {
                omit(body);
            }
            Ok(reply)
        })
    }
}

/// Takes `type` and `primary` out of the values of a user, or of the users of a list.
fn omit(body: &mut Value) {
    for user in body.get_mut("Resources").and_then(Value::as_array_mut).into_iter().flatten() {
        omit(user);
    }
    for attribute in ["emails", "phoneNumbers", "addresses"] {
        for value in
            body.get_mut(attribute).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
        {
            value.remove("type");
            value.remove("primary");
        }
    }
}

/// A fault of the scenario itself, which its tests exclude.
fn ours(error: &dyn std::fmt::Display) -> ScenarioError {
    ScenarioError::Unsuitable(format!("the scenario is broken: {error}"))
}

impl ObservedCycle {
    /// The requests that write, in the order of their answers.
    pub(super) fn writes(&self) -> Writes {
        let writes = self.exchanges.iter().filter(|exchange| exchange.method != Method::GET);
        Writes(writes.map(|exchange| Write::of(exchange)).collect())
    }
}

/// A person as an entry of the source; `more` are further lines.
pub(super) fn person(uid: &str, more: &str) -> String {
    format!(
        "dn: uid={uid},dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: Pat {uid}\nsn: {uid}\ngivenName: Pat\n\
         mail: {uid}@example.com\ntitle: Tester\nentryUUID: guid-{uid}\n{more}\n"
    )
}

/// A change of one attribute; without values it goes.
pub(super) fn changed(uid: &str, attribute: &str, values: &[&str]) -> String {
    let mut lines = format!("dn: uid={uid},dc=example,dc=com\nchangetype: modify\nreplace: {attribute}\n");
    for value in values {
        lines.extend([attribute, ": ", value, "\n"]);
    }
    lines + "-\n"
}

/// A person leaves the directory.
pub(super) fn removed(uid: &str) -> String {
    format!("dn: uid={uid},dc=example,dc=com\nchangetype: delete\n")
}
