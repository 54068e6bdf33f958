//! Attribute names in a filter have to be spelled as in the schema.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.name-case-kept",
    summary: "userName is unknown to a filter in other letter case",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-05", "RFC7643-2.1-04", "RFC7644-3.10-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Parameter { name: "filter", change: |text| Some(misread(&text)) })),
};

/// Any other spelling of userName becomes a name that no schema has.
fn misread(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let name = word.rsplit(':').next().unwrap_or(word);
        if name.eq_ignore_ascii_case("userName") && name != "userName" { "unknown" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}
