//! The answer to a GET comes late.

use actix_web::http::Method;

use super::delayed::{Delayed, SECONDS};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "read.answer-delayed",
    summary: "the first GET of users waits before it is answered, by the endpoint's clock",
    breaks: Breaks::Permitted("no RFC sets a time; a client needs a timeout of its own"),
    seen: &[],
    parameter: Some(SECONDS),
    seam: Seam::Connection(|setup| {
        Box::new(Delayed::new(setup, |head| *head.method == Method::GET && head.path.contains("/Users")))
    }),
};
