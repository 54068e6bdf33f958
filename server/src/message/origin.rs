//! The base URL of an answer's locations: configured, or as the client sees the endpoint.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName};

static FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
static FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// How the scheme and host of a request are found.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Without trailing slash; it wins over what requests say.
    configured: Option<String>,
    trust_proxy: bool,
    scheme: &'static str,
    /// For a request without a usable `Host`.
    address: String,
}

impl Origin {
    pub fn new(configured: Option<&url::Url>, trust_proxy: bool, scheme: &'static str, address: String) -> Self {
        let configured = configured.map(|url| url.as_str().trim_end_matches('/').to_owned());
        Self { configured, trust_proxy, scheme, address }
    }

    /// Scheme, host and port without a request.
    pub fn own(&self) -> String {
        self.configured.clone().unwrap_or_else(|| format!("{}://{}", self.scheme, self.address))
    }

    /// The base URL, without trailing slash, of a request whose base path is `base`.
    pub fn base_url(&self, request: &HttpRequest, base: &str) -> String {
        if let Some(configured) = &self.configured {
            return [configured, base].concat();
        }
        let headers = request.headers();
        let forwarded = |name| if self.trust_proxy { first(headers, name) } else { None };
        let scheme = forwarded(&FORWARDED_PROTO).filter(|scheme| matches!(*scheme, "http" | "https"));
        let host = forwarded(&FORWARDED_HOST)
            .filter(|host| is_host(host))
            .or_else(|| headers.get(header::HOST)?.to_str().ok().filter(|host| is_host(host)))
            // HTTP/2 has an authority instead of the header.
            .or_else(|| request.uri().authority().map(actix_web::http::uri::Authority::as_str))
            .unwrap_or(&self.address);
        [scheme.unwrap_or(self.scheme), "://", host, base].concat()
    }
}

/// The first element, which the proxy nearest to the client wrote.
fn first<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()?.split(',').next().map(str::trim).filter(|value| !value.is_empty())
}

/// Host and port and nothing that would lead a location elsewhere.
fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn origin(trust_proxy: bool) -> Origin {
        Origin::new(None, trust_proxy, "http", "127.0.0.1:80".into())
    }

    #[test]
    fn locations_begin_as_the_client_wrote_the_host() {
        let request = TestRequest::get().insert_header(("host", "scim.example.com:8443")).to_http_request();
        assert_eq!(origin(false).base_url(&request, "/scim/v2"), "http://scim.example.com:8443/scim/v2");
        let evil = TestRequest::get().insert_header(("host", "a/b\"c")).to_http_request();
        assert_eq!(origin(false).base_url(&evil, "/v2"), "http://127.0.0.1:80/v2");
    }

    #[test]
    fn forwarded_headers_count_only_when_trusted() {
        let request = TestRequest::get()
            .insert_header(("host", "inner"))
            .insert_header(("x-forwarded-proto", "https"))
            .insert_header(("x-forwarded-host", "scim.example.com, inner"))
            .to_http_request();
        assert_eq!(origin(false).base_url(&request, ""), "http://inner");
        assert_eq!(origin(true).base_url(&request, ""), "https://scim.example.com");
    }

    #[test]
    fn a_configured_base_url_wins() {
        let url = url::Url::parse("https://id.example.com/").unwrap();
        let origin = Origin::new(Some(&url), true, "http", "127.0.0.1:80".into());
        let request = TestRequest::get().insert_header(("host", "inner")).to_http_request();
        assert_eq!(origin.base_url(&request, "/scim/v2"), "https://id.example.com/scim/v2");
        assert_eq!(origin.own(), "https://id.example.com");
    }
}
