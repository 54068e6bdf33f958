//! Authentication and rights: HTTP Basic (RFC 7617) and bearer tokens (RFC 6750), those of the token endpoint included,
//! never in the query.
//!
//! Only digests are kept. A request's digest is compared with all of them, each in constant time.

pub mod token;

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use scim::ErrorKind;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use crate::credentials::Credentials;
use crate::message::Refusal;
use crate::rules::Carelessness;
use token::Tokens;

const REALM: &str = "weir";

/// SHA-256 in words: comparing in constant time is paid for by the element.
type Digest = [u64; 4];

/// What one set of credentials opens.
#[derive(Debug)]
pub struct Grant {
    /// The positions of the applications.
    pub applications: BTreeSet<usize>,
    /// Without it only reading is allowed.
    pub writes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Bearer,
    Basic,
    /// Only at the token endpoint.
    Client,
}

struct CredentialKey {
    scheme: Scheme,
    /// Of a token, or of user, colon, password.
    digest: Digest,
    grant: Arc<Grant>,
}

/// Everything that opens something.
#[derive(Default)]
pub struct Gate {
    keys: Vec<CredentialKey>,
    pub tokens: Tokens,
}

/// What a request asks to be let in to.
#[derive(Clone, Copy)]
pub struct AccessRequest<'r> {
    pub headers: &'r HeaderMap,
    pub query: Option<&'r str>,
    /// The position of the application.
    pub application: usize,
    /// Whether something may change.
    pub writes: bool,
    /// Whether requests without credentials are welcome. Wrong credentials are refused even then, so that a client's
    /// connection test tells the truth.
    pub anonymous: bool,
    pub careless: &'r BTreeSet<Carelessness>,
    pub now: Timestamp,
}

impl Gate {
    /// A gate that nothing opens yet but `tokens`.
    pub const fn new(tokens: Tokens) -> Self {
        Self { keys: Vec::new(), tokens }
    }

    /// Lets `credentials` open what `grant` says, besides what they open already; of two grants the lesser right counts.
    pub fn add(&mut self, credentials: &Credentials, grant: &Grant) {
        let mut add = |scheme, digest| {
            // What is given for several applications is one key.
            if let Some(key) = self.keys.iter_mut().find(|key| key.scheme == scheme && key.digest == digest) {
                let applications = key.grant.applications.union(&grant.applications).copied().collect();
                key.grant = Arc::new(Grant { applications, writes: key.grant.writes && grant.writes });
            } else {
                let (applications, writes) = (grant.applications.clone(), grant.writes);
                self.keys.push(CredentialKey { scheme, digest, grant: Arc::new(Grant { applications, writes }) });
            }
        };
        if let Some(token) = &credentials.bearer {
            add(Scheme::Bearer, digest(token.expose_secret()));
        }
        if let Some(basic) = &credentials.basic {
            add(Scheme::Basic, pair(&basic.user, &basic.password));
        }
        if let Some(client) = &credentials.oauth {
            add(Scheme::Client, pair(&client.id, &client.secret));
        }
    }

    fn find(&self, scheme: Scheme, given: &Digest) -> Option<&Arc<Grant>> {
        let mut found = None;
        // No early end: the time tells nothing about where a key stands.
        for key in &self.keys {
            if bool::from(key.digest.ct_eq(given)) && key.scheme == scheme {
                found = Some(&key.grant);
            }
        }
        found
    }

    /// The grant of a client of the token endpoint.
    pub fn client(&self, id: &str, secret: &str) -> Option<&Arc<Grant>> {
        self.find(Scheme::Client, &digest(format!("{id}:{secret}")))
    }

    /// Lets a request pass, or refuses it with 401, or with 403 where the credentials are right and not enough (RFC 7644
    /// section 3.12).
    pub fn check(&self, asked: &AccessRequest<'_>) -> Result<(), Refusal> {
        let careless = |what| asked.careless.contains(&what);
        let mut values = asked.headers.get_all(header::AUTHORIZATION);
        let Some(value) = values.next() else {
            if asked.anonymous || careless(Carelessness::Missing) {
                return Ok(());
            }
            if careless(Carelessness::TokenInQuery)
                && let Some(token) = asked.query.and_then(token_of)
                && self.find(Scheme::Bearer, &digest(&*token)).is_some()
            {
                return Ok(());
            }
            return Err(self.unauthorized(asked, "this needs credentials", false));
        };
        if values.next().is_some() {
            return Err(self.unauthorized(asked, "the Authorization header is sent twice", true));
        }
        let value = value.to_str().unwrap_or_default().trim();
        let (scheme, rest) = match value.split_once(' ') {
            Some((scheme, rest)) => (scheme, rest.trim()),
            None if careless(Carelessness::NoScheme) => ("Bearer", value),
            None => (value, ""),
        };
        let token;
        let is_scheme =
            |name: &str| scheme.eq_ignore_ascii_case(name) && (scheme == name || !careless(Carelessness::SchemeCase));
        let (writes, grant) = if is_scheme("Bearer") && self.offers(asked, Scheme::Bearer) {
            if careless(Carelessness::AnyToken) && !rest.is_empty() {
                return Ok(());
            }
            let given = digest(rest);
            if let Some(grant) = self.find(Scheme::Bearer, &given) {
                (true, Some(grant))
            } else {
                token = self.tokens.find(&given, asked.now);
                token.as_ref().map_or((false, None), |(writes, grant)| (*writes, Some(grant)))
            }
        } else if is_scheme("Basic") && self.offers(asked, Scheme::Basic) {
            if careless(Carelessness::AnyPassword) {
                return Ok(());
            }
            let grant = STANDARD.decode(rest).ok().and_then(|pair| self.find(Scheme::Basic, &digest(pair)));
            (true, grant)
        } else {
            let detail = "the Authorization header has a scheme that is not offered here";
            return Err(self.unauthorized(asked, detail, true));
        };
        let opens = |grant: &Grant| {
            grant.applications.contains(&asked.application) || careless(Carelessness::OtherApplications)
        };
        let Some(grant) = grant.filter(|grant| opens(grant)) else {
            return Err(self.unauthorized(asked, "the credentials are not those of this application", true));
        };
        if asked.writes && !(grant.writes && writes) && !careless(Carelessness::Rights) {
            let detail = "these credentials can read but not write; use others, or ask for the scope write";
            let challenge = format!("Bearer realm=\"{REALM}\", error=\"insufficient_scope\", scope=\"write\"");
            return Err(Refusal::new(ErrorKind::Forbidden, detail).with_header(header::WWW_AUTHENTICATE, challenge));
        }
        Ok(())
    }

    /// Whether the application takes the scheme: it has a key for it, or a client that can have tokens.
    fn offers(&self, asked: &AccessRequest<'_>, scheme: Scheme) -> bool {
        let careless = asked.careless.contains(&Carelessness::OtherApplications);
        self.keys.iter().any(|key| {
            let fits = key.scheme == scheme || (scheme == Scheme::Bearer && key.scheme == Scheme::Client);
            fits && (careless || key.grant.applications.contains(&asked.application))
        })
    }

    /// 401 with a challenge for each scheme that is offered (RFC 7644 section 2).
    fn unauthorized(&self, asked: &AccessRequest<'_>, detail: &str, presented: bool) -> Refusal {
        let mut refusal =
            Refusal::new(ErrorKind::Unauthorized, format!("{detail}; send an Authorization header with them"));
        if self.offers(asked, Scheme::Bearer) {
            let error = if presented { ", error=\"invalid_token\"" } else { "" };
            refusal = refusal.with_header(header::WWW_AUTHENTICATE, format!("Bearer realm=\"{REALM}\"{error}"));
        }
        if self.offers(asked, Scheme::Basic) {
            let challenge = format!("Basic realm=\"{REALM}\", charset=\"UTF-8\"");
            refusal = refusal.with_header(header::WWW_AUTHENTICATE, challenge);
        }
        refusal
    }
}

/// Whether a request may change something: every method but GET, HEAD and OPTIONS, a query by POST excepted.
pub fn writes(method: &Method, path: &str) -> bool {
    match *method {
        Method::GET | Method::HEAD | Method::OPTIONS => false,
        Method::POST => !path.trim_end_matches('/').ends_with("/.search"),
        _ => true,
    }
}

/// The value of `access_token` in a query (RFC 6750 section 2.3).
fn token_of(query: &str) -> Option<std::borrow::Cow<'_, str>> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix("access_token="))?;
    Some(percent_decode_str(value).decode_utf8_lossy())
}

fn pair(user: &str, secret: &SecretString) -> Digest {
    digest(format!("{user}:{}", secret.expose_secret()))
}

fn digest(secret: impl AsRef<[u8]>) -> Digest {
    let bytes: [u8; 32] = Sha256::digest(secret).into();
    let (words, _) = bytes.as_chunks::<8>();
    std::array::from_fn(|at| u64::from_ne_bytes(words[at]))
}

#[cfg(test)]
mod tests;
