//! Requests as the handlers see them, and the reading of bodies.

use std::borrow::Cow;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use scim::{ErrorKind, Result};
use serde_json::Value;

use super::answer::Refusal;
use crate::limits::Limits;

/// A request that has found its application. Deviations at the request seam may change every part of it.
#[derive(Clone, Debug)]
pub struct Incoming<'a> {
    pub method: Cow<'a, Method>,
    /// What follows the base path, as sent.
    pub path: Cow<'a, str>,
    /// Without the question mark, as sent.
    pub query: Option<Cow<'a, str>>,
    pub headers: Cow<'a, HeaderMap>,
    pub body: Bytes,
}

impl Incoming<'_> {
    /// The body as JSON, its media type checked.
    pub(super) fn json(&self) -> std::result::Result<Value, Refusal> {
        super::media_type::check_request(&self.headers)?;
        Ok(self.parse()?)
    }

    fn parse(&self) -> Result<Value> {
        scim::resource::read::json(&self.body)
    }
}

/// Reads a body within the limits: 413 when it is too long, 408 when it does not arrive in time.
pub async fn body(headers: &HeaderMap, payload: &mut Payload, limits: &Limits) -> std::result::Result<Bytes, Refusal> {
    if matches!(payload, Payload::None) {
        return Ok(Bytes::new());
    }
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    // HTTP/2 may send a body that neither header announces.
    if declared == Some(0) && !headers.contains_key(header::TRANSFER_ENCODING) {
        return Ok(Bytes::new());
    }
    if declared.is_some_and(|length| length > limits.body_bytes as u64) {
        return Err(too_large(limits));
    }
    match tokio::time::timeout(limits.body_timeout, collect(payload, limits)).await {
        Ok(result) => result,
        Err(_) => Err(too_slow(limits.body_timeout)),
    }
}

async fn collect(payload: &mut Payload, limits: &Limits) -> std::result::Result<Bytes, Refusal> {
    // Most bodies come in one piece, which is then used as it is.
    let mut whole = Bytes::new();
    let mut pieces = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Refusal::new(ErrorKind::BadRequest, format!("the body broke off: {error}; send the request again"))
        })?;
        if whole.is_empty() && pieces.is_empty() {
            whole = chunk;
        } else {
            if pieces.is_empty() {
                pieces.extend_from_slice(&std::mem::take(&mut whole));
            }
            pieces.extend_from_slice(&chunk);
        }
        if whole.len() + pieces.len() > limits.body_bytes {
            return Err(too_large(limits));
        }
    }
    Ok(if pieces.is_empty() { whole } else { pieces.freeze() })
}

fn too_large(limits: &Limits) -> Refusal {
    Refusal::new(
        ErrorKind::PayloadTooLarge,
        format!("the body is longer than {} bytes, the most that is taken; send less at a time", limits.body_bytes),
    )
}

fn too_slow(limit: Duration) -> Refusal {
    Refusal::new(
        ErrorKind::RequestTimeout,
        format!("the body did not arrive within {} seconds; send the request again", limit.as_secs()),
    )
}
