//! Links that an endpoint gives, by where they lead.

use url::Url;

/// The endpoints of discovery, below every base URL (RFC 7644 section 4).
const DISCOVERY: [&str; 3] = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];

/// Where a link leads at the endpoint whose base URL is `base`.
///
/// A link with the origin of the base URL is asked as it is. An endpoint behind a proxy, or one that is reached by another of its
/// names, gives links of an origin to which nothing may be sent; what stands behind the base path of such a link is asked below the
/// base URL instead. `None` where its path names none of the `endpoints`, such as `/Users`.
pub fn place<'e>(base: &Url, link: &Url, endpoints: impl IntoIterator<Item = &'e str>) -> Option<Url> {
    if link.origin() == base.origin() {
        return Some(link.clone());
    }
    let path = link.path();
    let behind = |endpoint: &'e str| path.match_indices(endpoint).map(move |(at, _)| (at, endpoint));
    let is_one = |(at, endpoint): &(usize, &str)| {
        let rest = path[at + endpoint.len()..].trim_end_matches('/');
        rest.is_empty() || rest.strip_prefix('/').is_some_and(|id| !id.contains('/'))
    };
    let known = endpoints.into_iter().filter(|endpoint| endpoint.len() > 1).chain(DISCOVERY);
    let (at, _) = known.flat_map(behind).filter(is_one).min_by_key(|(at, _)| *at)?;
    let mut own = base.clone();
    own.set_path(&format!("{}{}", base.path().trim_end_matches('/'), &path[at..]));
    own.set_query(link.query());
    Some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_another_origin_is_asked_below_the_base_url() {
        for (base, link, expected) in [
            (
                "http://127.0.0.1:81/scim/v2",
                "http://127.0.0.1:81/other/Users/1",
                Some("http://127.0.0.1:81/other/Users/1"),
            ),
            (
                "http://127.0.0.1:81/scim/v2",
                "http://localhost:81/scim/v2/Users/1",
                Some("http://127.0.0.1:81/scim/v2/Users/1"),
            ),
            (
                "https://h/tenant/scim/v2",
                "http://inner:8080/scim/v2/Users/a%2Fb/",
                Some("https://h/tenant/scim/v2/Users/a%2Fb/"),
            ),
            ("https://h", "https://proxy/Users/Groups", Some("https://h/Users/Groups")),
            ("https://h/v2", "https://proxy/v2/Schemas/urn:a:Users", Some("https://h/v2/Schemas/urn:a:Users")),
            ("https://h/v2", "https://HOST:443/v2/ServiceProviderConfig", Some("https://h/v2/ServiceProviderConfig")),
            ("https://h:443/v2", "https://H/v2/Users/1", Some("https://h/v2/Users/1")),
            ("https://h/v2", "https://proxy/people/1", None),
            ("https://h/v2", "https://proxy/v2/Users/1/photo", None),
        ] {
            let parsed = |text: &str| text.parse::<Url>().unwrap();
            let found = place(&parsed(base), &parsed(link), ["/Users", "/Groups"]);
            assert_eq!(found.as_ref().map(Url::as_str), expected, "{link}");
        }
    }
}
