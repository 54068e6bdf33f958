//! What programs need that are built around an endpoint, such as the harness and its benchmarks: the parts of a target's
//! description, invented people, and the store by itself.
//!
//! Unstable: this module changes whenever they do, in any version.

pub use crate::application::downstream::{FailedUpdate, Service};
pub use crate::bulk::BulkLimits;
pub use crate::deviations::Seam;
pub use crate::rules::{AuthenticationMethod, OnPut};
pub use crate::seed::Seed;
pub use crate::store::identifiers::IdSource;
pub use crate::store::memory::MemoryStore;
pub use crate::targets::{Application, BasePath, Declaration, SchemaChange};
