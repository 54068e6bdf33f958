//! Authentication: HTTP Basic (RFC 7617) and bearer tokens (RFC 6750), never in the query.
//!
//! Only digests are kept, and they are compared in constant time.

use actix_web::http::header::{self, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use scim::ErrorKind;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::endpoint::{BasicCredentials, Credentials};
use crate::http::Refusal;

const REALM: &str = "weir";

/// The digests of what one application, or the control API, accepts.
#[derive(Clone, Default)]
pub struct Keys {
    bearer: Option<[u8; 32]>,
    /// Of user, colon, password.
    basic: Option<[u8; 32]>,
}

impl Keys {
    pub fn new(credentials: &Credentials) -> Self {
        let basic = |basic: &BasicCredentials| digest(format!("{}:{}", basic.user, basic.password.expose_secret()));
        Self {
            bearer: credentials.bearer.as_ref().map(|token| digest(token.expose_secret())),
            basic: credentials.basic.as_ref().map(basic),
        }
    }

    /// Lets a request pass that has the right credentials, or none where `anonymous` ones are welcome. Wrong credentials are
    /// refused even there, so that a client's connection test tells the truth.
    pub fn check(&self, headers: &HeaderMap, anonymous: bool) -> Result<(), Refusal> {
        let mut values = headers.get_all(header::AUTHORIZATION);
        let Some(value) = values.next() else {
            return if anonymous { Ok(()) } else { Err(self.unauthorized("this needs credentials", false)) };
        };
        if values.next().is_some() {
            return Err(self.unauthorized("the Authorization header is sent twice", true));
        }
        let (scheme, rest) = value.to_str().ok().and_then(|value| value.trim().split_once(' ')).unwrap_or_default();
        let (expected, given) = if scheme.eq_ignore_ascii_case("bearer") {
            (self.bearer, Some(digest(rest.trim())))
        } else if scheme.eq_ignore_ascii_case("basic") {
            (self.basic, STANDARD.decode(rest.trim()).ok().map(digest))
        } else {
            return Err(self.unauthorized("the Authorization header has a scheme that is not offered here", true));
        };
        match (expected, given) {
            (Some(expected), Some(given)) if bool::from(expected.ct_eq(&given)) => Ok(()),
            (None, _) => Err(self.unauthorized("the Authorization header has a scheme that is not offered here", true)),
            _ => Err(self.unauthorized("the credentials are not those of this application", true)),
        }
    }

    /// 401 with a challenge for each scheme that is offered (RFC 7644 section 2).
    fn unauthorized(&self, detail: &str, presented: bool) -> Refusal {
        let mut refusal =
            Refusal::new(ErrorKind::Unauthorized, format!("{detail}; send an Authorization header with them"));
        if self.bearer.is_some() {
            let error = if presented { ", error=\"invalid_token\"" } else { "" };
            refusal = refusal.with_header(header::WWW_AUTHENTICATE, format!("Bearer realm=\"{REALM}\"{error}"));
        }
        if self.basic.is_some() {
            let challenge = format!("Basic realm=\"{REALM}\", charset=\"UTF-8\"");
            refusal = refusal.with_header(header::WWW_AUTHENTICATE, challenge);
        }
        refusal
    }
}

fn digest(secret: impl AsRef<[u8]>) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// A credential that follows from seed and purpose, so that an embedded endpoint can be started again with the same.
/// Whoever serves others gives credentials or a random seed.
pub fn generated(seed: u64, purpose: &str) -> SecretString {
    let digest =
        Sha256::new_with_prefix(b"credential").chain_update(seed.to_be_bytes()).chain_update(purpose).finalize();
    URL_SAFE_NO_PAD.encode(&digest[..24]).into()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn keys() -> Keys {
        Keys::new(&Credentials {
            bearer: Some("t0ken".into()),
            basic: Some(BasicCredentials { user: "weir".into(), password: "p:ss".into() }),
        })
    }

    fn check(keys: &Keys, authorization: &[&str], anonymous: bool) -> bool {
        let headers = authorization.iter().fold(HeaderMap::new(), |mut headers, value| {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            headers
        });
        keys.check(&headers, anonymous).is_ok()
    }

    #[test]
    fn only_the_right_credentials_pass() {
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let (right, wrong, no_colon) = (basic("weir:p:ss"), basic("weir:pss"), basic("weir"));
        for (authorization, passes) in [
            (vec!["Bearer t0ken"], true),
            (vec!["bearer  t0ken "], true),
            (vec![&*right], true),
            (vec!["Bearer t0ke"], false),
            (vec!["Bearer"], false),
            (vec!["Bearer "], false),
            (vec!["t0ken"], false),
            (vec![""], false),
            (vec![&*wrong], false),
            (vec![&*no_colon], false),
            (vec!["Basic !!!"], false),
            (vec!["Digest t0ken"], false),
            (vec!["Bearer t0ken", "Bearer t0ken"], false),
            (vec![], false),
        ] {
            assert_eq!(check(&keys(), &authorization, false), passes, "{authorization:?}");
        }
    }

    #[test]
    fn anonymous_requests_pass_where_they_may_and_wrong_credentials_never() {
        assert!(check(&keys(), &[], true));
        assert!(!check(&keys(), &["Bearer wrong"], true));
    }

    #[test]
    fn an_application_without_a_scheme_refuses_it() {
        let keys = Keys::new(&Credentials { bearer: Some("t0ken".into()), basic: None });
        assert!(!check(&keys, &["Basic Og=="], false));
        let refusal = keys.check(&HeaderMap::new(), false).unwrap_err();
        assert_eq!(refusal.headers.len(), 1);
    }

    #[test]
    fn generated_credentials_follow_from_seed_and_purpose() {
        let expose = |seed, purpose: &str| generated(seed, purpose).expose_secret().to_owned();
        assert_eq!(expose(1, "a"), expose(1, "a"));
        assert_ne!(expose(1, "a"), expose(2, "a"));
        assert_ne!(expose(1, "a"), expose(1, "b"));
    }
}
