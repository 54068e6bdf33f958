//! The reading of request bodies, within the endpoint's limits of length and time.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use scim::ErrorKind;

use super::Refusal;
use crate::limits::Limits;

/// Reads a body within the limits: 413 when it is too long, 408 when it does not arrive in time.
pub(crate) async fn read_body(headers: &HeaderMap, payload: &mut Payload, limits: &Limits) -> Result<Bytes, Refusal> {
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

async fn collect(payload: &mut Payload, limits: &Limits) -> Result<Bytes, Refusal> {
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
