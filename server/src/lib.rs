//! The SCIM 2.0 reference endpoint of Weir, as a library.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let endpoint = weir_server::start(weir_server::Config::rfc())?;
//! let access = &endpoint.applications()[0];
//! println!("{} takes {:?}", access.base_urls[0], access.credentials);
//! # Ok(())
//! # }
//! ```

mod access;
mod app;
pub mod application;
mod auth;
mod behaviour;
pub mod bulk;
pub mod clock;
mod config;
mod control;
mod credentials;
mod cursor;
pub mod deviations;
mod endpoint;
pub mod http;
mod journal;
mod limits;
pub mod message;
mod metrics;
mod password;
mod rate;
pub mod rules;
pub mod seed;
mod server;
mod snapshots;
mod start_error;
pub mod store;
pub mod targets;
mod tls;

pub use access::{ApplicationAccess, FurtherAccess};
pub use clock::Clock;
pub use config::Config;
pub use credentials::{BasicCredentials, Credentials, FurtherCredentials, OauthClient};
pub use deviations::{Activation, Deviation};
pub use endpoint::{Endpoint, start};
pub use journal::{Exchange, Journal, JournalMode, RecordedBody};
pub use limits::Limits;
pub use message::Delivery;
pub use password::PasswordCost;
pub use rules::Carelessness;
pub use start_error::StartError;
pub use targets::Target;
pub use tls::{TlsError, TlsFiles};
