//! Resources: the tree that requests and PATCH work on, the cursor trait by which stored and requested resources are read
//! alike, JSON in and out, and projection.

pub mod format;
pub mod projection;
pub mod read;
mod record;
mod tree;
pub mod validate;
pub mod write;

pub use record::{ComposedText, Item, Record, Visitor};
pub use tree::{Fields, Slot, Value};

#[cfg(test)]
pub(crate) mod tests;
