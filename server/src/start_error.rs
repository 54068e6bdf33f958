//! Why an endpoint could not be started.

use std::net::SocketAddr;

use crate::deviations::Activation;
use crate::tls::TlsError;

/// Why an endpoint could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {source}; choose another address, or port 0 for a free one")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("cannot start the endpoint's thread: {0}")]
    Thread(std::io::Error),
    #[error("target {target}: {problem}")]
    Target { target: String, problem: String },
    #[error("deviations {deviations}: {problem}")]
    Deviations { deviations: String, problem: String },
    #[error("{0}; choose another")]
    PasswordCost(String),
    #[error("{0}")]
    Credentials(String),
    #[error("{0}")]
    Tls(#[from] TlsError),
    #[error("cannot fill the endpoint with invented people: {0}")]
    People(scim::Error),
}

impl StartError {
    pub(crate) fn deviations(activations: &[Activation], problem: String) -> Self {
        let names: Vec<String> = activations.iter().map(ToString::to_string).collect();
        Self::Deviations { deviations: names.join(", "), problem }
    }
}
