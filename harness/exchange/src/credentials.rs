//! What a client authenticates itself with, and the one place that puts it on a request.
//!
//! Credentials belong to the origin that the user named. A URL that a peer sends, in a `Location`, a `$ref` or a link to the
//! next page, cannot widen that: a request to another origin is refused before anything is sent.

use base64::Engine as _;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Origin, Url};

use super::error::{ClientError, EndpointError, EndpointErrorKind};
use super::oauth::TokenSource;
use super::request::Request;

/// What a client authenticates itself with.
#[derive(Clone, Debug, Default)]
pub enum Credentials {
    #[default]
    None,
    Bearer(SecretString),
    Basic {
        user: String,
        password: SecretString,
    },
    /// A bearer token fetched for a client's id and secret.
    Oauth(TokenSource),
}

/// Credentials and secret headers with the origin that they are for.
#[derive(Clone, Debug)]
pub struct Access {
    origin: Origin,
    credentials: Credentials,
    headers: HeaderMap,
}

impl Access {
    /// What the user gave for the endpoint at `base`.
    pub(super) fn new(base: &Url, credentials: Credentials, headers: &[(String, String)]) -> Result<Self, ClientError> {
        let mut own = HeaderMap::new();
        for (name, value) in headers {
            let bad = || ClientError::Header { name: name.clone() };
            let mut value = HeaderValue::from_str(value).map_err(|_| bad())?;
            value.set_sensitive(true);
            own.append(HeaderName::try_from(name).map_err(|_| bad())?, value);
        }
        Ok(Self { origin: base.origin(), credentials, headers: own })
    }

    pub(super) const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The same with other credentials for the same origin.
    pub(super) fn with_credentials(&self, credentials: Credentials) -> Self {
        Self { credentials, ..self.clone() }
    }

    /// What the user gave for another endpoint. The headers are for the first one; they go along only if both have one origin.
    pub(super) fn elsewhere(&self, base: &Url, credentials: Credentials) -> Self {
        let origin = base.origin();
        let headers = if origin == self.origin { self.headers.clone() } else { HeaderMap::new() };
        Self { origin, credentials, headers }
    }

    /// Puts the secrets on a request for `url`; an error, so that it is not sent, if `url` has another origin.
    pub(super) async fn attach(
        &self,
        headers: &mut HeaderMap,
        request: &Request,
        url: &Url,
        http: &reqwest::Client,
    ) -> Result<(), EndpointError> {
        if url.origin() != self.origin {
            let own = self.origin.ascii_serialization();
            let sentence = format!("the URL has another origin than {own}, to which nothing is sent");
            return Err(EndpointError::new(EndpointErrorKind::OtherOrigin, &request.method, url, sentence));
        }
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        if request.without_credentials {
            return Ok(());
        }
        if let Some(text) = self.authorization(http).await? {
            let mut value = HeaderValue::from_str(text.expose_secret()).map_err(|_| {
                let sentence = "the credentials hold a character that HTTP does not allow";
                EndpointError::new(EndpointErrorKind::BadRequest, &request.method, url, sentence)
            })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(())
    }

    /// The value of `Authorization`; fetches a token where credentials say so.
    async fn authorization(&self, http: &reqwest::Client) -> Result<Option<SecretString>, EndpointError> {
        let bearer = |token: &SecretString| Some(format!("Bearer {}", token.expose_secret()).into());
        Ok(match &self.credentials {
            Credentials::None => None,
            Credentials::Bearer(token) => bearer(token),
            Credentials::Oauth(source) => bearer(&source.token(http).await?),
            Credentials::Basic { user, password } => {
                let pair = format!("{user}:{}", password.expose_secret());
                let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
                Some(format!("Basic {encoded}").into())
            }
        })
    }
}
