//! Runs as library functions: a check of an endpoint, and provisioning cycles. They take values and write to reports; the
//! command line only reads its flags into those values.

mod check;
mod endpoint;
mod events;
mod interruptible;
pub mod provision;

pub use check::{CheckError, CheckOutcome, CheckRun};
pub use endpoint::{DEFAULT_TARGET, RunEndpoint};
pub use events::EventSource;
pub use interruptible::Interruptible;

#[cfg(test)]
mod tests;
