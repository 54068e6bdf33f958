//! Entity tags are compared without letter case.

use actix_web::http::header::{self, HeaderValue};

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "etag.case-ignored",
    summary: "a tag in other letters matches",
    breaks: Breaks::Requirements(&["RFC7643-3.1-32"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(CaseIgnored)),
};

struct CaseIgnored;

impl RequestSeam for CaseIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let tags = incoming.headers.get(header::IF_MATCH).and_then(|tags| tags.to_str().ok());
        if let Some(Ok(tags)) = tags.map(|tags| HeaderValue::try_from(tags.to_uppercase())) {
            incoming.headers.to_mut().insert(header::IF_MATCH, tags);
        }
        Ok(())
    }
}
