//! Only blanks and quotes of a query are decoded.

use std::borrow::Cow;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "query.decoded-in-part",
    summary: "of the percent-encoded characters of a query only blanks and quotes are decoded",
    breaks: Breaks::Requirements(&["RFC7644-1.2-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(QueryDecodedInPart)),
};

struct QueryDecodedInPart;

impl RequestSeam for QueryDecodedInPart {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if let Some(query) = &incoming.query {
            let kept = query.replace('%', "%25").replace("%2520", "%20").replace("%2522", "%22");
            incoming.query = Some(Cow::Owned(kept));
        }
        Ok(())
    }
}
