//! A job may have more operations than discovery says.

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.operation-limit-ignored",
    summary: "jobs of more than maxOperations operations are carried out",
    breaks: Breaks::Requirements(&["RFC7644-3.7.4-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.bulk.max_operations = usize::MAX;
    }),
};
