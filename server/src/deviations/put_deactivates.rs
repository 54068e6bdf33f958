//! Who is not said to be active is not.

use actix_web::http::Method;

use super::asked::change_body;
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "put.deactivates",
    summary: "a PUT without active disables the user",
    breaks: Breaks::Permitted("RFC 7644 section 3.5.1 lets an endpoint give what a PUT leaves out a value of its own"),
    seen: &["https://github.com/vouch-sh/vouch/pull/1415"],
    parameter: None,
    seam: Seam::request(|_| Box::new(Deactivates)),
};

struct Deactivates;

impl RequestSeam for Deactivates {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if *incoming.method == Method::PUT && incoming.path.starts_with("/Users/") {
            change_body(incoming, |body| {
                if body.is_object() && body.get("active").is_none() {
                    body["active"] = false.into();
                }
            });
        }
        Ok(())
    }
}
