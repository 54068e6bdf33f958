//! `weir.toml`: what a team writes down once about its endpoint, so that nobody has to remember flags.
//!
//! Flags win over the file. Paths in it are relative to the file's own folder.

mod init;
mod read;
mod secret;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

pub use init::commented;
pub use secret::{SecretError, SecretKind, SecretSource, inspect};

use crate::exit::FailOn;
use weir_catalog::Foreknowledge;
use weir_catalog::Templates;
use weir_files::document;
use weir_files::fault::{FileFault, Place};
use weir_files::name::UnknownName;

/// The name under which a configuration is found without being asked for.
pub const FILE: &str = "weir.toml";

/// Everything that a configuration says; what it leaves out has no value.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file, for errors that show up later.
    pub file: PathBuf,
    pub url: Option<Url>,
    pub credentials: Option<CredentialSource>,
    pub headers: BTreeMap<String, SecretSource>,
    pub transport: Transport,
    pub pace: PaceConfig,
    pub known: Foreknowledge,
    /// How the values of new resources are made.
    pub templates: Templates,
    pub checks: Checks,
    /// Where names stand that only the endpoint can confirm.
    pub published: Vec<PublishedName>,
}

/// A name in a configuration that the endpoint has to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedName {
    /// The setting, as discovery calls it: `resource_types`, or the table of the attributes of a type.
    pub key: String,
    pub name: String,
    pub place: Place,
}

/// Where the credentials come from; one kind.
#[derive(Clone, Debug)]
pub enum CredentialSource {
    Bearer(SecretSource),
    /// `USER:PASS`
    Basic(SecretSource),
    /// Id and secret of an OAuth 2 client.
    Oauth {
        token_url: Url,
        client: String,
        secret: SecretSource,
        scope: Option<String>,
    },
}

impl CredentialSource {
    /// Where the secret is.
    pub const fn secret(&self) -> &SecretSource {
        match self {
            Self::Bearer(secret) | Self::Basic(secret) | Self::Oauth { secret, .. } => secret,
        }
    }

    /// The same with another place of the secret.
    pub fn map_secret<E>(self, change: impl FnOnce(SecretSource) -> Result<SecretSource, E>) -> Result<Self, E> {
        Ok(match self {
            Self::Bearer(secret) => Self::Bearer(change(secret)?),
            Self::Basic(secret) => Self::Basic(change(secret)?),
            Self::Oauth { token_url, client, secret, scope } => {
                Self::Oauth { token_url, client, secret: change(secret)?, scope }
            }
        })
    }
}

/// How the endpoint is reached.
#[derive(Clone, Debug, Default)]
pub struct Transport {
    /// Certificates of further authorities, PEM.
    pub ca: Option<PathBuf>,
    /// The client's certificate, PEM; the key may stand in the same file.
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    pub proxy: Option<Url>,
    pub insecure: bool,
    /// In seconds.
    pub timeout: Option<u64>,
}

/// How gently the endpoint is treated.
#[derive(Clone, Debug, Default)]
pub struct PaceConfig {
    pub concurrency: Option<u16>,
    /// Requests a second.
    pub rate: Option<f64>,
    /// How many requests a run may send.
    pub budget: Option<u64>,
    /// How long after a change an endpoint may show what was before.
    pub settle: Option<Duration>,
}

/// Which checks are run, and when the run fails.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    pub only: Vec<String>,
    pub skip: Vec<String>,
    pub scale: bool,
    pub read_only: bool,
    pub fail_on: Option<FailOn>,
    pub baseline: Option<PathBuf>,
    pub strict_baseline: bool,
}

impl Config {
    /// The configuration of `file`, or that of the working directory if there is one.
    pub fn load(file: Option<&Path>) -> Result<Option<Self>, FileFault> {
        let path = file.unwrap_or(Path::new(FILE));
        if file.is_none() && !path.exists() {
            return Ok(None);
        }
        Self::parse(path, &document::read(path)?).map(Some)
    }

    /// The fault of a name that the endpoint does not publish; `key` is the setting in which it stands.
    pub fn unpublished(&self, key: &str, name: &UnknownName) -> FileFault {
        let problem = name.problem();
        let mut of_key = self.published.iter().filter(|own| own.key == key);
        let found = of_key.find(|own| problem.ends_with(&format!(" {:?}", own.name)));
        let place = found.map_or_else(|| Place::Path(key.to_owned()), |own| own.place.clone());
        FileFault::unknown(place, name).of(self.file.display())
    }

    /// Reads a configuration; `file` is for errors, and for the folder that its paths start from.
    pub fn parse(file: &Path, text: &str) -> Result<Self, FileFault> {
        read::config(file, text).map_err(|fault| fault.within(file.display(), text))
    }
}

#[cfg(test)]
mod tests;
