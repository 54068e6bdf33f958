//! One HTTP request with its answer, as recorded.

mod curl;

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::Method;
pub use reqwest::header::HeaderMap;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;
use weir_mask::{BodyHead, Masker};

use super::body::{self, BodyError};
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
    /// A request that got no answer, for whoever keeps one exchange in any case: its status is 0, which no answer has.
    pub fn unanswered(method: Method, url: Url) -> Self {
        Self {
            number: 0,
            method,
            url,
            authentication: Authentication::None,
            request_headers: HeaderMap::new(),
            request_body: Bytes::new(),
            status: 0,
            response_headers: HeaderMap::new(),
            response_body: Bytes::new(),
            started: Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
            parsed: ParsedBody::default(),
        }
    }

    /// The body as JSON, parsed once. JSON behind a byte order mark or in ISO-8859-1 is read all the same, because one fault of
    /// every answer would hide all others; [`Self::encoding_fault`] names it.
    ///
    /// The error is a sentence that says what came instead: nothing, a page, or broken JSON with its place.
    pub fn json(&self) -> Result<&Value, &str> {
        self.body().map_err(BodyError::as_str)
    }

    /// As [`Self::json`], with the error as one.
    pub fn body(&self) -> Result<&Value, &BodyError> {
        self.parsed.json.get_or_init(|| body::read_leniently(&self.response_body)).as_ref()
    }

    /// The body to the letter, for the caller alone: nothing is kept here, and nothing is read in spite of its encoding.
    pub fn parse(&self) -> Result<Value, BodyError> {
        body::read(&self.response_body)
    }

    /// What is wrong with the encoding of a body, whether or not it can be read in spite of that.
    pub fn encoding_fault(&self) -> Option<BodyError> {
        body::encoding_fault(&self.response_body)
    }

    /// Whether a text of the body holds half of a surrogate pair: JSON lets it, and no Unicode text has it (RFC 8259 section 8.2).
    pub fn holds_half_a_pair(&self) -> bool {
        body::holds_half_a_pair(&self.response_body)
    }

    /// Where a redirect leads, if the answer is one. The client follows a 307 and a 308 within its origin, and no other.
    pub fn redirect(&self) -> Option<Url> {
        let place = self.header("location").filter(|_| matches!(self.status, 301 | 302 | 303 | 307 | 308))?;
        self.url.join(place).ok()
    }

    /// What is wrong with an answer that should be 200 with JSON, in a sentence; `None` if it is that.
    pub fn fault(&self) -> Option<String> {
        if self.status == 200 {
            return self.json().err().map(str::to_owned);
        }
        Some(format!("the status is {}", self.outcome()))
    }

    /// The status as a sentence goes on with it: of a redirect, with where it leads.
    pub fn outcome(&self) -> String {
        self.redirect().map_or_else(
            || self.status.to_string(),
            |place| format!("{}, a redirect to {}, which is not followed", self.status, Self::shown(place.as_str())),
        )
    }

    fn shown(url: &str) -> String {
        Masker::new(MASKED).target(url).unwrap_or_else(|| url.to_owned())
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

    /// The value at `path` of the body ([`crate::difference::assigned`]); `None` also if the body is not JSON.
    pub fn at(&self, path: &str) -> Option<&Value> {
        self.json().ok().and_then(|json| crate::difference::assigned(json, path))
    }

    /// The text at `path` of the body.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.at(path).and_then(Value::as_str)
    }

    /// Whether it is a refusal with this `scimType`. Another letter case of the word is a fault of its own, and does not make it another
    /// refusal.
    pub fn is_refused_as(&self, word: &str) -> bool {
        self.status == 400 && self.text("scimType").is_some_and(|own| own.eq_ignore_ascii_case(word))
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

    /// Whether the request was sent with credentials.
    pub const fn is_authenticated(&self) -> bool {
        !matches!(self.authentication, Authentication::None)
    }

    /// A curl command that deletes `url` with the credentials of this request.
    pub fn curl_deleting(&self, url: &str) -> String {
        curl::deletion(self, Some(url))
    }

    /// A curl command that deletes what is below the URL of this request under the id in the shell's `$id`.
    pub fn curl_deleting_id(&self) -> String {
        curl::deletion(self, None)
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
