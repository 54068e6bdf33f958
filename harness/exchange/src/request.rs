//! A request before it is sent: what a check or a provisioner wants to say, relative to the base URL.

use std::borrow::Cow;

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

/// The media type of RFC 7644 section 8.1.
pub const SCIM_JSON: &str = "application/scim+json";

/// What RFC 3986 lets stand in a query value unescaped, less `&`, `=`, `+` and the quote, so that no server has to guess.
const QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':').remove(b',').remove(b'/');
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');
const PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'?').add(b'#');

#[derive(Clone, Debug)]
pub(super) enum Place {
    /// Path after the base URL, with its leading slash, escaped.
    Relative(String),
    Absolute(Url),
}

/// One request; built by chaining, sent by [`super::Client::send`].
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) method: Method,
    pub(super) place: Place,
    pub(super) query: String,
    pub(super) headers: Vec<(Cow<'static, str>, String)>,
    pub(super) body: Option<Bytes>,
    pub(super) discard_answer: bool,
    pub(super) without_credentials: bool,
    /// No redirect to another path is followed.
    pub(super) stays: bool,
    pub(super) secret_query: Option<(String, SecretString)>,
}

impl Request {
    /// Whether it creates something, so that what an endpoint showed before does not matter to it; a query by POST does not.
    pub(super) fn creates(&self) -> bool {
        let path = match &self.place {
            Place::Absolute(url) => url.path(),
            Place::Relative(path) => path,
        };
        self.method == Method::POST && !path.ends_with("/.search")
    }

    /// Whether it changes nothing.
    pub(super) fn reads(&self) -> bool {
        !self.creates() && !matches!(self.method, Method::PUT | Method::PATCH | Method::DELETE)
    }

    /// A request for `path`, such as `/Users`, below the base URL.
    pub fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            place: Place::Relative(utf8_percent_encode(path, PATH).to_string()),
            query: String::new(),
            headers: Vec::new(),
            body: None,
            discard_answer: false,
            without_credentials: false,
            stays: false,
            secret_query: None,
        }
    }

    /// A request for an absolute URL, for example one that the endpoint gave. It is sent only if it has the origin of the base
    /// URL.
    pub fn absolute(method: Method, url: Url) -> Self {
        Self { place: Place::Absolute(url), ..Self::new(method, "") }
    }

    pub fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    pub fn put(path: &str) -> Self {
        Self::new(Method::PUT, path)
    }

    pub fn patch(path: &str) -> Self {
        Self::new(Method::PATCH, path)
    }

    pub fn delete(path: &str) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Appends a path segment, escaped: an id is opaque and may hold any character.
    #[must_use]
    pub fn segment(mut self, segment: &str) -> Self {
        let escaped = utf8_percent_encode(segment, SEGMENT);
        match &mut self.place {
            Place::Relative(path) => {
                path.push('/');
                path.extend(escaped);
            }
            Place::Absolute(url) => {
                let path = format!("{}/{escaped}", url.path().trim_end_matches('/'));
                url.set_path(&path);
            }
        }
        self
    }

    /// Adds a query parameter; blanks travel as `%20`, never as `+`.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.extend(utf8_percent_encode(name, QUERY));
        self.query.push('=');
        self.query.extend(utf8_percent_encode(value, QUERY));
        self
    }

    /// Lets the blanks of the query so far travel as `+`, as forms have them.
    #[must_use]
    pub fn blanks_as_plus(mut self) -> Self {
        self.query = self.query.replace("%20", "+");
        self
    }

    /// Adds a query parameter whose value no record of the exchange shows.
    #[must_use]
    pub fn secret_query(mut self, name: &str, value: &SecretString) -> Self {
        self.secret_query = Some((name.to_owned(), value.clone()));
        self
    }

    /// Sets the query string as it is to travel, for requests that are wrong on purpose.
    #[must_use]
    pub fn raw_query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    /// Adds a header; `Accept` and `Content-Type` given here replace the defaults.
    #[must_use]
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// A SCIM JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body(body.to_string(), SCIM_JSON)
    }

    /// A body of any bytes; an empty `content_type` sends no such header.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>, content_type: &str) -> Self {
        self.body = Some(body.into());
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        if !content_type.is_empty() {
            self.headers.push((Cow::Borrowed("content-type"), content_type.into()));
        }
        self
    }

    /// Lets the endpoint do its work and answer, then throws the answer away: what a client lives through when a
    /// connection breaks at the wrong moment. The exchange is recorded; the sender gets
    /// [`super::EndpointErrorKind::Discarded`].
    #[must_use]
    pub fn discard_answer(mut self) -> Self {
        self.discard_answer = true;
        self
    }

    /// Sends no credentials with this request.
    #[must_use]
    pub fn without_credentials(mut self) -> Self {
        self.without_credentials = true;
        self
    }

    /// Takes a redirect to another path for the answer, where that is the question.
    #[must_use]
    pub fn without_following(mut self) -> Self {
        self.stays = true;
        self
    }

    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path below the base URL, escaped; `None` of a request for an absolute URL.
    pub fn path(&self) -> Option<&str> {
        match &self.place {
            Place::Relative(path) => Some(path),
            Place::Absolute(_) => None,
        }
    }

    /// The bytes of the body, if it has one.
    pub fn content(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }
}

/// `segment` as it stands in a path.
pub(super) fn escaped_segment(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}
