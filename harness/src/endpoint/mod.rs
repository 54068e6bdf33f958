//! The endpoint under test as the harness sees it: a client that records exchanges, discovery, and the embedded endpoint.

mod base_url;
pub mod client;
pub mod created;
mod credentials;
mod curl;
pub mod discovery;
pub mod embedded;
pub mod error;
pub mod exchange;
mod further;
mod oauth;
mod observer;
mod offer;
mod pace;
pub mod request;

pub use base_url::base_url;
pub use client::{Client, ClientOptions, Recording, is_loopback};
pub use created::Created;
pub use credentials::{Access, Credentials};
pub use discovery::{Discovery, DiscoveryError, Foreknowledge, discover, discover_knowing};
pub use embedded::Embedded;
pub use error::{EndpointError, EndpointErrorKind};
pub use exchange::Exchange;
pub use further::Further;
pub use oauth::TokenSource;
pub use observer::Observer;
pub use offer::{Offer, Provenance};
pub use request::{Request, SCIM_JSON};

#[cfg(test)]
mod tests;
