//! What an innocent is: a target file and nothing else, so that a person can serve it.

use std::fmt::Write as _;

use scim::capability::Capabilities;
use scim::schema::standard::{GROUP, USER};
use serde_json::{Map, Value, json};

use super::axis::Axis;

/// One endpoint that conforms to the RFCs.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// The keys of the target file.
    pub(super) keys: Map<String, Value>,
    /// In what it differs from the target `rfc`, in the order drawn.
    pub(super) axes: Vec<&'static Axis>,
    /// The resource types, with their schemas.
    pub(super) types: Vec<DescribedType>,
}

/// A resource type with what a complete body of it needs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DescribedType {
    pub(super) endpoint: String,
    pub(super) schema: Value,
    /// Each extension, and whether it is required.
    pub(super) extensions: Vec<(Value, bool)>,
}

impl Description {
    /// The text of the target file, with the rows that permit what it does.
    pub fn target_file(&self) -> String {
        let mut text = String::from("# An endpoint that conforms to the RFCs, drawn by `weir prove --innocent`.\n");
        for axis in &self.axes {
            // A String takes everything.
            let _ = writeln!(text, "# {}: {} (permitted by {})", axis.id, axis.what, axis.permitted_by.join(", "));
        }
        // A map of strings, numbers, lists and tables has a TOML form.
        text.push_str(&toml::to_string_pretty(&self.keys).unwrap_or_default());
        text
    }

    /// One line: in what it differs from `rfc`.
    pub fn summary(&self) -> String {
        if self.axes.is_empty() {
            return "the target rfc".into();
        }
        self.axes.iter().map(|axis| axis.id).collect::<Vec<_>>().join(", ")
    }

    /// The capabilities that the endpoint offers.
    pub(super) fn offers(&self) -> Capabilities {
        let listed = self.keys.get("capabilities").and_then(Value::as_array).into_iter().flatten();
        listed.filter_map(|capability| capability.as_str()?.parse().ok()).collect()
    }

    /// Whether it has a resource type that RFC 7643 does not define: what can be done with its resources is not switched off.
    pub(super) fn has_own_types(&self) -> bool {
        self.types.iter().any(|kind| ![USER, GROUP].contains(&text(&kind.schema, "id")))
    }

    /// The rows of the level SHOULD that it breaks: each may get its warning.
    pub(super) fn broken_shoulds(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.axes.iter().filter_map(|axis| axis.breaks_should)
    }
}

impl DescribedType {
    /// A body that has everything that is required, with values that `number` tells apart.
    pub(super) fn complete(&self, number: usize) -> Value {
        let mut body = required(&self.schema, number, false);
        let mut schemas = vec![self.schema["id"].clone()];
        for (extension, is_required) in &self.extensions {
            if *is_required {
                let values = required(extension, number, true);
                body.insert(text(extension, "id").to_owned(), Value::Object(values));
                schemas.push(extension["id"].clone());
            }
        }
        body.insert("schemas".into(), Value::Array(schemas));
        Value::Object(body)
    }
}

/// The required attributes of a schema that a client may set; at least one attribute if `some` is set, because an object without
/// a value is none (RFC 7643 section 2.5).
fn required(schema: &Value, number: usize, some: bool) -> Map<String, Value> {
    let attributes = schema["attributes"].as_array().map_or(&[][..], Vec::as_slice);
    let settable = || attributes.iter().filter(|attribute| attribute["mutability"] != "readOnly");
    let named = |attribute: &Value| (text(attribute, "name").to_owned(), value(attribute, number));
    let mut values: Map<String, Value> = settable().filter(|own| own["required"] == true).map(named).collect();
    if some && values.is_empty() {
        values.extend(settable().next().map(named));
    }
    values
}

/// A value that fits an attribute.
fn value(attribute: &Value, number: usize) -> Value {
    let one = one_value(attribute, number);
    if attribute["multiValued"] == true { json!([one]) } else { one }
}

fn one_value(attribute: &Value, number: usize) -> Value {
    if let Some(canonical) = attribute["canonicalValues"].get(0) {
        return canonical.clone();
    }
    match text(attribute, "type") {
        "boolean" => json!(true),
        "integer" => json!(number + 1),
        "decimal" => json!(1.5),
        "dateTime" => json!("2020-02-29T12:00:00Z"),
        "binary" => json!("V2Vpcg=="),
        "reference" => json!("https://example.com/innocent"),
        "complex" => {
            let parts = attribute["subAttributes"].as_array().map_or(&[][..], Vec::as_slice);
            let is_required = |part: &&Value| part["required"] == true && part["mutability"] != "readOnly";
            let settable = |part: &&Value| part["mutability"] != "readOnly" && part["name"] != "primary";
            let mut chosen: Vec<&Value> = parts.iter().filter(is_required).collect();
            if chosen.is_empty() {
                chosen.extend(parts.iter().find(settable));
            }
            chosen.into_iter().map(|part| (text(part, "name").to_owned(), value(part, number))).collect()
        }
        _ => json!(format!("innocent-{number}@example.com")),
    }
}

pub(super) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
