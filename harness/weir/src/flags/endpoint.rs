//! The flags with which a command reaches somebody's endpoint.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::secret::{given_secret, origin, pair_of, secret, split};
use super::value::{FlagError, not_negative, positive};
use crate::config::{Config, CredentialSource, SecretKind, SecretSource, inspect};
use crate::failure::Failure;
use crate::output::Output;
pub use weir_exchange::base_url;
use weir_exchange::secrets;
use weir_exchange::{Bounds, Client, ClientOptions, Credentials, TokenSource};
use weir_files::document;

/// How long an answer is waited for, in seconds, unless somebody says otherwise.
const TIMEOUT: u64 = 30;
/// How many requests may be under way unless somebody says otherwise.
const CONCURRENCY: u16 = 8;

/// Credentials, transport and pace.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Reaching the endpoint")]
pub struct EndpointFlags {
    /// Bearer token, or @FILE that holds it
    #[arg(long, value_name = "TOKEN", env = "WEIR_BEARER", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub bearer: Option<SecretString>,
    /// User and password for Basic authentication, or @FILE that holds them; --bearer overrides them
    #[arg(long, value_name = "USER:PASS", env = "WEIR_BASIC", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub basic: Option<SecretString>,
    /// The token endpoint that gives bearer tokens for --oauth-client
    #[arg(long, value_name = "URL", requires = "oauth_client")]
    pub oauth_token_url: Option<Url>,
    /// Id and secret of an OAuth 2 client, or @FILE that holds them; used with --oauth-token-url
    #[arg(long, value_name = "CLIENT:SECRET", env = "WEIR_OAUTH_CLIENT", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub oauth_client: Option<SecretString>,
    /// The scope to ask the token endpoint for
    #[arg(long, value_name = "SCOPE", requires = "oauth_token_url")]
    pub oauth_scope: Option<String>,
    /// The client's certificate, PEM; its key is in the same file, or in --key
    #[arg(long, value_name = "FILE")]
    pub cert: Option<PathBuf>,
    /// The key of --cert, PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub key: Option<PathBuf>,
    /// The proxy that leads to the endpoint [default: the proxy variables of the environment]
    #[arg(long, value_name = "URL", value_parser = proxy_url)]
    pub proxy: Option<Url>,
    /// A header to send with every request; reports hide its value
    #[arg(long = "header", value_name = "NAME: VALUE")]
    pub headers: Vec<String>,
    /// Certificates of further authorities to trust, PEM
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Accept any certificate
    #[arg(long)]
    pub insecure: bool,
    /// How long to wait for an answer [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: Option<u64>,
    /// How many requests to have under way at once [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub concurrency: Option<u16>,
    /// How many requests to send per second at most
    #[arg(long, value_name = "N", value_parser = positive)]
    pub rate: Option<f64>,
    /// How many requests to send; beyond it what was created is deleted, and checks are reported as blocked
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub budget: Option<u64>,
    /// The largest answer that is read; its JSON can take 4 times as much, a check 8 times
    /// [default: 8]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u16).range(1..))]
    pub largest_answer: Option<u16>,
    /// The bounds of a run, where a command has flags for them.
    #[arg(skip)]
    pub bounds: Bounds,
    /// Seconds to wait after a write before reading, for endpoints whose changes show late [default: 0]
    #[arg(long, value_name = "SECONDS", value_parser = not_negative)]
    pub settle: Option<f64>,
    /// The configuration to read instead of ./weir.toml; flags override it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The note that the configuration does not count was written: a command may ask for it more than once.
    #[arg(skip)]
    pub noted: Arc<OnceLock<()>>,
}

impl EndpointFlags {
    /// The configuration that counts for this command; an empty one if there is none, or if it is about the endpoint of
    /// another origin than `url`, to which its credentials must not go.
    pub fn configuration(&self, url: Option<&Url>, output: &Output) -> Result<Config, Failure> {
        let config = Config::load(self.config.as_deref()).map_err(Failure::usage)?.unwrap_or_default();
        match (&config.url, url) {
            (Some(own), Some(url)) if own.origin() != url.origin() => {
                if self.noted.set(()).is_ok() {
                    output.warn(&format!("{} is about {own}, so it does not count for {url}", config.file.display()));
                }
                Ok(Config::default())
            }
            _ => Ok(config),
        }
    }

    /// The flag, or the variable in its place, that speaks of somebody's endpoint.
    pub fn sign(&self) -> Option<&'static str> {
        [
            (self.bearer.is_some(), "--bearer or WEIR_BEARER"),
            (self.basic.is_some(), "--basic or WEIR_BASIC"),
            (self.oauth_token_url.is_some(), "--oauth-token-url"),
            (self.oauth_client.is_some(), "--oauth-client or WEIR_OAUTH_CLIENT"),
            (self.cert.is_some(), "--cert"),
            (self.ca.is_some(), "--ca"),
            (self.proxy.is_some(), "--proxy"),
            (!self.headers.is_empty(), "--header"),
            (self.insecure, "--insecure"),
            (self.config.is_some(), "--config"),
        ]
        .into_iter()
        .find_map(|(given, flag)| given.then_some(flag))
    }

    /// How many requests may be under way at once.
    pub fn concurrency(&self) -> u16 {
        self.concurrency.unwrap_or(CONCURRENCY)
    }

    /// What the file says where no flag does. Secrets stay where they are.
    #[must_use]
    pub fn with(&self, config: &Config) -> Self {
        let (transport, pace) = (&config.transport, &config.pace);
        let or = |flag: &Option<PathBuf>, file: &Option<PathBuf>| flag.clone().or_else(|| file.clone());
        Self {
            ca: or(&self.ca, &transport.ca),
            key: if self.cert.is_some() { self.key.clone() } else { transport.key.clone() },
            cert: or(&self.cert, &transport.certificate),
            proxy: self.proxy.clone().or_else(|| transport.proxy.clone()),
            insecure: self.insecure || transport.insecure,
            timeout: self.timeout.or(transport.timeout),
            concurrency: self.concurrency.or(pace.concurrency),
            rate: self.rate.or(pace.rate),
            budget: self.budget.or(pace.budget),
            settle: self.settle.or_else(|| pace.settle.map(|settle| settle.as_secs_f64())),
            ..self.clone()
        }
    }

    /// The credentials of the flags or the environment; those of the file if there are none.
    pub fn credentials(&self, config: &Config) -> Result<GivenCredentials, Failure> {
        let given = |credentials, flag: &str, given: &SecretString| GivenCredentials {
            credentials,
            origin: origin(flag, given),
        };
        if let Some(token) = &self.bearer {
            let credentials = Credentials::Bearer(secret(token, "--bearer", SecretKind::Token)?);
            return Ok(given(credentials, "--bearer", token));
        }
        if let (Some(url), Some(pair)) = (&self.oauth_token_url, &self.oauth_client) {
            let (client, secret) = pair_of(pair, "--oauth-client")?;
            let source = TokenSource::new(url.clone(), client, secret, self.oauth_scope.clone());
            return Ok(given(Credentials::Oauth(source), "--oauth-client", pair));
        }
        if let Some(pair) = &self.basic {
            let (user, password) = pair_of(pair, "--basic")?;
            return Ok(given(Credentials::Basic { user, password }, "--basic", pair));
        }
        let Some(source) = &config.credentials else { return Ok(GivenCredentials::default()) };
        Ok(GivenCredentials { credentials: credentials_of(config, source)?, origin: config.file.display().to_string() })
    }

    /// Everything a client of the endpoint at `base` is built from.
    pub fn options(&self, base: &Url, output: &Output) -> Result<ClientOptions, Failure> {
        let config = self.configuration(Some(base), output)?;
        let flags = self.with(&config);
        let mut headers = Vec::new();
        for (name, source) in &config.headers {
            let value = had(&config, source, SecretKind::Header, &format!("[headers], key `{name}`"))?;
            headers.push((name.clone(), value.expose_secret().to_owned()));
        }
        for header in &flags.headers {
            let (name, value) = header
                .split_once(':')
                .ok_or_else(|| Failure::Usage("--header needs a name, a colon and a value".into()))?;
            let name = name.trim();
            let value =
                inspect(value.trim(), SecretKind::Header, &format!("--header {name}")).map_err(Failure::usage)?;
            headers.retain(|(other, _): &(String, String)| !other.eq_ignore_ascii_case(name));
            headers.push((name.to_owned(), value.expose_secret().to_owned()));
        }
        for (name, value) in &headers {
            // What stands in the URL is not a secret.
            if !base.as_str().contains(value.as_str()) {
                secrets::register_header(name, value);
            }
        }
        let authorities =
            flags.ca.as_deref().map(certificates).transpose()?.into_iter().map(bytes::Bytes::from).collect();
        let mut identity = flags.cert.as_deref().map(certificates).transpose()?;
        if let (Some(identity), Some(key)) = (&mut identity, &flags.key) {
            identity.push(b'\n');
            identity.extend(document::bytes(key).map_err(Failure::usage)?);
        }
        if let Some(proxy) = &flags.proxy {
            secrets::register_url(proxy);
        }
        register_proxies_of_the_environment();
        if flags.insecure {
            output.warn("any certificate is accepted, so a third party on the way can read the credentials");
        }
        let GivenCredentials { credentials, origin } = flags.credentials(&config)?;
        Ok(ClientOptions {
            credentials,
            credentials_origin: origin,
            headers,
            authorities,
            identity: identity.map(bytes::Bytes::from),
            proxy: flags.proxy.clone(),
            insecure: flags.insecure,
            ..flags.pace()
        })
    }

    /// How patient and how fast a client is, and nothing else.
    pub fn pace(&self) -> ClientOptions {
        ClientOptions {
            timeout: Duration::from_secs(self.timeout.unwrap_or(TIMEOUT)),
            concurrency: usize::from(self.concurrency()),
            rate: self.rate,
            budget: self.budget,
            settle: Duration::from_secs_f64(self.settle.unwrap_or_default()),
            bounds: Bounds {
                answer: self.largest_answer.map_or(self.bounds.answer, |size| usize::from(size) * 1024 * 1024),
                ..self.bounds
            },
            ..ClientOptions::default()
        }
    }

    /// A client for the SCIM base URL.
    pub fn client(&self, base: &Url, output: &Output) -> Result<Client, Failure> {
        Client::new(base, self.options(base, output)?).map_err(Failure::usage)
    }
}

/// Credentials, and where they come from in words that a report may hold.
#[derive(Clone, Debug, Default)]
pub struct GivenCredentials {
    pub credentials: Credentials,
    pub origin: String,
}

/// The credentials that a configuration names.
pub fn credentials_of(config: &Config, source: &CredentialSource) -> Result<Credentials, Failure> {
    let had = |source: &SecretSource, kind: SecretKind, key: &str| {
        let secret = had(config, source, kind, &format!("[credentials], key `{key}`"))?;
        secrets::register(secret.expose_secret());
        Ok::<_, Failure>(secret)
    };
    match source {
        CredentialSource::Bearer(source) => Ok(Credentials::Bearer(had(source, SecretKind::Token, "bearer")?)),
        CredentialSource::Basic(source) => {
            let (user, password) = split(&had(source, SecretKind::Password, "basic")?)
                .ok_or_else(|| Failure::Usage(format!("{} does not give USER:PASS", source.origin())))?;
            Ok(Credentials::Basic { user, password })
        }
        CredentialSource::Oauth { token_url, client, secret, scope } => {
            let secret = had(secret, SecretKind::Password, "secret")?;
            Ok(Credentials::Oauth(TokenSource::new(token_url.clone(), client.clone(), secret, scope.clone())))
        }
    }
}

/// The secret that the file names at `key`.
fn had(config: &Config, source: &SecretSource, kind: SecretKind, key: &str) -> Result<SecretString, Failure> {
    source.read(kind).map_err(|error| Failure::Usage(format!("{}: {key}: {error}", config.file.display())))
}

/// The URL of a proxy, whose password is a secret.
fn proxy_url(text: &str) -> Result<Url, FlagError> {
    let url = Url::parse(text).map_err(FlagError::Proxy)?;
    secrets::register_url(&url);
    Ok(url)
}

/// Takes note of the passwords of proxies that the environment names.
fn register_proxies_of_the_environment() {
    for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        if let Some(url) = std::env::var(name).ok().and_then(|text| Url::parse(&text).ok()) {
            secrets::register_url(&url);
        }
    }
}

fn certificates(path: &Path) -> Result<Vec<u8>, Failure> {
    document::certificates(path).map_err(Failure::usage)
}
