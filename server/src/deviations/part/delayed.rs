//! Answers that come late, once: the part that the deviations of reading and of writing share.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::SignedDuration;

use super::super::Parameter;
use crate::application::{ConnectionSeam, Setup};
use crate::message::{Answer, Delivery, Fate, Head};

/// How late the answer is.
pub const SECONDS: Parameter = Parameter {
    meaning: "a whole number of seconds from 1 to 86400",
    default: "1",
    accepts: |text| seconds(text).is_some(),
};

fn seconds(text: &str) -> Option<i64> {
    text.parse().ok().filter(|&seconds: &i64| (1..=86_400).contains(&seconds))
}

/// Holds back the first answer to a request that it concerns, by the endpoint's clock.
pub struct Delayed {
    delay: SignedDuration,
    concerns: fn(&Head<'_>) -> bool,
    done: AtomicBool,
}

impl Delayed {
    pub fn new(setup: &Setup<'_>, concerns: fn(&Head<'_>) -> bool) -> Self {
        // A value is checked by `accepts` before it gets here.
        let delay = SignedDuration::from_secs(seconds(setup.value).unwrap_or(1));
        Self { delay, concerns, done: AtomicBool::new(false) }
    }
}

impl ConnectionSeam for Delayed {
    fn after(&self, head: &Head<'_>, _: &Answer) -> Fate {
        if (self.concerns)(head) && !self.done.swap(true, Ordering::Relaxed) {
            Fate { delay: Some(self.delay), delivery: Delivery::Sent }
        } else {
            Fate::DELIVERED
        }
    }
}
