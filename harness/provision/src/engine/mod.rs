//! The engine: decisions, the pass over the source, the operations, and the executor that carries them out.

mod context;
mod coverage;
mod cycle;
pub mod decide;
mod group_cycle;
mod groups;
mod halt;
mod member_index;
mod outbox;
mod pass;
mod plan;
pub mod progress;
mod removals;
pub mod report;
mod scope;
mod slots;
mod summary;
mod users;

pub use cycle::Provisioner;
pub use decide::{Decision, Refusal, UserOperation};
pub use pass::{DesiredGroup, PassError};
pub use plan::{Plan, PlannedOperation};
pub use progress::Progress;
pub use report::{Action, Cause, Counters, CycleReport, Failure, IdentityReuse};
pub use scope::{ScopeAnswer, is_called};
pub use summary::SourceSummary;

#[cfg(test)]
mod tests;
