//! The engine: decisions, the pass over the source, the operations, and the executor that carries them out.

mod context;
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
pub mod report;
mod slots;
mod users;

pub use cycle::Provisioner;
pub use decide::{Decision, Refusal, UserOperation};
pub use pass::{DesiredGroup, PassError};
pub use plan::{Plan, PlannedOperation};
pub use progress::Progress;
pub use report::{Action, Cause, Counters, CycleReport, Failure};

#[cfg(test)]
mod tests;
