//! Attribute names are compared with their letter case.

use scim::schema::standard;
use serde_json::{Map, Value};

use super::operations::{Misread, path};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.case-sensitive",
    summary: "attribute names in operations are only known in the letter case of the schema",
    breaks: Breaks::Requirements(&["RFC7643-2.1-01", "RFC7644-3.5.2-17", "RFC7644-3.5.2.1-16"]),
    seen: &["https://github.com/pydantic/logfire/issues/2355"],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Misread(|operations| {
            for operation in operations {
                if let Some(path) = path(operation).filter(|path| is_other_case(path)) {
                    operation["path"] = format!("{path}Unknown").replace('[', "Unknown[").into();
                }
                if let Some(members) = operation.get_mut("value").and_then(Value::as_object_mut) {
                    *members = std::mem::take(members).into_iter().map(unknown).collect::<Map<_, _>>();
                }
            }
        }))
    }),
};

fn unknown((name, value): (String, Value)) -> (String, Value) {
    (if is_other_case(&name) { format!("{name}Unknown") } else { name }, value)
}

/// Whether the path begins with an attribute of the standard schemas in a letter case that is not theirs.
fn is_other_case(path: &str) -> bool {
    let name = path.split(['.', '[']).next().unwrap_or(path);
    [standard::USER, standard::GROUP].iter().filter_map(|uri| standard::document(uri).ok()).any(|schema| {
        let attributes = &schema.attributes;
        attributes.iter().any(|attribute| attribute.name.eq_ignore_ascii_case(name) && *attribute.name != *name)
    })
}
