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
pub mod store;
pub mod targets;
mod tls;

pub use access::{ApplicationAccess, BasicCredentials, Credentials, FurtherAccess, FurtherCredentials, OauthClient};
pub use clock::Clock;
pub use config::{Config, PasswordCost};
pub use deviations::{Activation, Deviation};
pub use endpoint::{Endpoint, StartError, start};
pub use journal::{Exchange, Journal, JournalMode, RecordedBody};
pub use limits::Limits;
pub use message::Delivery;
pub use rules::Carelessness;
pub use targets::Target;
pub use tls::{TlsError, TlsFiles};
