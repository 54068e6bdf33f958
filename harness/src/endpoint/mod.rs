//! The endpoint under test as the harness sees it: a client that records exchanges, discovery, and the embedded endpoint.

pub mod client;
mod curl;
pub mod error;
pub mod exchange;
mod pace;
pub mod request;

pub use client::{Client, ClientOptions, Credentials, Recording};
pub use error::{EndpointError, EndpointErrorKind};
pub use exchange::Exchange;
pub use request::Request;
