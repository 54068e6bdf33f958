//! Where the SCIM root is, if it is not at the URL that a person gave: the usual places of the same origin are asked.

use serde_json::Value;
use url::Url;

use super::client::Client;
use super::difference::at;
use super::exchange::Exchange;
use super::request::Request;

/// Endpoints below a root that are taken for the root itself.
const ENDPOINTS: [&str; 5] = ["/Users", "/Groups", "/ServiceProviderConfig", "/Schemas", "/ResourceTypes"];
/// Where roots usually are.
const PLACES: [&str; 4] = ["/scim/v2", "/scim", "/v2", "/api/scim/v2"];

/// The place near the client's base URL that answers like SCIM. It is asked with harmless GETs, and with the credentials of
/// the client, because it has the same origin.
pub async fn find(client: &Client) -> Option<Url> {
    for url in candidates(client.base_url()) {
        let there = client.elsewhere(&url, client.credentials().clone());
        for request in [Request::get("/ServiceProviderConfig"), Request::get("/Users").query("count", "1")] {
            // An endpoint that does not answer is not the root either.
            if there.send(request).await.is_ok_and(|exchange| is_scim(&exchange)) {
                return Some(url);
            }
        }
    }
    None
}

/// The root that a redirect of a request to an endpoint below the client's base URL leads to: the same with another scheme, host or
/// path. `None` if the redirect leads elsewhere, as to a login page.
pub fn behind(redirect: &Url) -> Option<Url> {
    let path = redirect.path().trim_end_matches('/');
    let endpoint =
        ENDPOINTS.iter().find(|endpoint| path.to_ascii_lowercase().ends_with(&endpoint.to_ascii_lowercase()))?;
    let mut root = redirect.clone();
    root.set_query(None);
    root.set_fragment(None);
    root.set_path(path.get(..path.len() - endpoint.len())?);
    Some(root)
}

/// Whether the answer is a document of SCIM.
fn is_scim(exchange: &Exchange) -> bool {
    let Ok(body) = exchange.json() else { return false };
    let schemas = at(body, "schemas").and_then(Value::as_array);
    let is_urn = |schema: &Value| schema.as_str().is_some_and(|urn| urn.starts_with("urn:ietf:params:scim:"));
    exchange.status == 200 && schemas.is_some_and(|schemas| schemas.iter().any(is_urn))
}

fn candidates(base: &Url) -> Vec<Url> {
    let path = base.path().trim_end_matches('/');
    let above = ENDPOINTS.iter().filter_map(|endpoint| {
        let start = path.len().checked_sub(endpoint.len())?;
        path.get(start..).filter(|end| end.eq_ignore_ascii_case(endpoint)).and_then(|_| path.get(..start))
    });
    let mut urls: Vec<Url> = Vec::new();
    for path in above.chain(PLACES).filter(|place| *place != path) {
        let mut url = base.clone();
        url.set_path(path);
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_that_keeps_the_endpoint_names_another_root() {
        let root = |url: &str| behind(&url.parse().unwrap()).map(String::from);
        assert_eq!(root("https://h:9443/scim/v2/ServiceProviderConfig").as_deref(), Some("https://h:9443/scim/v2"));
        assert_eq!(root("https://h/v2/users/?count=1").as_deref(), Some("https://h/v2"));
        assert_eq!(root("https://login.example.com/?next=/scim/v2/Users"), None);
    }

    #[test]
    fn the_usual_places_are_asked_and_first_what_stands_above() {
        let paths = |url: &str| -> Vec<String> {
            candidates(&url.parse().unwrap()).iter().map(|url| url.path().to_owned()).collect()
        };
        assert_eq!(paths("http://h/a/Users/"), ["/a", "/scim/v2", "/scim", "/v2", "/api/scim/v2"]);
        assert_eq!(paths("http://h/v2/schemas"), ["/v2", "/scim/v2", "/scim", "/api/scim/v2"]);
        assert_eq!(paths("http://h/scim"), ["/scim/v2", "/v2", "/api/scim/v2"]);
        assert_eq!(paths("http://h/Users"), ["/", "/scim/v2", "/scim", "/v2", "/api/scim/v2"]);
    }
}
