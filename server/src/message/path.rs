//! Paths in segments, as clients send them.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The first segment of a path and what follows it; `None` at the end.
pub(crate) fn split_segment(path: &str) -> Option<(&str, &str)> {
    let path = path.trim_start_matches('/');
    if path.is_empty() {
        return None;
    }
    Some(path.split_at(path.bytes().position(|byte| byte == b'/').unwrap_or(path.len())))
}

/// A segment without percent-encoding; bytes that are not UTF-8 match nothing that exists.
pub(crate) fn decode(segment: &str) -> Cow<'_, str> {
    if segment.contains('%') { percent_decode_str(segment).decode_utf8_lossy() } else { Cow::Borrowed(segment) }
}
