//! Requests as the handlers see them.

use std::borrow::Cow;

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use bytes::Bytes;
use scim::Result;
use serde_json::Value;

use super::{Refusal, media_type};

/// A request that has found its application. Deviations at the request seam may change every part of it.
#[derive(Clone, Debug)]
pub struct IncomingRequest<'a> {
    pub method: Cow<'a, Method>,
    /// What follows the base path, as sent.
    pub path: Cow<'a, str>,
    /// Without the question mark, as sent.
    pub query: Option<Cow<'a, str>>,
    pub headers: Cow<'a, HeaderMap>,
    pub body: Bytes,
}

impl IncomingRequest<'_> {
    /// The body as JSON, its media type checked.
    pub(crate) fn json(&self) -> std::result::Result<Value, Refusal> {
        media_type::check_request(&self.headers)?;
        Ok(self.parse()?)
    }

    fn parse(&self) -> Result<Value> {
        scim::resource::read::json(&self.body)
    }
}
