//! The first write is put off.

use scim::ErrorKind;

use super::throttle::{self, Wait};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "throttle.retry-after-malformed",
    summary: "the first write is answered 429 with a word in Retry-After that is neither a number nor a date, and is not carried out",
    breaks: Breaks::Permitted("RFC 6585 section 4 lets an endpoint limit a client; RFC 9110 section 10.2.3 knows seconds and dates, and a client must live with less"),
    seen: &["https://developer.okta.com/docs/concepts/scim/"],
    parameter: None,
    seam: Seam::Exchange(|setup| throttle::first_write(setup, ErrorKind::TooManyRequests, Wait::Text("soon"))),
};
