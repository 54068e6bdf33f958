//! Provisioning: reading a source, comparing it with the ledger, and sending what a client would send.
//!
//! A cycle is one pass over the source. [`engine::decide`] is the pure part: an entry and its ledger row give an operation.
//! [`engine::Provisioner`] carries operations out in the wire shapes of a client's [`client::Description`].

pub mod calibrate;
pub mod channel;
pub mod client;
pub mod connection;
pub mod engine;
pub mod entry;
pub mod fields;
mod fingerprint;
pub mod ledger;
pub mod mapping;
pub mod options;
pub mod source;

pub use channel::Channel;
pub use options::{Options, RemoveUserAction};
