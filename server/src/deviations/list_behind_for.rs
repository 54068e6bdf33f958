//! Lists are behind for some time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Breaks, Deviation, Parameter, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam, Setup};
use crate::clock::Clock;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.behind-for",
    summary: "a new resource is missing from every list for so many seconds, by the endpoint's clock",
    breaks: Breaks::Requirements(&["RFC7644-3.3-19"]),
    seen: &[],
    parameter: Some(Parameter {
        meaning: "a whole number of seconds from 1 to 86400",
        default: "5",
        accepts: |text| text.parse().is_ok_and(|seconds: i64| (1..=86_400).contains(&seconds)),
    }),
    seam: Seam::Request(|setup| Box::new(BehindFor::new(setup))),
};

struct BehindFor {
    delay: SignedDuration,
    clock: Clock,
    /// When each new resource was made.
    made: Mutex<HashMap<Uuid, Timestamp>>,
}

impl BehindFor {
    fn new(setup: &Setup<'_>) -> Self {
        // A value is checked by `accepts` before it gets here.
        let delay = SignedDuration::from_secs(setup.value.parse().unwrap_or(1));
        Self { delay, clock: setup.clock.clone(), made: Mutex::default() }
    }
}

impl RequestSeam for BehindFor {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let mut outcome = next.run(operation).await?;
            let now = self.clock.now();
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            match &mut outcome {
                Outcome::Created(stored) => {
                    made.insert(stored.id, now);
                }
                Outcome::Listed(page) => {
                    made.retain(|_, made| now.duration_since(*made) < self.delay);
                    let before = page.resources.len();
                    page.resources.retain(|stored| !made.contains_key(&stored.id));
                    page.total = page.total.saturating_sub(before - page.resources.len());
                }
                _ => {}
            }
            Ok(outcome)
        })
    }
}
