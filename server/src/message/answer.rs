//! Answers before they become framework responses, and SCIM Error bodies.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use bytes::Bytes;
use scim::{Error, ErrorKind, message};
use serde_json::Value;

use super::SCIM_JSON;

/// An answer in the making. Deviations at the answer seam see and change this.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    /// A header may stand more than once (`WWW-Authenticate`).
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Bytes,
    list: bool,
}

impl Answer {
    /// An answer without body.
    #[must_use]
    pub const fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new(), list: false }
    }

    /// An answer with a body of the given media type.
    #[must_use]
    pub fn with_body(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        // Making a value looks at each of its characters, and this one is nearly every answer's.
        static USUAL: HeaderValue = HeaderValue::from_static(SCIM_JSON);
        let value = if content_type == SCIM_JSON { USUAL.clone() } else { HeaderValue::from_static(content_type) };
        let mut headers = Vec::with_capacity(4);
        headers.push((header::CONTENT_TYPE, value));
        Self { status, headers, body: body.into(), list: false }
    }

    /// Marks the body as a `ListResponse`.
    #[must_use]
    pub const fn marked_as_list(mut self) -> Self {
        self.list = true;
        self
    }

    /// Whether the body is a `ListResponse`.
    #[must_use]
    pub const fn is_list(&self) -> bool {
        self.list
    }

    /// Adds a header; a value that no header can hold is left out.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        if let Ok(value) = HeaderValue::try_from(value.into()) {
            self.headers.push((name, value));
        }
        self
    }

    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &HeaderName) -> Option<&HeaderValue> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Removes every header of that name.
    pub fn remove_header(&mut self, name: &HeaderName) {
        self.headers.retain(|(own, _)| own != name);
    }

    /// Replaces every header of that name by one.
    pub fn set_header(&mut self, name: HeaderName, value: HeaderValue) {
        self.remove_header(&name);
        self.headers.push((name, value));
    }

    /// The body as JSON, when it is.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Puts another body in place of this one.
    pub fn set_json(&mut self, body: &Value) {
        self.body = body.to_string().into();
    }
}

/// What a handler comes to.
pub type HandlerResult = Result<Answer, Refusal>;

/// A request that is refused: the error, and the headers that HTTP wants with it.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub error: Error,
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { error, headers: Vec::new() }
    }
}

impl Refusal {
    /// A refusal without further headers.
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Error::new(kind, detail).into()
    }

    /// Adds a header; a value that no header can hold is left out.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        if let Ok(value) = HeaderValue::try_from(value.into()) {
            self.headers.push((name, value));
        }
        self
    }

    /// The answer with its SCIM Error body (RFC 7644 section 3.12).
    #[must_use]
    pub fn into_answer(self, content_type: &'static str) -> Answer {
        let status = StatusCode::from_u16(self.error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = Answer::with_body(status, content_type, message::error_body(&self.error));
        answer.headers.extend(self.headers);
        answer
    }
}
