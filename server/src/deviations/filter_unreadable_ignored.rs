//! A filter that cannot be read is taken for none.

use scim::filter::parse;
use scim::tolerance::Tolerances;

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.unreadable-ignored",
    summary: "a filter that breaks the grammar is ignored, so that the list holds everybody",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-07", "RFC7644-3.4.2.2-08", "RFC7644-3.4.2.2-52", "RFC7644-3.4.2.2-63"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Parameter {
            name: "filter",
            change: |text| {
                let read = parse::parse(&text, parse::Limits::default(), &Tolerances::strict());
                read.is_ok().then_some(text)
            },
        })
    }),
};
