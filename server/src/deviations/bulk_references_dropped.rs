//! References to what the job creates are dropped.

use serde_json::Value;

use super::{job, Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.references-dropped",
    summary: "values that refer to a bulkId are left out without a word",
    breaks: Breaks::Requirements(&["RFC7644-3.7-26", "RFC7644-3.7-29", "RFC7644-3.7.1-01", "RFC7644-3.7.2-01", "RFC7644-3.7.2-03", "RFC7644-3.7.2-04", "RFC7644-3.7.2-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ReferencesDropped)),
};

struct ReferencesDropped;

impl RequestSeam for ReferencesDropped {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        job::change_operations(incoming, |operations| {
            for data in operations.iter_mut().filter_map(|operation| operation.get_mut("data")) {
                drop_references(data);
            }
        });
        Ok(())
    }
}

fn refers(value: &Value) -> bool {
    value["value"].as_str().is_some_and(|value| value.starts_with("bulkId:"))
}

fn drop_references(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !refers(item));
            for item in items.iter_mut() { drop_references(item); }
        }
        Value::Object(members) => {
            members.retain(|_, member| !refers(member));
            for member in members.values_mut() { drop_references(member); }
        }
        _ => {}
    }
}
