//! The version of an operation is ignored.

use super::{job, Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.version-ignored",
    summary: "an operation with a stale version is carried out",
    breaks: Breaks::Requirements(&["RFC7644-3.7-11", "RFC7644-3.14-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(VersionIgnored)),
};

struct VersionIgnored;

impl RequestSeam for VersionIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        job::change_operations(incoming, |operations| {
            for operation in operations {
                job::remove(operation, "version");
            }
        });
        Ok(())
    }
}
