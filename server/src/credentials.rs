//! Credentials: what opens an application, as given or generated.

use jiff::SignedDuration;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

/// How long a token of the token endpoint is valid unless the configuration says otherwise.
pub(crate) const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// Further credentials as a configuration or a target file gives them.
#[derive(Clone, Debug)]
pub struct FurtherCredentials {
    /// What they are called in messages, and generated from where no secret is given.
    pub name: String,
    /// Whether they may change something.
    pub writes: bool,
    /// The applications that they open; all if empty.
    pub applications: Vec<String>,
    /// The tenants all of whose applications they open.
    pub tenants: Vec<String>,
    /// A bearer token is made from the seed where none of them is given.
    pub credentials: Credentials,
}

/// What an application accepts; several may be given.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    pub bearer: Option<SecretString>,
    pub basic: Option<BasicCredentials>,
    /// A client of the token endpoint.
    pub oauth: Option<OauthClient>,
}

impl Credentials {
    pub(crate) const fn is_empty(&self) -> bool {
        self.bearer.is_none() && self.basic.is_none() && self.oauth.is_none()
    }
}

/// User and password of HTTP Basic authentication.
#[derive(Clone, Debug)]
pub struct BasicCredentials {
    pub user: String,
    pub password: SecretString,
}

/// Id and secret of a client of the token endpoint (RFC 6749 section 2.3.1).
#[derive(Clone, Debug)]
pub struct OauthClient {
    pub id: String,
    pub secret: SecretString,
}

/// A credential that follows from seed and purpose, so that an embedded endpoint can be started again with the same.
/// Whoever serves others gives credentials or a random seed. Hexadecimal, so that it is one word in every shell and never
/// looks like a flag.
pub fn generated(seed: u64, purpose: &str) -> SecretString {
    let digest =
        Sha256::new_with_prefix(b"credential").chain_update(seed.to_be_bytes()).chain_update(purpose).finalize();
    digest[..20].iter().fold(String::with_capacity(40), |text, byte| text + &format!("{byte:02x}")).into()
}
