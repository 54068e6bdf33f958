//! A Content-Type with a charset is not recognised.

use actix_web::http::header;
use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "media-type.charset-refused",
    summary: "a body whose Content-Type names a charset is answered 415",
    breaks: Breaks::Requirements(&["RFC7644-3.8-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(MediaTypeCharsetRefused)),
};

struct MediaTypeCharsetRefused;

impl RequestSeam for MediaTypeCharsetRefused {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let named = incoming.headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().contains(&b';'));
        if named {
            return Err(Error::new(ErrorKind::UnsupportedMediaType, "this media type is not understood"));
        }
        Ok(())
    }
}
