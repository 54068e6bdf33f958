//! PATCH is taken for PUT: what the operations do not name is cleared.

use scim::schema::{Mutability, standard};
use serde_json::{Value, json};

use super::operations::{path, Misread};
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.unnamed-cleared",
    summary: "PATCH of a user clears the optional attributes that its operations do not name",
    breaks: Breaks::Requirements(&["RFC7644-3.2-11", "RFC7644-3.5.2.1-03", "RFC7644-3.5.2.3-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(UnnamedCleared)),
};

struct UnnamedCleared;

impl RequestSeam for UnnamedCleared {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if incoming.path.contains("/Users") { Misread(clear_unnamed).rewrite(incoming) } else { Ok(()) }
    }
}

fn clear_unnamed(operations: &mut Vec<Value>) {
    let Ok(schema) = standard::document(standard::USER) else { return };
    for attribute in &schema.attributes {
        let is_optional = !attribute.required && attribute.mutability == Mutability::ReadWrite;
        let is_plain = !attribute.multi_valued && attribute.sub_attributes.is_empty();
        if is_optional && is_plain && !operations.iter().any(|operation| names(operation, &attribute.name)) {
            operations.insert(0, json!({"op": "remove", "path": *attribute.name}));
        }
    }
}

/// Whether the operation speaks of the attribute.
fn names(operation: &Value, attribute: &str) -> bool {
    let value = operation.get("value").and_then(Value::as_object);
    path(operation).is_some_and(|path| path.contains(attribute))
        || value.is_some_and(|value| value.keys().any(|name| name.eq_ignore_ascii_case(attribute)))
}
