//! A running endpoint: started on a thread and actix System of its own, stopped at once when dropped.

use std::net::SocketAddr;
use std::sync::Arc;

use secrecy::SecretString;

use crate::config::Config;
use crate::journal::Journal;
use crate::target::deviations::Activation;

/// How a client reaches one application.
#[derive(Clone, Debug)]
pub struct ApplicationAccess {
    pub name: String,
    /// The tenant whose application it is, in targets that have tenants.
    pub tenant: Option<String>,
    /// Every base URL that leads to it, without trailing slash; the first is the one to recommend.
    pub base_urls: Vec<String>,
    pub credentials: Credentials,
}

/// What an application accepts; both may be given.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    pub bearer: Option<SecretString>,
    pub basic: Option<BasicCredentials>,
}

/// User and password of HTTP Basic authentication.
#[derive(Clone, Debug)]
pub struct BasicCredentials {
    pub user: String,
    pub password: SecretString,
}

/// Why an endpoint could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {source}; choose another address, or port 0 for a free one")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("cannot start the endpoint's thread: {0}")]
    Thread(std::io::Error),
    #[error("target {target}: {problem}")]
    Target { target: String, problem: String },
    #[error("deviation {deviation}: {problem}")]
    Deviation { deviation: String, problem: String },
}

/// A running endpoint. Dropping it stops it.
#[derive(Debug)]
pub struct Endpoint {
    address: SocketAddr,
}

/// Starts an endpoint and returns when it accepts connections.
pub fn start(config: Config) -> Result<Endpoint, StartError> {
    let _ = config;
    unimplemented!()
}

impl Endpoint {
    /// Where it listens, with the port that was found.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Scheme, host and port: `http://127.0.0.1:40123`.
    pub fn origin(&self) -> String {
        unimplemented!()
    }

    /// Every application with its base URLs and credentials, in the target's order.
    pub fn applications(&self) -> &[ApplicationAccess] {
        unimplemented!()
    }

    /// The token of the control API under `/_weir/`.
    pub fn control_token(&self) -> &SecretString {
        unimplemented!()
    }

    /// Removes every resource and account, empties the journal and returns to the deviations of the start.
    pub fn reset(&self) {
        unimplemented!()
    }

    /// Replaces the active deviations (those of the target included). One that changes what the store enforces empties it.
    pub fn set_deviations(&self, activations: &[Activation]) -> Result<(), StartError> {
        let _ = activations;
        unimplemented!()
    }

    /// What was exchanged.
    pub fn journal(&self) -> &Arc<Journal> {
        unimplemented!()
    }

    /// Stops at once: open connections are cut.
    pub fn stop(self) {
        drop(self);
    }
}
