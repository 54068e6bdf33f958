//! One HTTP request with its answer, as recorded.

mod curl;

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;
use weir_mask::{BodyHead, Masker};

use super::meter::MeterShare;

/// Stands in a report where a secret was.
const MASKED: &str = "(masked)";

/// How the request authenticated itself; the secret is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    None,
    Bearer,
    Basic,
}

/// Why a body cannot be used: what came where JSON is expected, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BodyError(String);

impl BodyError {
    /// The sentence.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The body of an answer as JSON, once somebody has asked for it, and the part of what is in hand that it stands for.
#[derive(Debug, Default)]
pub struct ParsedBody {
    json: OnceLock<Result<Value, BodyError>>,
    /// Given back when the body is dropped.
    _held: Option<MeterShare>,
}

impl ParsedBody {
    pub(crate) fn new(held: Option<MeterShare>) -> Self {
        Self { json: OnceLock::new(), _held: held }
    }
}

/// One request with its answer. Credentials are masked in `request_headers`.
#[derive(Debug)]
pub struct Exchange {
    /// Counts the requests of a run from 1, in the order in which they were sent.
    pub number: u64,
    pub method: Method,
    pub url: Url,
    pub authentication: Authentication,
    pub request_headers: HeaderMap,
    pub request_body: Bytes,
    pub status: u16,
    pub response_headers: HeaderMap,
    /// At most the client's limit, otherwise the request fails as too large.
    pub response_body: Bytes,
    /// When it was sent, by this machine's clock.
    pub started: Timestamp,
    pub elapsed: Duration,
    pub parsed: ParsedBody,
}

impl Exchange {
    /// The body as JSON, parsed once.
    ///
    /// The error is a sentence that says what came instead: nothing, a page, or broken JSON with its place.
    pub fn json(&self) -> Result<&Value, &str> {
        self.body().map_err(BodyError::as_str)
    }

    /// As [`Self::json`], with the error as one.
    pub fn body(&self) -> Result<&Value, &BodyError> {
        self.parsed.json.get_or_init(|| self.parse()).as_ref()
    }

    /// As [`Self::json`], for the caller alone: nothing is kept here.
    pub fn parse(&self) -> Result<Value, BodyError> {
        let body = self.response_body.trim_ascii();
        let fault = |sentence: &str| BodyError(sentence.to_owned());
        if body.is_empty() {
            return Err(fault("the body is empty where JSON is expected"));
        }
        if body.starts_with(b"<") {
            return Err(fault("the body is a page of markup, not JSON; check that the URL is the SCIM base URL"));
        }
        serde_json::from_slice(body).map_err(|error| fault(&format!("the body is not JSON: {error}")))
    }

    /// The same exchange without its parsed JSON, which a check does not have in hand.
    #[must_use]
    pub fn unparsed(&self) -> Self {
        Self {
            number: self.number,
            method: self.method.clone(),
            url: self.url.clone(),
            authentication: self.authentication,
            request_headers: self.request_headers.clone(),
            request_body: self.request_body.clone(),
            status: self.status,
            response_headers: self.response_headers.clone(),
            response_body: self.response_body.clone(),
            started: self.started,
            elapsed: self.elapsed,
            parsed: ParsedBody::default(),
        }
    }

    /// The value at `path` of the body ([`crate::difference::at`]); `None` also if the body is not JSON.
    pub fn at(&self, path: &str) -> Option<&Value> {
        self.json().ok().and_then(|json| crate::difference::at(json, path))
    }

    /// The text at `path` of the body.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.at(path).and_then(Value::as_str)
    }

    /// The first value of an answer's header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response_headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the status is 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The path and query of the request, as a person reads it in a report, secrets masked.
    pub fn target(&self) -> String {
        let target = match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().into(),
        };
        Masker::new(MASKED).target(&target).unwrap_or(target)
    }

    /// The URL of the request, secrets masked.
    pub fn shown_url(&self) -> String {
        Masker::new(MASKED).target(self.url.as_str()).unwrap_or_else(|| self.url.to_string())
    }

    /// The headers that were sent, secrets masked.
    pub fn shown_request_headers(&self) -> Vec<(String, String)> {
        shown_headers(&self.request_headers)
    }

    /// The headers that came, secrets masked.
    pub fn shown_response_headers(&self) -> Vec<(String, String)> {
        shown_headers(&self.response_headers)
    }

    /// The body that was sent, secrets masked.
    pub fn request_text(&self) -> String {
        shown_body(&self.request_headers, &self.request_body)
    }

    /// The body that came, secrets masked.
    pub fn response_text(&self) -> String {
        shown_body(&self.response_headers, &self.response_body)
    }

    /// A curl command that repeats the request; credentials are named as `$WEIR_BEARER`, `$WEIR_BASIC`, passwords in
    /// the body as `$WEIR_PASSWORD`.
    pub fn curl(&self) -> String {
        curl::command(self)
    }
}

fn shown_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut masker = Masker::new(MASKED);
    let shown = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = masker.header(name.as_str(), value.as_bytes());
        (name.to_string(), String::from_utf8_lossy(&value).into_owned())
    };
    headers.iter().map(shown).collect()
}

fn shown_body(headers: &HeaderMap, body: &[u8]) -> String {
    String::from_utf8_lossy(&Masker::new(MASKED).body(body_head(headers), body)).into_owned()
}

/// What the headers say about the body. The client has decoded what it asked to be encoded, and taken the header away.
fn body_head(headers: &HeaderMap) -> BodyHead<'_> {
    BodyHead {
        media_type: headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes),
        encoding: headers
            .get_all(CONTENT_ENCODING)
            .iter()
            .find(|encoding| *encoding != "identity")
            .map(HeaderValue::as_bytes),
    }
}
