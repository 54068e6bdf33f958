//! A client's whole life with an endpoint, as steps over real HTTP: connect, refresh fields, cycles in which people join,
//! move, are disabled and enabled, and leave, groups in all their states, and what a lost answer does.
//!
//! After each step what is there is read back and compared with what must be there. Two kinds of endpoint: one of our own,
//! with a company of 220 people, whose service behind each application is looked at as well; and somebody's, with a few
//! invented people, where nothing is touched that the run did not create.

mod comparison;
mod connect;
mod embedded;
mod foreign;
mod guard;
mod limits;
mod observation;
mod people;
mod specs;
mod stage;
mod step;
pub mod survival;
pub mod variants;
mod world;

pub use step::StepSpec;

use tokio::sync::watch;
use weir_exchange::{Client, Observer};
use weir_judge::{Event, Events, Finding, Origin};
use weir_provision::client::Description;

use crate::embedded::EmbeddedEndpoint;

/// Every step with a fixed id, in their order.
#[must_use]
pub const fn steps() -> &'static [StepSpec] {
    specs::ALL
}

/// The ids of all steps; one that ends in a point stands for all that begin with it.
#[must_use]
pub fn step_ids() -> Vec<&'static str> {
    specs::ALL.iter().map(|spec| spec.id).chain([specs::APPLICATION]).collect()
}

/// The most people that are invented for somebody's endpoint, unless the person who runs it says otherwise.
pub const MOST_PEOPLE: usize = 10;

/// Whose endpoint it is.
pub enum LifecycleEndpoint<'a> {
    Embedded(EmbeddedRun<'a>),
    Foreign(ForeignRun),
}

/// An endpoint of our own. It is reset before the first step, and left as the last step leaves it.
pub struct EmbeddedRun<'a> {
    pub embedded: &'a EmbeddedEndpoint,
    /// The deviations it was started with, each `ID` or `ID=VALUE`.
    pub deviations: &'a [String],
    /// How many operations are under way at once.
    pub threads: usize,
    /// Sees every exchange.
    pub observer: Option<Observer>,
    /// Judges the exchanges with the application that is looked at.
    pub judge: Option<Observer>,
}

/// Somebody's endpoint.
pub struct ForeignRun {
    pub client: Client,
    /// How many people are invented; fewer than four count as four.
    pub people: usize,
    /// Decides the names.
    pub seed: u64,
    pub threads: usize,
}

/// Runs the lifecycle of one client; emits a [`Event::StepStarted`] and a [`Event::Finding`] for each step, and a
/// [`Event::Leftover`] for what could not be deleted. Returns how many requests were sent that `subject`'s own client did
/// not count.
pub async fn run(
    subject: &LifecycleEndpoint<'_>,
    description: &Description,
    events: &Events,
    interrupted: watch::Receiver<bool>,
) -> u64 {
    let mut steps = step::Steps::new(events, &description.id, interrupted);
    let outcome = match subject {
        LifecycleEndpoint::Embedded(subject) => embedded::run(&mut steps, subject, description).await,
        LifecycleEndpoint::Foreign(subject) => foreign::run(&mut steps, events, subject, description).await.map(|()| 0),
    };
    outcome.unwrap_or_else(|fault| {
        let problem = fault.problem();
        let origin = Origin::Step { client: description.id.clone() };
        events.emit(&Event::Finding(std::sync::Arc::new(Finding {
            verdict: problem.verdict,
            problems: vec![problem],
            ..Finding::new(origin, "prepare", "the lifecycle is prepared")
        })));
        0
    })
}

#[cfg(test)]
mod tests;
