//! The SCIM 2.0 reference endpoint of Weir, as a library.

pub mod store;
