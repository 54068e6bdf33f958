//! TLS 1.2 and 1.3, by certificate and key files.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Where certificate and key are, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The endpoint's certificate, followed by those between it and the authority.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Why the files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{}: no certificate can be read: {problem}; give a PEM file with the chain", .path.display())]
    Certificate { path: PathBuf, problem: String },
    #[error("{}: no private key can be read: {problem}; give a PEM file with an unencrypted key", .path.display())]
    Key { path: PathBuf, problem: String },
    #[error("{} and {}: {source}; give the key that belongs to the certificate", .certificate.display(), .key.display())]
    Unfitting { certificate: PathBuf, key: PathBuf, source: rustls::Error },
}

impl TlsFiles {
    pub(crate) fn read(&self) -> Result<ServerConfig, TlsError> {
        let certificate = |problem: String| TlsError::Certificate { path: self.certificate.clone(), problem };
        let chain: Vec<_> = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .map_err(|error| certificate(error.to_string()))?;
        if chain.is_empty() {
            return Err(certificate("the file holds none".into()));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .map_err(|error| TlsError::Key { path: self.key.clone(), problem: error.to_string() })?;
        let unfitting =
            |source| TlsError::Unfitting { certificate: self.certificate.clone(), key: self.key.clone(), source };
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(unfitting)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unfitting)
    }
}
