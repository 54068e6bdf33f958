//! A filter is not looked at.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.ignored",
    summary: "a list holds everybody, whatever filter is asked for",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-07", "RFC7644-3.4.2.2-08", "RFC7644-3.4.2.2-20", "RFC7644-3.4.2.2-35", "RFC7644-3.4.2.2-36", "RFC7644-3.4.2.2-37", "RFC7644-3.4.2.2-38", "RFC7644-3.4.2.2-48", "RFC7644-3.4.2.2-49", "RFC7644-3.4.2.2-52", "RFC7644-3.4.2.2-59", "RFC7644-3.4.2.2-63", "RFC7644-3.4.2.2-67", "RFC7644-3.4.2.2-40", "RFC7644-3.4.2.2-41", "RFC7644-3.4.2.2-42", "RFC7644-3.4.2.2-45", "RFC7644-3.4.2.2-10", "RFC7644-3.4.2.2-11", "RFC7644-3.4.2.2-12", "RFC7644-3.4.2.2-13", "RFC7644-3.4.2.2-15", "RFC7644-3.4.2.2-16", "RFC7644-3.4.2.2-23", "RFC7644-3.4.2.2-24", "RFC7644-3.4.2.2-25", "RFC7644-3.4.2.2-26", "RFC7644-3.4.2.2-28", "RFC7644-3.4.2.2-29", "RFC7644-3.4.2.2-30", "RFC7644-3.4.2.2-31", "RFC7644-3.4.2.2-32", "RFC7644-3.4.2.2-33", "RFC7644-3.4.2.2-34", "RFC7644-3.4.2.2-39", "RFC7644-3.4.2.2-54", "RFC7644-3.4.2.2-55", "RFC7644-3.4.2.2-56", "RFC7644-3.4.2.2-57", "RFC7644-3.4.2.2-58", "RFC7644-3.4.2.2-61", "RFC7644-3.4.2.2-68", "RFC7643-3.1-12", "RFC7643-3.1-19", "RFC7643-7-23", "RFC7643-2.3.6-04", "RFC7643-2.3.5-04", "RFC7644-3.4.2-11", "RFC7644-3.10-01", "RFC7644-3.10-02", "RFC7644-3.10-04", "RFC7644-3.10-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Parameter { name: "filter", change: |_| None })),
};
