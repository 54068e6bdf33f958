//! Compressed answers (RFC 9110 section 8.4.1): gzip, for clients that ask for it and bodies that gain by it.
//!
//! The framework's own middleware wraps every body and costs each answer a twentieth, asked or not.

use std::io::Write as _;

use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header as _, HeaderValue};
use actix_web::{HttpRequest, web};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::message::Answer;

/// A smaller body fits into one packet as it is.
const SMALLEST: usize = 1_024;

/// A larger body would keep a worker busy for milliseconds.
const LARGEST_AT_ONCE: usize = 64 * 1_024;

/// Made once, because making it looks at each of its characters.
static VARIES: HeaderValue = HeaderValue::from_static("accept-encoding");

/// Compresses the body when the client takes gzip and the body is large enough; marks every answer that could have been.
pub async fn compress(request: &HttpRequest, answer: &mut Answer) {
    if answer.body.len() < SMALLEST || answer.header(&header::CONTENT_ENCODING).is_some() {
        return;
    }
    answer.headers.push((header::VARY, VARIES.clone()));
    if !takes_gzip(request) {
        return;
    }
    let body = answer.body.clone();
    let compressed = if body.len() <= LARGEST_AT_ONCE {
        gzip(&body)
    } else {
        // A pool that is gone answers no one: the server is shutting down.
        web::block(move || gzip(&body)).await.ok().flatten()
    };
    if let Some(compressed) = compressed {
        answer.body = compressed.into();
        answer.headers.push((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
    }
}

fn takes_gzip(request: &HttpRequest) -> bool {
    if !request.headers().contains_key(header::ACCEPT_ENCODING) {
        return false;
    }
    let offered = [Encoding::identity(), Encoding::gzip()];
    AcceptEncoding::parse(request)
        .ok()
        .and_then(|accepted| accepted.negotiate(offered.iter()))
        .is_some_and(|chosen| chosen == Encoding::Known(ContentEncoding::Gzip))
}

/// `None` if memory cannot be written to, which does not happen.
fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}
