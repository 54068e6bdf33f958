//! A job may be longer than discovery says.

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.payload-limit-ignored",
    summary: "jobs of more than maxPayloadSize bytes are carried out",
    breaks: Breaks::Requirements(&["RFC7644-3.7.4-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.bulk.max_payload_size = usize::MAX;
    }),
};
