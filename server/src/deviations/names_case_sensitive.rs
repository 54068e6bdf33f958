//! Attribute names are compared to the letter.

use serde_json::Value;

use super::asked::change_body;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "names.case-sensitive",
    summary: "members of a body whose names are not written as in the schema are ignored",
    breaks: Breaks::Requirements(&["RFC7643-2.1-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(NamesCaseSensitive)),
};

struct NamesCaseSensitive;

impl RequestSeam for NamesCaseSensitive {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        change_body(incoming, |body| {
            if let Value::Object(members) = body {
                members.retain(|name, _| {
                    !name.starts_with(|first: char| first.is_ascii_uppercase()) || name == "Operations"
                });
            }
        });
        Ok(())
    }
}
