//! Attributes with the URN of the core schema are not found.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.schema-prefix-unknown",
    summary: "a filter on an attribute with the URN of the core schema finds nobody",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-55", "RFC7644-3.10-01", "RFC7644-3.10-04", "RFC7644-3.10-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Parameter {
            name: "filter",
            change: |text| {
                let at = text.to_ascii_lowercase().find(PREFIX);
                Some(at.map_or(text, |_| "id eq \"nobody\"".to_owned()))
            },
        })
    }),
};

const PREFIX: &str = "urn:ietf:params:scim:schemas:core:2.0:user:";
