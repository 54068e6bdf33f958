//! The URL of an endpoint.

use std::net::IpAddr;

use url::Url;

/// Why a text is not a base URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    #[error("the URL is empty; give a whole one, such as https://example.com/scim/v2")]
    Empty,
    #[error("there is no scheme; did you mean {meant}?")]
    NoScheme { meant: Url },
    #[error("{problem}; give a whole URL, such as https://example.com/scim/v2")]
    Syntax { problem: String },
    #[error("only http and https URLs can be tested")]
    Scheme,
    #[error("credentials do not belong into the URL; give them with --basic or WEIR_BASIC")]
    UserInfo,
    #[error("a base URL has no query and no fragment; leave out everything from the {mark}")]
    Query { mark: char },
}

/// Reads a base URL as a person types it.
pub fn base_url(text: &str) -> Result<Url, BaseUrlError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(BaseUrlError::Empty);
    }
    if let Some(meant) = with_scheme(text) {
        return Err(BaseUrlError::NoScheme { meant });
    }
    let url = Url::parse(text).map_err(|error| BaseUrlError::Syntax { problem: error.to_string() })?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(BaseUrlError::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BaseUrlError::UserInfo);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(BaseUrlError::Query { mark: if url.query().is_some() { '?' } else { '#' } });
    }
    Ok(url)
}

/// The URL that is meant by a host without a scheme, perhaps with a port and a path.
fn with_scheme(text: &str) -> Option<Url> {
    if text.contains("://") || text.contains('@') {
        return None;
    }
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let (host, port) = match text[..end].rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => (host, Some(port)),
        Some(_) => return None,
        None => (&text[..end], None),
    };
    let is_local = host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    if !is_local && !host.contains('.') && port.is_none() {
        return None;
    }
    Url::parse(&format!("{}://{text}", if is_local { "http" } else { "https" })).ok().filter(Url::has_host)
}

#[cfg(test)]
mod tests {
    use super::base_url;

    #[test]
    fn what_people_type_is_answered_with_what_they_mean() {
        for (text, said) in [
            ("", "the URL is empty; give a whole one, such as https://example.com/scim/v2"),
            ("localhost:8181", "there is no scheme; did you mean http://localhost:8181/?"),
            ("127.0.0.1:8181/v2", "there is no scheme; did you mean http://127.0.0.1:8181/v2?"),
            ("[::1]:8181", "there is no scheme; did you mean http://[::1]:8181/?"),
            ("scim.example.com/v2", "there is no scheme; did you mean https://scim.example.com/v2?"),
            ("scim:8443/v2", "there is no scheme; did you mean https://scim:8443/v2?"),
            ("not-a-url", "relative URL without a base; give a whole URL, such as https://example.com/scim/v2"),
            ("ftp://example.com", "only http and https URLs can be tested"),
            ("mailto:ada@example.com", "only http and https URLs can be tested"),
            ("http://u:p@example.com", "credentials do not belong into the URL; give them with --basic or WEIR_BASIC"),
            ("http://example.com/?a", "a base URL has no query and no fragment; leave out everything from the ?"),
            ("http://example.com/#a", "a base URL has no query and no fragment; leave out everything from the #"),
        ] {
            assert_eq!(base_url(text).unwrap_err().to_string(), said, "{text}");
        }
        assert_eq!(base_url(" https://example.com/v2 ").unwrap().as_str(), "https://example.com/v2");
    }
}
