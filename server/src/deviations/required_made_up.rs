//! A required attribute that is missing is made up.

use actix_web::http::Method;
use serde_json::{Map, Value};

use super::asked::change_body;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "required.made-up",
    summary: "a missing or empty userName or displayName of a group is replaced by one that the endpoint makes up",
    breaks: Breaks::Requirements(&[
        "RFC7643-4.1.1-01",
        "RFC7643-4.1.1-03",
        "RFC7643-4.1.1-05",
        "RFC7643-7-19",
        "RFC7644-3.3-15",
    ]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(RequiredMadeUp)),
};

struct RequiredMadeUp;

impl RequestSeam for RequiredMadeUp {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let name = match &*incoming.path {
            path if path.starts_with("/Users") => "userName",
            path if path.starts_with("/Groups") => "displayName",
            _ => return Ok(()),
        };
        if !matches!(*incoming.method, Method::POST | Method::PUT) || incoming.path.ends_with("/.search") {
            return Ok(());
        }
        change_body(incoming, |body| {
            let Value::Object(members) = body else { return };
            let given = members.iter().any(|(own, value)| own.eq_ignore_ascii_case(name) && value != "");
            if !given {
                members.insert(name.into(), format!("unnamed-{:x}", checksum(members)).into());
            }
        });
        Ok(())
    }
}

/// Tells bodies apart, so that two of them do not get one name.
fn checksum(members: &Map<String, Value>) -> u64 {
    let text = Value::Object(members.clone()).to_string();
    text.bytes().fold(0, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
}
