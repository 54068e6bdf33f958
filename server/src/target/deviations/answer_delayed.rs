//! Answers come late.

use jiff::SignedDuration;

use super::seam::{ConnectionSeam, Fate, Head, Setup};
use super::{Breaks, Deviation, Parameter, Seam};
use crate::http::Answer;
use crate::journal::Delivery;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "answer.delayed",
    summary: "every answer waits, by the endpoint's clock, after the work is done",
    breaks: Breaks::Permitted("no RFC sets a time; a client needs a timeout of its own"),
    seen: &[],
    parameter: Some(Parameter {
        meaning: "a whole number of seconds from 1 to 86400",
        default: "10",
        accepts: |text| seconds(text).is_some(),
    }),
    seam: Seam::Connection(|setup| Box::new(Delayed::new(setup))),
};

fn seconds(text: &str) -> Option<i64> {
    text.parse().ok().filter(|&seconds: &i64| (1..=86_400).contains(&seconds))
}

struct Delayed(SignedDuration);

impl Delayed {
    fn new(setup: &Setup<'_>) -> Self {
        Self(SignedDuration::from_secs(seconds(setup.value).unwrap_or_default()))
    }
}

impl ConnectionSeam for Delayed {
    fn after(&self, _: &Head<'_>, _: &Answer) -> Fate {
        Fate { delay: Some(self.0), delivery: Delivery::Sent }
    }
}
