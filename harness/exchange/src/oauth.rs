//! Bearer tokens for an OAuth 2 client's id and secret (RFC 6749 section 4.4), fetched when they are needed and again
//! before they run out.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::error::{EndpointError, EndpointErrorKind};
use super::secrets;

/// How long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_secs(30);
/// Bytes of an answer with a token.
const LARGEST: usize = 64 * 1024;
/// How long a token is taken to be valid whose answer does not say.
const UNSAID: Duration = Duration::from_mins(5);

/// Where tokens come from. Clones share the token.
#[derive(Clone)]
pub struct TokenSource(Arc<Source>);

struct Source {
    url: Url,
    client: String,
    secret: SecretString,
    scope: Option<String>,
    secret_in_form: bool,
    current: Mutex<Option<Token>>,
}

struct Token {
    value: SecretString,
    /// When the next one is fetched.
    renewal: Instant,
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSource").field("url", &self.0.url.as_str()).finish_non_exhaustive()
    }
}

impl TokenSource {
    /// Tokens of the endpoint at `url` for a client; `scope` is asked for if it is given.
    pub fn new(url: Url, client: String, secret: SecretString, scope: Option<String>) -> Self {
        Self(Arc::new(Source { url, client, secret, scope, secret_in_form: false, current: Mutex::default() }))
    }

    /// The id of the client.
    pub fn client(&self) -> &str {
        &self.0.client
    }

    /// The same client with another secret.
    #[must_use]
    pub fn with_secret(&self, secret: SecretString) -> Self {
        let source = &self.0;
        let other = Self::new(source.url.clone(), source.client.clone(), secret, source.scope.clone());
        if source.secret_in_form { other.with_secret_in_form() } else { other }
    }

    /// The same client, which sends id and secret in the form instead of a header (RFC 6749 section 2.3.1).
    #[must_use]
    pub fn with_secret_in_form(&self) -> Self {
        let source = &self.0;
        Self(Arc::new(Source {
            url: source.url.clone(),
            client: source.client.clone(),
            secret: source.secret.clone(),
            scope: source.scope.clone(),
            secret_in_form: true,
            current: Mutex::default(),
        }))
    }

    /// A token that is valid for a while yet. Many may ask at once; one fetches.
    pub(super) async fn token(&self, http: &reqwest::Client) -> Result<SecretString, EndpointError> {
        let mut current = self.0.current.lock().await;
        if let Some(token) = current.as_ref().filter(|token| Instant::now() < token.renewal) {
            return Ok(token.value.clone());
        }
        let token = self.0.fetch(http).await?;
        Ok(current.insert(token).value.clone())
    }
}

impl Source {
    async fn fetch(&self, http: &reqwest::Client) -> Result<Token, EndpointError> {
        let fail = |sentence: String| EndpointError::new(EndpointErrorKind::Other, &Method::POST, &self.url, sentence);
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(self.scope.as_deref().map(|scope| ("scope", scope)));
        let asked = Instant::now();
        let mut request = http.post(self.url.clone());
        if self.secret_in_form {
            form.push(("client_id", &self.client));
            form.push(("client_secret", self.secret.expose_secret()));
        } else {
            let (client, secret) = (encoded(&self.client), encoded(self.secret.expose_secret()));
            secrets::register(&format!("{client}:{secret}"));
            request = request.basic_auth(client, Some(secret));
        }
        let answer = request.form(&form).send().await.map_err(|error| {
            let timeout = Duration::from_secs(30);
            EndpointError::from_reqwest(&error.without_url(), &Method::POST, &self.url, None, &self.url, timeout)
        })?;
        let status = answer.status();
        let no_json = || fail(format!("the token endpoint answered {status} and no JSON; check its URL"));
        let mut answer = answer;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| no_json())? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err(fail(format!("the token endpoint answered {status} and more than {LARGEST} bytes")));
            }
            bytes.extend_from_slice(&chunk);
        }
        let body: Value = serde_json::from_slice(&bytes).map_err(|_| no_json())?;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let Some(value) = text("access_token").filter(|_| status.is_success()) else {
            let word = text("error").unwrap_or("no reason");
            return Err(fail(format!("the token endpoint gave no token: {status}, {word}; check client and secret")));
        };
        secrets::register(value);
        let valid = body.get("expires_in").and_then(Value::as_u64).map_or(UNSAID, Duration::from_secs);
        // Of a short life at least half is used.
        let renewal = asked + valid.saturating_sub(MARGIN).max(valid / 2);
        Ok(Token { value: value.to_owned().into(), renewal })
    }
}

/// Form-encoded, as client id and secret are before they become user and password (RFC 6749 section 2.3.1).
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
