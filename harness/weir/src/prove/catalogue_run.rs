//! The catalogue on one endpoint inside this process, so that each run sees the same, however busy the machine is.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use weir_catalog::discovery::{Discovery, DiscoveryError, discover};
use weir_catalog::run::RunOptions;
use weir_catalog::{Check, Scale, UnderWay, plan, run};
use weir_exchange::{Client, ClientError, ClientOptions};
use weir_judge::{Consumer, Event, Events, Finding, rules};

use super::digest::Digest;
use crate::embedded::EmbeddedEndpoint;

/// An answer that does not come from an endpoint inside this process within this time never will, however busy the machine is.
const TIMEOUT: Duration = Duration::from_mins(2);
/// More than any check sends together, so that none of them waits for the answer to another.
const TOGETHER: usize = 64;

/// Why an endpoint inside this process cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueRunError {
    #[error("the target has no application with a URL")]
    NoUrl,
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// An endpoint with the clients that ask it.
pub(super) struct CatalogueRun {
    endpoint: EmbeddedEndpoint,
    answers: Digest,
    under_way: UnderWay,
    discoverer: Client,
    client: Client,
}

impl CatalogueRun {
    /// Prepares a run; `under_way` is what the endpoint was started with.
    pub(super) fn new(endpoint: EmbeddedEndpoint, under_way: UnderWay) -> Result<Self, CatalogueRunError> {
        Self::observed_by(endpoint, under_way, |client| client)
    }

    /// As [`Self::new`], with [`Self::digest`].
    pub(super) fn with_digest(endpoint: EmbeddedEndpoint, under_way: UnderWay) -> Result<Self, CatalogueRunError> {
        let answers = Digest::default();
        let observer = answers.observer();
        let run = Self::observed_by(endpoint, under_way, |client| client.observed_by(observer.clone()))?;
        Ok(Self { answers, ..run })
    }

    fn observed_by(
        endpoint: EmbeddedEndpoint,
        under_way: UnderWay,
        observed: impl Fn(Client) -> Client,
    ) -> Result<Self, CatalogueRunError> {
        let application = endpoint.application().ok_or(CatalogueRunError::NoUrl)?;
        let base = application.base_urls.first().ok_or(CatalogueRunError::NoUrl)?;
        let client = |concurrency| {
            let credentials = application.credentials();
            Client::new(base, ClientOptions { credentials, timeout: TIMEOUT, concurrency, ..ClientOptions::default() })
        };
        // Discovery asks one thing after the other, so that a deviation which strikes once strikes the same request in every
        // proof.
        let (discoverer, client) = (observed(client(1)?), observed(client(TOGETHER)?));
        Ok(Self { endpoint, answers: Digest::default(), under_way, discoverer, client })
    }

    /// What the endpoint says of itself.
    pub(super) async fn discover(&self) -> Result<Arc<Discovery>, DiscoveryError> {
        discover(&self.discoverer).await.map(Arc::new)
    }

    /// Runs `checks` one after the other, so that under a deviation that mixes up everybody's data each sees the same in every
    /// proof, and judges all exchanges by every rule.
    pub(super) async fn run(
        &self,
        checks: Vec<&'static Check>,
        discovery: &Arc<Discovery>,
        seed: u64,
        scale: Option<Scale>,
    ) -> Vec<Finding> {
        let findings = Arc::new(Mutex::new(Vec::new()));
        let events =
            Events::new(vec![Box::new(Collector { findings: Arc::clone(&findings), answers: self.answers.clone() })]);
        let (_interrupt, interrupted) = watch::channel(false);
        let options = RunOptions {
            seed,
            concurrency: 1,
            interrupted,
            further: self.endpoint.further(),
            scale,
            templates: Arc::default(),
            under_way: self.under_way.clone(),
            examiner: run::examiner(&self.client, discovery, rules::all()),
            is_for_rules_alone: false,
            keeps: false,
            stops_at_failure: false,
        };
        run::run(&plan::plan(checks, discovery, false), &self.client, discovery, &events, &options).await;
        std::mem::take(&mut *findings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The client for requests of one's own.
    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// What was answered, as a number; see [`Digest`].
    pub(super) fn digest(&self) -> u64 {
        self.answers.number()
    }

    /// How many exchanges there were.
    pub(super) fn exchanges(&self) -> u64 {
        self.discoverer.sent() + self.client.sent()
    }
}

/// Keeps the findings, and says which check the exchanges are of.
struct Collector {
    findings: Arc<Mutex<Vec<Finding>>>,
    answers: Digest,
}

impl Consumer for Collector {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::CheckStarted { check } => self.answers.begins(check),
            Event::Finding(finding) => {
                self.findings.lock().unwrap_or_else(PoisonError::into_inner).push(Finding::clone(finding));
            }
            _ => {}
        }
        Ok(())
    }
}
