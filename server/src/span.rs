//! The spans that a subscriber of `tracing` sees. They hold no query, header or body, so that no secret reaches a log.

use actix_web::HttpRequest;
use tracing::Span;
use tracing::field::Empty;
use weir_mask::Masker;

/// A running endpoint.
pub fn endpoint(address: std::net::SocketAddr, target: &str) -> Span {
    // A child of whatever starts the endpoint, such as the span of a test.
    tracing::info_span!("endpoint", %address, target)
}

/// One request, from its head to its answer; `application` and `status` follow when they are known. A path arrives with
/// every sign outside of ASCII encoded, so it is safe to print.
pub fn request(endpoint: &Span, request: &HttpRequest) -> Span {
    let (method, sent) = (request.method().as_str(), request.uri().path());
    // A path can hold a parameter, as that of a URL without its question mark does.
    let masked = Masker::default().target(sent);
    let path = masked.as_deref().unwrap_or(sent);
    tracing::info_span!(parent: endpoint, "request", method, path, application = Empty, status = Empty)
}
