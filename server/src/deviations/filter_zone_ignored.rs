//! The zone of a time in a filter is not looked at.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.zone-ignored",
    summary: "a time in another zone is read as if it were in UTC",
    breaks: Breaks::Requirements(&["RFC7643-2.3.5-04", "RFC7644-3.4.2.2-15", "RFC7644-3.4.2.2-33"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Parameter { name: "filter", change: |text| Some(without_zones(&text)) })),
};

/// Every text that ends in an offset such as `+02:00` ends in `Z` instead.
fn without_zones(text: &str) -> String {
    let is_offset = |part: &str| {
        let bytes = part.as_bytes();
        bytes.len() == 6 && matches!(bytes[0], b'+' | b'-') && bytes[3] == b':' && bytes[1].is_ascii_digit()
    };
    let parts = text.split('"').map(|part| match part.len().checked_sub(6).and_then(|at| part.split_at_checked(at)) {
        Some((instant, offset)) if is_offset(offset) => format!("{instant}Z"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("\"")
}
