//! The endpoint is not available for a moment.

use scim::ErrorKind;

use super::throttle::{self, Wait};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "throttle.unavailable",
    summary: "the first write is answered 503 with the seconds to wait in Retry-After, and is not carried out",
    breaks: Breaks::Permitted("any endpoint may be unavailable for a time; a client must send the request again"),
    seen: &[],
    parameter: None,
    seam: Seam::Exchange(|setup| throttle::first_write(setup, ErrorKind::ServiceUnavailable, Wait::Text("1"))),
};
