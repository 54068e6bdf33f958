//! Jobs know no method but POST.

use super::{job, Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.post-only",
    summary: "PUT, PATCH and DELETE in a job are refused",
    breaks: Breaks::Requirements(&["RFC7644-3.7-16", "RFC7644-3.7.3-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(PostOnly)),
};

struct PostOnly;

impl RequestSeam for PostOnly {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        job::change_operations(incoming, |operations| {
            for method in operations.iter_mut().filter_map(|operation| operation.get_mut("method")) {
                if matches!(method.as_str(), Some("PUT" | "PATCH" | "DELETE")) {
                    *method = "OPTIONS".into();
                }
            }
        });
        Ok(())
    }
}
