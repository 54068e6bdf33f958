//! Creations are carried out before everything else.

use super::{job, Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.creations-first",
    summary: "the POSTs of a job come first, whatever their place",
    breaks: Breaks::Requirements(&["RFC7644-3.7-29"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(CreationsFirst)),
};

struct CreationsFirst;

impl RequestSeam for CreationsFirst {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        job::change_operations(incoming, |operations| operations.sort_by_key(|operation| !job::is_post(operation)));
        Ok(())
    }
}
