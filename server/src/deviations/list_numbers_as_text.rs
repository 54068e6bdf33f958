//! The numbers of a list are texts.

use serde_json::{Map, Value};

use super::shown::Lists;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.numbers-as-text",
    summary: "totalResults, startIndex and itemsPerPage are texts",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-05"]),
    seen: &["https://github.com/okta/okta-developer-docs/pull/800"],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Lists(write_numbers_as_text))),
};

fn write_numbers_as_text(list: &mut Map<String, Value>) {
    for name in ["totalResults", "startIndex", "itemsPerPage"] {
        if let Some(number) = list.get_mut(name).filter(|number| number.is_number()) {
            *number = number.to_string().into();
        }
    }
}
