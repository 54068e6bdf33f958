//! The catalogue on one endpoint inside this process, so that each run sees the same, however busy the machine is.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use weir_catalog::discovery::{Discovery, DiscoveryError, discover};
use weir_catalog::run::RunOptions;
use weir_catalog::{Check, Scale, UnderWay, plan, run};
use weir_exchange::{Client, ClientError, ClientOptions, Observer};
use weir_judge::{Consumer, Event, Events, Finding, rules};

use crate::embedded::EmbeddedEndpoint;

/// An answer that does not come from an endpoint inside this process within this time never will, however busy the machine is.
const TIMEOUT: Duration = Duration::from_secs(30);
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
    answers: Arc<AtomicU64>,
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
        let answers = Arc::new(AtomicU64::new(0));
        let observer = digest_into(Arc::clone(&answers));
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
        Ok(Self { endpoint, answers: Arc::default(), under_way, discoverer, client })
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
        let events = Events::new(vec![Box::new(Collector(Arc::clone(&findings)))]);
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

    /// What was answered, as a number: endpoints that answer alike have the same, in whatever order.
    pub(super) fn digest(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }

    /// How many exchanges there were.
    pub(super) fn exchanges(&self) -> u64 {
        self.discoverer.sent() + self.client.sent()
    }
}

/// Adds each exchange to the digest. The port, which each endpoint has its own of, and the time of sending do not count.
fn digest_into(answers: Arc<AtomicU64>) -> Observer {
    Observer::new(move |exchange| {
        let port = format!(":{}", exchange.url.port().unwrap_or_default());
        let mut hasher = DefaultHasher::new();
        exchange.method.as_str().hash(&mut hasher);
        (exchange.url.path(), exchange.url.query(), exchange.status).hash(&mut hasher);
        let mut headers: Vec<(String, String)> = exchange
            .response_headers
            .iter()
            .filter(|(name, _)| *name != "date")
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).replace(&port, "")))
            .collect();
        headers.sort_unstable();
        headers.hash(&mut hasher);
        String::from_utf8_lossy(&exchange.response_body).replace(&port, "").hash(&mut hasher);
        answers.fetch_add(hasher.finish(), Ordering::Relaxed);
    })
}

/// Keeps the findings.
struct Collector(Arc<Mutex<Vec<Finding>>>);

impl Consumer for Collector {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Finding(finding) = event {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Finding::clone(finding));
        }
        Ok(())
    }
}
