//! Every page of a walk is the first page.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.always-first",
    summary: "a cursor is not looked at: every page of a walk is the first one",
    breaks: Breaks::Requirements(&["RFC9865-2-11", "RFC9865-2-21", "RFC9865-2.1-02", "RFC9865-2.1-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Parameter { name: "cursor", change: |_| Some(String::new()) })),
};
