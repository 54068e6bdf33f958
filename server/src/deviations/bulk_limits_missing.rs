//! Discovery publishes no limits for jobs.

use crate::bulk::BulkLimits;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.limits-missing",
    summary: "maxOperations and maxPayloadSize are published as 0",
    breaks: Breaks::Requirements(&["RFC7644-3.7.4-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.published_bulk = BulkLimits { max_operations: 0, max_payload_size: 0 };
    }),
};
