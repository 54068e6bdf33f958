//! There is no list of groups.

use actix_web::http::Method;
use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.list-missing",
    summary: "GET of all groups is answered 404",
    breaks: Breaks::Requirements(&["RFC7644-3.2-02"]),
    seen: &[
        "https://github.com/pranems/SCIMServer/blob/1ab5aa1f641c511306f54e3a30d571d67a2642f9/docs/auth/EXECUTION_ISSUES_AND_RCA.md",
    ],
    parameter: None,
    seam: Seam::request(|_| Box::new(ListMissing)),
};

struct ListMissing;

impl RequestSeam for ListMissing {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if *incoming.method == Method::GET && incoming.path.trim_end_matches('/') == "/Groups" {
            return Err(Error::new(ErrorKind::NotFound, "there is nothing at /Groups"));
        }
        Ok(())
    }
}
