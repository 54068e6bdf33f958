//! Parameters that SCIM does not know are refused.

use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "parameters.unknown-refused",
    summary: "a query parameter that SCIM does not know is answered with 400",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(ParametersUnknownRefused)),
};

struct ParametersUnknownRefused;

impl RequestSeam for ParametersUnknownRefused {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        const KNOWN: [&str; 8] =
            ["attributes", "excludedAttributes", "filter", "sortBy", "sortOrder", "startIndex", "count", "cursor"];
        let names =
            incoming.query.iter().flat_map(|query| query.split('&')).map(|pair| pair.split('=').next().unwrap_or(pair));
        if let Some(name) = names.into_iter().find(|name| !name.is_empty() && !KNOWN.contains(name)) {
            return Err(Error::new(ErrorKind::InvalidValue, format!("the parameter {name} is unknown")));
        }
        Ok(())
    }
}
