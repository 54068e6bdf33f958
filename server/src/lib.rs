//! The SCIM 2.0 reference endpoint of Weir, as a library: an endpoint inside a test, which can be broken on purpose.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = weir_server::Config { deviations: vec!["list.no-match-404".parse()?], ..weir_server::Config::rfc() };
//! let endpoint = weir_server::start(config)?;
//! let access = &endpoint.applications()[0];
//! println!("{} takes {:?}", access.base_urls[0], access.credentials);
//! // … a client against the endpoint …
//! for exchange in endpoint.journal().exchanges() {
//!     println!("{} {} was answered {}", exchange.method, exchange.target, exchange.status);
//! }
//! endpoint.reset();
//! # Ok(())
//! # }
//! ```
//!
//! [`start`] takes a [`Config`] and gives an [`Endpoint`], which stops when it is dropped. What it pretends to be is a
//! [`Target`]; what it does wrong is a list of [`Activation`]s of [`Deviation`]s; what it was sent is in its [`Journal`].
//! Time comes from a [`Clock`] that a test can move. Everything outside [`host`] is kept stable.
//!
//! # Spans
//!
//! With a subscriber of `tracing`, an endpoint is the span `endpoint` (`address`, `target`), with an event when it starts and
//! one when it stops, and each request is a span `request` (`method`, `path`, `application`, `status`) inside it. Neither
//! queries, headers, bodies nor credentials are recorded.

mod access;
mod acted;
mod active_configuration;
mod app;
mod application;
mod auth;
mod bulk;
mod clock;
mod config;
mod connection;
mod control;
mod credentials;
mod cursor;
mod deviations;
mod endpoint;
pub mod host;
mod http;
mod journal;
mod limits;
mod message;
mod metrics;
mod password;
mod rate;
mod rates;
mod rules;
mod seed;
mod server;
mod snapshots;
mod span;
mod start_error;
mod store;
mod targets;
mod tls;

pub use access::{ApplicationAccess, CredentialsError, FurtherAccess};
pub use active_configuration::DeviationsError;
pub use clock::Clock;
pub use config::Config;
pub use credentials::{BasicCredentials, Credentials, FurtherCredentials, OauthClient};
pub use deviations::{Activation, ActivationError, Breaks, Deviation, Parameter};
pub use endpoint::{Endpoint, LoadError, start};
pub use journal::{Exchange, Journal, JournalMode, RecordedBody};
pub use limits::Limits;
pub use message::Delivery;
pub use password::{PasswordCost, PasswordCostError};
pub use start_error::StartError;
pub use targets::contradiction::Contradiction;
pub use targets::{CountedRequest, FileFault, RateLimitKind, RateRule, Target, least_seconds};
pub use tls::{TlsError, TlsFiles};

/// The example of the book's page is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/in-your-tests.md")]
struct InYourTests;
