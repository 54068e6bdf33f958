//! A search without filter finds nobody.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "search.everybody-missing",
    summary: "a search without filter is empty",
    breaks: Breaks::Requirements(&["RFC7644-3.4.3-11", "RFC7644-3.4.3-13"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(EverybodyMissing)),
};

struct EverybodyMissing;

impl RequestSeam for EverybodyMissing {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if incoming.path.ends_with("/.search")
            && let Ok(Value::Object(mut body)) = serde_json::from_slice(&incoming.body)
        {
            body.entry("filter").or_insert_with(|| "id eq \"nobody\"".into());
            incoming.body = Value::Object(body).to_string().into();
        }
        Ok(())
    }
}
