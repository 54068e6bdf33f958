//! Entity tags (RFC 9110 section 8.8.3), as `ETag`, `If-Match` and `meta.version` have them.

/// The part of an entity tag that says which version it is, without the mark of a weak one and the quotes. A text without quotes
/// is that part itself, whatever it begins with: base64 may begin as a mark does.
pub fn opaque_tag(tag: &str) -> &str {
    let unmarked = tag.strip_prefix("W/").or_else(|| tag.strip_prefix("w/"));
    unmarked.filter(|rest| rest.starts_with('"')).unwrap_or(tag).trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_stands_before_quotes() {
        for (tag, opaque) in [
            ("\"1\"", "1"),
            ("W/\"1\"", "1"),
            ("w/\"1\"", "1"),
            ("1", "1"),
            ("W/Yhxl=", "W/Yhxl="),
            ("W/\"W/1\"", "W/1"),
        ] {
            assert_eq!(opaque_tag(tag), opaque, "{tag}");
        }
    }
}
