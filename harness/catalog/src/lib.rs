//! The catalogue of checks, and all that a run of it needs: discovery, data, plan, run, clean-up, baseline.
//!
//! A check decides from what the endpoint sent: status, headers, and the body as `serde_json` reads it. Decoding into the
//! protocol's own types would repair the very faults that it looks for.

mod ability;
pub mod assertion;
pub mod baseline;
mod blocked;
mod check;
pub mod checks;
mod data;
pub mod deletion;
pub mod discovery;
pub mod essentials;
pub mod field;
mod grammar;
pub mod interruption;
mod liveness;
mod long_checks;
mod node;
pub mod plan;
mod published;
pub mod rounds;
pub mod run;
pub mod selection;
pub mod sweep;
mod template;

use weir_judge::definition;

pub use assertion::Assertion;
pub use check::{Check, CheckResult, Context, Expectation, On, Question, Resource, Scale, Stop, UnderWay};
pub use checks::{all, find, topics};
pub use data::{Data, run_prefix, scramble};
pub use discovery::{Discovery, DiscoveryError, Foreknowledge, discover, discover_knowing};
pub use selection::{SelectedCheck, Selection};
pub use template::{Template, TemplateError, TemplateValues, Templates, UnpublishedTemplate};

#[cfg(test)]
#[path = "../../../tests/support/peer.rs"]
mod peer;
