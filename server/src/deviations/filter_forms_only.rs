//! Only some filters are understood.

use scim::{Error, ErrorKind};

use super::forms::{self, Forms};
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.forms-only",
    summary: "filters of other forms than those listed are refused as invalidFilter",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-09", "RFC7644-3.4.2.2-23", "RFC7644-3.4.2.2-24", "RFC7644-3.4.2.2-28"]),
    seen: &["https://docs.aws.amazon.com/singlesignon/latest/developerguide/listusers.html", "https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference", "https://developer.atlassian.com/cloud/admin/user-provisioning/rest/"],
    parameter: Some(forms::parameter()),
    seam: Seam::Request(|setup| Box::new(FormsOnly(Forms::of(setup)))),
};

struct FormsOnly(Forms);

impl RequestSeam for FormsOnly {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if self.0.exclude(incoming) {
            return Err(Error::new(
                ErrorKind::InvalidFilter,
                "this filter is not supported; the documentation lists those that are",
            ));
        }
        Ok(())
    }
}
