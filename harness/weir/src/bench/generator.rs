//! Sends the requests of a shape, in a closed or an open loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use weir_exchange::{Client, EndpointError, Exchange};

use super::population::Population;
use super::shape::Shape;
use super::tally::Measurement;

/// How an endpoint is loaded.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// How many requests are under way at once, at most.
    pub connections: usize,
    /// What is sent before anything is measured.
    pub warm_up: Duration,
    pub duration: Duration,
    /// Requests a second that are due in an open loop; a closed loop if absent.
    pub rate: Option<f64>,
}

/// What a live display reads while a load runs.
#[derive(Debug, Default)]
pub struct Progress {
    pub requests: AtomicU64,
    pub failed: AtomicU64,
}

/// Runs one shape until its time is over or the run is interrupted.
pub async fn run(
    shape: Shape,
    load: Load,
    client: &Client,
    population: &Arc<Population>,
    progress: &Arc<Progress>,
    interrupted: &watch::Receiver<bool>,
) -> Measurement {
    let begun = Instant::now();
    let turns = Arc::new(AtomicU64::new(0));
    let connections: Vec<_> = (0..load.connections.max(1))
        .map(|number| {
            let connection = Connection {
                number,
                shape,
                load,
                begun,
                client: client.clone(),
                population: Arc::clone(population),
                progress: Arc::clone(progress),
                turns: Arc::clone(&turns),
                interrupted: interrupted.clone(),
            };
            tokio::spawn(connection.run())
        })
        .collect();
    let mut measured = Measurement::default();
    for connection in connections {
        // A connection that panicked has measured nothing; the others have.
        if let Ok(own) = connection.await {
            measured.add(&own);
        }
    }
    measured
}

struct Connection {
    number: usize,
    shape: Shape,
    load: Load,
    begun: Instant,
    client: Client,
    population: Arc<Population>,
    progress: Arc<Progress>,
    /// Counts what is due in an open loop, over all connections.
    turns: Arc<AtomicU64>,
    interrupted: watch::Receiver<bool>,
}

impl Connection {
    async fn run(mut self) -> Measurement {
        let measuring = self.begun + self.load.warm_up;
        let end = measuring + self.load.duration;
        let mut measured = Measurement::default();
        let mut turn = 0;
        while !*self.interrupted.borrow() {
            let due = match self.load.rate {
                None => Instant::now(),
                Some(rate) => {
                    let number = self.turns.fetch_add(1, Ordering::Relaxed);
                    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
                    let due = self.begun + Duration::from_secs_f64(number as f64 / rate);
                    if due < end {
                        tokio::select! {
                            () = tokio::time::sleep_until(due) => {}
                            _ = self.interrupted.wait_for(|interrupted| *interrupted) => break,
                        }
                    }
                    due
                }
            };
            if due >= end {
                break;
            }
            let outcome = self.client.send_at_once(&self.shape.request(&self.population, self.number, turn)).await;
            turn += 1;
            let now = Instant::now();
            let failure = failure(outcome.as_deref());
            self.progress.requests.fetch_add(1, Ordering::Relaxed);
            if failure.is_some() {
                self.progress.failed.fetch_add(1, Ordering::Relaxed);
            }
            if due < measuring {
                continue;
            }
            measured.elapsed = now - measuring;
            measured.record(now - due);
            if let Some(kind) = failure {
                measured.record_error(kind);
            }
        }
        measured
    }
}

/// What kind of failure an outcome is; `None` for a success.
fn failure(outcome: Result<&Exchange, &EndpointError>) -> Option<String> {
    match outcome {
        Ok(exchange) if exchange.is_success() => None,
        Ok(exchange) => {
            let kind = exchange.text("scimType").filter(|kind| kind.chars().all(char::is_alphanumeric));
            Some(kind.map_or_else(|| exchange.status.to_string(), |kind| format!("{} {kind}", exchange.status)))
        }
        Err(error) => Some(error.kind.as_str().to_owned()),
    }
}
