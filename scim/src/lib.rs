//! The SCIM 2.0 protocol without I/O: schemas, resources, paths, filters, PATCH, errors, and the catalogue of requirements.
//!
//! Nothing here opens a socket or reads a clock. The server and the harness are built on it; the harness's checks use
//! only its names, paths, capabilities and requirement ids, because decoding would hide the faults that a check looks for.

pub mod capability;
pub mod date_time;
pub mod error;
pub mod filter;
pub mod message;
pub mod noun;
pub mod patch;
pub mod path;
pub mod requirement;
pub mod resource;
pub mod schema;
pub mod text;
pub mod tolerance;

pub use error::{Error, ErrorKind, ScimType};

/// The outcome of a protocol operation.
pub type Result<T> = std::result::Result<T, Error>;
