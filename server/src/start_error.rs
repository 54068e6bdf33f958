//! Why an endpoint could not be started.

use std::net::SocketAddr;

use scim::schema::SchemaError;

use crate::access::CredentialsError;
use crate::active_configuration::DeviationsError;
use crate::deviations::Activation;
use crate::password::PasswordCostError;
use crate::tls::TlsError;

/// Why an endpoint could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {source}; choose another address, or port 0 for a free one")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("cannot start the endpoint's thread: {0}")]
    Thread(std::io::Error),
    #[error("target {target}: {problem}")]
    Target { target: String, problem: SchemaError },
    #[error("deviations {deviations}: {problem}")]
    Deviations { deviations: String, problem: DeviationsError },
    #[error("{0}; choose another")]
    PasswordCost(#[from] PasswordCostError),
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("cannot fill the endpoint with invented people: {0}")]
    People(scim::Error),
}

impl StartError {
    pub(crate) fn deviations(activations: &[Activation], problem: DeviationsError) -> Self {
        let names: Vec<String> = activations.iter().map(ToString::to_string).collect();
        Self::Deviations { deviations: names.join(", "), problem }
    }
}
