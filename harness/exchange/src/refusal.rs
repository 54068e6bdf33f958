//! What to say of credentials that an endpoint refused.

use super::client::Client;
use super::credentials::Credentials;
use super::exchange::Exchange;

/// Which credentials an endpoint refused, and which it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialRefusal {
    /// Such as `the bearer token of --bearer`; nothing if none were given.
    refused: Option<String>,
    /// The schemes of `WWW-Authenticate` (RFC 9110 section 11.6.1).
    schemes: Vec<String>,
}

impl CredentialRefusal {
    /// The refusal that `exchange` of `client` shows.
    #[must_use]
    pub fn new(client: &Client, exchange: &Exchange) -> Self {
        let kind = match client.credentials() {
            Credentials::None => None,
            Credentials::Bearer(_) => Some("the bearer token"),
            Credentials::Basic { .. } => Some("the user and password"),
            Credentials::Oauth(_) => Some("the token for the OAuth 2 client"),
        };
        let refused = kind.map(|kind| match client.credentials_origin() {
            "" => kind.to_owned(),
            origin => format!("{kind} of {origin}"),
        });
        let challenges = exchange.response_headers.get_all("www-authenticate").iter();
        // Only words that can be a scheme are shown: what a peer sends may be anything.
        let is_scheme = |word: &&str| {
            word.len() <= 20
                && word.starts_with(|c: char| c.is_ascii_alphabetic())
                && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let schemes = challenges
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|challenge| challenge.split_whitespace().next())
            .filter(is_scheme)
            .take(3)
            .map(str::to_owned)
            .collect();
        Self { refused, schemes }
    }
}

impl std::fmt::Display for CredentialRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.refused {
            None => f.write_str("no credentials were given")?,
            Some(refused) => write!(f, "the credentials were refused ({refused})")?,
        }
        if !self.schemes.is_empty() {
            write!(f, ", and the endpoint asks for {}", self.schemes.join(" or "))?;
        }
        f.write_str(match &self.refused {
            None => "; set WEIR_BEARER, or --bearer @FILE",
            Some(_) => "; give valid ones with --bearer or --basic",
        })
    }
}
