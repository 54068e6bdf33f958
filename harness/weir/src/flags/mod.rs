//! The flags that commands share, and what they come to.

pub mod account;
pub mod baseline;
pub mod bounds;
pub mod client;
pub mod cycle_report;
pub mod endpoint;
pub mod further;
pub mod guard;
pub mod ledger;
pub mod pingone;
pub mod repeat;
pub mod report;
pub mod secret;
pub mod serve;
pub mod source;
pub mod value;

pub use endpoint::EndpointFlags;
