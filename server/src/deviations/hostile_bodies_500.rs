//! A body that is built to break parsers breaks the parser.

use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "hostile.bodies-500",
    summary: "a byte order mark or deep nesting in a body is answered 500",
    breaks: Breaks::Requirements(&["RFC7644-3.12-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(HostileBodies500)),
};

struct HostileBodies500;

impl RequestSeam for HostileBodies500 {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let deep = incoming.body.windows(1_000).any(|part| part.iter().all(|&byte| byte == b'['));
        if deep || incoming.body.starts_with(b"\xEF\xBB\xBF") {
            return Err(Error::new(ErrorKind::Internal, "unexpected character"));
        }
        Ok(())
    }
}
