//! The answer to a GET comes late.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::Method;
use jiff::SignedDuration;

use super::seam::{ConnectionSeam, Fate, Head, Setup};
use super::{Breaks, Deviation, Parameter, Seam};
use crate::http::Answer;
use crate::journal::Delivery;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "read.answer-delayed",
    summary: "the first GET of users waits before it is answered, by the endpoint's clock",
    breaks: Breaks::Permitted("no RFC sets a time; a client needs a timeout of its own"),
    seen: &[],
    parameter: Some(Parameter {
        meaning: "a whole number of seconds from 1 to 86400",
        default: "1",
        accepts: |text| seconds(text).is_some(),
    }),
    seam: Seam::Connection(|setup| Box::new(Delayed::new(setup))),
};

fn seconds(text: &str) -> Option<i64> {
    text.parse().ok().filter(|&seconds: &i64| (1..=86_400).contains(&seconds))
}

struct Delayed {
    delay: SignedDuration,
    done: AtomicBool,
}

impl Delayed {
    fn new(setup: &Setup<'_>) -> Self {
        // A value is checked by `accepts` before it gets here.
        Self { delay: SignedDuration::from_secs(seconds(setup.value).unwrap_or(1)), done: AtomicBool::new(false) }
    }
}

impl ConnectionSeam for Delayed {
    fn after(&self, head: &Head<'_>, _: &Answer) -> Fate {
        let reads = *head.method == Method::GET && head.path.contains("/Users");
        if reads && !self.done.swap(true, Ordering::Relaxed) {
            Fate { delay: Some(self.delay), delivery: Delivery::Sent }
        } else {
            Fate::DELIVERED
        }
    }
}
