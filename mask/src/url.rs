//! URLs within a text: the user information before their host, and parameters whose name speaks of a secret.

use std::borrow::Cow;

use crate::{MASK, names, pairs};

/// What a URL cannot hold, and what stands around one in prose and in JSON.
fn ends_url(sign: char) -> bool {
    sign.is_whitespace() || sign.is_control() || matches!(sign, '"' | '\'' | '`' | '<' | '>' | '\\' | '{' | '}' | '|')
}

/// The text in which no URL shows a secret: `https://user:***@host/path?token=***`. A URL of a peer is a secret as far as it holds one,
/// wherever it stands.
#[must_use]
pub fn urls(text: &str) -> Cow<'_, str> {
    let mut masked = String::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("://") {
        let start = at + found + 3;
        let end = text[start..].find(ends_url).map_or(text.len(), |length| start + length);
        masked.push_str(&text[at..start]);
        masked.push_str(&rest_of_url(&text[start..end]));
        at = end;
    }
    if masked == text[..at] {
        return Cow::Borrowed(text);
    }
    masked.push_str(&text[at..]);
    Cow::Owned(masked)
}

/// A URL behind its scheme.
fn rest_of_url(rest: &str) -> Cow<'_, str> {
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // A password may hold what would end the authority.
    let at_sign = rest[..authority_end].rfind('@').or_else(|| {
        let is_password = rest[..authority_end].contains(':') && !rest[..authority_end].contains('[');
        let behind = rest[authority_end..].rfind('@').filter(|_| is_password && !is_port(&rest[..authority_end]));
        behind.map(|behind| authority_end + behind)
    });
    let mut masked = String::new();
    let behind = match at_sign {
        Some(at) => {
            let (user, is_pair) = rest[..at].split_once(':').map_or(("", false), |(user, _)| (user, true));
            masked.push_str(user);
            masked.push_str(if is_pair { ":" } else { "" });
            masked.push_str(MASK);
            at
        }
        None => 0,
    };
    let rest = &rest[behind..];
    let mut is_hidden = at_sign.is_some();
    let mut parts = rest.split_inclusive(['?', '&', '#', ';']);
    masked.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let pair = part.trim_end_matches(['?', '&', '#', ';']);
        match pair.split_once('=').filter(|(name, value)| {
            !value.is_empty() && *value != MASK && names::is_secret_parameter(&pairs::decoded(name))
        }) {
            Some((name, _)) => {
                is_hidden = true;
                masked.extend([name, "=", MASK, &part[pair.len()..]]);
            }
            None => masked.push_str(part),
        }
    }
    if is_hidden { Cow::Owned(masked) } else { Cow::Borrowed(rest) }
}

/// Whether the part behind the colon is a port, so that no password stands there.
fn is_port(authority: &str) -> bool {
    authority.rsplit(':').next().is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The values of a URL's parameters that are secrets, decoded.
#[must_use]
pub fn secret_parameters(query: &str) -> Vec<String> {
    let pairs = query.split(['&', ';']).filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(name, _)| names::is_secret_parameter(&pairs::decoded(name)))
        .map(|(_, value)| pairs::decoded(value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_shows_neither_its_password_nor_a_parameter_that_is_a_secret() {
        for (text, expected) in [
            ("https://user:s3cret@example.com/v2", "https://user:***@example.com/v2"),
            ("\"https://:x@example.com\": no", "\"https://:***@example.com\": no"),
            ("at https://t0ken@example.com, then", "at https://***@example.com, then"),
            ("http://u:a/b?c@d@example.com/x", "http://u:***@example.com/x"),
            ("ldap://cn=root:pw@127.0.0.1:389", "ldap://cn=root:***@127.0.0.1:389"),
            ("https://example.com/v2?token=abc&a=b", "https://example.com/v2?token=***&a=b"),
            ("https://example.com/v2?a=b&access%5Ftoken=abc#x", "https://example.com/v2?a=b&access%5Ftoken=***#x"),
            ("https://example.com/v2#access_token=abc", "https://example.com/v2#access_token=***"),
            ("a://b:1@c d://e:2@f", "a://b:***@c d://e:***@f"),
        ] {
            assert_eq!(urls(text), expected, "{text}");
            assert_eq!(urls(expected), expected, "{text}");
        }
        for text in [
            "https://example.com:8443/v2/Users?filter=userName%20eq%20%22ada@example.com%22",
            "https://example.com:8443/v2/@me?startIndex=1",
            "https://[::1]:8443/a@b",
            "mailto:ada@example.com, not ://",
            "",
        ] {
            assert!(matches!(urls(text), Cow::Borrowed(_)), "{text}: {}", urls(text));
        }
        assert_eq!(secret_parameters("a=b&token=x%2Fy;code=1"), ["x/y", "1"]);
    }
}
