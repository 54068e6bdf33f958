//! failOnErrors is ignored.

use super::{job, Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.fail-on-errors-ignored",
    summary: "a job goes on whatever failOnErrors says",
    breaks: Breaks::Requirements(&["RFC7644-3.7-25", "RFC7644-3.7.3-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(FailOnErrorsIgnored)),
};

struct FailOnErrorsIgnored;

impl RequestSeam for FailOnErrorsIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        job::change_message(incoming, |message| {
            message.remove("failOnErrors");
        });
        Ok(())
    }
}
