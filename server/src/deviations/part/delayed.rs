//! Answers that come late, once: the part that the deviations of reading and of writing share.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::SignedDuration;

use super::super::Parameter;
use crate::application::{ConnectionSeam, Setup};
use crate::message::{Answer, Delivery, Fate, Head};

/// A parameter that takes a time.
pub const fn seconds(default: &'static str) -> Parameter {
    Parameter { meaning: "a whole number of seconds from 1 to 86400", default, accepts: |text| parse(text).is_some() }
}

fn parse(text: &str) -> Option<SignedDuration> {
    let seconds = text.parse().ok().filter(|seconds| (1..=86_400).contains(seconds));
    seconds.map(SignedDuration::from_secs)
}

/// The time that a deviation with [`seconds`] was given.
pub fn time(setup: &Setup<'_>) -> SignedDuration {
    // A value is checked by `accepts` before it gets here.
    parse(setup.value).unwrap_or(SignedDuration::from_secs(1))
}

/// Holds back the first answer to a request that it concerns, by the endpoint's clock.
pub struct DelayAnswer {
    delay: SignedDuration,
    concerns: fn(&Head<'_>) -> bool,
    done: AtomicBool,
}

impl DelayAnswer {
    pub fn new(setup: &Setup<'_>, concerns: fn(&Head<'_>) -> bool) -> Self {
        Self { delay: time(setup), concerns, done: AtomicBool::new(false) }
    }
}

impl ConnectionSeam for DelayAnswer {
    fn after(&self, head: &Head<'_>, _: &Answer) -> Fate {
        if (self.concerns)(head) && !self.done.swap(true, Ordering::Relaxed) {
            Fate { delay: Some(self.delay), delivery: Delivery::Sent }
        } else {
            Fate::DELIVERED
        }
    }
}
