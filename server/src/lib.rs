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

pub mod clock;
mod config;
mod endpoint;
mod journal;
mod limits;
pub mod seed;
pub mod store;
pub mod target;

pub use config::{Config, PasswordCost};
pub use endpoint::{ApplicationAccess, BasicCredentials, Credentials, Endpoint, StartError, start};
pub use journal::{Delivery, Exchange, Journal, JournalMode, RecordedBody};
pub use limits::Limits;
pub use target::Target;
pub use target::deviations::{Activation, Deviation};
