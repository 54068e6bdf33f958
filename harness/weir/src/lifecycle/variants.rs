//! The unknown details of a client, one factor at a time: each variant lives a short life of its own with the endpoint.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use weir_catalog::{DiscoveryError, discover, interruption};
use weir_exchange::Client;
use weir_judge::{Consumer, Event, Events, Finding, Verdict};
use weir_provision::client::Description;
use weir_provision::client::variants::Variant;

use super::{ForeignRun, LifecycleEndpoint};
use crate::embedded::EmbeddedEndpoint;

/// Where and how variants are tried.
pub struct VariantRun<'a> {
    pub client: Client,
    /// Absent if the endpoint is somebody's.
    pub embedded: Option<&'a EmbeddedEndpoint>,
    pub people: usize,
    pub seed: u64,
    pub threads: usize,
}

/// One variant with its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantTrial {
    pub detail: String,
    pub standing: &'static str,
    pub variant: String,
    pub says: String,
    pub verdict: Verdict,
    pub why: String,
}

/// Why variants could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum VariantError {
    #[error(transparent)]
    Undiscovered(#[from] DiscoveryError),
    /// A description that has no such variant.
    #[error(transparent)]
    Unknown(weir_provision::client::variants::VariantError),
    #[error("the run was interrupted")]
    Interrupted,
}

/// Tries the defaults of each client, and then each further variant of each of its unknown details. Emits a
/// [`Event::Leftover`] to `events` for what could not be deleted.
pub async fn try_variants(
    descriptions: &[Description],
    run: &VariantRun<'_>,
    events: &Events,
    interrupted: watch::Receiver<bool>,
) -> Result<Vec<VariantTrial>, VariantError> {
    let discovered = interruption::unless_over(&interrupted, Duration::ZERO, discover(&run.client)).await;
    let mut discovery = discovered.ok_or(VariantError::Interrupted)??;
    if let Some(embedded) = run.embedded {
        discovery.declare(embedded.declared().clone());
    }
    let offers: Vec<&str> =
        discovery.all_offers().iter().filter(|offer| offer.offered).map(|offer| offer.capability.id()).collect();
    let mut trials = Vec::new();
    for description in descriptions {
        let none = Variant { id: String::new(), says: String::new(), set: BTreeMap::new(), needs: None, known: None };
        let mut factors = vec![("(all defaults)".to_owned(), "", none)];
        for detail in description.with_choice() {
            let further = detail.variants.iter().skip(1);
            factors.extend(further.map(|variant| (detail.id.clone(), detail.standing.as_str(), variant.clone())));
        }
        for (detail, standing, variant) in factors {
            if *interrupted.borrow() {
                return Err(VariantError::Interrupted);
            }
            let changed = if variant.id.is_empty() {
                description.clone()
            } else {
                description.with_variants([(detail.as_str(), variant.id.as_str())]).map_err(VariantError::Unknown)?
            };
            let steps = live(&changed, run, trials.len(), events, interrupted.clone()).await;
            let (verdict, why) = judge(&steps, &variant, &offers);
            trials.push(VariantTrial { detail, standing, variant: variant.id, says: variant.says, verdict, why });
        }
    }
    Ok(trials)
}

/// The life of one variant with the endpoint, with a few invented people and names of its own.
async fn live(
    description: &Description,
    run: &VariantRun<'_>,
    number: usize,
    events: &Events,
    interrupted: watch::Receiver<bool>,
) -> Vec<Arc<Finding>> {
    let collected = StepCollector { steps: Arc::default(), events: events.clone() };
    let own_events = Events::new(vec![Box::new(collected.clone())]);
    let foreign = LifecycleEndpoint::Foreign(ForeignRun {
        client: run.client.clone(),
        people: run.people,
        seed: run.seed.wrapping_add(number as u64),
        threads: run.threads,
    });
    super::run(&foreign, description, &own_events, interrupted).await;
    if let Some(embedded) = run.embedded {
        embedded.reset();
    }
    collected.take()
}

/// The gravest verdict with the first problem that has it. What the endpoint declares, and what is known of the variant, is
/// a note.
fn judge(steps: &[Arc<Finding>], variant: &Variant, offers: &[&str]) -> (Verdict, String) {
    let worst = steps.iter().map(|step| step.verdict).max().unwrap_or(Verdict::Error);
    let first = steps.iter().find(|step| step.verdict == worst);
    let told = first.and_then(|step| {
        step.problems
            .iter()
            .find(|problem| problem.verdict == worst)
            .map(|problem| format!("{}: {}", step.id, problem.message))
    });
    let told = told.unwrap_or_default();
    if worst <= Verdict::Warn {
        // What was skipped was not the variant's.
        let verdict = if worst <= Verdict::Skip { Verdict::Pass } else { Verdict::Note };
        return (verdict, told);
    }
    match (&variant.needs, &variant.known) {
        (Some(needs), _) if !offers.contains(&needs.as_str()) => {
            (Verdict::Note, format!("refused as declared: the endpoint does not offer {needs}; {told}"))
        }
        (_, Some(known)) => (Verdict::Note, format!("{known}; {told}")),
        _ => (worst, told),
    }
}

/// Keeps the steps of a lifecycle, and hands on what could not be deleted.
#[derive(Clone)]
struct StepCollector {
    steps: Arc<Mutex<Vec<Arc<Finding>>>>,
    events: Events,
}

impl StepCollector {
    fn take(&self) -> Vec<Arc<Finding>> {
        // A push cannot leave the list half-done.
        std::mem::take(&mut self.steps.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Consumer for StepCollector {
    fn event(&mut self, event: &Event) -> std::io::Result<()> {
        match event {
            Event::Finding(step) => self.steps.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(step)),
            Event::Leftover { .. } => self.events.emit(event),
            _ => {}
        }
        Ok(())
    }
}
