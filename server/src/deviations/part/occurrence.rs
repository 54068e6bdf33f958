//! How often a deviation strikes: a parameter that several share.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::Parameter;
use crate::application::{ConnectionSeam, Setup};
use crate::message::{Answer, Fate, Head};

/// `first:N`, `every:N`, `always`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    First(u64),
    Every(u64),
    Always,
}

impl FromStr for Rule {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |text: &str| text.parse().ok().filter(|&number| number > 0).ok_or(());
        match text.split_once(':') {
            Some(("first", count)) => number(count).map(Self::First),
            Some(("every", count)) => number(count).map(Self::Every),
            None if text == "always" => Ok(Self::Always),
            _ => Err(()),
        }
    }
}

/// Counts opportunities and says at which of them to strike.
#[derive(Debug)]
pub struct Occurrence {
    rule: Rule,
    seen: AtomicU64,
}

impl Occurrence {
    /// A parameter that takes an occurrence.
    #[must_use]
    pub const fn parameter(default: &'static str) -> Parameter {
        Parameter {
            meaning: "first:N (the first N times), every:N (each Nth time) or always",
            default,
            accepts: |text| text.parse::<Rule>().is_ok(),
        }
    }

    /// The occurrence that a deviation with [`Self::parameter`] was given.
    #[must_use]
    pub fn of(setup: &Setup<'_>) -> Self {
        // A value is checked by `accepts` before it gets here.
        Self { rule: setup.value.parse().unwrap_or(Rule::Always), seen: AtomicU64::new(0) }
    }

    /// Whether to strike this time. Each call is one opportunity.
    pub fn strikes(&self) -> bool {
        let number = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        match self.rule {
            Rule::First(count) => number <= count,
            Rule::Every(count) => number.is_multiple_of(count),
            Rule::Always => true,
        }
    }
}

/// Decides over requests, before anything is done: `None` lets a request pass and is not an opportunity.
pub fn on_requests(setup: &Setup<'_>, fate: fn(&Head<'_>) -> Option<Fate>) -> Box<dyn ConnectionSeam> {
    Box::new(OnRequests { occurrence: Occurrence::of(setup), fate })
}

struct OnRequests {
    occurrence: Occurrence,
    fate: fn(&Head<'_>) -> Option<Fate>,
}

impl ConnectionSeam for OnRequests {
    fn before(&self, head: &Head<'_>) -> Fate {
        (self.fate)(head).filter(|_| self.occurrence.strikes()).unwrap_or(Fate::DELIVERED)
    }
}

/// Decides over answers, when the work is done: `None` lets an answer pass and is not an opportunity.
pub fn on_answers(setup: &Setup<'_>, fate: fn(&Head<'_>, &Answer) -> Option<Fate>) -> Box<dyn ConnectionSeam> {
    Box::new(OnAnswers { occurrence: Occurrence::of(setup), fate })
}

struct OnAnswers {
    occurrence: Occurrence,
    fate: fn(&Head<'_>, &Answer) -> Option<Fate>,
}

impl ConnectionSeam for OnAnswers {
    fn after(&self, head: &Head<'_>, answer: &Answer) -> Fate {
        (self.fate)(head, answer).filter(|_| self.occurrence.strikes()).unwrap_or(Fate::DELIVERED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_rule_strikes_when_it_says() {
        for (value, expected) in [
            ("first:2", [true, true, false, false, false, false]),
            ("every:3", [false, false, true, false, false, true]),
            ("always", [true; 6]),
        ] {
            let occurrence = Occurrence::of(&Setup { clock: &Clock::system(), seed: 1, under_way: None, value });
            assert_eq!([(); 6].map(|()| occurrence.strikes()), expected, "{value}");
        }
    }

    #[test]
    fn other_values_are_refused() {
        for value in ["", "first", "first:0", "every:-1", "every:x", "never", "always:1"] {
            assert!(!(Occurrence::parameter("always").accepts)(value), "{value}");
        }
    }
}
