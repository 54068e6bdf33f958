//! The head of a request, as it arrived.

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;

/// The head of a request.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    pub method: &'a Method,
    /// The whole path, as sent.
    pub path: &'a str,
    /// Without the question mark, as sent.
    pub query: Option<&'a str>,
    pub headers: &'a HeaderMap,
}

impl Head<'_> {
    /// Whether the request changes something: POST, PUT, PATCH or DELETE, except a query by POST.
    #[must_use]
    pub fn is_write(&self) -> bool {
        let searches = self.path.ends_with("/.search");
        matches!(*self.method, Method::PUT | Method::PATCH | Method::DELETE)
            || (self.method == Method::POST && !searches)
    }
}
