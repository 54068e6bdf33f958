//! Exchanges with a SCIM endpoint: one HTTP request with its answer, the client that records them, their archive (HAR) and
//! curl line, and the comparison of the JSON in them.
//!
//! Nothing here knows checks, verdicts or reports.

mod base_url;
mod body;
mod bounds;
pub mod client;
pub mod created;
mod credentials;
pub mod difference;
mod entity_tag;
pub mod error;
mod evidence;
pub mod exchange;
mod foreign;
mod further;
pub mod har;
mod intake;
pub mod legible;
pub mod link;
mod meter;
mod oauth;
mod observer;
mod pace;
mod refusal;
pub mod request;
pub mod scim_root;
pub mod secrets;

pub use base_url::{BaseUrlError, base_url};
pub use body::{BodyError, BodyErrorKind};
pub use bounds::{Bounds, parsed_size};
pub use client::{Client, ClientOptions, Recording, is_loopback};
pub use created::{CreatedResource, CreatedResources};
pub use credentials::{Access, Credentials};
pub use difference::Difference;
pub use entity_tag::opaque_tag;
pub use error::{ClientError, EndpointError, EndpointErrorKind};
pub use evidence::Evidence;
pub use exchange::Exchange;
pub use further::Further;
pub use meter::Meter;
pub use oauth::TokenSource;
pub use observer::Observer;
pub use refusal::CredentialRefusal;
pub use request::{Request, SCIM_JSON};

#[cfg(test)]
mod tests;
