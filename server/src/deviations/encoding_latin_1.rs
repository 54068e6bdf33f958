//! Bodies are read as ISO 8859-1.

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "encoding.latin-1",
    summary: "request bodies are read as ISO 8859-1, so that text beyond ASCII is garbled",
    breaks: Breaks::Requirements(&["RFC7644-3.8-01", "RFC7644-3.8-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(EncodingLatin1)),
};

struct EncodingLatin1;

impl RequestSeam for EncodingLatin1 {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if !incoming.body.is_ascii() {
            let text: String = incoming.body.iter().copied().map(char::from).collect();
            incoming.body = text.into();
        }
        Ok(())
    }
}
