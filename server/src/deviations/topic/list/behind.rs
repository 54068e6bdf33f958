//! Lists that hold new resources later than reads do.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::application::{Next, Operation, Outcome, RequestSeam, Setup};
use crate::clock::Clock;
use crate::deviations::part::delayed::time;

/// Lists leave new resources out.
pub struct Behind {
    until: Until,
    clock: Clock,
    /// When each new resource was made.
    fresh: Mutex<HashMap<Uuid, Timestamp>>,
}

enum Until {
    /// A list that would have held it.
    NextList,
    /// So long after it was made.
    Passed(SignedDuration),
}

impl Behind {
    /// For one list each.
    pub fn for_one_list(setup: &Setup<'_>) -> Self {
        Self { until: Until::NextList, clock: setup.clock.clone(), fresh: Mutex::default() }
    }

    /// For the seconds of the parameter.
    pub fn for_seconds(setup: &Setup<'_>) -> Self {
        Self { until: Until::Passed(time(setup)), clock: setup.clock.clone(), fresh: Mutex::default() }
    }
}

impl RequestSeam for Behind {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let mut outcome = next.run(operation).await?;
            let now = self.clock.now();
            let mut fresh = self.fresh.lock();
            match &mut outcome {
                Outcome::Created(stored) => drop(fresh.insert(stored.id, now)),
                Outcome::Listed(page) => {
                    let before = page.resources.len();
                    match self.until {
                        Until::NextList => page.resources.retain(|stored| fresh.remove(&stored.id).is_none()),
                        Until::Passed(delay) => {
                            fresh.retain(|_, made| now.duration_since(*made) < delay);
                            page.resources.retain(|stored| !fresh.contains_key(&stored.id));
                        }
                    }
                    page.total = page.total.saturating_sub(before - page.resources.len());
                }
                _ => {}
            }
            Ok(outcome)
        })
    }
}
