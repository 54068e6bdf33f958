//! The URL of an endpoint.

use url::Url;

/// Reads a base URL as a person types it.
pub fn base_url(text: &str) -> Result<Url, String> {
    let url =
        Url::parse(text).map_err(|error| format!("{error}; give a whole URL, such as https://example.com/scim/v2"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err("only http and https URLs can be tested".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("credentials do not belong into the URL; give them with --basic or WEIR_BASIC".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("a base URL has no query and no fragment".into());
    }
    Ok(url)
}
