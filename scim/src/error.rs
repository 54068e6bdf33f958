//! The one error type of the protocol, and the one table that gives each kind its HTTP status and `scimType`.
//!
//! Parsers and validators inside this crate may have errors of their own with more detail (an offset, an expectation);
//! at the boundary they become an [`Error`], whose `detail` is a sentence for the person who sent the request.

use std::fmt;

use serde_json::Value as Json;

/// What a JSON value is, for messages.
pub(crate) const fn json_kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

/// The machine-readable detail keywords of RFC 7644 section 3.12 (Table 9) and RFC 9865 section 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScimType {
    InvalidFilter,
    TooMany,
    Uniqueness,
    Mutability,
    InvalidSyntax,
    InvalidPath,
    NoTarget,
    InvalidValue,
    InvalidVers,
    Sensitive,
    InvalidCursor,
    ExpiredCursor,
    InvalidCount,
}

impl ScimType {
    /// Every keyword, in the order of the RFCs.
    pub const ALL: [Self; 13] = [
        Self::InvalidFilter,
        Self::TooMany,
        Self::Uniqueness,
        Self::Mutability,
        Self::InvalidSyntax,
        Self::InvalidPath,
        Self::NoTarget,
        Self::InvalidValue,
        Self::InvalidVers,
        Self::Sensitive,
        Self::InvalidCursor,
        Self::ExpiredCursor,
        Self::InvalidCount,
    ];

    /// The keyword as it travels in the `scimType` member.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

/// Why a request cannot be fulfilled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    InvalidFilter,
    TooMany,
    Uniqueness,
    Mutability,
    InvalidSyntax,
    InvalidPath,
    NoTarget,
    InvalidValue,
    InvalidVersion,
    Sensitive,
    InvalidCursor,
    ExpiredCursor,
    InvalidCount,
    /// A request that is wrong in a way for which no `scimType` exists.
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    RequestTimeout,
    Conflict,
    PreconditionFailed,
    PayloadTooLarge,
    UriTooLong,
    UnsupportedMediaType,
    TooManyRequests,
    Internal,
    NotImplemented,
    ServiceUnavailable,
}

impl ErrorKind {
    /// The table of RFC 7644 section 3.12: HTTP status and, where one exists, the `scimType`.
    #[must_use]
    pub const fn status(self) -> (u16, Option<ScimType>) {
        match self {
            Self::InvalidFilter => (400, Some(ScimType::InvalidFilter)),
            Self::TooMany => (400, Some(ScimType::TooMany)),
            Self::Uniqueness => (409, Some(ScimType::Uniqueness)),
            Self::Mutability => (400, Some(ScimType::Mutability)),
            Self::InvalidSyntax => (400, Some(ScimType::InvalidSyntax)),
            Self::InvalidPath => (400, Some(ScimType::InvalidPath)),
            Self::NoTarget => (400, Some(ScimType::NoTarget)),
            Self::InvalidValue => (400, Some(ScimType::InvalidValue)),
            Self::InvalidVersion => (400, Some(ScimType::InvalidVers)),
            Self::Sensitive => (403, Some(ScimType::Sensitive)),
            Self::InvalidCursor => (400, Some(ScimType::InvalidCursor)),
            Self::ExpiredCursor => (400, Some(ScimType::ExpiredCursor)),
            Self::InvalidCount => (400, Some(ScimType::InvalidCount)),
            Self::BadRequest => (400, None),
            Self::Unauthorized => (401, None),
            Self::Forbidden => (403, None),
            Self::NotFound => (404, None),
            Self::MethodNotAllowed => (405, None),
            Self::NotAcceptable => (406, None),
            Self::RequestTimeout => (408, None),
            Self::Conflict => (409, None),
            Self::PreconditionFailed => (412, None),
            Self::PayloadTooLarge => (413, None),
            Self::UriTooLong => (414, None),
            Self::UnsupportedMediaType => (415, None),
            Self::TooManyRequests => (429, None),
            Self::Internal => (500, None),
            Self::NotImplemented => (501, None),
            Self::ServiceUnavailable => (503, None),
        }
    }
}

/// A refusal: its kind and a sentence that says what is wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    detail: String,
}

impl Error {
    /// An error of `kind`; `detail` is shown to the client and must hold no secret.
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The sentence for the person who must act.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The HTTP status of [`ErrorKind::status`].
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.kind.status().0
    }

    /// The keyword of [`ErrorKind::status`].
    #[must_use]
    pub const fn scim_type(&self) -> Option<ScimType> {
        self.kind.status().1
    }

    /// Puts `context` and a colon before the detail, for an error that passes through an outer operation.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.detail = format!("{context}: {}", self.detail);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Error {}
