//! Booleans and binary values are ordered as text.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.order-compared-as-text",
    summary: "gt, ge, lt and le on booleans and binary values are answered instead of refused",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-35", "RFC7644-3.4.2.2-36", "RFC7644-3.4.2.2-37", "RFC7644-3.4.2.2-38"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Parameter { name: "filter", change: |text| Some(answered(text)) })),
};

/// Orders `active` and binary values by a comparison that is possible.
fn answered(text: String) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    match words[..] {
        [path, "gt" | "ge" | "lt" | "le", value] if matches!(value, "true" | "false") || value.ends_with("=\"") => {
            format!("{path} eq {value}")
        }
        _ => text,
    }
}
