//! What the journal writes down of an exchange: lines and bodies without their secrets, by the names of `weir_mask`.

use actix_web::http::Uri;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use weir_mask::{BodyHead, Masker};

/// One line a header, `name: value`.
pub fn headers<'h>(
    out: &mut Vec<u8>,
    masker: &mut Masker,
    headers: impl Iterator<Item = (&'h HeaderName, &'h HeaderValue)>,
) {
    for (name, value) in headers {
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(&masker.header(name.as_str(), value.as_bytes()));
        out.push(b'\n');
    }
}

/// Path and query.
pub fn target(out: &mut Vec<u8>, masker: &mut Masker, uri: &Uri) {
    let target = uri.path_and_query().map_or_else(|| uri.path(), |target| target.as_str());
    out.extend_from_slice(masker.target(target).as_deref().unwrap_or(target).as_bytes());
}

/// A body, at most `limit` bytes of it.
pub fn body(out: &mut Vec<u8>, masker: &mut Masker, head: BodyHead<'_>, body: &Bytes, limit: usize) {
    let shown = masker.body(head, body);
    out.extend_from_slice(&shown[..shown.len().min(limit)]);
}

/// What a request says about its body.
pub fn request_head(headers: &HeaderMap) -> BodyHead<'_> {
    body_head(headers.get(header::CONTENT_TYPE), headers.get_all(header::CONTENT_ENCODING))
}

/// What an answer says about its body.
pub fn answer_head(headers: &[(HeaderName, HeaderValue)]) -> BodyHead<'_> {
    let named = |wanted: HeaderName| headers.iter().filter(move |(name, _)| *name == wanted).map(|(_, value)| value);
    body_head(named(header::CONTENT_TYPE).next(), named(header::CONTENT_ENCODING))
}

fn body_head<'h>(
    media_type: Option<&'h HeaderValue>,
    mut encodings: impl Iterator<Item = &'h HeaderValue>,
) -> BodyHead<'h> {
    BodyHead {
        media_type: media_type.map(HeaderValue::as_bytes),
        encoding: encodings.find(|encoding| *encoding != "identity").map(HeaderValue::as_bytes),
    }
}
