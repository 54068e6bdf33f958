//! A job ends at its first error.

use super::{job, Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.stops-at-first-error",
    summary: "a job stops at the first error, whatever failOnErrors says",
    breaks: Breaks::Requirements(&["RFC7644-3.7-24"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(StopsAtFirstError)),
};

struct StopsAtFirstError;

impl RequestSeam for StopsAtFirstError {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        job::change_message(incoming, |message| {
            message.insert("failOnErrors".into(), 1.into());
        });
        Ok(())
    }
}
