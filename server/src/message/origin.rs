//! The base URL of an answer's locations: configured, or as the client sees the endpoint.

use std::net::Ipv6Addr;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use scim::ErrorKind;

use super::Refusal;

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

    /// Refuses a request whose `Host` is not a host, as RFC 9112 section 3.2 demands.
    pub fn check(headers: &HeaderMap) -> Result<(), Refusal> {
        let is_wrong = |host: &HeaderValue| !host.to_str().is_ok_and(is_host);
        if headers.get_all(header::HOST).any(is_wrong) {
            let detail = "the Host header is not a host with a port or without one, such as scim.example.com:8443";
            return Err(Refusal::new(ErrorKind::BadRequest, detail));
        }
        Ok(())
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

/// Host and port and nothing that would lead a location elsewhere: a name, an IPv4 address, or an IPv6 address in brackets.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else { return false };
            if address.parse::<Ipv6Addr>().is_err() {
                return false;
            }
            ("", port)
        }
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0);
    (text.starts_with('[') || is_name(host)) && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// A name in labels, with the lengths of RFC 1035 section 2.3.4; an IPv4 address is one in this sense.
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    host.len() <= 253 && host.strip_suffix('.').unwrap_or(host).split('.').all(is_label)
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
    fn a_host_is_a_name_or_an_address_with_a_port_or_without() {
        let long = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".");
        for host in
            ["x", "scim.example.com", "a_b-c.example:8443", "127.0.0.1:1", "[::1]", "[2001:db8::7]:65535", "a.", &long]
        {
            assert!(is_host(host), "{host}");
        }
        let longer = format!("{long}x");
        let label = "a".repeat(64);
        for host in [
            "",
            "[::1",
            "::1",
            "[::1]x",
            "[]",
            "[g::1]",
            "..",
            ".",
            "a..b",
            ".a",
            "a:",
            "a:0",
            "a:99999",
            "a:+1",
            "a:b",
            "a:1:2",
            "a b",
            "a/b",
            "a@b",
            "a\"b",
            "\u{e4}",
            "a,b",
            &longer,
            &label,
            &"a.".repeat(2500),
        ] {
            assert!(!is_host(host), "{host}");
            // Of a list the first counts.
            if host.contains(',') {
                continue;
            }
            let headers = TestRequest::get().insert_header(("x-forwarded-host", host)).to_http_request();
            assert_eq!(origin(true).base_url(&headers, ""), "http://127.0.0.1:80", "{host}");
        }
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
