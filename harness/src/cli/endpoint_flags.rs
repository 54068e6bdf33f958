//! The flags with which a command reaches somebody's endpoint.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;
use url::Url;

use super::Failure;
use crate::endpoint::{Client, ClientOptions, Credentials, TokenSource};

/// Credentials, transport and pace.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Reaching the endpoint")]
pub struct EndpointFlags {
    /// Bearer token, or @FILE that holds it
    #[arg(long, value_name = "TOKEN", env = "WEIR_BEARER", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub bearer: Option<SecretString>,
    /// User and password for Basic authentication, or @FILE that holds them; a bearer token wins over them
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
    /// A header to send with every request; reports hide its value
    #[arg(long = "header", value_name = "NAME: VALUE")]
    pub headers: Vec<String>,
    /// Certificates of further authorities, PEM
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Accept any certificate
    #[arg(long)]
    pub insecure: bool,
    /// How long to wait for an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
    /// How many requests may be under way at once
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    pub concurrency: u16,
    /// How many requests a second to send at most
    #[arg(long, value_name = "N", value_parser = positive)]
    pub rate: Option<f64>,
}

fn positive(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| format!("{text:?} is no number"))?;
    if rate.is_finite() && rate > 0.0 { Ok(rate) } else { Err("the rate must be greater than 0".into()) }
}

impl EndpointFlags {
    /// The credentials of the flags or the environment.
    pub fn credentials(&self) -> Result<Credentials, Failure> {
        if let Some(token) = &self.bearer {
            return Ok(Credentials::Bearer(secret(token)?));
        }
        if let (Some(url), Some(pair)) = (&self.oauth_token_url, &self.oauth_client) {
            let (client, secret) = pair_of(pair, "--oauth-client")?;
            return Ok(Credentials::Oauth(TokenSource::new(url.clone(), client, secret, self.oauth_scope.clone())));
        }
        self.basic.as_ref().map_or(Ok(Credentials::None), |pair| {
            let (user, password) = pair_of(pair, "--basic")?;
            Ok(Credentials::Basic { user, password })
        })
    }

    /// Everything a client is built from.
    pub fn options(&self) -> Result<ClientOptions, Failure> {
        let headers = self
            .headers
            .iter()
            .map(|header| {
                let (name, value) = header
                    .split_once(':')
                    .ok_or_else(|| Failure::Usage("--header needs a name, a colon and a value".into()))?;
                Ok((name.trim().to_owned(), value.trim().to_owned()))
            })
            .collect::<Result<_, Failure>>()?;
        let authorities = self.ca.as_deref().map(read).transpose()?.into_iter().map(bytes::Bytes::from).collect();
        Ok(ClientOptions {
            credentials: self.credentials()?,
            headers,
            authorities,
            insecure: self.insecure,
            ..self.pace()
        })
    }

    /// How patient and how fast a client is, and nothing else.
    pub fn pace(&self) -> ClientOptions {
        ClientOptions {
            timeout: Duration::from_secs(self.timeout),
            concurrency: usize::from(self.concurrency),
            rate: self.rate,
            ..ClientOptions::default()
        }
    }

    /// A client for the SCIM base URL.
    pub fn client(&self, base: &Url) -> Result<Client, Failure> {
        Client::new(base, self.options()?).map_err(Failure::usage)
    }
}

/// Reads a base URL as a person types it.
pub fn base_url(text: &str) -> Result<Url, String> {
    let url =
        Url::parse(text).map_err(|error| format!("{error}; give a whole URL, such as https://example.com/scim/v2"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err("only http and https URLs can be tested".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("credentials do not belong into the URL; give them with --basic or WEIR_BASIC".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("a base URL has no query and no fragment".into());
    }
    Ok(url)
}

/// A credential as typed. It may begin with a hyphen, as one generated token in 64 does; two hyphens are the next flag,
/// before which the value was forgotten.
pub fn given_secret(text: &str) -> Result<SecretString, String> {
    if text.starts_with("--") {
        return Err("the value is missing; a credential that really begins with -- is given as @FILE".into());
    }
    Ok(text.to_owned().into())
}

/// A secret as given, or read from the file that `@FILE` names.
pub fn secret(given: &SecretString) -> Result<SecretString, Failure> {
    use secrecy::ExposeSecret as _;
    let Some(path) = given.expose_secret().strip_prefix('@') else { return Ok(given.clone()) };
    let text = read(Path::new(path))?;
    let text = String::from_utf8(text).map_err(|_| Failure::Usage(format!("{path} holds no text")))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned().into())
}

/// User and password as given to `flag`.
pub fn pair_of(given: &SecretString, flag: &str) -> Result<(String, SecretString), Failure> {
    use secrecy::ExposeSecret as _;
    let text = secret(given)?;
    let (user, password) = text
        .expose_secret()
        .split_once(':')
        .ok_or_else(|| Failure::Usage(format!("{flag} needs USER:PASS, with a colon between the two")))?;
    Ok((user.to_owned(), password.to_owned().into()))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", path.display())))
}
