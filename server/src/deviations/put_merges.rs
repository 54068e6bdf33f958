//! PUT leaves alone what it does not name.

use super::{Breaks, Deviation, Seam};
use crate::rules::OnPut;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "put.merges",
    summary: "a PUT on a user changes what it names and leaves the rest as it is",
    breaks: Breaks::Permitted("RFC 7644 section 3.5.1 lets an endpoint clear, keep or default what a PUT leaves out"),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|rules| rules.on_put = OnPut::Merge),
};
