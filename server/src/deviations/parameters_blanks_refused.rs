//! Blanks around an equals sign are refused.

use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "parameters.blanks-refused",
    summary: "a query with a blank before or after an equals sign is answered 400",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-74"]),
    seen: &["https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference"],
    parameter: None,
    seam: Seam::request(|_| Box::new(BlanksRefused)),
};

struct BlanksRefused;

impl RequestSeam for BlanksRefused {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let query = incoming.query.as_deref().unwrap_or_default().replace('+', "%20");
        let is_wrong = |pair: &str| {
            pair.split_once('=').is_some_and(|(name, value)| name.ends_with("%20") || value.starts_with("%20"))
        };
        if query.split('&').any(is_wrong) {
            return Err(Error::new(ErrorKind::BadRequest, "the query has a blank beside an equals sign; leave it out"));
        }
        Ok(())
    }
}
