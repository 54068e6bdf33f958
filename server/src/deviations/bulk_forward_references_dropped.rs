//! References to what comes later in the job are dropped.

use serde_json::Value;

use super::{job, Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.forward-references-dropped",
    summary: "a value that refers to a later operation is left out without a word",
    breaks: Breaks::Requirements(&["RFC7644-3.7-29", "RFC7644-3.7.1-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ForwardReferencesDropped)),
};

struct ForwardReferencesDropped;

impl RequestSeam for ForwardReferencesDropped {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        job::change_operations(incoming, |operations| {
            let mut made: Vec<String> = Vec::new();
            for operation in operations {
                if let Some(data) = operation.get_mut("data") {
                    drop_unknown(data, &made);
                }
                made.extend(operation["bulkId"].as_str().map(|id| format!("bulkId:{id}")));
            }
        });
        Ok(())
    }
}

fn drop_unknown(value: &mut Value, made: &[String]) {
    let is_unknown = |value: &Value| {
        let name = value["value"].as_str().filter(|name| name.starts_with("bulkId:"));
        name.is_some_and(|name| !made.iter().any(|made| made == name))
    };
    match value {
        Value::Array(items) => {
            items.retain(|item| !is_unknown(item));
            for item in items.iter_mut() { drop_unknown(item, made); }
        }
        Value::Object(members) => {
            members.retain(|_, member| !is_unknown(member));
            for member in members.values_mut() { drop_unknown(member, made); }
        }
        _ => {}
    }
}
