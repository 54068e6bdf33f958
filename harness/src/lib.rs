//! The harness of Weir: it proves a SCIM 2.0 endpoint right, or shows where it is not.

pub mod endpoint;
pub mod event;
