//! One embedded endpoint under test.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use weir_catalog::discovery::discover;
use weir_catalog::plan;
use weir_catalog::run;
use weir_catalog::run::RunOptions;
use weir_catalog::{Check, Scale, UnderWay};
use weir_exchange::{Client, ClientOptions};
use weir_judge::{Consumer, Event, Events, Verdict};

use super::{ProveError, Verdicts};
use crate::embedded::{EmbeddedEndpoint, EmbeddedOptions};

/// An answer that does not come from an endpoint inside this process within this time never will, however busy the machine is.
const TIMEOUT: Duration = Duration::from_secs(30);
/// More than any check sends together, so that none of them waits for the answer to another.
const TOGETHER: usize = 64;

/// Runs `checks` against the `proof` target with one deviation, or none, and returns their verdicts, the number of
/// exchanges, and the time. An endpoint that discovery cannot use makes every check fail: that is noticed enough.
pub async fn test(
    deviation: Option<&'static str>,
    checks: Vec<&'static Check>,
    seed: u64,
) -> Result<(Verdicts, u64, Duration), ProveError> {
    let started = Instant::now();
    let name = deviation.unwrap_or("no deviation");
    let problem = |problem: String| ProveError::Subject { deviation: name.into(), problem };
    let deviations = deviation.map(str::to_owned).into_iter().collect();
    let under_way = UnderWay::default();
    let endpoint =
        EmbeddedEndpoint::start_repeatable(&EmbeddedOptions { target: "proof".into(), deviations, seed }, &under_way)
            .map_err(|error| problem(error.to_string()))?;
    let application = endpoint.application().ok_or_else(|| problem("the target has no application".into()))?;
    let base = application.base_urls.first().ok_or_else(|| problem("the application has no URL".into()))?;
    let client = |concurrency| {
        let credentials = application.credentials();
        let options = ClientOptions { credentials, timeout: TIMEOUT, concurrency, ..ClientOptions::default() };
        Client::new(base, options).map_err(|error| problem(error.to_string()))
    };
    // Discovery asks one thing after the other, so that a deviation which strikes once strikes the same request in every proof.
    let (discoverer, client) = (client(1)?, client(TOGETHER)?);
    let verdicts = Arc::new(Mutex::new(Verdicts::new()));
    if let Ok(discovery) = discover(&discoverer).await {
        let events = Events::new(vec![Box::new(Collector(Arc::clone(&verdicts)))]);
        let (_interrupt, interrupted) = watch::channel(false);
        // One check at a time, so that under a deviation that mixes up everybody's data each sees the same in every proof.
        let options = RunOptions {
            seed,
            concurrency: 1,
            interrupted,
            further: endpoint.further(),
            scale: Some(Scale::PROOF),
            templates: Arc::default(),
            under_way,
        };
        let discovery = Arc::new(discovery);
        run::run(&plan::plan(checks, &discovery, false), &client, &discovery, &events, &options).await;
    } else {
        let failed = checks.iter().filter(|check| check.topic() == "discovery").map(|check| (check.id, Verdict::Fail));
        verdicts.lock().unwrap_or_else(PoisonError::into_inner).extend(failed);
    }
    let exchanges = discoverer.sent() + client.sent();
    drop(endpoint);
    let verdicts = std::mem::take(&mut *verdicts.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((verdicts, exchanges, started.elapsed()))
}

/// Keeps the verdict of each finding.
struct Collector(Arc<Mutex<Verdicts>>);

impl Consumer for Collector {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Finding(finding) = event {
            // Only checks are run here.
            let Some(check) = weir_catalog::find(&finding.id) else { return Ok(()) };
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(check.id, finding.verdict);
        }
        Ok(())
    }
}
