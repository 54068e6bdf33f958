//! Conditional requests (RFC 7644 section 3.14, RFC 9110 section 13): entity tags and versions.

use actix_web::http::header::{self, HeaderMap, HeaderName};

use crate::store::Condition;

/// The entity tags of one conditional header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// `*`
    pub any: bool,
    /// The versions among the tags.
    pub versions: Vec<u64>,
    /// Whether there was a tag that no version of ours can equal.
    pub foreign: bool,
}

impl Tags {
    /// Reads every header of that name; `None` when there is none. Weak and strong forms of a tag are the same: SCIM uses weak
    /// tags where HTTP wants a strong comparison (RFC 7644 section 3.14, docs/explain/disputes.md).
    pub fn read(headers: &HeaderMap, name: &HeaderName) -> Option<Self> {
        let mut tags: Option<Self> = None;
        for value in headers.get_all(name) {
            let tags = tags.get_or_insert_default();
            let Ok(value) = value.to_str() else {
                tags.foreign = true;
                continue;
            };
            for tag in value.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
                let opaque = tag.strip_prefix("W/").unwrap_or(tag);
                let version = opaque.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(version);
                match version {
                    Some(version) => tags.versions.push(version),
                    None if tag == "*" => tags.any = true,
                    None => tags.foreign = true,
                }
            }
        }
        tags
    }

    /// Whether a resource of this version is among them.
    #[must_use]
    pub fn contain(&self, version: u64) -> bool {
        self.any || self.versions.contains(&version)
    }
}

/// Only the one form in which versions are written: no sign, no leading zero.
fn version(text: &str) -> Option<u64> {
    text.parse().ok().filter(|version: &u64| version.to_string() == text)
}

/// The condition of a request that changes something. `If-None-Match: *` is not among it, because it asks that the
/// resource should not exist.
pub fn of(headers: &HeaderMap) -> Condition {
    let mut condition = Condition::default();
    if let Some(tags) = Tags::read(headers, &header::IF_MATCH)
        && !tags.any
    {
        condition.if_match_unsatisfiable = tags.versions.is_empty();
        condition.if_match = tags.versions;
    }
    if let Some(tags) = Tags::read(headers, &header::IF_NONE_MATCH) {
        condition.if_none_match = tags.versions;
    }
    condition
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderValue, IF_MATCH};

    use super::*;

    #[test]
    fn tags_are_versions_in_any_notation_or_foreign() {
        for (value, any, versions, foreign) in [
            ("W/\"3\"", false, vec![3], false),
            ("\"3\"", false, vec![3], false),
            ("W/\"1\", \"2\" ,W/\"x\"", false, vec![1, 2], true),
            ("*", true, vec![], false),
            ("W/\"03\"", false, vec![], true),
            ("3", false, vec![], true),
            ("", false, vec![], false),
        ] {
            let headers = HeaderMap::from_iter([(IF_MATCH, HeaderValue::from_static(value))]);
            assert_eq!(Tags::read(&headers, &IF_MATCH), Some(Tags { any, versions, foreign }), "{value}");
        }
        assert_eq!(Tags::read(&HeaderMap::new(), &IF_MATCH), None);
    }

    #[test]
    fn a_foreign_tag_alone_cannot_be_satisfied() {
        let of = |value| of(&HeaderMap::from_iter([(IF_MATCH, HeaderValue::from_static(value))]));
        assert!(of("W/\"nope\"").if_match_unsatisfiable);
        assert!(!of("W/\"nope\", W/\"4\"").if_match_unsatisfiable);
        assert_eq!(of("*"), Condition::default());
    }
}
